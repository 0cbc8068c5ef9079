"""Text in the reader's own words."""

from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition


class TextItem(ItemDefinition):
    """Free text; it may hold a name, so the ledger takes a commitment instead of the words."""

    is_free_text: ClassVar[bool] = True

    kind: Literal["text"]
    max_length: int = Field(default=2000, ge=1, le=20_000)
    multiline: bool = False

    def canonical(self, typed: str) -> str:
        """Return the words as typed."""
        if len(typed) > self.max_length:
            raise AnswerRefused(f"has {len(typed)} characters, at most {self.max_length} fit")
        allowed = "\n\t" if self.multiline else ""
        if any(ord(char) < 32 and char not in allowed for char in typed):
            raise AnswerRefused("holds a control character or a line break")
        return typed
