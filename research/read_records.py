"""The record of a read: its row, its key, and the digest that a signature binds.

A read is revised by signing it again. Of its revisions the newest that somebody signed is in force;
the earlier ones are superseded, stay as they are, and keep their signatures.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.digests import digest_of_rows
from accounts.ledger.entries import JsonValue, digest
from research.answers import answers_digest
from research.ecrf.answer import Answer, ItemKey

ReadStatus = Literal["draft", "submitted", "signed", "imported", "abandoned"]

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
    reason_code: Mapped[str | None] = mapped_column(String(64))
    reason_text: Mapped[str | None]
    inputs_digest: Mapped[str | None] = mapped_column(String(64))
    annotations_digest: Mapped[str | None] = mapped_column(String(64))
    reasons_digest: Mapped[str | None] = mapped_column(String(64))
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
    reason: str | None = None
    typed: str | None = None
    unit: str | None = None


def record_digest(read: ReadRow, answers: dict[ItemKey, Answer]) -> str:
    """Return the digest of the whole record: key, form, images, inputs and answers (R-LINK)."""
    return digest(record_content(read, answers))


def record_content(read: ReadRow, answers: dict[ItemKey, Answer]) -> dict[str, JsonValue]:
    """Return the record as it is signed, and as an export carries it."""
    names = (
        "project_id", "subject_id", "visit_id", "step_code", "workflow_number", "position",
        "reader_id", "arm", "session", "repeat", "revision", "form_oid", "form_version",
        "form_digest", "image_set_digest",
    )  # fmt: skip
    record: dict[str, JsonValue] = {name: getattr(read, name) for name in names}
    # A read that rests on nothing earlier and amends nothing has the digest it always had.
    for name in (
        "inputs_digest", "reason_code", "reason_text", "annotations_digest", "reasons_digest",
    ):  # fmt: skip
        if (value := getattr(read, name)) is not None:
            record[name] = value
    return {**record, "answers": answers_digest(read.salt, answers)}


def key_of(read: ReadRow) -> dict[str, str | int | None]:
    """Return what names a revision of a read among all others (domain, the read's key)."""
    names = (
        "project_id", "subject_id", "visit_id", "step_code", "workflow_number", "reader_id",
        "arm", "session", "repeat", "revision",
    )  # fmt: skip
    return {name: getattr(read, name) for name in names}


def drawn_rows(read: ReadRow) -> dict[str, dict[str, str | None]]:
    """Return how an entry names what a read has drawn, if it has."""
    return {"drawn": {read.id: read.annotations_digest}} if read.annotations_digest else {}


def read_of_task(session: Session, task_id: str) -> ReadRow | None:
    """Return the newest revision of a task's read, if it was begun; an abandoned one is none."""
    query = (
        select(ReadRow)
        .where(ReadRow.task_id == task_id, ReadRow.status != "abandoned")
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


def revisions_of_task(session: Session, task_id: str) -> list[ReadRow]:
    """Return the recorded revisions of a task's read, the newest first: that one is in force."""
    query = (
        select(ReadRow)
        .where(ReadRow.task_id == task_id, ReadRow.status.in_(RECORDED))
        .order_by(ReadRow.revision.desc())
    )
    return list(session.scalars(query))


def inputs_digest(inputs: Iterable[ReadRow]) -> str | None:
    """Return the digest of the earlier reads that a read rests on; None when there is none."""
    named = sorted((read.id, read.record_digest) for read in inputs)
    return digest_of_rows(named) if named else None


def saved(answers: dict[ItemKey, Answer]) -> tuple[SavedAnswer, ...]:
    """Return the answers in one order."""
    return tuple(
        SavedAnswer(*key, answer.value, answer.missing, answer.reason, answer.typed, answer.unit)
        for key, answer in sorted(answers.items(), key=lambda one: one[0])
    )
