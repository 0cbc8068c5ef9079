"""The `readout` command line: starts the platform, loads data, verifies, locks and exports."""
