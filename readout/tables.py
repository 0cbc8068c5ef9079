"""`readout lock` and `readout export`: snapshots and copies of a project's tables."""

import json
import os
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
from rich.console import Console

from accounts.database import Database
from lake.location import Lake
from lake.locks import make_lock
from lake.read import arrow, versions
from readout.clock import now
from readout.hand import Hand
from readout.named import find_project
from readout.settings import Settings
from research.ids import ProjectId
from research.locks import record_lock


def lock_project(settings: Settings, console: Console, *, project: str, name: str) -> None:
    """Write the manifest of all tables of a project and enter the lock in its ledger."""
    database = Database(settings.database_url, vault=settings.vault())
    hand = Hand(database, now)
    lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
    found = find_project(hand, project)
    with console.status(f"Hashing the tables of {found.code}"):
        manifest = make_lock(lake, found.id)
    as_of = min(table.ledger_sequence for table in manifest.tables)
    with database.transaction() as session:
        lock = record_lock(
            hand.act(session),
            ProjectId(found.id),
            name=name,
            manifest_digest=manifest.name,
            as_of_sequence=as_of,
        )
    files = sum(len(table.files) for table in manifest.tables)
    console.print(f"Lock {lock.number} [bold]{lock.name}[/] of {found.code}")
    console.print(f"  {len(manifest.tables)} tables, {files} files, as of ledger sequence {as_of}")
    console.print(f"  manifest {manifest.name}")
    database.dispose()


def export_table(
    settings: Settings,
    console: Console,
    *,
    project: str,
    table: str,
    output: Path,
    version: int | None,
    as_parquet: bool,
) -> None:
    """Write a table at a version to a file, and beside it what the file is a copy of."""
    database = Database(settings.database_url, vault=settings.vault())
    lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
    found = find_project(Hand(database, now), project)
    database.dispose()
    chosen = versions(lake, found.id, table)[0].version if version is None else version
    rows = arrow(lake, found.id, table, chosen)
    part = output.with_name(f".{output.name}.part")
    if as_parquet:
        pyarrow.parquet.write_table(rows, part)
    else:
        pyarrow.csv.write_csv(rows, part)
    os.replace(part, output)
    console.print(f"{output}: {rows.num_rows} rows of {table}, version {chosen}, of {found.code}")
