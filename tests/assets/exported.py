"""Exported rows for the assets' tests, each a small change of one example."""

from dataclasses import replace
from datetime import UTC, datetime

from lake.headers import HeaderRow, header_row
from research.export import AnswerExport, InstanceExport, LedgerExport, SubjectExport
from tests.examples.files import ct_file

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
DIGEST = "ab" * 32

ANSWER = AnswerExport(
    project_id="p1",
    read_id="read-1",
    subject_id="s-001",
    subject_code="001",
    subject_kind="live",
    site_code="SE-01",
    cohort="",
    sex="F",
    year_of_birth=1960,
    visit_id="v-1",
    visit_code="BL",
    visit_label="Baseline",
    step_code="READ",
    workflow_version=1,
    reader_id="reader-1",
    reader_label="Reader One",
    reader_kind="human",
    position="R1",
    arm="",
    session=1,
    repeat=0,
    revision=1,
    status="signed",
    form_oid="LESIONS",
    form_version="1.0.0",
    form_digest=DIGEST,
    image_set_digest=DIGEST,
    record_digest=DIGEST,
    signed_at=AT,
    group_oid="OVERALL",
    repeat_key="",
    item_oid="CONFIDENCE",
    kind="scale",
    value_text="3",
    value_decimal="3",
    missing=None,
    ledger_sequence=10,
)
SUBJECT = SubjectExport(
    project_id="p1",
    subject_id="s-001",
    code="001",
    site_code="SE-01",
    cohort="",
    sex="F",
    year_of_birth=1960,
    state="enrolled",
    created_at=AT,
    ledger_sequence=3,
)
INSTANCE = InstanceExport(
    project_id="p1",
    subject_id="s-001",
    subject_code="001",
    site_code="SE-01",
    visit_id="v-1",
    visit_code="BL",
    study_uid="2.25.1",
    series_uid="2.25.1.1",
    sop_instance_uid="2.25.1.1.1",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    transfer_syntax="1.2.840.10008.1.2.1",
    modality="CT",
    sha256=DIGEST,
    original_digest=None,
    size=1000,
    frames=1,
    rows=64,
    columns=64,
    source="gateway",
    received_at=AT,
    ledger_sequence=5,
)
ENTRY = LedgerExport(
    project_id="p1",
    sequence=0,
    time=AT,
    actor_kind="person",
    actor_id="person-1",
    on_behalf_of=None,
    action="read_signed",
    object_kind="read",
    object_id="read-1",
    object_revision=1,
    reason_code=None,
    origin="127.0.0.1",
    request_id="r",
    build="test",
    entry="{}",
    leaf_hash=DIGEST,
)


def answer(
    reader: str = "1", value: str | None = "3", *, subject: str = "001", **changes: object
) -> AnswerExport:
    """Return the answer of a reader about a subject."""
    return replace(
        ANSWER,
        **{
            "read_id": f"read-{reader}-{subject}",
            "reader_id": f"reader-{reader}",
            "subject_code": subject,
            "value_text": value,
            "value_decimal": value,
            **changes,
        },
    )  # type: ignore[arg-type]


def ct_header() -> HeaderRow:
    """Return the typed header of a synthetic CT slice."""
    return header_row(ct_file(1))
