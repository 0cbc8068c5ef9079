"""`readout ingest`: takes DICOM files of this machine into a project, with a receipt."""

import json
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import track

from accounts.database import Database
from ingest.receive import Line, receive
from lake.location import Lake
from readout.clock import now
from readout.hand import Hand
from readout.named import find_project
from readout.settings import Settings

BATCH = 100
MOST_SHOWN = 20


def ingest_path(settings: Settings, console: Console, *, path: Path, project: str) -> int:
    """Take in a file or every file of a folder; return 0, or 2 when anything was refused."""
    database = Database(settings.database_url, vault=settings.vault())
    lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
    hand = Hand(database, now)
    found = find_project(hand, project)
    files = [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())
    lines: list[tuple[Path, Line]] = []
    for batch in track(list(_batches(files)), description="Taking in", console=console):
        with database.transaction() as session:
            receipt = receive(
                hand.act(session), lake, project=found.id, files=batch, source="command line"
            )
        lines += zip(batch, receipt.lines, strict=True)
    database.dispose()
    return _report(lines, console)


def _batches(files: list[Path]) -> Iterator[list[Path]]:
    for start in range(0, len(files), BATCH):
        yield files[start : start + BATCH]


def _report(lines: list[tuple[Path, Line]], console: Console) -> int:
    for status in ("stored", "already_present", "held", "refused"):
        count = sum(line.status == status for _, line in lines)
        if count:
            console.print(f"  {count:6} {status.replace('_', ' ')}")
    troubled = [(path, line) for path, line in lines if line.status in ("held", "refused")]
    for path, line in troubled[:MOST_SHOWN]:
        console.print(f"  {line.status} {path.name}: {line.reason}: {line.detail}")
    if len(troubled) > MOST_SHOWN:
        console.print(f"  … and {len(troubled) - MOST_SHOWN} more")
    return 2 if any(line.status == "refused" for _, line in lines) else 0
