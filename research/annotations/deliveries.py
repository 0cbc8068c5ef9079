"""Annotations that a model delivers: a read of its own, in the same schema as a person's."""

from collections.abc import Sequence

from sqlalchemy import select

from accounts.acts import Act
from accounts.digests import rows_named
from research.annotations.dicom.read_back import Found
from research.annotations.drafts import Author, Drawing, draw
from research.annotations.placement import Planes
from research.annotations.rows import drawn_digest, row_of
from research.answers import answers_of
from research.ids import ProjectId, ReadId
from research.imports import ImportedRead, import_reads
from research.read_records import ReadRow, drawn_rows, record_digest
from research.subjects import SubjectRow
from research.visits import VisitRow


def deliver_annotations(
    act: Act,
    project_id: ProjectId,
    read: ImportedRead,
    found: Sequence[Found],
    *,
    planes: Planes,
    source: str,
) -> tuple[ReadId, int]:
    """Take in a model's read with its annotations, all or nothing; a machine never signs.

    Reads of a model are apart from every reader's: nothing of them exists in a reader's task.
    """
    import_reads(act, project_id, (read,), source=source)
    row = _imported(act, project_id, read)
    drawings = [
        Drawing(
            id=act.new_id(),
            geometry=one.geometry,
            label=one.label,
            tracking_uid=one.tracking_uid,
            viewer_build=source,
        )
        for one in found
    ]
    drawn = draw(act, row, None, drawings, planes=planes, author=Author("ai", act.actor.id))
    rows = [row_of(row.id, one) for one in drawn.annotations.values()]
    row.annotations_digest = drawn_digest(row.salt, rows, {})
    row.record_digest = record_digest(row, answers_of(act.session, row.id))
    row.ledger_sequence = act.record(
        project_id,
        "annotations_delivered",
        "read",
        row.id,
        revision=row.revision,
        after={"annotations": len(rows), "record_digest": row.record_digest},
        rows={**rows_named(row), **drawn_rows(row)},
    )
    return ReadId(row.id), len(rows)


def visit_of(act: Act, project_id: ProjectId, *, subject_code: str, visit_code: str) -> str | None:
    """Return the id of a visit by its codes, if the project has it."""
    query = (
        select(VisitRow.id)
        .join(SubjectRow, SubjectRow.id == VisitRow.subject_id)
        .where(
            SubjectRow.project_id == project_id,
            SubjectRow.code == subject_code,
            VisitRow.code == visit_code,
        )
    )
    return act.session.scalar(query)


def _imported(act: Act, project_id: ProjectId, read: ImportedRead) -> ReadRow:
    """Return the row that the import has just made."""
    visit = visit_of(act, project_id, subject_code=read.subject_code, visit_code=read.visit_code)
    query = select(ReadRow).where(
        ReadRow.project_id == project_id,
        ReadRow.visit_id == visit,
        ReadRow.step_code == read.step_code,
        ReadRow.reader_label == read.reader_label,
        ReadRow.reader_kind == read.reader_kind,
        ReadRow.arm == read.arm,
        ReadRow.session == read.session,
        ReadRow.repeat == read.repeat,
        ReadRow.status == "imported",
    )
    return act.session.execute(query).scalar_one()
