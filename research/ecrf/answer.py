"""One answer of a form and where it stands."""

from dataclasses import dataclass, field
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
    """A value, or the word for why there is none with the reader's reason; never both.

    `typed` is what the person typed and `unit` that of the item; the value is its one spelling.
    """

    value: str | None = None
    missing: str | None = None
    reason: str | None = None
    typed: str | None = field(default=None, compare=False)
    unit: str | None = field(default=None, compare=False)
