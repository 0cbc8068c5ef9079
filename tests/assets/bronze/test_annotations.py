from dataclasses import replace

import pyarrow as pa

from assets.bronze.annotations import annotations_of, twice_or_without_scale
from lake.schemas import conformed
from lake.tables import ANNOTATIONS
from research.export import AnnotationExport

MARK = AnnotationExport(
    project_id="p1",
    read_id="read-1",
    subject_code="001",
    subject_kind="live",
    site_code="SE-01",
    visit_code="BL",
    visit_label="Baseline",
    step_code="READ",
    workflow_version=1,
    reader_id="reader-1",
    reader_label="Reader 1",
    reader_kind="human",
    position="R1",
    arm="",
    session=1,
    repeat=0,
    revision=1,
    annotation_id="mark-1",
    annotation_revision=2,
    kind="length",
    space="patient",
    frame_of_reference_uid="1.2.3",
    sop_instance_uid="1.2.3.4",
    frame=1,
    images=1,
    geometry="[]",
    tracking_uid="2.25.1",
    group_oid="TARGETS",
    repeat_key="1",
    item_oid="DIAM",
    author_kind="human",
    viewer_build="0.1.0",
    metrics={"length": "43.77"},
    unit="mm",
    calibration="patient",
    ledger_sequence=10,
)


def test_an_exported_mark_becomes_one_row_of_the_contract() -> None:
    rows = conformed(ANNOTATIONS, annotations_of([MARK]))

    (row,) = rows.to_pylist()
    assert (row["subject"], row["item_oid"], row["length"]) == ("001", "DIAM", "43.77")
    assert row["area"] is None
    assert row["ledger_sequence"] == 10


def test_no_marks_are_an_empty_table() -> None:
    assert conformed(ANNOTATIONS, annotations_of([])).num_rows == 0


def test_a_mark_that_stands_twice_or_has_no_scale_is_found() -> None:
    unscaled = replace(MARK, unit="px", metrics={"volume": "1.00"})
    rows = pa.concat_tables([annotations_of([unscaled]), annotations_of([unscaled])])

    assert twice_or_without_scale(annotations_of([MARK])) == ()
    assert twice_or_without_scale(rows) == (
        "1 marks stand more than once",
        "2 marks have a volume without a millimetre",
    )
