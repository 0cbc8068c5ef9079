"""Tasks: one step for one subject, visit and position; the table and the questions asked of it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.authorize import reaches, roles_held, sites_within, steps_to_run
from accounts.database import Base
from accounts.errors import NotFound, NotPermitted, Refusal
from accounts.permissions import Reach, Verb
from research.errors import AlreadyClaimed
from research.forms import pinned_form
from research.freezing import refuse_frozen
from research.projects import find_project, open_project
from research.resolutions import amendment_allowed
from research.subjects import is_at
from research.transitions import FINAL, TaskEvent, after
from research.workflows import step_of


class TaskRow(Base):
    """A task as stored; `ledger_sequence` is the entry of its latest change."""

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint(
            "visit_id", "step_code", "position", "arm", "session", "repeat", "run",
            name="uq_tasks_key",
        ),
        UniqueConstraint("project_id", "read_code"),
        Index("ix_tasks_assignee_state", "assignee_id", "state"),
        Index("ix_tasks_project_sequence", "project_id", "ledger_sequence"),
        Index("ix_tasks_subject", "subject_id"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("subjects.id"))
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"))
    workflow_id: Mapped[str] = mapped_column(ForeignKey("workflows.id"))
    step_code: Mapped[str] = mapped_column(String(64))
    step_type: Mapped[str] = mapped_column(String(16))
    role: Mapped[str] = mapped_column(String(64))
    is_blinded: Mapped[bool]
    position: Mapped[str] = mapped_column(String(16))
    arm: Mapped[str] = mapped_column(String(32))
    session: Mapped[int]
    repeat: Mapped[int]
    run: Mapped[int]
    ordinal: Mapped[int]
    assignee_id: Mapped[str | None] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(16))
    waiting_for: Mapped[str]
    read_code: Mapped[str] = mapped_column(String(8))
    ready_since: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ledger_sequence: Mapped[int]


def fire(task: TaskRow, event: TaskEvent) -> None:
    """Move a task along its transition table, or raise `IllegalTransition`."""
    task.state = after(task.state, event, task_id=task.id)


def own_task(act: Act, task_id: str) -> TaskRow:
    """Return the caller's own task, with its project locked for a change, or raise `NotFound`.

    A task of somebody else is not there: the same answer as for an id that nobody ever made.
    """
    task = act.session.get(TaskRow, task_id)
    if task is None:
        raise hidden_task(task_id)
    _reaches(act, "run", task)
    if not is_mine(act, task):
        raise hidden_task(task_id)
    amends = amendment_allowed(act.session, task.id)
    open_project(act.session, task.project_id, while_frozen=amends is not None)
    if amends is None:
        refuse_frozen(
            act.session, task.project_id, task.subject_id, task.visit_id, _form(act, task)
        )
    act.session.refresh(task)
    if not is_mine(act, task):
        raise AlreadyClaimed(f"somebody else has taken task {task_id}: choose another one")
    return task


def shown_task(act: Act, task_id: str) -> TaskRow:
    """Return a task the caller may see: their own, or any of a project they oversee."""
    task = act.session.get(TaskRow, task_id)
    if task is None:
        raise hidden_task(task_id)
    _reaches(act, "view", task)
    within = sites_within(act, "view", "task", task.project_id)
    if not is_at(act.session, task.subject_id, within) and not is_mine(act, task):
        raise hidden_task(task_id)
    return task


def managed_task(act: Act, task_id: str) -> TaskRow:
    """Return a task that the caller may assign; whom it is not shown, to them it is not there."""
    task = act.session.get(TaskRow, task_id)
    if task is None:
        raise hidden_task(task_id)
    if "project" not in _reaches(act, "assign", task):
        raise hidden_task(task_id)
    return task


def is_mine(act: Act, task: TaskRow) -> bool:
    """Tell whether the task is the caller's, or one of a pool the caller may take from.

    Of a blinded step only what is open to work on exists: a task that waits would tell of a
    later visit.
    """
    if task.is_blinded and task.state == "waiting":
        return False
    if task.assignee_id is not None:
        return task.assignee_id == act.actor.id and _runs_step(act, task)
    if task.role not in roles_held(act, task.project_id):
        return False
    if not _may_run(act, task):
        return False
    return task.step_type != "read" or _free_to_claim(act.session, task, act.actor.id)


def holds_other_seat(session: Session, task: TaskRow, person_id: str) -> bool:
    """Tell whether the person has another position of this step for the subject."""
    query = (
        select(TaskRow.id)
        .where(
            TaskRow.subject_id == task.subject_id,
            TaskRow.step_code == task.step_code,
            TaskRow.position != task.position,
            TaskRow.assignee_id == person_id,
        )
        .limit(1)
    )
    return session.scalar(query) is not None


def current_tasks(session: Session, subject_id: str) -> list[TaskRow]:
    """Return the tasks of a subject that count: what is superseded or cancelled aside."""
    query = select(TaskRow).where(TaskRow.subject_id == subject_id, TaskRow.state.not_in(FINAL))
    return list(session.scalars(query))


def hidden_task(task_id: str) -> NotFound:
    """Return the one refusal for a task that is not there or must not seem to be."""
    return NotFound(
        f"there is no task {task_id} for you", Refusal(object_kind="task", object_id=task_id)
    )


def _form(act: Act, task: TaskRow) -> str | None:
    """Return the id of the form a task's step uses, if it has one."""
    _, step = step_of(act.session, task.workflow_id, task.step_code)
    if step.form is None:
        return None
    repository_id = find_project(act.session, task.project_id).repository_id
    form = pinned_form(act.session, repository_id, oid=step.form.oid, version=step.form.version)
    return None if form is None else form.id


def _reaches(act: Act, verb: Verb, task: TaskRow) -> frozenset[Reach]:
    """Ask for a verb on tasks; whom no task of the project is shown, to them it is not there."""
    try:
        return reaches(act, verb, "task", task.project_id)
    except NotFound:
        raise hidden_task(task.id) from None
    except NotPermitted:
        if verb == "view":
            raise hidden_task(task.id) from None
        shown_task(act, task.id)
        raise


def _runs_step(act: Act, task: TaskRow) -> bool:
    """Tell whether the caller's roles run this step: a grant may be narrowed to named steps."""
    steps = steps_to_run(act, task.project_id)
    return steps is None or task.step_code in steps


def _may_run(act: Act, task: TaskRow) -> bool:
    """Tell whether the caller may take the task from its pool: their step, at one of their sites.

    A grant within one's own tasks opens the pools of its role at every site.
    """
    if "own" in reaches(act, "run", "task", task.project_id):
        return _runs_step(act, task)
    within = sites_within(act, "run", "task", task.project_id)
    return _runs_step(act, task) and is_at(act.session, task.subject_id, within)


def _free_to_claim(session: Session, task: TaskRow, person_id: str) -> bool:
    """Tell whether this seat is the first free one and the person sits on no other.

    Two free seats of one visit would show a reader that there is a second reader.
    """
    if holds_other_seat(session, task, person_id):
        return False
    earlier = (
        select(TaskRow.id)
        .where(
            TaskRow.visit_id == task.visit_id,
            TaskRow.step_code == task.step_code,
            TaskRow.position < task.position,
            TaskRow.assignee_id.is_(None),
            TaskRow.state.in_(("ready", "suspended")),
        )
        .limit(1)
    )
    return session.scalar(earlier) is None
