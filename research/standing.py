"""How far a project's data reach: the entry that last changed something a table is made of."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from research.images import InstanceRow, StudyRow
from research.read_records import RECORDED, ReadRow
from research.subjects import SubjectRow


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
