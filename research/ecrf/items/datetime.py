"""Moments: a day and a time of day, with the zone where it is known."""

import re
from datetime import date
from typing import Literal

from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.items.time import clock_time

MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9:]+)(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII
)


class DateTimeItem(ItemDefinition):
    """A day and a time of day; without a zone it is the site's own."""

    kind: Literal["datetime"]

    def canonical(self, typed: str) -> str:
        """Return the moment with a T between day and time."""
        found = MOMENT.fullmatch(typed.strip())
        if not found:
            raise AnswerRefused("is not a day and a time such as 2026-03-01T14:05")
        day, clock, zone = found.groups()
        try:
            date.fromisoformat(day)
        except ValueError:
            raise AnswerRefused(f"is not a date: the calendar has no {day}") from None
        if zone not in (None, "Z"):
            clock_time(zone[1:])
        return f"{day}T{clock_time(clock)}{zone or ''}"
