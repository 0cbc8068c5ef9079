"""What leaves the transactional side for the lake: frozen rows, in the order of the ledger.

Every function gives the rows that entries after `after_sequence` and up to `up_to` made or
changed, so that following the ledger misses nothing. Only what somebody stands for is exported:
signed and imported reads; test subjects never are.
"""

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from accounts.ledger import log as ledger_log
from accounts.ledger.entries import parse
from accounts.ledger.log import LedgerEntry
from accounts.people import PersonRow
from research.annotations.export import annotation_rows
from research.answers import AnswerRow
from research.export_rows import (
    AnnotationExport,
    AnswerExport,
    InstanceExport,
    LedgerExport,
    ProjectExport,
    SubjectExport,
    TaskExport,
)
from research.images import InstanceRow, SeriesRow, StudyRow
from research.projects import ProjectRow, find_project
from research.read_records import RECORDED, ReadRow
from research.sites import SiteRow
from research.subjects import SubjectRow
from research.tasks import TaskRow
from research.visits import VisitRow
from research.withdrawal import in_use

__all__ = [
    "AnnotationExport",
    "AnswerExport",
    "InstanceExport",
    "LedgerExport",
    "ProjectExport",
    "SubjectExport",
    "TaskExport",
    "annotation_rows",
    "answer_rows",
    "head_sequence",
    "instance_rows",
    "ledger_rows",
    "project_code",
    "project_rows",
    "subject_rows",
    "task_rows",
]

NUMBERS = ("integer", "decimal", "scale", "measurement")
# A computed value is a number where it is written like one: its kind does not say.
PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def project_rows(session: Session) -> tuple[ProjectExport, ...]:
    """Return every project whose tables still follow its ledger, in order of id."""
    query = (
        select(ProjectRow.id, ProjectRow.code)
        .where(ProjectRow.state != "destroyed")
        .order_by(ProjectRow.id)
    )
    return tuple(
        ProjectExport(project_id=project_id, code=code)
        for project_id, code in session.execute(query)
    )


def project_code(session: Session, project_id: str) -> str:
    """Return the code of a project."""
    return find_project(session, project_id).code


def head_sequence(session: Session, project_id: str) -> int:
    """Return the sequence of the project's newest entry, -1 when there is none."""
    return ledger_log.size(session, project_id) - 1


def instance_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[InstanceExport]:
    """Yield the instances that were received in a stretch of the ledger."""
    query = (
        select(InstanceRow, SeriesRow, StudyRow, VisitRow.code, SubjectRow.code, SiteRow.code)
        .join(SeriesRow, SeriesRow.id == InstanceRow.series_id)
        .join(StudyRow, StudyRow.id == SeriesRow.study_id)
        .join(VisitRow, VisitRow.id == StudyRow.visit_id)
        .join(SubjectRow, SubjectRow.id == StudyRow.subject_id)
        .outerjoin(SiteRow, SiteRow.id == SubjectRow.site_id)
        .where(
            InstanceRow.project_id == project_id,
            in_use(),
            _between(InstanceRow.ledger_sequence, after=after_sequence, up_to=up_to),
        )
        .order_by(InstanceRow.ledger_sequence, InstanceRow.sop_instance_uid)
        .execution_options(yield_per=1000)
    )
    for instance, series, study, visit, subject, site in session.execute(query):
        yield InstanceExport(
            project_id=project_id,
            subject_id=study.subject_id,
            subject_code=subject,
            site_code=site,
            visit_id=study.visit_id,
            visit_code=visit,
            study_uid=study.study_uid,
            series_uid=series.series_uid,
            sop_instance_uid=instance.sop_instance_uid,
            sop_class_uid=instance.sop_class_uid,
            transfer_syntax=instance.transfer_syntax,
            modality=series.modality,
            sha256=instance.sha256,
            original_digest=instance.original_digest,
            size=instance.size,
            frames=instance.frames,
            rows=instance.rows,
            columns=instance.columns,
            source=instance.source,
            received_at=instance.received_at,
            ledger_sequence=instance.ledger_sequence,
        )


def answer_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[AnswerExport]:
    """Yield the answers of the reads that were signed or imported in a stretch of the ledger."""
    query = (
        select(AnswerRow, ReadRow, VisitRow, SubjectRow, SiteRow.code)
        .join(ReadRow, ReadRow.id == AnswerRow.read_id)
        .join(VisitRow, VisitRow.id == ReadRow.visit_id)
        .join(SubjectRow, SubjectRow.id == ReadRow.subject_id)
        .outerjoin(SiteRow, SiteRow.id == SubjectRow.site_id)
        .where(
            ReadRow.project_id == project_id,
            ReadRow.status.in_(RECORDED),
            in_use(),
            _between(ReadRow.ledger_sequence, after=after_sequence, up_to=up_to),
        )
        .order_by(
            ReadRow.ledger_sequence, ReadRow.id, AnswerRow.group_oid, AnswerRow.repeat_key,
            AnswerRow.item_oid,
        )
        .execution_options(yield_per=2000)
    )  # fmt: skip
    for answer, read, visit, subject, site in session.execute(query):
        yield _answer(answer, read, visit, subject, site)


def ledger_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[LedgerExport]:
    """Yield the entries of a stretch of the project's log."""
    query = (
        select(LedgerEntry.entry, LedgerEntry.leaf_hash)
        .where(
            LedgerEntry.log == project_id,
            _between(LedgerEntry.sequence, after=after_sequence, up_to=up_to),
        )
        .order_by(LedgerEntry.sequence)
        .execution_options(yield_per=1000)
    )
    for data, leaf_hash in session.execute(query):
        entry = parse(data)
        yield LedgerExport(
            project_id=project_id,
            sequence=entry.sequence,
            time=entry.time,
            actor_kind=entry.actor_kind,
            actor_id=entry.actor_id,
            on_behalf_of=entry.on_behalf_of,
            action=entry.action,
            object_kind=entry.object_kind,
            object_id=entry.object_id,
            object_revision=entry.object_revision,
            reason_code=entry.reason.code if entry.reason else None,
            origin=entry.origin,
            request_id=entry.request_id,
            build=entry.build,
            entry=data.decode(),
            leaf_hash=leaf_hash.hex(),
        )


def subject_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[SubjectExport]:
    """Yield the subjects that were made or changed in a stretch of the ledger."""
    query = (
        select(SubjectRow, SiteRow.code)
        .outerjoin(SiteRow, SiteRow.id == SubjectRow.site_id)
        .where(
            SubjectRow.project_id == project_id,
            in_use(),
            _between(SubjectRow.ledger_sequence, after=after_sequence, up_to=up_to),
        )
        .order_by(SubjectRow.ledger_sequence, SubjectRow.code)
    )
    for subject, site in session.execute(query):
        yield SubjectExport(
            project_id=project_id,
            subject_id=subject.id,
            code=subject.code,
            site_code=site,
            cohort=subject.cohort,
            sex=subject.sex,
            year_of_birth=subject.year_of_birth,
            state=subject.state,
            created_at=subject.created_at,
            ledger_sequence=subject.ledger_sequence,
        )


def task_rows(
    session: Session, project_id: str, *, after_sequence: int, up_to: int
) -> Iterator[TaskExport]:
    """Yield the tasks that were made or moved in a stretch of the ledger, as they stand now."""
    assignee = aliased(PersonRow)
    query = (
        select(TaskRow, SubjectRow.code, VisitRow.code, assignee.printed_name)
        .join(SubjectRow, SubjectRow.id == TaskRow.subject_id)
        .join(VisitRow, VisitRow.id == TaskRow.visit_id)
        .outerjoin(assignee, assignee.id == TaskRow.assignee_id)
        .where(
            TaskRow.project_id == project_id,
            in_use(),
            _between(TaskRow.ledger_sequence, after=after_sequence, up_to=up_to),
        )
        .order_by(TaskRow.ledger_sequence, TaskRow.id)
    )
    for task, subject, visit, printed_name in session.execute(query):
        yield TaskExport(
            project_id=project_id,
            task_id=task.id,
            subject_code=subject,
            visit_code=visit,
            step_code=task.step_code,
            step_type=task.step_type,
            position=task.position,
            arm=task.arm,
            session=task.session,
            repeat=task.repeat,
            run=task.run,
            assignee_id=task.assignee_id,
            assignee=printed_name,
            state=task.state,
            ready_since=task.ready_since,
            created_at=task.created_at,
            ledger_sequence=task.ledger_sequence,
        )


def _answer(
    answer: AnswerRow, read: ReadRow, visit: VisitRow, subject: SubjectRow, site: str | None
) -> AnswerExport:
    is_number = answer.value is not None and (
        answer.kind in NUMBERS
        or (answer.kind == "computed" and bool(PLAIN_NUMBER.fullmatch(answer.value)))
    )
    return AnswerExport(
        project_id=read.project_id,
        read_id=read.id,
        subject_id=subject.id,
        subject_code=subject.code,
        subject_kind=subject.kind,
        site_code=site,
        cohort=subject.cohort,
        sex=subject.sex,
        year_of_birth=subject.year_of_birth,
        visit_id=visit.id,
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
        status=read.status,
        form_oid=read.form_oid,
        form_version=read.form_version,
        form_digest=read.form_digest,
        image_set_digest=read.image_set_digest,
        record_digest=read.record_digest,
        signed_at=read.signed_at,
        group_oid=answer.group_oid,
        repeat_key=answer.repeat_key,
        item_oid=answer.item_oid,
        kind=answer.kind,
        value_text=answer.value,
        value_decimal=answer.value if is_number else None,
        missing=answer.missing,
        ledger_sequence=read.ledger_sequence,
    )


def _between(column: InstrumentedAttribute[int], *, after: int, up_to: int) -> ColumnElement[bool]:
    return and_(column > after, column <= up_to)
