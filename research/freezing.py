"""Freezes: a project, a subject, a visit or a form that rests, until the freeze is lifted.

"Frozen" is a state of records and never called a lock. What a freeze holds still is refused with
`ProjectLocked`, as what is in a locked project is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import NotFound
from research.errors import IllegalTransition, Invalid, ProjectLocked
from research.forms import FormRow
from research.ids import ProjectId
from research.projects import ProjectRow, find_project
from research.subjects import SubjectRow
from research.visits import VisitRow

Frozen = Literal["project", "subject", "visit", "form"]
FROZEN: tuple[Frozen, ...] = get_args(Frozen)


class FreezeRow(Base):
    """A freeze as stored; a lifted one stays readable."""

    __tablename__ = "freezes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    object_kind: Mapped[str] = mapped_column(String(32))
    object_id: Mapped[str] = mapped_column(String(36), index=True)
    frozen_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Freeze:
    """One freeze that holds now."""

    id: str
    object_kind: str
    object_id: str
    frozen_at: datetime


def freezes(act: Act, project_id: ProjectId) -> tuple[Freeze, ...]:
    """Return what is frozen in a project now, the oldest first."""
    authorize(act, "view", "project", project_id)
    query = (
        select(FreezeRow)
        .where(FreezeRow.project_id == project_id, FreezeRow.lifted_at.is_(None))
        .order_by(FreezeRow.frozen_at, FreezeRow.id)
    )
    return tuple(
        Freeze(row.id, row.object_kind, row.object_id, row.frozen_at)
        for row in act.session.scalars(query)
    )


def refuse_frozen(session: Session, project_id: str, *ids: str | None) -> None:
    """Raise `ProjectLocked` when a subject, visit or form of these ids is frozen by itself."""
    query = select(FreezeRow).where(
        FreezeRow.project_id == project_id,
        FreezeRow.object_id.in_([id for id in ids if id is not None]),
        FreezeRow.lifted_at.is_(None),
    )
    row = session.scalars(query.limit(1)).first()
    if row is not None:
        raise ProjectLocked(
            f"{row.object_kind} {row.object_id} is frozen: nothing of it changes until the freeze "
            "is lifted"
        )


def checked_object(session: Session, project_id: str, kind: str, id: str) -> None:
    """Raise when there is nothing of that kind and id to freeze in the project."""
    if kind not in FROZEN:
        raise Invalid(f"a freeze is of a {', '.join(FROZEN)}, not of a {kind}")
    project = find_project(session, project_id)
    form = session.get(FormRow, id) if kind == "form" else None
    subject = session.get(SubjectRow, id) if kind == "subject" else None
    visit = session.get(VisitRow, id) if kind == "visit" else None
    belongs = (
        (kind == "project" and id == project.id)
        or (form is not None and form.repository_id == project.repository_id)
        or (subject is not None and subject.project_id == project.id)
        or (visit is not None and visit.project_id == project.id)
    )
    if not belongs:
        raise NotFound(f"there is no {kind} {id} in project {project_id}")


def freeze(act: Act, project: ProjectRow, kind: str, id: str, reason: Reason) -> None:
    """Freeze something; the caller has its signature."""
    checked_object(act.session, project.id, kind, id)
    if frozen_now(act.session, project.id, kind, id) is not None:
        raise IllegalTransition(f"{kind} {id} is frozen already")
    row = FreezeRow(
        id=act.new_id(),
        project_id=project.id,
        object_kind=kind,
        object_id=id,
        frozen_at=act.now,
        lifted_at=None,
    )
    _enter(act, project, row, "frozen", "frozen", reason)


def thaw(act: Act, project: ProjectRow, kind: str, id: str, reason: Reason) -> None:
    """Lift a freeze; the caller has its signature."""
    row = frozen_now(act.session, project.id, kind, id)
    if row is None:
        raise IllegalTransition(f"{kind} {id} is not frozen")
    row.lifted_at = act.now
    _enter(act, project, row, "thawed", "open", reason)


def frozen_now(session: Session, project_id: str, kind: str, id: str) -> FreezeRow | None:
    """Return the freeze that holds on exactly this object, if there is one."""
    return session.scalar(
        select(FreezeRow).where(
            FreezeRow.project_id == project_id,
            FreezeRow.object_kind == kind,
            FreezeRow.object_id == id,
            FreezeRow.lifted_at.is_(None),
        )
    )


def _enter(
    act: Act, project: ProjectRow, row: FreezeRow, action: str, state: str, reason: Reason
) -> None:
    """Enter what became of a freeze; a whole project changes its state with it."""
    changed: list[Base] = [row]
    if row.object_kind == "project":
        project.state = state
        changed.append(project)
    row.ledger_sequence = act.record(
        project.id,
        action,
        row.object_kind,
        row.object_id,
        reason=reason,
        rows=rows_named(*changed),
    )
    if row.object_kind == "project":
        project.ledger_sequence = row.ledger_sequence
    act.session.add(row)
    act.session.flush()
