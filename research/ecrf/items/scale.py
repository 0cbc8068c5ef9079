"""A step on a scale between two anchors."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from research.ecrf.items.integer import WHOLE
from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn


class ScaleItem(ItemDefinition):
    """A whole step from min to max; nothing is marked until the reader marks it."""

    lake_column: ClassVar[LakeColumn] = "integer"

    kind: Literal["scale"]
    min: int
    max: int
    step: int = Field(default=1, ge=1)
    min_label: str = Field(default="", max_length=200)
    max_label: str = Field(default="", max_length=200)

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.min >= self.max:
            raise ValueError(f"the scale {self.oid} ends where it begins or before")
        return self

    def canonical(self, typed: str) -> str:
        """Return the step without a plus sign or leading zeros."""
        text = typed.strip()
        if not WHOLE.fullmatch(text):
            raise AnswerRefused("is not a step of the scale, a whole number")
        number = int(text)
        if not self.min <= number <= self.max or (number - self.min) % self.step:
            raise AnswerRefused(
                f"is not a step of the scale from {self.min} to {self.max} by {self.step}"
            )
        return str(number)
