"""One answer of a form and where it stands."""

from dataclasses import dataclass
from typing import NamedTuple


class ItemKey(NamedTuple):
    """Where an answer stands: group, row of a repeating group (else empty), item."""

    group: str
    repeat: str
    item: str

    def __str__(self) -> str:
        """Return the path, as problems and clients name it."""
        return f"{self.group}/{self.repeat}/{self.item}"


@dataclass(frozen=True)
class Answer:
    """A value as typed, or the reason why there is none; never both."""

    value: str | None = None
    missing: str | None = None
