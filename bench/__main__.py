"""Run the benchmarks, print them as a table and write `build/bench.json`.

`python -m bench [NAME …]` runs the modules of this folder whose names contain one of the words, or
all. Each module offers `rows()`. A module that cannot run says what is missing and fails the run.
"""

import json
import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.rows import BenchRow

FOLDER = Path(__file__).parent
OUTPUT = FOLDER.parent / "build" / "bench.json"
NOT_BENCHMARKS = {"__init__", "__main__", "load_client", "rows", "timing"}


def modules(words: list[str]) -> list[str]:
    """Return the names of the benchmark modules that were asked for."""
    names = sorted(file.stem for file in FOLDER.glob("*.py") if file.stem not in NOT_BENCHMARKS)
    return [name for name in names if not words or any(word in name for word in words)]


def run(words: list[str], console: Console) -> list[BenchRow]:
    """Run the modules one after another."""
    rows: list[BenchRow] = []
    for name in modules(words):
        with console.status(f"Measuring {name}"):
            measured = import_module(f"bench.{name}").rows()
        rows += measured
        # What was measured is kept even if a later module fails.
        merge(measured)
    return rows


def show(rows: list[BenchRow]) -> Table:
    """Return the rows as a table."""
    table = Table("what", "value", "unit", "target", "peer", "peer's value", "ratio")
    for row in rows:
        table.add_row(
            row.name,
            f"{row.value:.4g}",
            row.unit,
            row.target,
            row.peer,
            "" if row.peer_value is None else f"{row.peer_value:.4g}",
            "" if row.ratio is None else f"{row.ratio:.3g}",
        )
    return table


def merge(rows: list[BenchRow]) -> None:
    """Write the rows to the file, in place of older rows of the same names."""
    OUTPUT.parent.mkdir(exist_ok=True)
    older = json.loads(OUTPUT.read_text()) if OUTPUT.exists() else []
    fresh = {row.name for row in rows}
    kept = [row for row in older if row["name"] not in fresh]
    OUTPUT.write_text(json.dumps(kept + [asdict(row) for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    console = Console()
    measured = run(sys.argv[1:], console)
    console.print(show(measured))
