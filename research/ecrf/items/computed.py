"""A value that the server computes from others; nobody types it."""

from typing import Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn


class ComputedItem(ItemDefinition):
    """The value of an expression, exact; `decimals` says how many of them are shown."""

    kind: Literal["computed"]
    value: str = Field(min_length=1, max_length=4000)
    data_type: LakeColumn = "decimal"
    decimals: int | None = Field(default=None, ge=0, le=15)

    @property
    def column(self) -> LakeColumn:
        """The column that its values go to: one of its data type."""
        return self.data_type

    def canonical(self, typed: str) -> str:
        """Return the text: what the server computed has one spelling already."""
        if not typed:
            raise AnswerRefused("is computed, it holds a value or nothing")
        return typed
