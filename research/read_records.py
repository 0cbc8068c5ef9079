"""The record of a read: its row, its key, and the digest that a signature binds."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.ledger.entries import JsonValue, digest
from research.answers import answers_digest
from research.ecrf.evaluate import Answer, ItemKey

ReadStatus = Literal["draft", "submitted", "signed", "imported"]

# Under the ledger and in every table: what somebody stands for.
RECORDED: tuple[ReadStatus, ...] = ("signed", "imported")


class ReadRow(Base):
    """One revision of one read as stored."""

    __tablename__ = "reads"
    __table_args__ = (
        UniqueConstraint(
            "visit_id", "step_code", "workflow_number", "reader_id", "arm", "session", "repeat",
            "revision",
            name="uq_reads_key",
        ),
        Index("ix_reads_project_sequence", "project_id", "ledger_sequence"),
        Index("ix_reads_task", "task_id"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    task_id: Mapped[str | None] = mapped_column(ForeignKey("tasks.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    step_code: Mapped[str] = mapped_column(String(64))
    workflow_number: Mapped[int]
    position: Mapped[str] = mapped_column(String(16))
    reader_id: Mapped[str] = mapped_column(String(36))
    reader_kind: Mapped[str] = mapped_column(String(16))
    reader_label: Mapped[str]
    arm: Mapped[str] = mapped_column(String(32))
    session: Mapped[int]
    repeat: Mapped[int]
    revision: Mapped[int]
    status: Mapped[str] = mapped_column(String(16))
    draft: Mapped[int]
    form_id: Mapped[str] = mapped_column(ForeignKey("forms.id"))
    form_oid: Mapped[str] = mapped_column(String(64))
    form_version: Mapped[str] = mapped_column(String(32))
    form_digest: Mapped[str] = mapped_column(String(64))
    image_set_digest: Mapped[str | None] = mapped_column(String(64))
    salt: Mapped[str] = mapped_column(String(64))
    record_digest: Mapped[str | None] = mapped_column(String(64))
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    signed_at: Mapped[datetime | None]
    source: Mapped[str]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class SavedAnswer:
    """One answer with where it stands, as clients see it."""

    group: str
    repeat: str
    item: str
    value: str | None
    missing: str | None


def record_digest(read: ReadRow, answers: dict[ItemKey, Answer]) -> str:
    """Return the digest of the whole record: key, form, images and answers (trust, R-LINK)."""
    names = (
        "project_id", "subject_id", "visit_id", "step_code", "workflow_number", "position",
        "reader_id", "arm", "session", "repeat", "revision", "form_oid", "form_version",
        "form_digest", "image_set_digest",
    )  # fmt: skip
    record: dict[str, JsonValue] = {name: getattr(read, name) for name in names}
    return digest({**record, "answers": answers_digest(read.salt, answers)})


def read_of_task(session: Session, task_id: str) -> ReadRow | None:
    """Return the newest revision of a task's read, if it was begun."""
    query = (
        select(ReadRow)
        .where(ReadRow.task_id == task_id)
        .order_by(ReadRow.revision.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def next_revision(session: Session, read: ReadRow) -> int:
    """Return the number of the next revision under a read's key; nothing is ever overwritten."""
    query = select(func.max(ReadRow.revision)).where(
        ReadRow.visit_id == read.visit_id,
        ReadRow.step_code == read.step_code,
        ReadRow.workflow_number == read.workflow_number,
        ReadRow.reader_id == read.reader_id,
        ReadRow.arm == read.arm,
        ReadRow.session == read.session,
        ReadRow.repeat == read.repeat,
    )
    return 1 + (session.scalar(query) or 0)


def saved(answers: dict[ItemKey, Answer]) -> tuple[SavedAnswer, ...]:
    """Return the answers in one order."""
    return tuple(
        SavedAnswer(*key, answer.value, answer.missing) for key, answer in sorted(answers.items())
    )
