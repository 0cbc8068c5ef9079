"""Adjudications and accepted records as stored; readers' own reads are never touched."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import JsonValue
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base, Json


class SeedRow(Base):
    """The secret seed of a project's draws; its entry names a digest alone."""

    __tablename__ = "adjudication_seeds"
    __table_args__ = (UniqueConstraint("project_id"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    seed: Mapped[str] = mapped_column(String(64))
    ledger_sequence: Mapped[int]


class AdjudicationRow(Base):
    """One run of one unit's adjudication: what differed, between which reads, what was chosen."""

    __tablename__ = "adjudications"
    __table_args__ = (
        UniqueConstraint("task_id"),
        Index("ix_adjudications_subject", "subject_id"),
        Index("ix_adjudications_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visits.id"))
    step_code: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    # In the order they are presented: [{letter, position, reads}].
    records: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    triggers: Mapped[JsonValue] = mapped_column(Json, nullable=False)
    choice: Mapped[str | None] = mapped_column(String(1))
    position: Mapped[str | None] = mapped_column(String(16))
    reason_text: Mapped[str | None]
    decided_by: Mapped[str | None] = mapped_column(String(36))
    decided_at: Mapped[datetime | None]
    record_digest: Mapped[str | None] = mapped_column(String(64))
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    ledger_sequence: Mapped[int]


class AcceptedRow(Base):
    """The record that counts for a unit: one row each, which later decisions move on.

    `unit` is the subject's id, or the visit's where the rule is per visit. While an adjudication
    is open that may change it, the row is in question.
    """

    __tablename__ = "accepted_records"
    __table_args__ = (
        UniqueConstraint("step_code", "unit", name="uq_accepted_records_unit"),
        Index("ix_accepted_records_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    step_code: Mapped[str] = mapped_column(String(64))
    unit: Mapped[str] = mapped_column(String(36))
    position: Mapped[str] = mapped_column(String(16))
    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"))
    accepted_by: Mapped[str] = mapped_column(String(16))
    adjudication_id: Mapped[str | None] = mapped_column(ForeignKey("adjudications.id"))
    in_question: Mapped[bool]
    since: Mapped[datetime]
    ledger_sequence: Mapped[int]


def adjudication_of(session: Session, task_id: str) -> AdjudicationRow:
    """Return the adjudication of its task."""
    row = session.scalar(select(AdjudicationRow).where(AdjudicationRow.task_id == task_id))
    assert row is not None, f"task {task_id} has no adjudication"
    return row


def accepted_of(session: Session, step_code: str, unit: str) -> AcceptedRow | None:
    """Return the record accepted of a unit, if one is."""
    query = select(AcceptedRow).where(AcceptedRow.step_code == step_code, AcceptedRow.unit == unit)
    return session.scalar(query)


def accepted_of_subject(session: Session, subject_id: str) -> Sequence[AcceptedRow]:
    """Return the records accepted of a subject."""
    query = select(AcceptedRow).where(AcceptedRow.subject_id == subject_id)
    return session.scalars(query.order_by(AcceptedRow.step_code, AcceptedRow.unit)).all()
