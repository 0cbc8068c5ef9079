"""One path for every image that comes in: check, match to subject and visit, store, record."""
