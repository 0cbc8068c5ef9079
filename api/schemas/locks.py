"""Locks: named, hashed snapshots of all tables."""

from datetime import datetime

from pydantic import Field

from api.schemas.wire import Wire


class LockNew(Wire):
    """A lock to make."""

    name: str = Field(min_length=1, max_length=100)


class LockView(Wire):
    """A lock; `digest` is the SHA-256 of its manifest and is what a number cites."""

    id: str
    number: int
    name: str
    digest: str
    as_of_sequence: int
    made_at: datetime
    made_by: str = Field(description="printed name")
    ledger_sequence: int
    kind: str = Field(description="interim, or final: the one that locked the project")
    withdrawn_under: int | None = Field(description="the entry that withdrew it, or null")


class LockedTable(Wire):
    """One table as a lock pins it."""

    table: str
    layer: str
    version: int
    rows: int
    files: int
    bytes: int


class LockDetail(LockView):
    """A lock with its tables; `problems` names each file that has gone or changed."""

    tables: tuple[LockedTable, ...]
    problems: tuple[str, ...]


class ChangedRowView(Wire):
    """A row that both locks have, with the columns in which they differ."""

    key: tuple[str, ...]
    columns: tuple[str, ...]


class TableChanges(Wire):
    """What changed in one table; of each kind the first thousand keys are named."""

    table: str
    key: tuple[str, ...]
    added: int
    changed: int
    removed: int
    added_keys: tuple[tuple[str, ...], ...]
    changed_rows: tuple[ChangedRowView, ...]
    removed_keys: tuple[tuple[str, ...], ...]
    columns_added: tuple[str, ...]
    columns_removed: tuple[str, ...]
