"""Marks on the images as the answer itself."""

import re
from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.part import left_out

MarkingTool = Literal[
    "point", "length", "bidirectional", "angle", "box", "ellipse", "circle", "polyline", "polygon"
]
MARKS = re.compile(r"[0-9a-f-]{36}( [0-9a-f-]{36})*", re.ASCII)
MOST_MARKS = 100


class AnnotationItem(ItemDefinition):
    """One mark or several; the value names them by id, and the server writes it."""

    is_drawn: ClassVar[bool] = True

    kind: Literal["annotation"]
    tools: tuple[MarkingTool, ...] = Field(default=("point",), min_length=1)
    most: int = left_out(1, ge=1, le=MOST_MARKS)

    def canonical(self, typed: str) -> str:
        """Return the ids of the marks, which the server lists."""
        if not MARKS.fullmatch(typed):
            raise AnswerRefused("is not a list of marks: draw them on the images")
        if len(typed.split()) > self.most:
            raise AnswerRefused(f"has more marks than {self.most}")
        return typed
