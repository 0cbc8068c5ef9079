"""Bronze: every mark of every signed or imported revision."""

from collections.abc import Iterable

import dagster as dg
import pyarrow as pa
import pyarrow.compute as pc

from assets.catalogue import judged, materialised, table_asset, table_check, up_to
from assets.exports import Exports
from assets.standing import standing
from lake.location import Lake
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import ANNOTATIONS
from lake.write import append
from research.export import AnnotationExport

METRICS = ("length", "long_axis", "short_axis", "area", "volume", "angle")


def annotations_of(exported: Iterable[AnnotationExport]) -> pa.Table:
    """Return exported marks as rows of the table."""
    return arrow_rows(
        ANNOTATIONS,
        (
            {
                "project_id": row.project_id,
                "read_id": row.read_id,
                "subject": row.subject_code,
                "subject_kind": row.subject_kind,
                "site": row.site_code,
                "visit": row.visit_code,
                "visit_label": row.visit_label,
                "step": row.step_code,
                "workflow_version": row.workflow_version,
                "reader": row.reader_id,
                "reader_label": row.reader_label,
                "reader_kind": row.reader_kind,
                "position": row.position,
                "arm": row.arm,
                "session": row.session,
                "repeat": row.repeat,
                "revision": row.revision,
                "annotation_id": row.annotation_id,
                "annotation_revision": row.annotation_revision,
                "kind": row.kind,
                "space": row.space,
                "FrameOfReferenceUID": row.frame_of_reference_uid,
                "SOPInstanceUID": row.sop_instance_uid,
                "frame": row.frame,
                "images": row.images,
                "geometry": row.geometry,
                "tracking_uid": row.tracking_uid,
                "group_oid": row.group_oid,
                "repeat_key": row.repeat_key,
                "item_oid": row.item_oid,
                "author_kind": row.author_kind,
                "viewer_build": row.viewer_build,
                **{name: row.metrics.get(name) for name in METRICS},
                "unit": row.unit,
                "calibration": row.calibration,
                "ledger_sequence": row.ledger_sequence,
            }
            for row in exported
        ),
    )


@table_asset(ANNOTATIONS)
def annotations(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """One row per mark of every signed or imported revision, as it was signed.

    Rows are only ever added: an amendment is a new revision with rows of its own.
    """
    project = context.partition_key
    after, head = standing(lake, project, ANNOTATIONS), up_to(context, exports)
    rows = annotations_of(exports.annotations(project, after=after, up_to=head))
    version = append(lake, project, ANNOTATIONS.name, rows, ledger_sequence=head, after=after)
    return materialised(lake, project, ANNOTATIONS, version)


@table_check(ANNOTATIONS)
def marks_stand_once_and_on_a_scale(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that each mark stands once per revision and has no volume without a millimetre."""
    columns = [*ANNOTATIONS.key, "unit", "volume"]
    rows = arrow(lake, context.partition_key, ANNOTATIONS.name, columns=columns)
    return judged(twice_or_without_scale(rows), rows=rows.num_rows)


def twice_or_without_scale(marks: pa.Table) -> tuple[str, ...]:
    """Return the marks that stand twice, or have cubic millimetres where there are none."""
    keys = marks.group_by(list(ANNOTATIONS.key)).aggregate([])
    unscaled = pc.and_(pc.equal(marks["unit"], "px"), marks["volume"].is_valid())
    found = (
        (marks.num_rows - keys.num_rows, "marks stand more than once"),
        (marks.filter(unscaled).num_rows, "marks have a volume without a millimetre"),
    )
    return tuple(f"{n} {sentence}" for n, sentence in found if n)
