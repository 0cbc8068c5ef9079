"""How far a project's data reach, and what of it is still at work when it is to be locked."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from research.images import InstanceRow, StudyRow
from research.query_requests import QueryRequestRow
from research.read_records import RECORDED, ReadRow
from research.subjects import SubjectRow
from research.tasks import TaskRow


def last_change(session: Session, project_id: str) -> int:
    """Return the newest entry that a recorded read, an image or a subject came from; -1 if none."""
    newest = (
        select(func.max(ReadRow.ledger_sequence)).where(
            ReadRow.project_id == project_id, ReadRow.status.in_(RECORDED)
        ),
        select(func.max(InstanceRow.ledger_sequence)).where(InstanceRow.project_id == project_id),
        select(func.max(StudyRow.ledger_sequence)).where(StudyRow.project_id == project_id),
        select(func.max(SubjectRow.ledger_sequence)).where(SubjectRow.project_id == project_id),
    )
    found = (session.scalar(query) for query in newest)
    return max((sequence for sequence in found if sequence is not None), default=-1)


def open_requests(session: Session, project_id: str) -> tuple[str, ...]:
    """Return the ids of the queries that are asked for and not withdrawn: a lock lists them."""
    query = select(QueryRequestRow.id).where(
        QueryRequestRow.project_id == project_id, QueryRequestRow.state == "open"
    )
    return tuple(session.scalars(query.order_by(QueryRequestRow.id)))


def tasks_at_work(session: Session, project_id: str) -> int:
    """Count the tasks whose drafts a lock leaves outside: begun, and not signed."""
    query = select(func.count()).where(
        TaskRow.project_id == project_id, TaskRow.state.in_(("in_progress", "submitted"))
    )
    return session.scalar(query) or 0
