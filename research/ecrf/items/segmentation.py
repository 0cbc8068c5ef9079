"""What was painted or outlined on the images, slice by slice, as the answer."""

from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.items.annotation import MARKS
from research.ecrf.items.item import AnswerRefused, ItemDefinition

SegmentingTool = Literal["polygon", "mask"]


class SegmentationItem(ItemDefinition):
    """One region over any number of slices; the value names it, and the server writes it."""

    is_drawn: ClassVar[bool] = True

    kind: Literal["segmentation"]
    tools: tuple[SegmentingTool, ...] = Field(default=("polygon", "mask"), min_length=1)

    def canonical(self, typed: str) -> str:
        """Return the ids of the outlines and masks that make up the region."""
        if not MARKS.fullmatch(typed):
            raise AnswerRefused("is not a region: outline it on the images")
        return typed
