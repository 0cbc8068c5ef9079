"""What each position has signed of a unit: read by read in force, with what the criteria make."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from research.adjudication.differing import SignedRecord, Value
from research.answers import answers_of as stored_answers
from research.begun import form_of_read
from research.charter import Step
from research.criteria.assessments import Course
from research.earlier_reads import reads_in_force
from research.ecrf.language.context import Answers, answers_of
from research.judges import criteria_plan, judge_of
from research.read_records import RECORDED, ReadRow
from research.responses import ResponseRow
from research.subjects import SubjectRow
from research.tasks import TaskRow, current_tasks
from research.visits import VisitRow

Reads = list[tuple[ReadRow, VisitRow]]


@dataclass(frozen=True)
class SeatRecord:
    """The reads in force of one position, and what the rules compare of them."""

    position: str
    reads: Reads
    course: Course | None
    compared: SignedRecord


def complete_records(
    session: Session, step: Step, subject_id: str, visit_id: str | None
) -> tuple[SeatRecord, ...] | None:
    """Return the records a rule compares; None until each position has signed its last visit."""
    rule = step.adjudicate
    assert rule is not None, f"step {step.code} adjudicates nothing"
    tasks = [task for task in current_tasks(session, subject_id) if task.step_code in step.follows]
    found = []
    for position in rule.when.signed:
        record = _record(session, step, subject_id, position, visit_id)
        own = [
            task
            for task in tasks
            if task.position == position and visit_id in (None, task.visit_id)
        ]
        if record is None or not _is_complete(session, record, own):
            return None
        found.append(record)
    return tuple(found)


def _is_complete(session: Session, record: SeatRecord, tasks: Sequence[TaskRow]) -> bool:
    """Tell whether a position has signed all it will: schedule done, progressed or withdrawn."""
    states = {task.state for task in tasks}
    if "stale" in states or "submitted" in states:
        return False
    if states <= {"done", "amending"}:
        return True
    if record.course is not None and record.course.best.progression_visit is not None:
        return True
    subject = session.get(SubjectRow, record.reads[0][0].subject_id)
    return subject is not None and subject.state == "withdrawn"


def _record(
    session: Session, step: Step, subject_id: str, position: str, visit_id: str | None
) -> SeatRecord | None:
    query = select(ReadRow).where(
        ReadRow.subject_id == subject_id,
        ReadRow.step_code.in_(step.follows),
        ReadRow.position == position,
        ReadRow.repeat == 0,
        ReadRow.status.in_(RECORDED),
    )
    latest = session.scalars(query.order_by(ReadRow.ledger_sequence.desc()).limit(1)).first()
    if latest is None:
        return None
    reads = reads_in_force(session, latest)
    course = _course(session, reads)
    if visit_id is not None:
        reads = [(read, visit) for read, visit in reads if visit.id == visit_id]
        if not reads:
            return None
    best = course.best if course else None
    endpoints: dict[str, Value] = {
        "best_overall_response": best.response if best else None,
        "progression_visit": best.progression_visit if best else None,
    }
    visits = {visit.code: _values(session, read, visit) for read, visit in reads}
    return SeatRecord(position, reads, course, SignedRecord(position, endpoints, visits))


def _course(session: Session, reads: Reads) -> Course | None:
    last, _ = reads[-1]
    form = form_of_read(session, last)
    seen = [(visit, _answers(session, read, visit)) for read, visit in reads]
    judge = judge_of(session, last, form, criteria_plan(session, last, form), seen[:-1])
    return judge.judged(seen[-1][1]).course if judge else None


def _answers(session: Session, read: ReadRow, visit: VisitRow) -> Answers:
    form = form_of_read(session, read)
    return answers_of(form, stored_answers(session, read.id), visit=visit.code)


def _values(session: Session, read: ReadRow, visit: VisitRow) -> dict[str, Value]:
    """Return what a read answers outside its repeating groups, and its response of record."""
    given = _answers(session, read, visit).items
    response = session.scalar(select(ResponseRow).where(ResponseRow.read_id == read.id))
    return {
        **{place.item: value for place, value in given.items()},
        "response": response.of_record if response else None,
    }
