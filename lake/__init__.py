"""The lake kernel: content-addressed objects and versioned tables; it imports nothing of ours."""
