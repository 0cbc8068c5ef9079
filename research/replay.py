"""The tables under the ledger: what a replay of the log is compared with, row by row."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from accounts import ledgered
from accounts.digests import ledgered_table, row_digest
from accounts.ledger.replay import LedgeredTable, RowDigest
from research import check_reasons
from research.adjudication.rows import AcceptedRow, AdjudicationRow, SeedRow
from research.annotations.rows import (
    AnnotationRow,
    TypedMeasurementRow,
    drawn_digest,
    drawn_of,
    reasons_of,
)
from research.answers import AnswerRow, answers_digest
from research.certificates import CertificateRow
from research.check_reasons import CheckReasonRow, reasons_digest
from research.ecrf.answer import Answer, ItemKey
from research.forms import FormRow
from research.freezing import FreezeRow
from research.held_items import HeldItemRow
from research.images import InstanceRow, SeriesRow, StudyRow
from research.lesions import LesionFindingRow, LesionRow
from research.locks import LockRow
from research.organizations import OrganizationRow, RepositoryRow
from research.projects import ProjectRow
from research.query_requests import QueryRequestRow
from research.read_records import RECORDED, ReadRow
from research.resolutions import ResolutionRow
from research.responses import ResponseRow
from research.retention import HoldRow, RetentionRow
from research.sites import SiteRow, project_site_digests
from research.subject_sites import subject_site_digests
from research.subjects import SubjectRow
from research.visits import VisitRow
from research.withdrawal import WithdrawalRow
from research.workflows import WorkflowRow


def _read_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (read id, digest) of every read somebody stands for; drafts are nobody's word yet."""
    query = select(ReadRow).where(ReadRow.project_id == log, ReadRow.status.in_(RECORDED))
    for read in session.scalars(query.execution_options(yield_per=2000)):
        yield read.id, row_digest(read)


def _answer_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (read id, digest of all its answers) of every read somebody stands for."""
    query = (
        select(
            ReadRow.id, ReadRow.salt, AnswerRow.group_oid, AnswerRow.repeat_key,
            AnswerRow.item_oid, AnswerRow.value, AnswerRow.missing, AnswerRow.reason,
        )
        .outerjoin(AnswerRow, and_(AnswerRow.read_id == ReadRow.id))
        .where(ReadRow.project_id == log, ReadRow.status.in_(RECORDED))
        .order_by(ReadRow.id)
        .execution_options(yield_per=5000)
    )  # fmt: skip
    rows = session.execute(query)
    for (read_id, salt), group in groupby(rows, key=lambda row: (row[0], row[1])):
        answers = {
            ItemKey(group_oid, repeat, item): Answer(value, missing, reason)
            for _, _, group_oid, repeat, item, value, missing, reason in group
            if item is not None
        }
        yield read_id, answers_digest(salt, answers)


def _drawn_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (read id, digest of what it draws) of every recorded read that draws anything."""
    query = select(ReadRow.id, ReadRow.salt).where(
        ReadRow.project_id == log, ReadRow.status.in_(RECORDED)
    )
    drawing = or_(
        exists().where(AnnotationRow.read_id == ReadRow.id),
        exists().where(TypedMeasurementRow.read_id == ReadRow.id),
    )
    for read_id, salt in session.execute(query.where(drawing)):
        digest = drawn_digest(salt, drawn_of(session, read_id), reasons_of(session, read_id))
        if digest is not None:
            yield read_id, digest


def _check_reason_digests(session: Session, log: str) -> Iterator[RowDigest]:
    """Yield (read id, digest of its reasons to warnings) of every recorded read that has any."""
    query = select(ReadRow.id, ReadRow.salt).where(
        ReadRow.project_id == log,
        ReadRow.status.in_(RECORDED),
        exists().where(CheckReasonRow.read_id == ReadRow.id),
    )
    for read_id, salt in session.execute(query):
        digest = reasons_digest(salt, check_reasons.reasons_of(session, read_id))
        if digest is not None:
            yield read_id, digest


TABLES: tuple[LedgeredTable, ...] = (
    *ledgered.TABLES,
    ledgered.system_table(OrganizationRow),
    ledgered.system_table(RepositoryRow),
    ledgered_table(ProjectRow, ProjectRow.id),
    ledgered.system_table(SiteRow),
    LedgeredTable("project_sites", project_site_digests),
    LedgeredTable("subject_sites", subject_site_digests),
    ledgered_table(FormRow, FormRow.project_id),
    ledgered_table(WorkflowRow, WorkflowRow.project_id),
    ledgered_table(SubjectRow, SubjectRow.project_id),
    ledgered_table(VisitRow, VisitRow.project_id),
    ledgered_table(StudyRow, StudyRow.project_id),
    ledgered_table(SeriesRow, SeriesRow.project_id),
    ledgered_table(InstanceRow, InstanceRow.project_id),
    ledgered_table(HeldItemRow, HeldItemRow.project_id),
    ledgered_table(LockRow, LockRow.project_id),
    ledgered_table(ResolutionRow, ResolutionRow.project_id),
    ledgered_table(FreezeRow, FreezeRow.project_id),
    ledgered_table(RetentionRow, RetentionRow.id),
    ledgered_table(HoldRow, HoldRow.project_id),
    ledgered_table(WithdrawalRow, WithdrawalRow.project_id),
    ledgered_table(CertificateRow, CertificateRow.project_id),
    ledgered_table(LesionRow, LesionRow.project_id),
    ledgered_table(LesionFindingRow, LesionFindingRow.project_id),
    ledgered_table(ResponseRow, ResponseRow.project_id),
    LedgeredTable("reads", _read_digests),
    LedgeredTable("answers", _answer_digests),
    LedgeredTable("drawn", _drawn_digests),
    LedgeredTable("check_reasons", _check_reason_digests),
    ledgered_table(QueryRequestRow, QueryRequestRow.project_id),
    ledgered_table(SeedRow, SeedRow.project_id),
    ledgered_table(AdjudicationRow, AdjudicationRow.project_id),
    ledgered_table(AcceptedRow, AcceptedRow.project_id),
)
