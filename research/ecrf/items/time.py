"""Times of day."""

import re
from typing import Literal

from research.ecrf.items.item import AnswerRefused, ItemDefinition

CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?", re.ASCII)


class TimeItem(ItemDefinition):
    """A time of day on a clock of 24 hours."""

    kind: Literal["time"]

    def canonical(self, typed: str) -> str:
        """Return the time with two digits for the hour; seconds only where they were typed."""
        return clock_time(typed.strip())


def clock_time(text: str) -> str:
    """Return a time of day in its one spelling, or raise `AnswerRefused`."""
    found = CLOCK.fullmatch(text)
    if not found:
        raise AnswerRefused("is not a time such as 14:05")
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour > 23 or minute > 59 or second > 59:
        raise AnswerRefused(f"is not a time: no clock shows {text}")
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if found[3] else "")
