"""Allocation: a crossover of 20 readers, 2,000 cases and 2 sessions, generated and digested."""

import time

from bench.rows import BenchRow
from research.allocation.design import Design, Reader
from research.allocation.generate import generate
from research.allocation.units import Batch, Unit


def rows() -> list[BenchRow]:
    """Generate the table once, as a manager does."""
    design = Design(step="read", kind="crossover", arms=("Unaided", "Aided"), washout_days=28)
    readers = tuple(Reader(code=f"R{number}") for number in range(20))
    units = tuple(Unit(f"S{number:04}", "V1") for number in range(2000))
    begun = time.perf_counter()
    table = generate(design, "20260101", [Batch(readers, units)])
    assert table.digest
    taken = time.perf_counter() - begun
    return [BenchRow("allocation 20 readers x 2,000 cases x 2 sessions", taken, "s", "<= 2")]
