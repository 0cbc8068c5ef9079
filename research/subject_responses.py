"""A subject's responses by reader: as signed, as they stand now, the best and the endpoints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.errors import NotFound, NotPermitted, Refusal
from research.answers import answers_of as stored_answers
from research.begun import form_of_read
from research.criteria.assessments import Assessment, Best, Course
from research.criteria.endpoints import (
    PROGRESSIONS,
    Subject,
    TimeToEvent,
    duration_of_response,
    first_response,
    progression_free_survival,
)
from research.criteria.lesions import History
from research.criteria.plans import CriteriaPlan
from research.earlier_reads import earlier_reads, reads_in_force
from research.ecrf.language.context import answers_of
from research.ids import ReadId
from research.judges import criteria_plan, judge_of
from research.lesions import LesionRow, lesions_of_seat
from research.read_records import RECORDED, ReadRow, revisions_of_task
from research.responses import ResponseRow
from research.subjects import SubjectRow
from research.task_pages import may_see_answers
from research.tasks import TaskRow, shown_task
from research.visits import VisitRow

CONFIRMED_DAYS = 28


@dataclass(frozen=True)
class VisitResponse:
    """The response of one visit as it was signed, and as it would be now where that differs."""

    read: ReadId
    visit_code: str
    visit_label: str
    revision: int
    task_state: str | None
    computed: str | None
    stated: str | None
    of_record: str | None
    explanation: str
    notes: tuple[str, ...]
    parts: Mapping[str, str | None]
    measures: Mapping[str, Decimal | None]
    would_be: Assessment | None


@dataclass(frozen=True)
class SeatResponses:
    """One reader's course of one subject."""

    step_code: str
    position: str
    arm: str
    session: int
    repeat: int
    criteria: str
    version: str
    visits: tuple[VisitResponse, ...]
    best: Best | None
    best_unconfirmed: str | None
    best_confirmed: str | None
    progression_free_survival: TimeToEvent | None
    duration_of_response: TimeToEvent | None
    problem: str
    history: History | None
    lesions: tuple[LesionRow, ...]


def subject_responses(act: Act, project_id: str, subject_id: str) -> tuple[SeatResponses, ...]:
    """Return every reader's responses to a subject, for those who may view reads."""
    hidden = NotFound(
        f"there is no subject {subject_id} for you",
        Refusal(object_kind="subject", object_id=subject_id),
    )
    subject = act.session.get(SubjectRow, subject_id)
    if subject is None or subject.project_id != project_id:
        raise hidden
    try:
        authorize(act, "view", "read", subject.project_id)
    except (NotFound, NotPermitted):
        raise hidden from None
    seats = (seat_responses(act.session, reads) for reads in _seats(act.session, subject.id))
    return tuple(seat for seat in seats if seat is not None)


def task_responses(act: Act, task_id: str) -> SeatResponses | None:
    """Return the reader's own responses up to a task's visit; None before anything is signed."""
    task = shown_task(act, task_id)
    if not may_see_answers(act, task):
        return None
    recorded = revisions_of_task(act.session, task.id)
    if recorded:
        visit = act.session.get(VisitRow, recorded[0].visit_id)
        assert visit is not None
        own = [(recorded[0], visit)]
        return seat_responses(act.session, [*earlier_reads(act.session, recorded[0]), *own])
    draft = act.session.scalars(select(ReadRow).where(ReadRow.task_id == task.id)).first()
    if draft is None:
        return None
    return seat_responses(act.session, earlier_reads(act.session, draft))


def seat_responses(
    session: Session, reads: Sequence[tuple[ReadRow, VisitRow]]
) -> SeatResponses | None:
    """Return the responses of one seat from its reads in force; None where nothing is judged."""
    if not reads:
        return None
    last, _ = reads[-1]
    form = form_of_read(session, last)
    plan = criteria_plan(session, last, form)
    seen = [
        (visit, answers_of(form, stored_answers(session, read.id), visit=visit.code))
        for read, visit in reads
    ]
    judge = judge_of(session, last, form, plan, seen[:-1])
    if judge is None or plan is None:
        return None
    found = judge.judged(seen[-1][1])
    now = {one.visit: one for one in found.course.assessments} if found.course else {}
    best, unconfirmed, confirmed = _best(plan, found.history, found.course)
    survival, duration = _endpoints(plan, found.course)
    return SeatResponses(
        **{name: getattr(last, name) for name in
           ("step_code", "position", "arm", "session", "repeat")},
        criteria=plan.name,
        version=plan.version,
        visits=tuple(_visit(session, read, visit, now.get(visit.code)) for read, visit in reads),
        best=best,
        best_unconfirmed=unconfirmed,
        best_confirmed=confirmed,
        progression_free_survival=survival,
        duration_of_response=duration,
        problem="; ".join(f"{one.where} {one.message}".strip() for one in found.problems),
        history=found.history,
        lesions=tuple(lesions_of_seat(session, last).values()),
    )  # fmt: skip


def _seats(session: Session, subject_id: str) -> list[list[tuple[ReadRow, VisitRow]]]:
    """Return the reads in force of each seat of a subject, by position."""
    query = (
        select(ReadRow)
        .where(ReadRow.subject_id == subject_id, ReadRow.status.in_(RECORDED))
        .order_by(
            ReadRow.step_code, ReadRow.position, ReadRow.reader_id, ReadRow.arm, ReadRow.session,
            ReadRow.repeat, ReadRow.revision,
        )
    )  # fmt: skip
    seats: dict[tuple[object, ...], ReadRow] = {}
    for read in session.scalars(query):
        key = (read.step_code, read.position, read.reader_id, read.arm, read.session, read.repeat)
        seats.setdefault(key, read)
    return [reads_in_force(session, read) for read in seats.values()]


def _visit(
    session: Session, read: ReadRow, visit: VisitRow, now: Assessment | None
) -> VisitResponse:
    stored = session.scalar(select(ResponseRow).where(ResponseRow.read_id == read.id))
    task = session.get(TaskRow, read.task_id) if read.task_id else None
    differs = now is not None and (
        stored is None or (stored.computed, stored.explanation) != (now.response, now.explanation)
    )
    return VisitResponse(
        read=ReadId(read.id),
        visit_code=visit.code,
        visit_label=visit.label,
        revision=read.revision,
        task_state=task.state if task else None,
        computed=stored.computed if stored else None,
        stated=stored.stated if stored else None,
        of_record=stored.of_record if stored else None,
        explanation=stored.explanation if stored else "",
        notes=_notes(stored.notes) if stored else (),
        parts=_mapping(stored.parts) if stored else {},
        measures=_sizes(_mapping(stored.measures)) if stored else {},
        would_be=now if differs else None,
    )


def _notes(value: object) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(value)


def _mapping(value: object) -> dict[str, str | None]:
    assert isinstance(value, dict)
    return value


def _sizes(texts: Mapping[str, str | None]) -> dict[str, Decimal | None]:
    return {name: None if text is None else Decimal(text) for name, text in texts.items()}


def _best(
    plan: CriteriaPlan, history: History | None, course: Course | None
) -> tuple[Best | None, str | None, str | None]:
    """Return the best response by the charter, without confirmation, and confirmed."""
    if course is None or history is None:
        return None, None, None
    criteria = plan.criteria
    if "confirmation_days" not in {field.name for field in fields(criteria)}:
        return course.best, None, None
    days = getattr(criteria, "confirmation_days", None) or CONFIRMED_DAYS
    plain, confirmed = (
        replace(criteria, confirmation_days=one).best(history, course.assessments)  # type: ignore[call-arg]
        for one in (None, days)
    )
    return course.best, plain.response, confirmed.response


def _endpoints(
    plan: CriteriaPlan, course: Course | None
) -> tuple[TimeToEvent | None, TimeToEvent | None]:
    """Return progression-free survival from the baseline and the duration of response."""
    if course is None:
        return None, None
    visits = course.assessments
    subject, rules = Subject(start=visits[0].date), plan.censoring.rules
    dated = _progression(course)
    survival = progression_free_survival(subject, visits, rules, progression=dated)
    days = getattr(plan.criteria, "confirmation_days", None)
    reached = first_response(
        visits[1:], best=course.best.response, confirmation_days=days,
        responses=("CR", "PR", "iCR", "iPR"),
    )  # fmt: skip
    duration = duration_of_response(
        subject, visits, rules, response_visit=reached, progression=dated
    )
    return survival, duration


def _progression(course: Course) -> date | None:
    """Return the day of a progression that a later visit dated back; None if none did."""
    visit = course.best.progression_visit
    found = next((one for one in course.assessments if one.visit == visit), None)
    return found.date if found and found.response not in PROGRESSIONS else None
