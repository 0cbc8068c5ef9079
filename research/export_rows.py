"""The rows that leave for the lake: plain values, nothing that reaches back to the database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class InstanceExport:
    """One stored instance, with the subject and visit it belongs to."""

    project_id: str
    subject_id: str
    subject_code: str
    site_code: str | None
    visit_id: str
    visit_code: str
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    sop_class_uid: str
    transfer_syntax: str
    modality: str
    sha256: str
    original_digest: str | None
    size: int
    frames: int
    rows: int | None
    columns: int | None
    source: str
    received_at: datetime
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class AnswerExport:
    """One answer of a signed or imported read, with its whole read key."""

    project_id: str
    read_id: str
    subject_id: str
    subject_code: str
    subject_kind: str
    site_code: str | None
    cohort: str
    sex: str | None
    year_of_birth: int | None
    visit_id: str
    visit_code: str
    visit_label: str
    step_code: str
    workflow_version: int
    reader_id: str
    reader_label: str
    reader_kind: str
    position: str
    arm: str
    session: int
    repeat: int
    revision: int
    status: str
    form_oid: str
    form_version: str
    form_digest: str
    image_set_digest: str | None
    record_digest: str | None
    signed_at: datetime | None
    group_oid: str
    repeat_key: str
    item_oid: str
    kind: str
    value_text: str | None
    value_decimal: str | None
    missing: str | None
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class AnnotationExport:
    """One mark of a signed or imported read, with its read key; no label, which is free text."""

    project_id: str
    read_id: str
    subject_code: str
    subject_kind: str
    site_code: str | None
    visit_code: str
    visit_label: str
    step_code: str
    workflow_version: int
    reader_id: str
    reader_label: str
    reader_kind: str
    position: str
    arm: str
    session: int
    repeat: int
    revision: int
    annotation_id: str
    annotation_revision: int
    kind: str
    space: str
    frame_of_reference_uid: str | None
    sop_instance_uid: str
    frame: int
    images: int
    geometry: str
    tracking_uid: str
    group_oid: str | None
    repeat_key: str | None
    item_oid: str | None
    author_kind: str
    viewer_build: str
    metrics: Mapping[str, str]
    unit: str
    calibration: str
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class LedgerExport:
    """One entry of the project's log, with its bytes."""

    project_id: str
    sequence: int
    time: datetime
    actor_kind: str
    actor_id: str
    on_behalf_of: str | None
    action: str
    object_kind: str
    object_id: str
    object_revision: int | None
    reason_code: str | None
    origin: str
    request_id: str
    build: str
    entry: str
    leaf_hash: str


@dataclass(frozen=True, kw_only=True)
class SubjectExport:
    """One subject as it stands now."""

    project_id: str
    subject_id: str
    code: str
    site_code: str | None
    cohort: str
    sex: str | None
    year_of_birth: int | None
    state: str
    created_at: datetime
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class TaskExport:
    """One task as it stands now."""

    project_id: str
    task_id: str
    subject_code: str
    visit_code: str
    step_code: str
    step_type: str
    position: str
    arm: str
    session: int
    repeat: int
    run: int
    assignee_id: str | None
    assignee: str | None
    state: str
    ready_since: datetime | None
    created_at: datetime
    ledger_sequence: int


@dataclass(frozen=True, kw_only=True)
class ProjectExport:
    """One project: its id, and the code that people know it by."""

    project_id: str
    code: str
