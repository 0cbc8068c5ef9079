"""Who reads what, in which order and session: a function of design, seed and algorithm version."""
