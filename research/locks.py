"""Locks: named, hashed snapshots of a project's tables; the manifest itself lies in the lake."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists
from research.errors import Invalid
from research.ids import LockId, ProjectId
from research.projects import open_project


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


def record_lock(
    act: Act, project_id: ProjectId, *, name: str, manifest_digest: str, as_of_sequence: int
) -> Lock:
    """Enter a lock whose manifest has been written; it changes nobody's rights."""
    authorize(act, "create", "lock", project_id)
    open_project(act.session, project_id)
    name = name.strip()
    if not 0 < len(name) <= 100:
        raise Invalid("a lock has a name of 1 to 100 characters")
    taken = select(LockRow.id).where(LockRow.project_id == project_id, LockRow.name == name)
    if act.session.scalar(taken):
        raise AlreadyExists(f"there is a lock {name} in this project already")
    numbers = select(func.max(LockRow.number)).where(LockRow.project_id == project_id)
    row = LockRow(
        id=act.new_id(),
        project_id=project_id,
        number=1 + (act.session.scalar(numbers) or 0),
        name=name,
        manifest_digest=manifest_digest,
        as_of_sequence=as_of_sequence,
        made_by=act.actor.id,
        made_at=act.now,
    )
    row.ledger_sequence = act.record(
        project_id,
        "locked",
        "lock",
        row.id,
        after={
            "number": row.number,
            "manifest": manifest_digest,
            "as_of_sequence": as_of_sequence,
        },
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return _view(row)


def locks(act: Act, project_id: ProjectId) -> tuple[Lock, ...]:
    """Return the locks of a project, the newest first."""
    authorize(act, "view", "lock", project_id)
    query = select(LockRow).where(LockRow.project_id == project_id).order_by(LockRow.number.desc())
    return tuple(_view(row) for row in act.session.scalars(query))


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
    )
