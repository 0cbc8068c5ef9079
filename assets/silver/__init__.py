"""The silver layer: cleaned, one row per thing."""
