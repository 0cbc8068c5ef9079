"""A size measured on the images: the server's number for a drawn mark, or a typed one with why."""

from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from research.ecrf.items.decimal import DecimalText
from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn
from research.ecrf.items.numbers import plain_decimal
from research.ecrf.part import left_out

MeasuringTool = Literal[
    "length", "bidirectional", "angle", "box", "ellipse", "circle", "polyline", "polygon", "mask"
]
# `by_node` follows RECIST 1.1: the short axis of what the row calls a node, else the longest.
MeasuredMetric = Literal["length", "long_axis", "short_axis", "area", "volume", "angle", "by_node"]
MeasuredUnit = Literal["mm", "cm", "mm2", "cm2", "mm3", "cm3", "mL", "deg"]
ImagePlaneName = Literal["any", "axial", "coronal", "sagittal"]


class MeasurementItem(ItemDefinition):
    """A number with its mark: the annotation that bears this item's place measures it.

    `min` and `max` bound the number, `plane` the images on which it may be drawn.
    """

    lake_column: ClassVar[LakeColumn] = "decimal"

    kind: Literal["measurement"]
    tools: tuple[MeasuringTool, ...] = Field(default=("length", "bidirectional"), min_length=1)
    metric: MeasuredMetric = "long_axis"
    unit: MeasuredUnit = "mm"
    plane: ImagePlaneName = left_out("any")
    min: DecimalText | None = None
    max: DecimalText | None = None

    def canonical(self, typed: str) -> str:
        """Return the digits as measured or typed, within bounds."""
        text = plain_decimal(typed)
        number = Decimal(text)
        if number < 0:
            raise AnswerRefused("is below 0, which no size is")
        if self.min is not None and number < Decimal(self.min):
            raise AnswerRefused(f"is below {self.min} {self.unit}, the smallest size")
        if self.max is not None and number > Decimal(self.max):
            raise AnswerRefused(f"is above {self.max} {self.unit}")
        return text
