"""Erasure: a subject's or a whole project's rows end, and a certificate of counts remains.

It is carried out in three steps that may each be repeated: what is concerned is closed to change
and its locks withdrawn; files of the lake go; then rows and keys go in one transaction with the
certificate. A process that dies in between leaves a resolution that is `executing`, and the next
call goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from accounts import vault
from accounts.acts import Act
from accounts.digests import rows_named
from accounts.errors import NotFound
from accounts.ledger.entries import JsonValue as LedgerValue
from accounts.ledger.entries import digest, format_time
from accounts.signatures import signatures_of
from accounts.vault_keys import NOBODY
from research.attachments import AttachmentRow
from research.certificates import Certificate, CertificateRow, view_certificate
from research.errors import IllegalTransition, Invalid
from research.held_items import HeldItemRow
from research.ids import ProjectId
from research.images import InstanceRow, SeriesRow, StudyRow
from research.locks import LockRow, withdraw_lock
from research.projects import ProjectOptions, ProjectRow
from research.read_records import RECORDED, ReadRow
from research.removed_rows import remove_rows
from research.resolutions import (
    ResolutionRow,
    enter_resolution,
    locked_resolution,
    log_to_sign,
    reason_of,
)
from research.retention import refuse_early, refuse_held, retention_of
from research.sites import ProjectSiteRow
from research.subjects import SubjectRow
from research.tasks import TaskRow
from research.withdrawal import withdrawals_of

SUBJECT_BASES = ("data_subject", "wrong_patient")
# What an erasure leaves is said on its certificate as plainly as what it reached.
PIPELINE_HISTORY = (
    "the pipeline's own history and logs (Dagster's storage): names, times, counts and digests of "
    "runs stay, and no row of a table, until the operator's retention of runs ends them"
)
HELD = (
    "images that wait for a person and are matched to no subject: {} in this project, to be looked "
    "through by hand"
)
PROJECT_BASES = ("retention_over", "returned")


@dataclass(frozen=True)
class LostLock:
    """A lock that an erasure withdraws: its manifest, its number, the entry that says so."""

    manifest: str
    number: int
    under: int


@dataclass(frozen=True)
class Plan:
    """What the lake must give up before the rows go; without a subject, the whole project."""

    project_id: ProjectId
    subject_id: str | None
    subject_code: str | None
    objects: tuple[str, ...]
    locks: tuple[LostLock, ...]


def assess_subject(
    session: Session, project_id: str, subject_id: str, *, basis: str, locks: list[str]
) -> dict[str, LedgerValue]:
    """Return what is weighed before a subject's erasure is signed, or raise what forbids it."""
    if basis not in SUBJECT_BASES:
        raise Invalid(f"a subject is erased for {' or '.join(SUBJECT_BASES)}")
    subject = session.get(SubjectRow, subject_id)
    if subject is None or subject.project_id != project_id:
        raise NotFound(f"there is no subject {subject_id} in this project")
    refuse_held(session, project_id)
    if "erasure" not in withdrawals_of(session, subject_id):
        raise IllegalTransition(
            f"subject {subject_id} was not withdrawn with erasure: withdraw it first"
        )
    numbers = select(LockRow.number).where(
        LockRow.project_id == project_id, LockRow.manifest_digest.in_(locks)
    )
    return {
        "basis": basis,
        "retention": _retention(session, project_id),
        "counts": dict(counts(session, project_id, subject_id)),
        "locks_to_withdraw": sorted(session.scalars(numbers)),
    }


def assess_project(
    session: Session, project: ProjectRow, *, basis: str, manifest: str | None, now: datetime
) -> dict[str, LedgerValue]:
    """Return what is weighed before a project's destruction is signed, or raise what forbids it."""
    if basis not in PROJECT_BASES:
        raise Invalid(f"a project is destroyed for {' or '.join(PROJECT_BASES)}")
    refuse_held(session, project.id)
    if basis == "retention_over":
        if project.state != "archived":
            raise IllegalTransition(
                f"project {project.code} is {project.state}: it is archived before it is destroyed"
            )
        refuse_early(session, project.id, now.date())
    elif manifest is None:
        raise Invalid("a project that is returned names the manifest that its owner verified")
    return {
        "basis": basis,
        "manifest": manifest,
        "retention": _retention(session, project.id),
        "counts": dict(counts(session, project.id)),
    }


def begin_erasure(act: Act, resolution_id: str, *, locks: frozenset[str]) -> Plan:
    """Close what is concerned to every change and say what the lake must give up.

    `locks` are the manifests that name the subject: the two signatures withdraw them as well.
    """
    log_to_sign(act, resolution_id)
    row, project = locked_resolution(act, resolution_id)
    if row.kind not in ("erase_subject", "destroy_project"):
        raise IllegalTransition(f"resolution {row.number} is carried out when it is signed")
    if row.state not in ("approved", "executing"):
        raise IllegalTransition(f"resolution {row.number} is {row.state}: nothing is carried out")
    refuse_held(act.session, project.id)
    if cast("Mapping[str, str]", row.content)["basis"] == "retention_over":
        # The period may have been made longer since the two people signed.
        refuse_early(act.session, project.id, act.now.date())
    if row.state == "approved":
        row.state = "executing"
        enter_resolution(act, row, "erasure_begun", reason=reason_of(row))
    if row.kind == "destroy_project":
        _close_project(act, project)
        return Plan(ProjectId(project.id), None, None, (), ())
    subject = act.session.get(SubjectRow, row.object_id)
    if subject is None:
        raise NotFound(f"there is no subject {row.object_id} in this project")
    withdrawn = _withdraw_locks(act, row, locks)
    return Plan(
        ProjectId(project.id), subject.id, subject.code,
        _objects(act.session, project.id, subject.id),
        withdrawn,
    )  # fmt: skip


def finish_erasure(
    act: Act, resolution_id: str, plan: Plan, *, removed: Mapping[str, int], horizon: str
) -> Certificate:
    """Remove the rows and destroy the keys; what stays is the certificate."""
    row, project = locked_resolution(act, resolution_id)
    if row.state != "executing":
        raise IllegalTransition(f"resolution {row.number} is {row.state}: nothing is carried out")
    counted = counts(act.session, project.id, plan.subject_id)
    content: dict[str, LedgerValue] = {
        "kind": row.kind,
        "project": {"id": project.id, "code": project.code},
        "counts": dict(counted),
        "lake": dict(removed),
        "basis": cast("Mapping[str, str]", row.content)["basis"],
        "reason": row.reason_code,
        "reached": ["database", "object store", "lake tables", "caches", "search", "vault keys"],
        "backup_horizon": horizon,
        "not_reached": [
            PIPELINE_HISTORY,
            *([] if plan.subject_id is None else [HELD.format(_held(act.session, project.id))]),
        ],
        "locks_withdrawn": [lock.number for lock in plan.locks],
        "signatures": [
            {"name": one.printed_name, "at": format_time(one.signed_at), "meaning": one.meaning}
            for one in signatures_of(act.session, "resolution", row.id)
        ],
        "executed_at": format_time(act.now),
        "build": act.build,
    }
    people = _subjects(act.session, project.id, plan.subject_id)
    remove_rows(act, project.id, plan.subject_id)
    if plan.subject_id is None:
        _empty_project(act, project)
    certificate = CertificateRow(
        id=act.new_id(),
        project_id=project.id,
        resolution_id=row.id,
        content=content,
        digest=digest(content),
        made_at=act.now,
    )
    row.state = "done"
    row.closed_at = act.now
    certificate.ledger_sequence = row.ledger_sequence = act.record(
        project.id,
        "erasure_certified",
        "certificate",
        certificate.id,
        after={"counts": dict(counted), "digest": certificate.digest},
        rows=rows_named(certificate, row),
    )
    act.session.add(certificate)
    act.session.flush()
    for subject_id in people:
        vault.erase(act, project.id, subject_id, reason=reason_of(row))
    if plan.subject_id is None:
        # The free text of entries that are about no one subject has a key of its own.
        vault.erase(act, project.id, NOBODY, reason=reason_of(row), kind="project")
    return view_certificate(certificate)


def counts(session: Session, project_id: str, subject_id: str | None = None) -> dict[str, int]:
    """Return what a project, or one subject of it, consists of; upload steps do themselves."""
    tasks = [TaskRow.project_id == project_id, TaskRow.step_type != "upload"]
    reads = [ReadRow.project_id == project_id, ReadRow.status.in_(RECORDED)]
    images = [InstanceRow.project_id == project_id]
    if subject_id is not None:
        tasks.append(TaskRow.subject_id == subject_id)
        reads.append(ReadRow.subject_id == subject_id)
        images.append(StudyRow.subject_id == subject_id)
    instances, size = session.execute(
        select(func.count(), func.coalesce(func.sum(InstanceRow.size), 0))
        .select_from(InstanceRow)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .where(*images)
    ).one()
    found = {
        "subjects": 1,
        "tasks": _count(session, *tasks),
        "reads": _count(session, *reads),
        "instances": int(instances),
        "bytes": int(size),
    }
    if subject_id is not None:
        return found
    return {
        **found,
        "projects": 1,
        "sites": _count(session, ProjectSiteRow.project_id == project_id),
        "subjects": _count(session, SubjectRow.project_id == project_id),
        "held_items": _count(session, HeldItemRow.project_id == project_id),
    }


def _count(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).where(*conditions)) or 0


def _retention(session: Session, project_id: str) -> dict[str, LedgerValue]:
    kept = retention_of(session, project_id)
    return {"years": kept.years, "until": None if kept.until is None else kept.until.isoformat()}


def _close_project(act: Act, project: ProjectRow) -> None:
    if project.state == "destroyed":
        return
    project.state = "destroyed"
    project.ledger_sequence = act.record(
        project.id, "project_closed", "project", project.id, rows=rows_named(project)
    )


def _empty_project(act: Act, project: ProjectRow) -> None:
    """Leave of a project what its certificate names: code and id."""
    project.title, project.description = project.code, ""
    project.options = ProjectOptions().model_dump(mode="json")
    project.external_code, project.plan = None, None
    project.ledger_sequence = act.record(
        project.id, "project_destroyed", "project", project.id, rows=rows_named(project)
    )


def _withdraw_locks(
    act: Act, row: ResolutionRow, manifests: frozenset[str]
) -> tuple[LostLock, ...]:
    """Withdraw the locks that name the subject, once each."""
    query = select(LockRow).where(
        LockRow.project_id == row.project_id, LockRow.manifest_digest.in_(manifests)
    )
    found = []
    for lock in act.session.scalars(query).all():
        if lock.withdrawn_at is None:
            withdraw_lock(act, row.project_id, lock.id, reason_of(row))
        assert lock.withdrawn_under is not None, f"lock {lock.number} was withdrawn under no entry"
        found.append(LostLock(lock.manifest_digest, lock.number, lock.withdrawn_under))
    return tuple(found)


def _objects(session: Session, project_id: str, subject_id: str) -> tuple[str, ...]:
    """Return the digests of images and attached files that this subject has and nobody else."""
    owners = (
        select(InstanceRow.sha256, StudyRow.subject_id)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .where(InstanceRow.project_id == project_id),
        select(AttachmentRow.sha256, ReadRow.subject_id)
        .join(ReadRow, ReadRow.id == AttachmentRow.read_id)
        .where(ReadRow.project_id == project_id),
    )
    found = [row for owner in owners for row in session.execute(owner)]
    held = select(HeldItemRow.sha256).where(HeldItemRow.project_id == project_id)
    kept = {sha256 for sha256, owner in found if owner != subject_id}
    kept.update(session.scalars(held))
    return tuple(sorted({sha256 for sha256, owner in found if owner == subject_id} - kept))


def _held(session: Session, project_id: str) -> int:
    """Count the images that wait for a person: nobody knows yet whom they show."""
    waiting = select(func.count()).where(
        HeldItemRow.project_id == project_id, HeldItemRow.resolution.is_(None)
    )
    return session.scalar(waiting) or 0


def _subjects(session: Session, project_id: str, subject_id: str | None) -> tuple[str, ...]:
    if subject_id is not None:
        return (subject_id,)
    return tuple(session.scalars(select(SubjectRow.id).where(SubjectRow.project_id == project_id)))
