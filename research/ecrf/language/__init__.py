"""The forms' expression language: typed, in exact decimals, without floats, clocks or loops."""
