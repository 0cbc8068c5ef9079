"""Shifting dates by whole days, in the precision in which they were written (PS3.5 section 6.2)."""

import re
from datetime import date, timedelta
from typing import Final

_DATE = re.compile(r"(\d{4})([.-]?)(\d\d)\2(\d\d)")
_DATE_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(\d{2,6}(?:\.\d{1,6})?)?([+-]\d{4})?")
_TIME = re.compile(r"\d{2}(?::?\d{2}(?::?\d{2}(?:\.\d{1,6})?)?)?")
_MIDDLE: Final = 15


def shift_date(text: str, days: int) -> str:
    """Return a DA value moved by days; empty when it is no date."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return ""
    year, mark, month, day = match.groups()
    moved = _moved(int(year), int(month), int(day), days)
    if moved is None:
        return ""
    return f"{moved.year:04d}{mark}{moved.month:02d}{mark}{moved.day:02d}"


def shift_date_time(text: str, days: int) -> str:
    """Return a DT value moved by days; an unknown month or day is taken as the middle."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None:
        return ""
    year, month, day, time, zone = match.groups()
    moved = _moved(int(year), int(month or 7), int(day or _MIDDLE), days)
    if moved is None:
        return ""
    full = f"{moved.year:04d}{moved.month:02d}{moved.day:02d}"
    precision = 4 + 2 * (month is not None) + 2 * (day is not None)
    return full[:precision] + (time or "") + (zone or "")


def is_time(text: str) -> bool:
    """Return whether a TM value is a time of day, or empty."""
    text = text.strip()
    return not text or _TIME.fullmatch(text) is not None


def _moved(year: int, month: int, day: int, days: int) -> date | None:
    try:
        return date(year, month, day) - timedelta(days=days)
    except (ValueError, OverflowError):
        return None
