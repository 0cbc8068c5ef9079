"""Which record is presented as A: drawn by the seed, for each unit by itself."""

import hashlib
import hmac
from collections.abc import Sequence

DRAW = "readout/adjudication-order/1"


def presented(positions: Sequence[str], *, seed: bytes, unit: str) -> tuple[str, ...]:
    """Return the positions in the order they are presented: the first is A, the second B.

    A keyed hash of each position's name orders them, so neither the order of the rule nor that of
    signing shows, another unit changes nothing, and whoever has the seed can repeat it.
    """
    return tuple(sorted(positions, key=lambda position: _rank(position, seed, unit)))


def drawn(positions: Sequence[str], *, seed: bytes, unit: str) -> str:
    """Return the position that the seed accepts where nothing differs."""
    return presented(positions, seed=seed, unit=f"accepted/{unit}")[0]


def _rank(position: str, seed: bytes, unit: str) -> bytes:
    message = "\x1f".join((DRAW, unit, position)).encode()
    return hmac.new(seed, message, hashlib.sha256).digest()
