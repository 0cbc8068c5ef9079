"""Silver: one row per DICOM series."""

import dagster as dg
import pyarrow as pa

from assets.catalogue import judged, materialised, table_asset, table_check
from assets.standing import affected, newest_sequence, standing
from lake.derive import derive
from lake.location import Lake
from lake.read import arrow
from lake.tables import DICOM_INSTANCES, SERIES
from lake.write import merge

_SERIES = """
WITH placed AS (
    SELECT *, row_number() OVER (ORDER BY InstanceNumber NULLS LAST, SOPInstanceUID) AS place
    FROM instances
)
SELECT
    project_id,
    project_id AS collection_id,
    arg_min(subject, place) AS subject,
    arg_min(visit, place) AS visit,
    arg_min(PatientID, place) AS PatientID,
    SeriesInstanceUID,
    arg_min(StudyInstanceUID, place) AS StudyInstanceUID,
    arg_min(PatientAge, place) AS PatientAge,
    arg_min(PatientSex, place) AS PatientSex,
    min(StudyDate) AS StudyDate,
    arg_min(StudyDescription, place) AS StudyDescription,
    arg_min(BodyPartExamined, place) AS BodyPartExamined,
    arg_min(Modality, place) AS Modality,
    mode(SOPClassUID) AS SOPClassUID,
    mode(TransferSyntaxUID) AS TransferSyntaxUID,
    arg_min(Manufacturer, place) AS Manufacturer,
    arg_min(ManufacturerModelName, place) AS ManufacturerModelName,
    min(SeriesDate) AS SeriesDate,
    arg_min(SeriesDescription, place) AS SeriesDescription,
    arg_min(SeriesNumber, place) AS SeriesNumber,
    count(*) AS instanceCount,
    CAST(sum(NumberOfFrames) AS BIGINT) AS frame_count,
    sum(size_bytes) / 1e6 AS series_size_MB,
    max(SliceThickness) AS SliceThickness,
    max(pixel_spacing_row_mm) AS pixel_spacing_row_mm,
    min(received_at) AS first_received_at,
    max(received_at) AS last_received_at,
    max(ledger_sequence) AS ledger_sequence
FROM placed
GROUP BY project_id, SeriesInstanceUID
"""


def series_of(instances: pa.Table) -> pa.Table:
    """Return the series that some instances make up; every series must be there wholly."""
    return derive(SERIES, _SERIES, {"instances": instances})


@table_asset(SERIES, deps=[DICOM_INSTANCES])
def series(
    context: dg.AssetExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.MaterializeResult[None]:
    """One row per DICOM series, in the column names of the IDC index.

    Descriptive attributes are those of the first instance that has them; the encoding is the most
    frequent one, and thickness and spacing are the greatest, because a doubt should show.
    """
    project = context.partition_key
    changed = affected(
        lake,
        project,
        DICOM_INSTANCES,
        unit="SeriesInstanceUID",
        after=standing(lake, project, SERIES),
    )
    sequence = newest_sequence(lake, project, DICOM_INSTANCES)
    version = merge(lake, project, SERIES.name, series_of(changed), ledger_sequence=sequence)
    return materialised(lake, project, SERIES, version)


@table_check(SERIES)
def series_account_for_every_instance(
    context: dg.AssetCheckExecutionContext, lake: dg.ResourceParam[Lake]
) -> dg.AssetCheckResult:
    """Check that the instances counted in all series are the instances there are."""
    project = context.partition_key
    counted = arrow(lake, project, SERIES.name, columns=["instanceCount"])
    instances = arrow(lake, project, DICOM_INSTANCES.name, columns=["SOPInstanceUID"])
    return judged(uncounted(counted, instances), rows=counted.num_rows)


def uncounted(series: pa.Table, instances: pa.Table) -> tuple[str, ...]:
    """Return what the counts of the series miss or invent."""
    total = sum(series["instanceCount"].to_pylist())
    if total == instances.num_rows:
        return ()
    return (f"series count {total} instances, but there are {instances.num_rows}",)
