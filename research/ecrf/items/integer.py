"""Whole numbers."""

import re
from typing import ClassVar, Literal

from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn

WHOLE = re.compile(r"[+-]?[0-9]{1,15}", re.ASCII)


class IntegerItem(ItemDefinition):
    """A whole number within bounds, both inclusive."""

    lake_column: ClassVar[LakeColumn] = "integer"

    kind: Literal["integer"]
    min: int | None = None
    max: int | None = None

    def canonical(self, typed: str) -> str:
        """Return the number without a plus sign or leading zeros."""
        text = typed.strip()
        if not WHOLE.fullmatch(text):
            raise AnswerRefused("is not a whole number, such as 12")
        number = int(text)
        if self.min is not None and number < self.min:
            raise AnswerRefused(f"is below {self.min}")
        if self.max is not None and number > self.max:
            raise AnswerRefused(f"is above {self.max}")
        return str(number)
