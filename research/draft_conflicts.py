"""What was typed onto an older draft: kept beside the newer one until its reader has chosen."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from json import dumps, loads

from sqlalchemy import ForeignKey, Index, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base
from accounts.digests import digest_of_rows
from accounts.errors import NotFound
from accounts.vault import Recordable
from research.answers import AnswerChange
from research.errors import Invalid
from research.read_records import ReadRow, read_of_task
from research.tasks import own_task

MOST_OPEN = 50


class DraftConflictRow(Base):
    """The changes of one refused save as stored; settled once the reader has chosen."""

    __tablename__ = "draft_conflicts"
    __table_args__ = (Index("ix_draft_conflicts_read", "read_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"))
    base_draft: Mapped[int]
    draft: Mapped[int]
    changes: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


@dataclass(frozen=True)
class DraftConflict:
    """One refused save: what it was made to, what it met, and what it would have changed."""

    id: str
    base_draft: int
    draft: int
    created_at: datetime
    changes: tuple[AnswerChange, ...]


def keep_conflict(
    act: Act, task_id: str, *, draft: int, changes: Sequence[AnswerChange]
) -> DraftConflict | None:
    """Keep the changes of a save that was refused as stale; the same ones again are one conflict.

    Nothing is kept of a draft that is closed meanwhile: it takes no changes at all.
    """
    task = own_task(act, task_id)
    read = read_of_task(act.session, task.id)
    if read is None or read.status != "draft":
        return None
    text = dumps([asdict(change) for change in changes], ensure_ascii=False)
    digest = digest_of_rows(((read.salt, str(draft), text),))
    known = _open(act.session, read)
    same = next((row for row in known if row.digest == digest), None)
    if same is not None:
        return _conflict(same)
    if len(known) >= MOST_OPEN:
        raise Invalid(f"read {read.id} has {len(known)} conflicts: choose before typing on")
    row = DraftConflictRow(
        id=act.new_id(),
        read_id=read.id,
        base_draft=draft,
        draft=read.draft,
        changes=text,
        digest=digest,
        created_at=act.now,
        settled_at=None,
    )
    act.session.add(row)
    stated: dict[str, Recordable] = {"conflict": row.id, "base": draft, "changes": digest}
    act.record(
        read.project_id, "draft_conflict_kept", "read", read.id, revision=read.draft, after=stated
    )
    act.session.flush()
    return _conflict(row)


def settle_conflict(act: Act, task_id: str, conflict_id: str) -> None:
    """Take a conflict off the list: its reader has chosen; what was typed stays on record."""
    task = own_task(act, task_id)
    read = read_of_task(act.session, task.id)
    row = act.session.get(DraftConflictRow, conflict_id)
    if read is None or row is None or row.read_id != read.id:
        raise NotFound(f"there is no conflict {conflict_id} of task {task_id}")
    if row.settled_at is not None:
        return
    row.settled_at = act.now
    act.record(
        read.project_id, "draft_conflict_settled", "read", read.id, revision=read.draft,
        after={"conflict": row.id},
    )  # fmt: skip


def open_conflicts(session: Session, read: ReadRow) -> tuple[DraftConflict, ...]:
    """Return the conflicts that nobody has settled, the oldest first; none of a closed draft."""
    if read.status != "draft":
        return ()
    return tuple(_conflict(row) for row in _open(session, read))


def count_open(session: Session, read: ReadRow) -> int:
    """Return how many conflicts stand open."""
    query = select(func.count()).where(
        DraftConflictRow.read_id == read.id, DraftConflictRow.settled_at.is_(None)
    )
    return session.scalar(query) or 0


def _open(session: Session, read: ReadRow) -> list[DraftConflictRow]:
    query = (
        select(DraftConflictRow)
        .where(DraftConflictRow.read_id == read.id, DraftConflictRow.settled_at.is_(None))
        .order_by(DraftConflictRow.created_at, DraftConflictRow.id)
    )
    return list(session.scalars(query))


def _conflict(row: DraftConflictRow) -> DraftConflict:
    return DraftConflict(
        id=row.id,
        base_draft=row.base_draft,
        draft=row.draft,
        created_at=row.created_at,
        changes=tuple(AnswerChange(**one) for one in loads(row.changes)),
    )
