"""Bronze: every stored DICOM instance, its header typed."""

from collections.abc import Callable, Iterable, Mapping

import dagster as dg
import pyarrow as pa

from assets.catalogue import judged, materialised, table_asset, table_check, up_to
from assets.exports import Exports
from assets.standing import standing
from lake.headers import HeaderRow, header_row
from lake.location import Lake
from lake.objects import has_object, object_key, open_object
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import DICOM_INSTANCES
from lake.write import append
from research.export import InstanceExport

HeaderOf = Callable[[str], HeaderRow]

_CHECKED_OBJECTS = 1_000


def dicom_instances_of(exported: Iterable[InstanceExport], header_of: HeaderOf) -> pa.Table:
    """Return exported instances as rows of the table; `header_of` reads the object of a digest."""
    return arrow_rows(DICOM_INSTANCES, (_record(row, header_of(row.sha256)) for row in exported))


def _record(row: InstanceExport, header: HeaderRow) -> Mapping[str, object]:
    return {
        **header,
        # What ingest linked is what counts; the header says the same or ingest would have refused.
        "SOPInstanceUID": row.sop_instance_uid,
        "SOPClassUID": row.sop_class_uid,
        "StudyInstanceUID": row.study_uid,
        "SeriesInstanceUID": row.series_uid,
        "project_id": row.project_id,
        "subject": row.subject_code,
        "visit": row.visit_code,
        "sha256": row.sha256,
        "size_bytes": row.size,
        "object_key": object_key(row.project_id, row.sha256),
        "original_sha256": row.original_digest,
        "source": row.source,
        "received_at": row.received_at,
        "ledger_sequence": row.ledger_sequence,
    }


@table_asset(DICOM_INSTANCES)
def dicom_instances(
    context: dg.AssetExecutionContext,
    lake: dg.ResourceParam[Lake],
    exports: dg.ResourceParam[Exports],
) -> dg.MaterializeResult[None]:
    """One row per stored DICOM instance: the typed header beside where its bytes are kept.

    Headers are read from the stored, de-identified objects; pixels are never touched.
    """
    project = context.partition_key
    after, head = standing(lake, project, DICOM_INSTANCES), up_to(context, exports)

    def header_of(sha256: str) -> HeaderRow:
        with open_object(lake, project, sha256) as file:
            return header_row(file)

    rows = dicom_instances_of(exports.instances(project, after=after, up_to=head), header_of)
    version = append(lake, project, DICOM_INSTANCES.name, rows, ledger_sequence=head, after=after)
    return materialised(lake, project, DICOM_INSTANCES, version)


@table_check(DICOM_INSTANCES)
def dicom_instances_have_their_objects(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that a UID stands once, and that the newest thousand objects are in their places."""
    project = context.partition_key
    columns = ["SOPInstanceUID", "sha256", "ledger_sequence"]
    rows = arrow(lake, project, DICOM_INSTANCES.name, columns=columns)
    newest = rows.sort_by([("ledger_sequence", "descending")]).slice(0, _CHECKED_OBJECTS)
    lost = [
        digest for digest in newest["sha256"].to_pylist() if not has_object(lake, project, digest)
    ]
    return judged(repeated_or_lost(rows, lost), rows=rows.num_rows)


def repeated_or_lost(instances: pa.Table, lost: list[str]) -> tuple[str, ...]:
    """Return how many UIDs stand more than once, and which objects have gone."""
    repeated = instances.num_rows - len(instances["SOPInstanceUID"].unique())
    problems = [f"{repeated} rows repeat a SOP Instance UID"] if repeated else []
    return (*problems, *(f"object {digest} has gone" for digest in lost))
