"""Yes or no."""

from typing import ClassVar, Literal

from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn


class BooleanItem(ItemDefinition):
    """Yes or no, with neither as the default."""

    lake_column: ClassVar[LakeColumn] = "boolean"

    kind: Literal["boolean"]

    def canonical(self, typed: str) -> str:
        """Return `true` or `false`."""
        if typed not in ("true", "false"):
            raise AnswerRefused("is neither true nor false")
        return typed
