"""Visits: when a subject was seen; the images of a visit are its image set."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base
from research.charter import VisitPlan
from research.subjects import SubjectRow

UNSCHEDULED = "UNS"


class VisitRow(Base):
    """A visit as stored.

    `image_set_digest` names the images that reads are made from, once they are fixed;
    `image_set_sequence` is the entry up to which instances of the visit belong to the set.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("subject_id", "code"),
        Index("ix_visits_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    code: Mapped[str] = mapped_column(String(64))
    label: Mapped[str]
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16))
    image_set_digest: Mapped[str | None] = mapped_column(String(64))
    image_set_sequence: Mapped[int | None]
    ledger_sequence: Mapped[int]


def planned_visit(act: Act, subject: SubjectRow, plan: VisitPlan, *, position: int) -> VisitRow:
    """Return a new row for a planned visit; the caller's entry names it."""
    return _row(act, subject, plan.code, label=plan.label, position=position, kind="scheduled")


def unscheduled_visit(act: Act, subject: SubjectRow) -> VisitRow:
    """Return a new row for the next visit that nobody planned; the caller's entry names it."""
    known = visits_of(act.session, subject.id)
    number = 1 + sum(visit.kind == "unscheduled" for visit in known)
    return _row(
        act,
        subject,
        f"{UNSCHEDULED}-{number}",
        label=f"Unscheduled visit {number}",
        position=1 + max((visit.position for visit in known), default=-1),
        kind="unscheduled",
    )


def visits_of(session: Session, subject_id: str) -> tuple[VisitRow, ...]:
    """Return the visits of a subject in their order."""
    query = select(VisitRow).where(VisitRow.subject_id == subject_id).order_by(VisitRow.position)
    return tuple(session.scalars(query))


def _row(
    act: Act, subject: SubjectRow, code: str, *, label: str, position: int, kind: str
) -> VisitRow:
    return VisitRow(
        id=act.new_id(),
        project_id=subject.project_id,
        subject_id=subject.id,
        code=code,
        label=label,
        position=position,
        kind=kind,
        image_set_digest=None,
        image_set_sequence=None,
    )
