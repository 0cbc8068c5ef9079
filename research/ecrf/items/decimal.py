"""Decimal numbers, kept digit for digit as they were typed."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn
from research.ecrf.items.numbers import plain_decimal, significant_digits
from research.ecrf.part import left_out

DecimalText = Annotated[str, Field(pattern=r"^-?[0-9]{1,18}(\.[0-9]{1,15})?$")]


class DecimalItem(ItemDefinition):
    """A decimal number within bounds, both inclusive; bounds are text, as answers are."""

    lake_column: ClassVar[LakeColumn] = "decimal"

    kind: Literal["decimal"]
    min: DecimalText | None = None
    max: DecimalText | None = None
    decimals: int | None = Field(default=None, ge=0, le=15)
    significant_digits: int | None = left_out(None, ge=1, le=18)

    def canonical(self, typed: str) -> str:
        """Return the digits as typed: 30.10 stays 30.10, for it says how it was measured."""
        text = plain_decimal(typed)
        number = Decimal(text)
        if self.min is not None and number < Decimal(self.min):
            raise AnswerRefused(f"is below {self.min}")
        if self.max is not None and number > Decimal(self.max):
            raise AnswerRefused(f"is above {self.max}")
        places = len(text.partition(".")[2])
        if self.decimals is not None and places > self.decimals:
            raise AnswerRefused(f"has {places} decimal places, at most {self.decimals} are kept")
        digits = significant_digits(text)
        if self.significant_digits is not None and digits > self.significant_digits:
            raise AnswerRefused(
                f"has {digits} significant digits, at most {self.significant_digits} are kept"
            )
        return text
