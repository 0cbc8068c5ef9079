"""The one place where the gateway asks the machine for the time; everything else is given it."""

from collections.abc import Callable
from datetime import UTC, datetime
from time import time

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time of now in UTC."""
    return datetime.fromtimestamp(time(), UTC)


def as_text(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC."""
    return moment.isoformat(timespec="milliseconds")
