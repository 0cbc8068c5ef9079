"""The clock of the command line: the time is read here and given to everything else."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time of the machine, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 (the one place of this door that may ask)
