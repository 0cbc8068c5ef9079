"""Boards: subjects with the state of their visits, and a project's counts for its card."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from accounts.acts import Act
from accounts.authorize import sites_within
from accounts.errors import NotFound, NotPermitted
from accounts.permissions import ObjectKind
from research.ids import ProjectId, SubjectId, VisitId
from research.images import InstanceRow, SeriesRow, StudyRow
from research.read_records import ReadRow
from research.sites import SiteRow
from research.subjects import SubjectRow, at_sites
from research.task_lists import OPEN, count_my_tasks
from research.tasks import TaskRow
from research.transitions import FINAL
from research.visits import VisitRow

Condition = ColumnElement[bool]
Column = InstrumentedAttribute[str]


@dataclass(frozen=True)
class VisitView:
    """A visit and how far its work has come."""

    id: VisitId
    code: str
    label: str
    kind: str
    state: str


@dataclass(frozen=True)
class SubjectView:
    """A subject with its visits."""

    id: SubjectId
    code: str
    kind: str
    site_code: str | None
    state: str
    visits: tuple[VisitView, ...]
    row_version: int


@dataclass(frozen=True)
class ProjectCounts:
    """The figures on a project's card; None where the caller may not know."""

    subjects: int | None
    instances: int | None
    tasks_open: int | None
    tasks_mine: int
    reads_signed: int | None


def subject_board(act: Act, project_id: ProjectId) -> tuple[SubjectView, ...]:
    """Return the subjects of a project with their visits, by code."""
    within = sites_within(act, "view", "subject", project_id)
    query = (
        select(SubjectRow, SiteRow.code)
        .outerjoin(SiteRow, SiteRow.id == SubjectRow.site_id)
        .where(SubjectRow.project_id == project_id, at_sites(within))
        .order_by(SubjectRow.code)
    )
    visits = _visits(act, project_id)
    return tuple(
        SubjectView(
            id=SubjectId(subject.id),
            code=subject.code,
            kind=subject.kind,
            site_code=site,
            state=subject.state,
            visits=tuple(visits.get(subject.id, ())),
            row_version=subject.row_version,
        )
        for subject, site in act.session.execute(query)
    )


def project_counts(act: Act, project_id: ProjectId) -> ProjectCounts:
    """Return the figures of one project, those the caller may know."""

    def count(object_kind: ObjectKind, subject: Column, *conditions: Condition) -> int | None:
        """Count what belongs to subjects whom the caller may see; None where that is nobody."""
        try:
            within = sites_within(act, "view", object_kind, project_id)
        except (NotFound, NotPermitted):
            return None
        if within is not None:
            if not within:
                return None
            conditions = (*conditions, subject.in_(select(SubjectRow.id).where(at_sites(within))))
        return act.session.scalar(select(func.count()).where(*conditions))

    return ProjectCounts(
        subjects=count("subject", SubjectRow.id, SubjectRow.project_id == project_id),
        instances=_instances(act, project_id),
        tasks_open=count(
            "task", TaskRow.subject_id, TaskRow.project_id == project_id, TaskRow.state.in_(OPEN)
        ),
        tasks_mine=count_my_tasks(act, project_id, OPEN),
        reads_signed=count(
            "task", ReadRow.subject_id, ReadRow.project_id == project_id, ReadRow.status == "signed"
        ),
    )


def _instances(act: Act, project_id: str) -> int | None:
    """Count the images that the caller may see; None where there are none for them."""
    try:
        within = sites_within(act, "view", "image", project_id)
    except (NotFound, NotPermitted):
        return None
    query = select(func.count()).where(InstanceRow.project_id == project_id)
    if within is not None:
        if not within:
            return None
        of_subjects = select(SeriesRow.id).join(StudyRow, StudyRow.id == SeriesRow.study_id)
        seen = of_subjects.join(SubjectRow, SubjectRow.id == StudyRow.subject_id)
        query = query.where(InstanceRow.series_id.in_(seen.where(at_sites(within))))
    return act.session.scalar(query)


def _visits(act: Act, project_id: str) -> dict[str, list[VisitView]]:
    states: dict[str, list[TaskRow]] = defaultdict(list)
    current = select(TaskRow).where(TaskRow.project_id == project_id, TaskRow.state.not_in(FINAL))
    for task in act.session.scalars(current):
        states[task.visit_id].append(task)
    views: dict[str, list[VisitView]] = defaultdict(list)
    query = select(VisitRow).where(VisitRow.project_id == project_id).order_by(VisitRow.position)
    for visit in act.session.scalars(query):
        state = visit_state(states.get(visit.id, ()))
        views[visit.subject_id].append(
            VisitView(VisitId(visit.id), visit.code, visit.label, visit.kind, state)
        )
    return views


def visit_state(tasks: Sequence[TaskRow]) -> str:
    """Return how far a visit's work has come, from its tasks that count."""
    undone = {task.step_type for task in tasks if task.state != "done"}
    if "upload" in undone or not tasks:
        return "expected"
    if "qc" in undone:
        return "in_qc"
    return "in_reading" if undone else "complete"
