"""One measured number of a benchmark, beside its target and the peer it replaces."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BenchRow:
    """One measured number."""

    name: str
    value: float
    unit: str
    target: str = ""
    peer: str = ""
    peer_value: float | None = None
    ratio: float | None = None
