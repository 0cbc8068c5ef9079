"""`readout lock`, `diff` and `export`: snapshots, what changed between them, copies."""

import json
import os
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
from rich.console import Console
from rich.table import Table

from accounts.database import Database
from lake.comparison import compare_locks
from lake.location import Lake
from lake.locks import make_lock
from lake.read import arrow, versions
from readout.clock import now
from readout.errors import NothingFound
from readout.hand import Hand
from readout.named import find_project
from readout.settings import Settings
from research.ids import ProjectId
from research.locks import Lock, locks, record_lock

FIRST_KEYS = 20


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


def compare_project_locks(
    settings: Settings, console: Console, *, project: str, old: str, new: str
) -> None:
    """Print what changed between two locks, table by table, with the first keys of each kind."""
    database = Database(settings.database_url, vault=settings.vault())
    hand = Hand(database, now)
    lake = Lake(settings.lake_uri, json.loads(settings.lake_storage))
    found = find_project(hand, project)
    with database.reading() as session:
        known = locks(hand.act(session), ProjectId(found.id))
    left, right = (_named_lock(known, wanted) for wanted in (old, new))
    database.dispose()
    tables = compare_locks(lake, found.id, left.manifest_digest, right.manifest_digest)
    shown = Table("table", "added", "changed", "removed", "columns", title=None)
    for table in tables:
        columns = [*(f"+{one}" for one in table.columns_added),
                   *(f"-{one}" for one in table.columns_removed)]  # fmt: skip
        counts = (str(table.added), str(table.changed), str(table.removed))
        shown.add_row(table.table, *counts, " ".join(columns))
    console.print(f"{found.code}: lock {left.number} {left.name} → {right.number} {right.name}")
    console.print(shown)
    for table in tables:
        for kind, keys in (("added", table.added_keys), ("removed", table.removed_keys),
                           ("changed", [row.key for row in table.changed_rows])):  # fmt: skip
            for key in keys[:FIRST_KEYS]:
                named = ", ".join(map("=".join, zip(table.key, key, strict=True)))
                console.print(f"  {table.table} {kind}: {named}", highlight=False)


def _named_lock(known: tuple[Lock, ...], wanted: str) -> Lock:
    """Return the lock of that name or number, or say which there are."""
    for lock in known:
        if wanted in (lock.name, str(lock.number)):
            return lock
    names = ", ".join(f"{lock.number} {lock.name}" for lock in known) or "none"
    raise NothingFound(f"there is no lock {wanted}: there are {names}")


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
