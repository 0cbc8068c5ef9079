"""When each visit of a subject was: the day of its images, else the day that was planned for it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from research.charter import Charter
from research.images import StudyRow
from research.subjects import SubjectRow
from research.visits import VisitRow, visits_of
from research.workflows import WorkflowRow, charter_of

# Where no image has a day, days are counted from here: differences alone mean something.
DAY_0 = date(2000, 1, 1)


def visit_days(session: Session, subject_id: str, wanted: Collection[str]) -> dict[str, date]:
    """Return the day of some visits of a subject, by the visit's id."""
    visits = [visit for visit in visits_of(session, subject_id) if visit.id in wanted]
    return days_of(visits, _acquired(session, wanted), planned=_planned(session, subject_id))


def days_of(
    visits: Sequence[VisitRow], seen: Mapping[str, date], *, planned: Mapping[str, int | None]
) -> dict[str, date]:
    """Return the days of visits in their order; one source serves all, for two would not fit.

    Days of images count when every visit has its own: a de-identification that removes dates gives
    all the same. Else planned days count, and at last the order alone.
    """
    if len(set(seen.values())) == len(visits):
        return dict(seen)
    counted = [planned.get(visit.code) for visit in visits]
    known = [day for day in counted if day is not None]
    if len(known) == len(visits) and all(one < other for one, other in pairwise(known)):
        return {visit.id: DAY_0 + timedelta(day) for visit, day in zip(visits, known, strict=True)}
    return {visit.id: DAY_0 + timedelta(at) for at, visit in enumerate(visits)}


def _acquired(session: Session, wanted: Collection[str]) -> dict[str, date]:
    """Return the first day of each visit's images; nothing when a study has no day."""
    query = (
        select(
            StudyRow.visit_id,
            func.min(StudyRow.acquired_on),
            func.count(),
            func.count(StudyRow.acquired_on),
        )
        .where(StudyRow.visit_id.in_(wanted))
        .group_by(StudyRow.visit_id)
    )
    found: dict[str, date] = {}
    for visit_id, day, studies, dated in session.execute(query):
        if day is None or dated < studies:
            return {}
        found[visit_id] = date.fromisoformat(day)
    return found


def _planned(session: Session, subject_id: str) -> dict[str, int | None]:
    subject = session.get(SubjectRow, subject_id)
    assert subject is not None, f"subject {subject_id} is gone"
    workflow = session.get(WorkflowRow, subject.workflow_id) if subject.workflow_id else None
    if workflow is None:
        return {}
    charter: Charter = charter_of(workflow)
    return {visit.code: visit.day for visit in charter.visits}
