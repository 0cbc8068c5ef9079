"""What a read rests on: the same reader's recorded reads of the subject's earlier visits."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from research.read_records import RECORDED, ReadRow
from research.tasks import TaskRow
from research.visits import VisitRow


def earlier_reads(session: Session, read: ReadRow) -> list[tuple[ReadRow, VisitRow]]:
    """Return the reads in force of earlier visits, the earliest first; never another reader's."""
    own = session.get(VisitRow, read.visit_id)
    assert own is not None, f"visit {read.visit_id} is gone"
    return [(one, visit) for one, visit in reads_in_force(session, read) if _before(visit, own)]


def reads_in_force(session: Session, read: ReadRow) -> list[tuple[ReadRow, VisitRow]]:
    """Return the reads in force of all visits in the seat of a read, the earliest visit first."""
    query = (
        select(ReadRow, VisitRow)
        .join(VisitRow, VisitRow.id == ReadRow.visit_id)
        .where(
            ReadRow.subject_id == read.subject_id,
            ReadRow.step_code == read.step_code,
            ReadRow.reader_id == read.reader_id,
            ReadRow.arm == read.arm,
            ReadRow.session == read.session,
            ReadRow.repeat == read.repeat,
            ReadRow.status.in_(RECORDED),
        )
        .order_by(VisitRow.position, ReadRow.visit_id, ReadRow.revision)
    )
    newest: dict[str, tuple[ReadRow, VisitRow]] = {}
    for one, visit in session.execute(query):
        newest[visit.id] = (one, visit)
    return list(newest.values())


def later_tasks(session: Session, task: TaskRow) -> list[TaskRow]:
    """Return the tasks of the same seat at later visits of the subject, the earliest first."""
    own = session.get(VisitRow, task.visit_id)
    assert own is not None, f"visit {task.visit_id} is gone"
    query = (
        select(TaskRow, VisitRow)
        .join(VisitRow, VisitRow.id == TaskRow.visit_id)
        .where(
            TaskRow.subject_id == task.subject_id,
            TaskRow.step_code == task.step_code,
            TaskRow.position == task.position,
            TaskRow.arm == task.arm,
            TaskRow.session == task.session,
            TaskRow.repeat == task.repeat,
        )
        .order_by(VisitRow.position)
    )
    return [other for other, visit in session.execute(query) if _before(own, visit)]


def _before(one: VisitRow, other: VisitRow) -> bool:
    return one.position < other.position
