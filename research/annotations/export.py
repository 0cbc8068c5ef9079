"""The marks that leave for the lake: those of the reads somebody stands for."""

import json
from collections.abc import Iterator

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from research.annotations.geometry import parts_to_json
from research.annotations.rows import AnnotationRow, annotation_of
from research.export_rows import AnnotationExport
from research.read_records import RECORDED, ReadRow
from research.sites import SiteRow
from research.subjects import SubjectRow
from research.visits import VisitRow


def annotation_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[AnnotationExport]:
    """Yield the marks of the reads that were signed or imported in a stretch of the ledger."""
    query = (
        select(AnnotationRow, ReadRow, VisitRow, SubjectRow, SiteRow.code)
        .join(ReadRow, ReadRow.id == AnnotationRow.read_id)
        .join(VisitRow, VisitRow.id == ReadRow.visit_id)
        .join(SubjectRow, SubjectRow.id == ReadRow.subject_id)
        .outerjoin(SiteRow, SiteRow.id == SubjectRow.site_id)
        .where(
            ReadRow.project_id == project_id,
            ReadRow.status.in_(RECORDED),
            SubjectRow.kind == "live",
            and_(ReadRow.ledger_sequence > after_sequence, ReadRow.ledger_sequence <= up_to),
        )
        .order_by(ReadRow.ledger_sequence, ReadRow.id, AnnotationRow.id)
        .execution_options(yield_per=500)
    )
    for row, read, visit, subject, site in session.execute(query):
        yield _exported(row, read, visit, subject, site)


def _exported(
    row: AnnotationRow, read: ReadRow, visit: VisitRow, subject: SubjectRow, site: str | None
) -> AnnotationExport:
    one = annotation_of(row)
    geometry, item = one.geometry, one.item
    return AnnotationExport(
        project_id=read.project_id,
        read_id=read.id,
        subject_code=subject.code,
        subject_kind=subject.kind,
        site_code=site,
        visit_code=visit.code,
        visit_label=visit.label,
        step_code=read.step_code,
        workflow_version=read.workflow_number,
        reader_id=read.reader_id,
        reader_label=read.reader_label,
        reader_kind=read.reader_kind,
        position=read.position,
        arm=read.arm,
        session=read.session,
        repeat=read.repeat,
        revision=read.revision,
        annotation_id=one.id,
        annotation_revision=one.revision,
        kind=geometry.kind,
        space=geometry.space,
        frame_of_reference_uid=geometry.frame_of_reference_uid,
        sop_instance_uid=geometry.parts[0].sop_instance_uid,
        frame=geometry.parts[0].frame,
        images=len(geometry.parts),
        geometry=json.dumps(parts_to_json(geometry.parts), separators=(",", ":")),
        tracking_uid=one.tracking_uid,
        group_oid=item.group if item else None,
        repeat_key=item.repeat if item else None,
        item_oid=item.item if item else None,
        author_kind=one.author_kind,
        viewer_build=one.viewer_build,
        metrics={name: str(value) for name, value in one.metrics.values.items()},
        unit=one.metrics.unit,
        calibration=one.metrics.calibration,
        ledger_sequence=read.ledger_sequence,
    )
