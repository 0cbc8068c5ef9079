"""Whose images these are: the subject by its code, the visit by what the images say."""

from dataclasses import dataclass

from sqlalchemy import select

from accounts.acts import Act
from ingest.prepare import Prepared
from research.codes import checked_code
from research.errors import Invalid
from research.ids import ProjectId
from research.images import StudyRow, study_by_uid
from research.projects import find_project, options_of
from research.scheduling import add_unscheduled_visit, create_subject
from research.subjects import NewSubject, SubjectRow, subject_by_code
from research.visits import VisitRow, visits_of


@dataclass(frozen=True)
class Held:
    """Images that wait for a person, and why."""

    reason: str
    detail: str


WITHDRAWN = Held("subject_withdrawn", "the subject was withdrawn: nothing new of it is taken")


def match_visit(
    act: Act, project: ProjectId, study: list[Prepared], *, planned_only: bool = False
) -> VisitRow | Held:
    """Return the visit that a study's new instances belong to; a new one where it must be.

    With `planned_only`, for an uploader who makes no visits, a person decides instead.
    """
    first = study[0]
    known = study_by_uid(act.session, project, first.instance.study_uid)
    if known is not None:
        subject = act.session.get(SubjectRow, known.subject_id)
        assert subject is not None
        if any(item.patient_id != subject.code for item in study):
            return Held("possible_wrong_patient", "the study is stored under another subject code")
        if subject.state == "withdrawn":
            return WITHDRAWN
        visit = act.session.get(VisitRow, known.visit_id)
        assert visit is not None
        return visit
    if len({item.patient_id for item in study}) > 1:
        return Held("possible_wrong_patient", "one study came with several patient ids")
    found = _subject(act, project, first.patient_id)
    if isinstance(found, Held):
        return found
    return _visit(act, found, first.time_point, planned_only=planned_only)


def _subject(act: Act, project: ProjectId, code: str) -> SubjectRow | Held:
    """Return the subject of that code, made where the project allows it."""
    subject = subject_by_code(act.session, project, code)
    if subject is not None:
        return WITHDRAWN if subject.state == "withdrawn" else subject
    if options_of(find_project(act.session, project)).on_unknown_subject == "hold":
        return Held("unknown_subject", "no subject of the project has this patient id as its code")
    try:
        checked_code(code)
    except Invalid:
        return Held("unknown_subject", "the patient id cannot be a subject code")
    created = act.session.get(SubjectRow, create_subject(act, project, NewSubject(code=code)))
    assert created is not None
    return created


def _visit(
    act: Act, subject: SubjectRow, time_point: str, *, planned_only: bool
) -> VisitRow | Held:
    """Return the visit named, else the first that has no study, else a new unscheduled one."""
    visits = visits_of(act.session, subject.id)
    if time_point:
        named = next((visit for visit in visits if visit.code == time_point), None)
        return named or Held("unknown_visit", f"the subject has no visit {time_point}")
    query = select(StudyRow.visit_id).where(StudyRow.subject_id == subject.id)
    taken = set(act.session.scalars(query))
    free = next((visit for visit in visits if visit.id not in taken), None)
    if free is None and planned_only:
        return Held("unknown_visit", "every planned visit of the subject has its study")
    return free or add_unscheduled_visit(act, subject)
