"""Where logs live in SQL, and the one way to add to them.

An entry is written in the transaction of the change it tells of: the head row of the log is locked
first (SQLite: the transaction began with BEGIN IMMEDIATE; PostgreSQL: SELECT … FOR UPDATE), so
sequences have no gaps and no twins. Where one act writes to a project's log and to the system log,
the project comes first, always, so that two acts cannot wait for each other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from sqlalchemy import DDL, LargeBinary, String, bindparam, event, func, insert, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base, UtcDateTime
from accounts.ledger import nodes
from accounts.ledger.entries import Entry, parse
from accounts.ledger.errors import EntryRefused, LogMissing
from accounts.ledger.merkle import EMPTY_ROOT, Tree, leaf_hash

SYSTEM_LOG = "system"


class LedgerHead(Base):
    """The size and frontier of one log: all that the next entry needs to know."""

    __tablename__ = "ledger_heads"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    size: Mapped[int]
    frontier: Mapped[bytes] = mapped_column(LargeBinary)


class LedgerEntry(Base):
    """One entry: its canonical bytes, and columns copied from them for finding it again."""

    __tablename__ = "ledger_entries"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    time: Mapped[datetime] = mapped_column(UtcDateTime)
    action: Mapped[str] = mapped_column(String(64), index=True)
    actor_id: Mapped[str] = mapped_column(String(64), index=True)
    object_kind: Mapped[str] = mapped_column(String(64))
    object_id: Mapped[str] = mapped_column(String(64), index=True)


# SQLite has no roles that could hold these rights back: the triggers guard against mistakes alone.
GUARDS = tuple(
    f"CREATE TRIGGER ledger_entries_no_{verb.lower()} BEFORE {verb} ON ledger_entries "
    "BEGIN SELECT RAISE(ABORT, 'a ledger entry is never changed'); END"
    for verb in ("UPDATE", "DELETE")
)
for guard in GUARDS:
    event.listen(LedgerEntry.__table__, "after_create", DDL(guard).execute_if(dialect="sqlite"))  # type: ignore[no-untyped-call]


# Built once: building a statement takes longer than running it.
LAST_TIME = (
    select(LedgerEntry.time)
    .where(LedgerEntry.log == bindparam("log"), LedgerEntry.action != "checkpoint_signed")
    .order_by(LedgerEntry.sequence.desc())
    .limit(1)
)


def append(session: Session, entry: Entry) -> int:
    """Add the entry to its log and return the sequence it was given.

    The entry's own `sequence` is replaced by the next one of the log.
    """
    return append_all(session, entry.log, [entry]).start


def append_all(session: Session, log: str, entries: Iterable[Entry]) -> range:
    """Add entries to one log, in order, and return the sequences they were given."""
    session.flush()
    head = _locked_head(session, log)
    first = head.size
    tree = Tree.from_bytes(head.size, head.frontier)
    rows: list[dict[str, object]] = []
    completed: list[nodes.Completed] = []
    for entry in entries:
        if entry.log != log:
            raise EntryRefused(f"an entry of log {entry.log} was given to log {log}")
        placed = replace(entry, sequence=tree.size)
        data = placed.to_bytes()
        leaf = leaf_hash(data)
        completed += nodes.completed_by(placed.sequence, tree.append(leaf))
        rows.append(_row(placed, data, leaf))
    if rows:
        session.execute(insert(LedgerEntry), rows)
    nodes.store(session, log, completed)
    head.size = tree.size
    head.frontier = tree.frontier_bytes()
    session.flush()
    return range(first, tree.size)


def _row(entry: Entry, data: bytes, leaf: bytes) -> dict[str, object]:
    return {
        "log": entry.log,
        "sequence": entry.sequence,
        "entry": data,
        "leaf_hash": leaf,
        "time": entry.time,
        "action": entry.action,
        "actor_id": entry.actor_id,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
    }


def _locked_head(session: Session, log: str) -> LedgerHead:
    # A head that this transaction read before, unlocked, may be old by now: read it again.
    statement = (
        select(LedgerHead)
        .where(LedgerHead.log == log)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = session.scalar(statement)
    if head is None:
        # Two first entries may race on PostgreSQL: one inserts the head, both then lock it.
        insert_head = (
            postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        )
        session.execute(
            insert_head(LedgerHead).values(log=log, size=0, frontier=b"").on_conflict_do_nothing()
        )
        head = session.scalars(statement).one()
    return head


def size(session: Session, log: str) -> int:
    """Return how many entries the log has; 0 for a log that nobody wrote to."""
    return session.scalar(select(LedgerHead.size).where(LedgerHead.log == log)) or 0


def last_time(session: Session, log: str) -> datetime | None:
    """Return the time of the newest entry that tells of an act; the signer's own tell of none."""
    return session.scalar(LAST_TIME, {"log": log})


def root(session: Session, log: str) -> bytes:
    """Return the Merkle root of the log as its head states it."""
    head = session.get(LedgerHead, log)
    return EMPTY_ROOT if head is None else Tree.from_bytes(head.size, head.frontier).root()


def logs(session: Session) -> list[str]:
    """Return the names of all logs, the system's last."""
    names = session.scalars(select(LedgerHead.log).order_by(LedgerHead.log))
    return sorted(names, key=lambda name: (name == SYSTEM_LOG, name))


def read_entry(session: Session, log: str, sequence: int) -> Entry:
    """Return one entry, read back from its canonical bytes."""
    row = session.get(LedgerEntry, (log, sequence))
    if row is None:
        raise LogMissing(f"log {log} has no entry {sequence}")
    return parse(row.entry)


def entries(
    session: Session, log: str, *, first: int = 0, action: str | None = None, limit: int = 1000
) -> list[Entry]:
    """Return up to `limit` entries from sequence `first` on, in order, of one action or of all."""
    statement = (
        select(LedgerEntry.entry)
        .where(LedgerEntry.log == log, LedgerEntry.sequence >= first)
        .order_by(LedgerEntry.sequence)
        .limit(limit)
    )
    if action is not None:
        statement = statement.where(LedgerEntry.action == action)
    return [parse(data) for data in session.scalars(statement)]


def count(session: Session, log: str, *, action: str | None = None) -> int:
    """Return the number of entries of one action or of all."""
    statement = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.log == log)
    if action is not None:
        statement = statement.where(LedgerEntry.action == action)
    return session.scalar(statement) or 0


def stored_entries(session: Session, log: str) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (sequence, entry bytes, leaf hash) of a whole log in order, for verification."""
    statement = (
        select(LedgerEntry.sequence, LedgerEntry.entry, LedgerEntry.leaf_hash)
        .where(LedgerEntry.log == log)
        .order_by(LedgerEntry.sequence)
        .execution_options(yield_per=2000)
    )
    # Closed with the generator: whoever stops at a tree's end leaves no cursor open.
    with session.execute(statement) as rows:
        for row in rows:
            yield row.sequence, row.entry, row.leaf_hash
