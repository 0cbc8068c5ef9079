"""The lesion register: one row per lesion of a subject and reader, one per lesion and visit.

Readers' lesions are separate. A lesion keeps its number and tracking UID for good; what was found
of it at a visit belongs to the revision of the read that says so, and later revisions add rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base
from research.annotations.rows import AnnotationRow
from research.criteria.judging import Judge
from research.criteria.lesions import History, Lesion
from research.criteria.register import LesionTable
from research.lesion_findings import counted_mm, stated_words
from research.read_records import ReadRow

SEAT = ("subject_id", "step_code", "reader_id", "arm", "session", "repeat")


class LesionRow(Base):
    """One lesion of one subject as one reader follows it."""

    __tablename__ = "lesions"
    __table_args__ = (
        UniqueConstraint(*SEAT, "number", name="uq_lesions_key"),
        Index("ix_lesions_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    step_code: Mapped[str] = mapped_column(String(64))
    reader_id: Mapped[str] = mapped_column(String(36))
    arm: Mapped[str] = mapped_column(String(32))
    session: Mapped[int]
    repeat: Mapped[int]
    number: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(16))
    organ: Mapped[str]
    node: Mapped[bool]
    method: Mapped[str]
    tracking_uid: Mapped[str] = mapped_column(String(64))
    first_visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    parent: Mapped[str | None] = mapped_column(String(16))
    ledger_sequence: Mapped[int]


class LesionFindingRow(Base):
    """What one revision of one read found of a lesion: as stated, and as it counts."""

    __tablename__ = "lesion_findings"
    __table_args__ = (
        UniqueConstraint("read_id", "lesion_id"),
        Index("ix_lesion_findings_project_sequence", "project_id", "ledger_sequence"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    lesion_id: Mapped[str] = mapped_column(ForeignKey("lesions.id"))
    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    status: Mapped[str] = mapped_column(String(16))
    stated: Mapped[str]
    reason: Mapped[str]
    size_mm: Mapped[str | None] = mapped_column(String(40))
    across_mm: Mapped[str | None] = mapped_column(String(40))
    counted_mm: Mapped[str | None] = mapped_column(String(40))
    progressed: Mapped[bool]
    equivocal: Mapped[bool]
    annotation_id: Mapped[str | None] = mapped_column(String(36))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Registered:
    """The rows a signature leaves in the register."""

    lesions: tuple[LesionRow, ...]
    findings: tuple[LesionFindingRow, ...]


def register_lesions(act: Act, read: ReadRow, judge: Judge, history: History) -> Registered:
    """Return the rows of the lesions that a read found; the caller's entry names them."""
    now = history.visits[-1]
    known = lesions_of_seat(act.session, read)
    rows = {
        lesion.number: _lesion_row(act, read, lesion, known.get(lesion.number))
        for lesion in history.lesions
        if lesion.number in now.by_lesion
    }
    findings = tuple(
        _finding_row(act, read, rows[lesion.number], history, judge.items.tables)
        for lesion in history.lesions
        if lesion.number in rows
    )
    return Registered(tuple(rows.values()), findings)


def lesions_of_seat(session: Session, read: ReadRow) -> dict[str, LesionRow]:
    """Return the lesions that the reader of a read follows in its subject, by number."""
    query = select(LesionRow).where(
        *(getattr(LesionRow, name) == getattr(read, name) for name in SEAT)
    )
    return {row.number: row for row in session.scalars(query)}


def _lesion_row(act: Act, read: ReadRow, lesion: Lesion, row: LesionRow | None) -> LesionRow:
    if row is None:
        row = LesionRow(
            id=act.new_id(),
            project_id=read.project_id,
            **{name: getattr(read, name) for name in SEAT},
            number=lesion.number,
            tracking_uid=f"2.25.{UUID(act.new_id()).int}",
            first_visit_id=read.visit_id,
        )
    row.role, row.organ, row.node = lesion.role, lesion.organ, lesion.node
    row.method, row.parent = lesion.method, lesion.parent
    return row


def _finding_row(
    act: Act,
    read: ReadRow,
    row: LesionRow,
    history: History,
    tables: Sequence[LesionTable],
) -> LesionFindingRow:
    visit = history.visits[-1]
    finding = visit.by_lesion[row.number]
    lesion = next(one for one in history.lesions if one.number == row.number)
    return LesionFindingRow(
        id=act.new_id(),
        project_id=read.project_id,
        lesion_id=row.id,
        read_id=read.id,
        visit_id=read.visit_id,
        status=finding.status,
        stated=stated_words(finding),
        reason=finding.reason,
        size_mm=_text(finding.mm),
        across_mm=_text(finding.across_mm),
        counted_mm=_text(counted_mm(history, visit, lesion)),
        progressed=finding.progressed,
        equivocal=finding.equivocal,
        annotation_id=_annotation(act.session, read, tables, lesion),
    )


def _annotation(
    session: Session, read: ReadRow, tables: Sequence[LesionTable], lesion: Lesion
) -> str | None:
    """Return the annotation that a lesion's diameter was measured by, if it was drawn."""
    table = next(one for one in tables if one.role == lesion.role)
    query = select(AnnotationRow.id).where(
        AnnotationRow.read_id == read.id,
        AnnotationRow.group_oid == table.group,
        AnnotationRow.repeat_key == lesion.number.removeprefix(table.prefix),
        AnnotationRow.item_oid == table.mm,
    )
    return session.scalars(query.limit(1)).first()


def _text(size: Decimal | None) -> str | None:
    return None if size is None else f"{size:f}"
