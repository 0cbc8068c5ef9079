"""The statistics kernel: mathematics for reader studies and trials; it imports nothing of ours."""
