"""Order from a keyed hash: a place depends on its own names and the seed, on nothing drawn before.

HMAC-SHA256 (RFC 2104, FIPS 180-4). Every name goes in with its length before it, so that no two
lists of names give the same message.
"""

import hashlib
import hmac

ALGORITHM = "readout-allocation-1"


class Keyed:
    """The hash of one seed and algorithm version."""

    def __init__(self, seed: str, algorithm: str = ALGORITHM) -> None:
        self._key = hashlib.sha256(message("key", algorithm, seed)).digest()

    def place(self, purpose: str, *names: str | int) -> bytes:
        """Return where these names stand, for this purpose."""
        return hmac.digest(self._key, message(purpose, *names), "sha256")


def message(*names: str | int) -> bytes:
    """Return the names as bytes that only they have."""
    return "".join(f"{len(text)}:{text}" for text in map(str, names)).encode()


def commitment(seed: str) -> str:
    """Return what is published of a seed before it is opened: the SHA-256 of its text."""
    return hashlib.sha256(seed.encode()).hexdigest()
