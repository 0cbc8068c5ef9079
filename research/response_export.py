"""What the lake takes of responses: one row per signed read, per lesion, and per lesion and read.

Rows are those that entries after `after_sequence` and up to `up_to` left, test subjects aside, as
with every export.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from research.lesions import LesionFindingRow, LesionRow
from research.read_records import ReadRow
from research.responses import ResponseRow
from research.subjects import SubjectRow
from research.visits import VisitRow


@dataclass(frozen=True, kw_only=True)
class ResponseExport:
    """The computed response of one signed read beside the stated one; sizes are decimal texts."""

    project_id: str
    read_id: str
    subject_code: str
    visit_code: str
    step_code: str
    reader_id: str
    position: str
    arm: str
    session: int
    repeat: int
    revision: int
    signed_at: datetime | None
    criteria: str
    criteria_version: str
    computed: str | None
    stated: str | None
    of_record: str | None
    target: str | None
    non_target: str | None
    new_lesion: str | None
    sum_mm: str | None
    change_from_baseline_mm: str | None
    change_from_baseline_percent: str | None
    change_from_nadir_mm: str | None
    change_from_nadir_percent: str | None
    explanation: str
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class LesionExport:
    """One lesion of one reader's register."""

    project_id: str
    lesion_id: str
    subject_code: str
    step_code: str
    reader_id: str
    number: str
    role: str
    organ: str
    node: bool
    method: str
    tracking_uid: str
    first_visit_code: str
    parent: str | None
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class FindingExport:
    """One lesion at one visit as one revision of a read says."""

    project_id: str
    lesion_id: str
    read_id: str
    subject_code: str
    visit_code: str
    number: str
    revision: int
    status: str
    stated: str
    reason: str
    size_mm: str | None
    across_mm: str | None
    counted_mm: str | None
    annotation_id: str | None
    ledger_sequence: int


MEASURES = (
    "sum_mm", "change_from_baseline_mm", "change_from_baseline_percent", "change_from_nadir_mm",
    "change_from_nadir_percent",
)  # fmt: skip
PARTS = ("target", "non_target", "new_lesion")
OF_READ = ("read_id", "reader_id", "position", "arm", "session", "repeat", "revision", "signed_at")


def response_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[ResponseExport]:
    """Yield the computed responses that a stretch of the ledger left."""
    query = (
        select(ResponseRow, ReadRow, SubjectRow.code, VisitRow.code)
        .join(ReadRow, ReadRow.id == ResponseRow.read_id)
        .join(SubjectRow, SubjectRow.id == ReadRow.subject_id)
        .join(VisitRow, VisitRow.id == ReadRow.visit_id)
        .where(_within(ResponseRow, project_id, after=after_sequence, up_to=up_to))
        .execution_options(yield_per=1000)
    )
    for row, read, subject, visit in session.execute(query.order_by(ResponseRow.ledger_sequence)):
        yield ResponseExport(
            project_id=row.project_id,
            read_id=read.id,
            subject_code=subject,
            visit_code=visit,
            step_code=read.step_code,
            **{name: getattr(read, name) for name in OF_READ[1:]},
            criteria=row.criteria,
            criteria_version=row.criteria_version,
            computed=row.computed,
            stated=row.stated,
            of_record=row.of_record,
            **_texts(row.parts, PARTS),
            **_texts(row.measures, MEASURES),
            explanation=row.explanation,
            ledger_sequence=row.ledger_sequence,
        )


def lesion_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[LesionExport]:
    """Yield the lesions that a stretch of the ledger made or changed, as they stand now."""
    query = (
        select(LesionRow, SubjectRow.code, VisitRow.code)
        .join(SubjectRow, SubjectRow.id == LesionRow.subject_id)
        .join(VisitRow, VisitRow.id == LesionRow.first_visit_id)
        .where(_within(LesionRow, project_id, after=after_sequence, up_to=up_to))
        .execution_options(yield_per=1000)
    )
    ordered = query.order_by(LesionRow.ledger_sequence, LesionRow.number)
    for row, subject, visit in session.execute(ordered):
        names = ("project_id", "step_code", "reader_id", "number", "role", "organ", "node",
                 "method", "tracking_uid", "parent", "ledger_sequence")  # fmt: skip
        yield LesionExport(
            lesion_id=row.id,
            subject_code=subject,
            first_visit_code=visit,
            **{name: getattr(row, name) for name in names},
        )


def finding_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[FindingExport]:
    """Yield what the reads of a stretch of the ledger found of each lesion."""
    query = (
        select(LesionFindingRow, LesionRow.number, ReadRow.revision, SubjectRow.code, VisitRow.code)
        .join(LesionRow, LesionRow.id == LesionFindingRow.lesion_id)
        .join(ReadRow, ReadRow.id == LesionFindingRow.read_id)
        .join(SubjectRow, SubjectRow.id == LesionRow.subject_id)
        .join(VisitRow, VisitRow.id == LesionFindingRow.visit_id)
        .where(_within(LesionFindingRow, project_id, after=after_sequence, up_to=up_to))
        .execution_options(yield_per=1000)
    )
    ordered = query.order_by(LesionFindingRow.ledger_sequence, LesionRow.number)
    for row, number, revision, subject, visit in session.execute(ordered):
        names = ("project_id", "lesion_id", "read_id", "status", "stated", "reason", "size_mm",
                 "across_mm", "counted_mm", "annotation_id", "ledger_sequence")  # fmt: skip
        yield FindingExport(
            subject_code=subject,
            visit_code=visit,
            number=number,
            revision=revision,
            **{name: getattr(row, name) for name in names},
        )


def _texts(stored: object, names: Iterable[str]) -> dict[str, Any]:
    assert isinstance(stored, dict)
    return {name: stored.get(name) for name in names}


def _within(
    table: type[ResponseRow] | type[LesionRow] | type[LesionFindingRow],
    project_id: str,
    *,
    after: int,
    up_to: int,
) -> ColumnElement[bool]:
    return and_(
        table.project_id == project_id,
        SubjectRow.kind == "live",
        table.ledger_sequence > after,
        table.ledger_sequence <= up_to,
    )
