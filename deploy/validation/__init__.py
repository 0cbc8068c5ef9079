"""The validation pack: requirements, the tests that prove them, and what is not proved."""
