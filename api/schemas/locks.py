"""Locks: named, hashed snapshots of all tables."""

from datetime import datetime

from pydantic import Field

from api.schemas.wire import Wire


class LockNew(Wire):
    """A lock to make."""

    name: str = Field(min_length=1, max_length=100)


class LockedTable(Wire):
    """One table as a lock pins it."""

    table: str
    version: int
    rows: int
    files: int


class LockView(Wire):
    """A lock; `digest` is the SHA-256 of its manifest and is what a number cites."""

    id: str
    name: str
    digest: str
    created_at: datetime
    created_by: str
    ledger_sequence: int
    tables: tuple[LockedTable, ...]
