"""Text of several paragraphs in the reader's own words."""

from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.items.item import ItemDefinition
from research.ecrf.items.text import words


class LongTextItem(ItemDefinition):
    """Free text with line breaks; the ledger takes a commitment instead of the words."""

    is_free_text: ClassVar[bool] = True

    kind: Literal["long_text"]
    max_length: int = Field(default=20_000, ge=1, le=20_000)

    def canonical(self, typed: str) -> str:
        """Return the words as typed, line breaks in one spelling."""
        return words(typed.replace("\r\n", "\n"), most=self.max_length, lines=True)
