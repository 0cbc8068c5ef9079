"""The one seam between the UIDs a root shows and those that are stored.

A root that rewrites UIDs for its task gives another pair of functions here; annotations are kept,
measured and signed under the stored ones, and shown and exported under the shown ones.
"""

from collections.abc import Callable
from dataclasses import dataclass


def _same(uid: str) -> str:
    return uid


@dataclass(frozen=True)
class RootUids:
    """How one root names what is stored; without rewriting, as it is stored."""

    to_stored: Callable[[str], str] = _same
    to_shown: Callable[[str], str] = _same


AS_STORED = RootUids()
