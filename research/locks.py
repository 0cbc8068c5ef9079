"""Locks: named, hashed snapshots of a project's tables; the manifest itself lies in the lake.

An interim lock changes nobody's rights; the final one also locks the project, until it is unlocked
by reason and two signatures. A lock stays when its project is unlocked: the next has a new number.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound
from accounts.ledger.entries import RowDigests
from research.errors import IllegalTransition, Invalid
from research.freezing import FreezeRow
from research.ids import LockId, ProjectId
from research.projects import ProjectRow, open_project


class LockRow(Base):
    """A lock as stored."""

    __tablename__ = "locks"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("project_id", "name"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    name: Mapped[str]
    manifest_digest: Mapped[str] = mapped_column(String(64))
    as_of_sequence: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(36))
    made_at: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(String(16))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_under: Mapped[int | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True, kw_only=True)
class Lock:
    """One lock of a project; tables stand as of `as_of_sequence`."""

    id: LockId
    number: int
    name: str
    manifest_digest: str
    as_of_sequence: int
    made_by: str
    made_at: datetime
    ledger_sequence: int
    kind: str = "interim"
    withdrawn_under: int | None = None


def record_lock(
    act: Act, project_id: ProjectId, *, name: str, manifest_digest: str, as_of_sequence: int
) -> Lock:
    """Enter a lock whose manifest has been written; it changes nobody's rights."""
    authorize(act, "create", "lock", project_id)
    open_project(act.session, project_id)
    row = new_lock(act, project_id, name, manifest=manifest_digest, as_of=as_of_sequence)
    _enter_lock(act, row, rows_named(row))
    return _view(row)


def lock_project(
    act: Act, project: ProjectRow, *, name: str, manifest: str, as_of: int, reason: Reason
) -> None:
    """Make the final lock and lock the project with it; the caller has both signatures."""
    row = new_lock(act, project.id, name, manifest=manifest, as_of=as_of)
    row.kind = "final"
    project.state = "locked"
    _enter_lock(act, row, rows_named(row, project), reason=reason, project=project)


def unlock_project(act: Act, project: ProjectRow, reason: Reason) -> None:
    """Open a locked project again; its locks and every signature stay as they are."""
    project.state = "open"
    lifted = act.session.scalars(
        select(FreezeRow).where(FreezeRow.object_id == project.id, FreezeRow.lifted_at.is_(None))
    ).all()
    for row in lifted:
        row.lifted_at = act.now
    project.ledger_sequence = act.record(
        project.id,
        "unlocked",
        "project",
        project.id,
        before={"state": "locked"},
        after={"state": "open"},
        reason=reason,
        rows=rows_named(project, *lifted),
    )


def withdraw_lock(act: Act, project_id: str, lock_id: str, reason: Reason) -> LockRow:
    """Withdraw a lock: what it names may be removed; the caller has both signatures."""
    row = find_lock(act.session, project_id, lock_id)
    if row.withdrawn_at is not None:
        raise IllegalTransition(f"lock {row.number} was withdrawn before")
    row.withdrawn_at = act.now
    row.withdrawn_under = act.record(
        project_id,
        "lock_withdrawn",
        "lock",
        row.id,
        before={"number": row.number, "manifest": row.manifest_digest},
        reason=reason,
        rows=rows_named(row),
    )
    act.session.flush()
    return row


def find_lock(session: Session, project_id: str, lock_id: str) -> LockRow:
    """Return a stored lock of the project."""
    row = session.get(LockRow, lock_id)
    if row is None or row.project_id != project_id:
        raise NotFound(f"there is no lock {lock_id} in this project")
    return row


def new_lock(act: Act, project_id: str, name: str, *, manifest: str, as_of: int) -> LockRow:
    """Return a lock's row with the next number, checked but not entered."""
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise Invalid("a lock has a name of 1 to 100 characters")
    taken = select(LockRow.id).where(LockRow.project_id == project_id, LockRow.name == name)
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a lock {name} in this project already")
    numbers = select(func.max(LockRow.number)).where(LockRow.project_id == project_id)
    return LockRow(
        id=act.new_id(),
        project_id=project_id,
        number=1 + (act.session.scalar(numbers) or 0),
        name=name,
        manifest_digest=manifest,
        as_of_sequence=as_of,
        made_by=act.actor.id,
        made_at=act.now,
    )


def locks(act: Act, project_id: ProjectId) -> tuple[Lock, ...]:
    """Return the locks of a project, the newest first."""
    authorize(act, "view", "lock", project_id)
    query = select(LockRow).where(LockRow.project_id == project_id).order_by(LockRow.number.desc())
    return tuple(_view(row) for row in act.session.scalars(query))


def _enter_lock(
    act: Act,
    row: LockRow,
    rows: RowDigests,
    *,
    reason: Reason | None = None,
    project: ProjectRow | None = None,
) -> None:
    row.ledger_sequence = act.record(
        row.project_id,
        "locked",
        "lock",
        row.id,
        after={
            "number": row.number,
            "kind": row.kind or "interim",
            "manifest": row.manifest_digest,
            "as_of_sequence": row.as_of_sequence,
        },
        reason=reason,
        rows=rows,
    )
    if project is not None:
        project.ledger_sequence = row.ledger_sequence
    act.session.add(row)
    act.session.flush()


def _view(row: LockRow) -> Lock:
    return Lock(
        id=LockId(row.id),
        number=row.number,
        name=row.name,
        manifest_digest=row.manifest_digest,
        as_of_sequence=row.as_of_sequence,
        made_by=row.made_by,
        made_at=row.made_at,
        ledger_sequence=row.ledger_sequence,
        kind=row.kind or "interim",
        withdrawn_under=row.withdrawn_under,
    )
