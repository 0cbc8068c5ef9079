"""Where the server's time comes from, as the kernel tells it; stated in exports and in health.

Client clocks are never a record. Times are the server's, in UTC.
"""

import ctypes
import sys
from dataclasses import dataclass

# adjtimex(2): a struct of longs behind one int; five means that the clock is not synchronised.
TIMEX_BYTES = 512
MAXERROR_OFFSET = 24
NOT_SYNCHRONISED = 5


@dataclass(frozen=True)
class ClockSource:
    """Whether the clock follows a time server, and its largest error in seconds if it does."""

    is_synchronised: bool | None
    error_s: float | None = None

    def __str__(self) -> str:
        """Say it in words."""
        if self.is_synchronised is None:
            return "server clock, UTC; its synchronisation is not known on this system"
        if not self.is_synchronised:
            return "server clock, UTC; not synchronised with a time server (NTP)"
        return f"server clock, UTC; synchronised (NTP), error at most {self.error_s:.3f} s"


def clock_source() -> ClockSource:
    """Ask the kernel, changing nothing."""
    if sys.platform != "linux":
        return ClockSource(None)
    answer = ctypes.create_string_buffer(TIMEX_BYTES)
    state = ctypes.CDLL(None).adjtimex(answer)
    if state < 0:
        return ClockSource(None)
    if state == NOT_SYNCHRONISED:
        return ClockSource(False)
    error = ctypes.c_long.from_buffer(answer, MAXERROR_OFFSET).value
    return ClockSource(True, error / 1e6)
