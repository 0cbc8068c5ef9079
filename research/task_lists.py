"""Task lists: what a person has to do, and what a project's overseers see of everybody's work."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, true

from accounts.acts import Act
from accounts.authorize import reaches, roles_held, sites_within, steps_to_run
from accounts.errors import NotFound, NotPermitted
from accounts.people import PersonRow
from research.ids import ProjectId, TaskId
from research.projects import ProjectRow, projects
from research.scheduling import charter_of_task
from research.subjects import SubjectRow, at_sites
from research.tasks import TaskRow
from research.visits import VisitRow
from research.workflows import WorkflowRow

OPEN = ("ready", "in_progress", "submitted", "suspended", "amending", "stale")


@dataclass(frozen=True)
class TaskView:
    """A task as its caller may see it; `label` is the read code where the step is blinded."""

    id: TaskId
    project_id: ProjectId
    project_code: str
    project_title: str
    step_code: str
    step_title: str
    step_type: str
    label: str
    visit_label: str
    state: str
    waiting_for: str
    ready_since: datetime | None
    assignee_is_me: bool
    place: int
    of: int


@dataclass(frozen=True)
class OverseenTask:
    """A task as managers see it: with subject, position and assignee, without any answer."""

    id: TaskId
    step_code: str
    step_title: str
    step_type: str
    subject_code: str
    visit_code: str
    visit_label: str
    position: str
    run: int
    state: str
    waiting_for: str
    ready_since: datetime | None
    assignee_id: str | None
    assignee: str | None
    ledger_sequence: int


def my_tasks(
    act: Act, *, project_id: str | None = None, states: Collection[str] | None = None
) -> tuple[TaskView, ...]:
    """Return the caller's own tasks and those they may take, across projects or of one."""
    views: list[TaskView] = []
    for project in projects(act):
        if project_id is not None and project.id != project_id:
            continue
        rows = _mine(act, project.id)
        held = _held(act, [task for task, _, _ in rows])
        for place, (task, subject, visit) in enumerate(rows, start=1):
            if states is None or task.state in states:
                views.append(_view(act, (task, subject, visit), place=place, of=len(rows)))
        held.clear()
    return tuple(views)


def count_my_tasks(act: Act, project_id: str, states: Collection[str]) -> int:
    """Count the caller's own tasks of a project that are in one of these states."""
    return sum(task.state in states for task, _, _ in _mine(act, project_id))


def my_task(act: Act, task: TaskRow) -> TaskView:
    """Return one task of the caller's list; of an overseer, as the first of one."""
    rows = _mine(act, task.project_id)
    for place, row in enumerate(rows, start=1):
        if row[0].id == task.id:
            return _view(act, row, place=place, of=len(rows))
    return _view(act, _with_subject(act, task), place=1, of=1)


def next_task(act: Act, task: TaskRow) -> TaskId | None:
    """Return the next task of the project the caller can work on, in the order of their list."""
    rows = [row[0] for row in _mine(act, task.project_id)]
    places = {row.id: place for place, row in enumerate(rows)}
    here = places.get(task.id, -1)
    workable = [
        row
        for row in rows
        if row.state in ("ready", "in_progress", "submitted") and row.id != task.id
    ]
    behind = [row for row in workable if places[row.id] > here]
    return TaskId((behind or workable)[0].id) if workable else None


def project_tasks(
    act: Act, project_id: ProjectId, *, states: Collection[str] | None = None
) -> tuple[OverseenTask, ...]:
    """Return the tasks of a project for those who oversee it."""
    within = sites_within(act, "view", "task", project_id)
    if within is not None and not within:
        raise NotPermitted("your role here shows your own tasks only: they are in your list")
    query = (
        select(TaskRow, SubjectRow, VisitRow, PersonRow.printed_name)
        .join(SubjectRow, SubjectRow.id == TaskRow.subject_id)
        .join(VisitRow, VisitRow.id == TaskRow.visit_id)
        .outerjoin(PersonRow, PersonRow.id == TaskRow.assignee_id)
        .where(TaskRow.project_id == project_id, at_sites(within))
        .order_by(SubjectRow.code, VisitRow.position, TaskRow.created_at, TaskRow.step_code,
                  TaskRow.position, TaskRow.run)
    )  # fmt: skip
    if states is not None:
        query = query.where(TaskRow.state.in_(states))
    rows = act.session.execute(query).all()
    held = _held(act, [row[0] for row in rows])
    found = tuple(
        OverseenTask(
            id=TaskId(task.id),
            step_code=task.step_code,
            step_title=charter_of_task(act.session, task).step(task.step_code).title,
            step_type=task.step_type,
            subject_code=subject.code,
            visit_code=visit.code,
            visit_label=visit.label,
            position=task.position,
            run=task.run,
            state=task.state,
            waiting_for=task.waiting_for,
            ready_since=task.ready_since,
            assignee_id=task.assignee_id,
            assignee=printed_name,
            ledger_sequence=task.ledger_sequence,
        )
        for task, subject, visit, printed_name in rows
    )
    held.clear()
    return found


Row = tuple[TaskRow, SubjectRow, VisitRow]


def _mine(act: Act, project_id: str) -> list[Row]:
    """Return the tasks that exist for the caller; the same rule as `tasks.is_mine`, for many."""
    try:
        reach = reaches(act, "run", "task", project_id)
        within = None if "own" in reach else sites_within(act, "run", "task", project_id)
        steps = steps_to_run(act, project_id)
    except (NotFound, NotPermitted):
        return []
    roles = roles_held(act, project_id)
    narrowed = true() if steps is None else TaskRow.step_code.in_(steps)
    query = (
        select(TaskRow, SubjectRow, VisitRow)
        .join(SubjectRow, SubjectRow.id == TaskRow.subject_id)
        .join(VisitRow, VisitRow.id == TaskRow.visit_id)
        .where(
            TaskRow.project_id == project_id,
            TaskRow.state.not_in(("superseded", "cancelled")),
            ~(TaskRow.is_blinded & (TaskRow.state == "waiting")),
            narrowed,
            (TaskRow.assignee_id == act.actor.id)
            | (TaskRow.assignee_id.is_(None) & TaskRow.role.in_(roles) & at_sites(within)),
        )
        .order_by(SubjectRow.created_at, SubjectRow.id, TaskRow.ordinal, TaskRow.step_code,
                  TaskRow.position, TaskRow.run)
    )  # fmt: skip
    rows = list(act.session.execute(query))
    return _without_other_seats(rows, act.actor.id)


def _without_other_seats(rows: Sequence[Row], person_id: str) -> list[Row]:
    """Keep one free seat per visit and step, and none where the person has another seat."""
    seats = {
        (task.subject_id, task.step_code): task.position
        for task, _, _ in rows
        if task.assignee_id == person_id and task.step_type == "read"
    }
    offered: set[tuple[str, str]] = set()
    kept = []
    for task, subject, visit in rows:
        if task.assignee_id is None and task.step_type == "read":
            seat = seats.get((task.subject_id, task.step_code), task.position)
            if seat != task.position or (task.visit_id, task.step_code) in offered:
                continue
            offered.add((task.visit_id, task.step_code))
        kept.append((task, subject, visit))
    return kept


def _held(act: Act, tasks: Sequence[TaskRow]) -> list[object]:
    """Return the workflows and projects of tasks: a session reads anew what nobody holds."""
    workflows = {task.workflow_id for task in tasks}
    projects_of = {task.project_id for task in tasks}
    return [
        *act.session.scalars(select(WorkflowRow).where(WorkflowRow.id.in_(workflows))),
        *act.session.scalars(select(ProjectRow).where(ProjectRow.id.in_(projects_of))),
    ]


def _with_subject(act: Act, task: TaskRow) -> Row:
    subject = act.session.get(SubjectRow, task.subject_id)
    visit = act.session.get(VisitRow, task.visit_id)
    assert subject is not None
    assert visit is not None
    return task, subject, visit


def _view(act: Act, row: Row, *, place: int, of: int) -> TaskView:
    task, subject, visit = row
    project = act.session.get(ProjectRow, task.project_id)
    assert project is not None
    return TaskView(
        id=TaskId(task.id),
        project_id=ProjectId(task.project_id),
        project_code=project.code,
        project_title=project.title,
        step_code=task.step_code,
        step_title=charter_of_task(act.session, task).step(task.step_code).title,
        step_type=task.step_type,
        label=task.read_code if task.is_blinded else subject.code,
        visit_label=visit.label,
        state=task.state,
        waiting_for=task.waiting_for,
        ready_since=task.ready_since,
        assignee_is_me=task.assignee_id == act.actor.id,
        place=place,
        of=of,
    )
