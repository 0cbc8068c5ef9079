"""Two locks compared by key: rows added, changed and removed; and what a table's rows hash to.

A file's SHA-256 says that bytes are the same; the content hash says that rows are: it stays the
same when a table is built anew from the ledger into other files.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import rfc8785

from lake.engine import private_connection
from lake.errors import LockBroken
from lake.location import Lake
from lake.locks import LockedTable, read_lock
from lake.snapshots import Snapshot, snapshot
from lake.tables import table_named

BATCH_ROWS = 10_000
MOST_KEYS = 1000
# Moves with every rebuild and says nothing of what a row holds.
MOVING = ("ledger_sequence",)


@dataclass(frozen=True)
class ChangedRow:
    """A row that both locks have, with the columns in which they differ."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class TableDifference:
    """What changed in one table; at most `MOST_KEYS` keys are named of each kind."""

    table: str
    key: tuple[str, ...]
    added: int
    changed: int
    removed: int
    added_keys: tuple[tuple[str, ...], ...]
    changed_rows: tuple[ChangedRow, ...]
    removed_keys: tuple[tuple[str, ...], ...]
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Say whether nothing differs."""
        differing = (self.added, self.changed, self.removed)
        return not any(differing) and not self.columns_added and not self.columns_removed


def compare_locks(lake: Lake, project: str, old: str, new: str) -> tuple[TableDifference, ...]:
    """Return what changed from one lock to another, table by table, all tables of either.

    Parameters
    ----------
    lake : Lake
        Where.
    project, old, new : str
        Which locks, by name.

    Raises
    ------
    LockMissing, LockBroken
        A lock does not exist, or its manifest was changed.
    VersionMissing
        A locked version was erased since.
    """
    left = {one.table: one for one in read_lock(lake, project, old).tables}
    right = {one.table: one for one in read_lock(lake, project, new).tables}
    found = []
    for name in sorted({*left, *right}):
        with private_connection(lake) as connection:
            before = _shown(lake, project, name, left.get(name))
            after = _shown(lake, project, name, right.get(name))
            found.append(_difference(connection, name, before, after))
    return tuple(found)


def content_hash(lake: Lake, project: str, table_name: str, *, version: int | None = None) -> str:
    """Return the SHA-256 of a table's rows in order of key, as canonical JSON lines.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    version : int, optional
        By default the newest.
    """
    found = snapshot(lake, project, table_name, version=version)
    digest = hashlib.sha256()
    for line in _lines(lake, found):
        digest.update(line + b"\n")
    return digest.hexdigest()


def _lines(lake: Lake, found: Snapshot) -> Iterator[bytes]:
    names = sorted(name for name in found.schema.names if name not in MOVING)
    order = ", ".join(f'"{name}" NULLS FIRST' for name in (*found.table.key, *names))
    # As text every value has one spelling, whatever the file made of it.
    columns = ", ".join(f'CAST("{name}" AS VARCHAR) AS "{name}"' for name in names)
    with private_connection(lake) as connection:
        sql = f"SELECT {columns} FROM ({found.select()}) ORDER BY {order}"
        reader = connection.sql(sql).to_arrow_reader(BATCH_ROWS)
        for batch in reader:
            for row in batch.to_pylist():
                yield rfc8785.dumps(
                    {name: value for name, value in row.items() if value is not None}
                )


def _shown(lake: Lake, project: str, name: str, locked: LockedTable | None) -> Snapshot | None:
    if locked is None:
        return None
    found = snapshot(lake, project, name, version=locked.version)
    if {file.path for file in found.files} != {file.path for file in locked.files}:
        raise LockBroken(f"version {locked.version} of table {name} has other files than its lock")
    return found


def _difference(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    before: Snapshot | None,
    after: Snapshot | None,
) -> TableDifference:
    key = table_named(name).key
    old, new = (frozenset(one.schema.names if one else ()) for one in (before, after))
    shared = sorted(column for column in old & new if column not in (*key, *MOVING))
    connection.execute(f"CREATE VIEW old AS {_select(before, after)}")
    connection.execute(f"CREATE VIEW new AS {_select(after, before)}")
    joined = " AND ".join(f'old."{column}" IS NOT DISTINCT FROM new."{column}"' for column in key)
    differs = [f'old."{column}" IS DISTINCT FROM new."{column}"' for column in shared] or ["false"]
    names = ", ".join(f'CAST("{{side}}"."{column}" AS VARCHAR)' for column in key)
    order = ", ".join(str(number) for number in range(1, len(key) + 1))
    lone = "SELECT {names} FROM {side} ANTI JOIN {other} ON {joined} ORDER BY {order}"
    added = _rows(connection, lone.format(
        names=names.format(side="new"), side="new", other="old", joined=joined, order=order
    ))  # fmt: skip
    removed = _rows(connection, lone.format(
        names=names.format(side="old"), side="old", other="new", joined=joined, order=order
    ))  # fmt: skip
    flags = ", ".join(differs)
    changed = _rows(
        connection,
        f"SELECT {names.format(side='new')}, {flags} FROM new JOIN old ON {joined} "
        f"WHERE {' OR '.join(differs)} ORDER BY {order}",
    )
    return TableDifference(
        table=name,
        key=key,
        added=added.num_rows,
        changed=changed.num_rows,
        removed=removed.num_rows,
        added_keys=_keys(added, len(key)),
        changed_rows=tuple(
            ChangedRow(
                tuple(str(part) for part in row[: len(key)]),
                tuple(column for column, flag in zip(shared, row[len(key) :], strict=True) if flag),
            )
            for row in _tuples(changed)
        ),
        removed_keys=_keys(removed, len(key)),
        columns_added=tuple(sorted(new - old)) if before and after else (),
        columns_removed=tuple(sorted(old - new)) if before and after else (),
    )


def _select(side: Snapshot | None, other: Snapshot | None) -> str:
    """Return the SQL of a side; of a table that one lock lacks, no rows of the other's shape."""
    if side is not None:
        return side.select()
    assert other is not None
    return f"SELECT * FROM ({other.select()}) WHERE false"


def _rows(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    return connection.sql(sql).to_arrow_table()


def _tuples(table: pa.Table) -> list[tuple[object, ...]]:
    columns = [column.to_pylist() for column in table.slice(0, MOST_KEYS).columns]
    return list(zip(*columns, strict=True))


def _keys(table: pa.Table, width: int) -> tuple[tuple[str, ...], ...]:
    return tuple(_text(row) for row in _tuples(table.select(range(width))))


def _text(row: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if part is None else str(part) for part in row)
