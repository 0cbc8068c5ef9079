"""Which build of the software this is: every ledger entry names it."""

from functools import cache
from importlib.metadata import version


@cache
def build() -> str:
    """Return the version of the installed distribution."""
    return f"readout {version('readout')}"
