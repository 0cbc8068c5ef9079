"""Days, and where the item allows it months and years alone."""

import re
from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from research.ecrf.items.item import AnswerRefused, ItemDefinition, LakeColumn
from research.ecrf.part import left_out

DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
PARTIAL = {
    "day": re.compile(r"(?!)"),
    "month": re.compile(r"([0-9]{4})-([0-9]{2})", re.ASCII),
    "year": re.compile(r"([0-9]{4})(?:-([0-9]{2}))?", re.ASCII),
}
WRITTEN = {
    "day": "2026-03-01",
    "month": "2026-03-01 or 2026-03",
    "year": "2026-03-01, 2026-03 or 2026",
}

DayText = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class DateItem(ItemDefinition):
    """A calendar day; `least` is what must be known of it, the day itself unless the item says."""

    lake_column: ClassVar[LakeColumn] = "date"

    kind: Literal["date"]
    least: Literal["day", "month", "year"] = left_out("day")
    min: DayText | None = None
    max: DayText | None = None

    def canonical(self, typed: str) -> str:
        """Return the date as typed: 2026-03 stays 2026-03, nothing is filled in."""
        text = typed.strip()
        partial = PARTIAL[self.least].fullmatch(text)
        if not partial and not DAY.fullmatch(text):
            raise AnswerRefused(f"is not a date such as {WRITTEN[self.least]}")
        year, month, day = (*(int(part) for part in text.split("-")), 1, 1)[:3]
        try:
            first = date(year, month, day)
        except ValueError:
            raise AnswerRefused(f"is not a date: the calendar has no {text}") from None
        # A bound cut to what is known: 2026-03 is not before 2026-03-15.
        if self.min is not None and text < self.min[: len(text)]:
            raise AnswerRefused(f"is before {self.min}")
        if self.max is not None and text > self.max[: len(text)]:
            raise AnswerRefused(f"is after {self.max}")
        assert first.year == year
        return text
