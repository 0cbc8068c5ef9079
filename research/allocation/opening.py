"""When a row opens: so many times 24 hours after the signature on another row, not by the calendar.

The rule stands in the table as text, so that a reader of the export can apply it by hand.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from research.errors import Invalid

_RULE = re.compile(r"row ([1-9][0-9]*) signed \+ (0|[1-9][0-9]*) d", re.ASCII)


@dataclass(frozen=True)
class Opening:
    """Whether a row is open, and if it is not, until when, as far as is known."""

    is_open: bool
    opens_at: datetime | None


def opens_rule(row: int, days: int) -> str:
    """Return the rule that a row opens days × 24 hours after the signature on another one."""
    return f"row {row} signed + {days} d"


def opening(rule: str, signed: Mapping[int, datetime], now: datetime) -> Opening:
    """Apply a rule to the rows' first signatures, in aware time; no rule means open at once."""
    if not rule:
        return Opening(is_open=True, opens_at=None)
    read = _RULE.fullmatch(rule)
    if read is None:
        raise Invalid(f"the allocation table has no rule of opening such as {rule!r}")
    signed_at = signed.get(int(read[1]))
    if signed_at is None:
        return Opening(is_open=False, opens_at=None)
    opens_at = signed_at + int(read[2]) * timedelta(hours=24)
    return Opening(is_open=now >= opens_at, opens_at=opens_at)
