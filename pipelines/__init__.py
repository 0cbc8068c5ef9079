"""The Dagster code location: when, where and with what the assets run."""
