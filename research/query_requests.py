"""Queries that checks ask for: kept until a data manager makes them queries, never lost."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from research.begun import Begun
from research.ecrf.evaluate import Check, Evaluation
from research.ids import ProjectId
from research.subjects import SubjectRow
from research.visits import VisitRow


class QueryRequestRow(Base):
    """One request as stored: `open`, or `withdrawn` where the answers no longer ask for it."""

    __tablename__ = "query_requests"
    __table_args__ = (Index("ix_query_requests_project_sequence", "project_id", "ledger_sequence"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    read_id: Mapped[str] = mapped_column(ForeignKey("reads.id"))
    check_oid: Mapped[str] = mapped_column(String(64))
    group_oid: Mapped[str] = mapped_column(String(64))
    repeat_key: Mapped[str] = mapped_column(String(36))
    item_oid: Mapped[str] = mapped_column(String(64))
    message: Mapped[str]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class QueryRequest:
    """A request as a data manager sees it: which item of which visit, and what the check says."""

    id: str
    subject_code: str
    visit_code: str
    read_id: str
    check: str
    group: str
    repeat: str
    item: str
    message: str
    state: str
    created_at: datetime


def request_queries(act: Act, work: Begun, evaluation: Evaluation) -> None:
    """Ask for the queries of a submitted read's checks; withdraw those it no longer asks for."""
    asked = {
        (one.check, one.key.repeat): one for one in evaluation.checks if one.severity == "query"
    }
    query = select(QueryRequestRow).where(
        QueryRequestRow.read_id == work.read.id, QueryRequestRow.state == "open"
    )
    known = {(row.check_oid, row.repeat_key): row for row in act.session.scalars(query)}
    for key, row in known.items():
        if key not in asked:
            row.state = "withdrawn"
            _enter(act, row, "query_request_withdrawn")
    for key, check in asked.items():
        if key not in known:
            _enter(act, _row(act, work, check), "query_requested")


def query_requests(act: Act, project_id: ProjectId) -> tuple[QueryRequest, ...]:
    """Return a project's requests, the oldest first; for who may see its queries."""
    authorize(act, "view", "query", project_id)
    query = (
        select(QueryRequestRow, SubjectRow.code, VisitRow.code)
        .join(SubjectRow, SubjectRow.id == QueryRequestRow.subject_id)
        .join(VisitRow, VisitRow.id == QueryRequestRow.visit_id)
        .where(QueryRequestRow.project_id == project_id)
        .order_by(QueryRequestRow.created_at, QueryRequestRow.id)
    )
    return tuple(
        QueryRequest(
            id=row.id,
            subject_code=subject,
            visit_code=visit,
            read_id=row.read_id,
            check=row.check_oid,
            group=row.group_oid,
            repeat=row.repeat_key,
            item=row.item_oid,
            message=row.message,
            state=row.state,
            created_at=row.created_at,
        )
        for row, subject, visit in act.session.execute(query)
    )


def _row(act: Act, work: Begun, check: Check) -> QueryRequestRow:
    return QueryRequestRow(
        id=act.new_id(),
        project_id=work.read.project_id,
        subject_id=work.read.subject_id,
        visit_id=work.read.visit_id,
        read_id=work.read.id,
        check_oid=check.check,
        group_oid=check.key.group,
        repeat_key=check.key.repeat,
        item_oid=check.key.item,
        message=check.message,
        state="open",
        created_at=act.now,
    )


def _enter(act: Act, row: QueryRequestRow, action: str) -> None:
    after = {"read": row.read_id, "check": row.check_oid, "item": f"{row.group_oid}/"
             f"{row.repeat_key}/{row.item_oid}"}  # fmt: skip
    row.ledger_sequence = act.record(
        row.project_id, action, "query_request", row.id, after=after, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()
