"""Making a subject's visits and tasks from its workflow, and keeping what is ready up to date."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act, Reason
from accounts.authorize import authorize, sites_within
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotPermitted
from accounts.ledger.entries import JsonValue
from research.charter import Charter, Step
from research.codes import checked_code, read_code
from research.errors import Invalid
from research.freezing import refuse_frozen
from research.ids import ProjectId, SubjectId
from research.projects import find_project, open_project, options_of
from research.sites import ProjectSiteRow
from research.subject_sites import further_sites, further_sites_named, put_at_sites
from research.subjects import NewSubject, SubjectRow, refuse_withdrawn, subject_by_code
from research.tasks import TaskRow, current_tasks, fire
from research.visits import VisitRow, planned_visit, unscheduled_visit, visits_of
from research.workflows import WorkflowRow, charter_of, live_workflow

KINDS = ("live", "test")
NOT_DONE = "{step} of this visit is not done"
# While a signed record is amended, the signed one stays in force.
HOLDING = ("done", "amending")


def create_subject(act: Act, project_id: ProjectId, new: NewSubject) -> SubjectId:
    """Make a subject with its visits and tasks as the live workflow plans them."""
    within = sites_within(act, "create", "subject", project_id)
    open_project(act.session, project_id)
    if within is not None and not within & {new.site_id, *new.further_sites}:
        raise NotPermitted("your role here makes subjects of your own sites alone")
    subject = subject_row(act, project_id, new)
    if subject_by_code(act.session, project_id, subject.code) is not None:
        raise AlreadyExists(f"there is a subject {subject.code} in this project already")
    after: dict[str, JsonValue] = {
        "code": subject.code,
        "kind": subject.kind,
        "site": subject.site_id,
        "further_sites": list(new.further_sites),
    }
    further = further_sites(subject, new.further_sites)
    subject.ledger_sequence = act.record(
        project_id,
        "subject_created",
        "subject",
        subject.id,
        after=after,
        rows=rows_named(subject) | further_sites_named(further),
    )
    act.session.add(subject)
    act.session.flush()
    put_at_sites(act, subject, further)
    live = live_workflow(act.session, project_id)
    if live is not None:
        pin_subject(act, subject, live)
    return SubjectId(subject.id)


def subject_row(act: Act, project_id: str, new: NewSubject) -> SubjectRow:
    """Return a new subject's row, checked but not stored."""
    if new.kind not in KINDS:
        raise Invalid(f"a subject is {' or '.join(KINDS)}, not {new.kind}")
    for site in (new.site_id, *new.further_sites):
        if site is not None and not act.session.get(ProjectSiteRow, (project_id, site)):
            raise Invalid(f"the project has no site {site}")
    if new.further_sites and new.site_id is None:
        raise Invalid("a subject with further sites has a primary one: name it")
    return SubjectRow(
        id=act.new_id(),
        project_id=project_id,
        code=checked_code(new.code),
        kind=new.kind,
        site_id=new.site_id,
        cohort=new.cohort,
        sex=new.sex,
        year_of_birth=new.year_of_birth,
        state="enrolled",
        workflow_id=None,
        created_at=act.now,
    )


def pin_subject(act: Act, subject: SubjectRow, workflow: WorkflowRow) -> None:
    """Bind a subject to a version and make its planned visits and their tasks."""
    subject.workflow_id = workflow.id
    charter = charter_of(workflow)
    known = {visit.code for visit in visits_of(act.session, subject.id)}
    visits = [
        planned_visit(act, subject, plan, position=position)
        for position, plan in enumerate(charter.visits)
        if plan.code not in known
    ]
    sequence = act.record(
        subject.project_id,
        "subject_pinned",
        "subject",
        subject.id,
        after={"workflow": workflow.number, "visits": [visit.code for visit in visits]},
        rows=rows_named(subject, *visits),
    )
    subject.ledger_sequence = sequence
    for visit in visits:
        visit.ledger_sequence = sequence
    act.session.add_all(visits)
    act.session.flush()
    for visit in visits_of(act.session, subject.id):
        _add_tasks(act, subject, visit, workflow, sequence)
    settle(act, subject.id)


def add_unscheduled_visit(act: Act, subject: SubjectRow) -> VisitRow:
    """Make a visit that nobody planned, with the tasks of every visit."""
    authorize(act, "create", "visit", subject.project_id)
    open_project(act.session, subject.project_id)
    refuse_frozen(act.session, subject.project_id, subject.id)
    refuse_withdrawn(subject)
    visit = unscheduled_visit(act, subject)
    visit.ledger_sequence = act.record(
        subject.project_id,
        "visit_added",
        "visit",
        visit.id,
        after={"subject": subject.id, "code": visit.code},
        rows=rows_named(visit),
    )
    act.session.add(visit)
    act.session.flush()
    if subject.workflow_id is not None:
        workflow = act.session.get(WorkflowRow, subject.workflow_id)
        assert workflow is not None
        _add_tasks(act, subject, visit, workflow, visit.ledger_sequence)
        settle(act, subject.id)
    return visit


def settle(act: Act, subject_id: str, *, moved: Sequence[TaskRow] = ()) -> None:
    """Let every task of a subject follow from the tasks before it, and enter what changed.

    `moved` are tasks that the caller has moved itself; they are entered with the others.
    """
    tasks = _in_order(act.session, current_tasks(act.session, subject_id))
    visits = {visit.id: visit for visit in visits_of(act.session, subject_id)}
    changed = {task.id: task for task in moved}
    for task in tasks:
        step = charter_of_task(act.session, task).step(task.step_code)
        lost = _inputs_missing(task, step, tasks)
        held = lost or _earlier_visit_open(task, step, tasks, visits)
        if _follow(act, task, lost=lost, held=held):
            changed[task.id] = task
    if not changed:
        return
    platform = act.by(replace(SYSTEM, on_behalf_of=act.actor.id))
    sequence = platform.record(
        next(iter(changed.values())).project_id,
        "tasks_followed",
        "subject",
        subject_id,
        after={task.id: task.state for task in changed.values()},
    )
    for task in changed.values():
        task.ledger_sequence = sequence
    act.session.flush()


def repeat_tasks(
    act: Act, tasks: Sequence[TaskRow], *, because: str, reason: Reason | None = None
) -> list[TaskRow]:
    """Close tasks as superseded and return their next runs; those behind them wait again."""
    if not tasks:
        return []
    again = [_next_run(act, task) for task in tasks]
    for task in tasks:
        fire(task, "repeat")
    sequence = act.record(
        tasks[0].project_id,
        "task_returned",
        "visit",
        tasks[0].visit_id,
        after={"because": because, "superseded": [task.id for task in tasks]},
        reason=reason,
    )
    for task in (*tasks, *again):
        task.ledger_sequence = sequence
    act.session.add_all(again)
    act.session.flush()
    settle(act, tasks[0].subject_id)
    return again


def missing_input(session: Session, task: TaskRow) -> str:
    """Say which step before a task is not done; empty when it has all that it needs."""
    step = charter_of_task(session, task).step(task.step_code)
    return _inputs_missing(task, step, current_tasks(session, task.subject_id))


def charter_of_task(session: Session, task: TaskRow) -> Charter:
    """Return the charter of the version a task belongs to."""
    row = session.get(WorkflowRow, task.workflow_id)
    assert row is not None, f"workflow {task.workflow_id} is gone"
    return charter_of(row)


def _next_run(act: Act, task: TaskRow) -> TaskRow:
    copied = (
        "project_id", "subject_id", "visit_id", "workflow_id", "step_code", "step_type", "role",
        "is_blinded", "position", "arm", "session", "repeat", "ordinal", "assignee_id",
    )  # fmt: skip
    return TaskRow(
        id=act.new_id(),
        **{name: getattr(task, name) for name in copied},
        run=task.run + 1,
        state="waiting",
        waiting_for="",
        read_code=fresh_read_code(act, task.project_id),
        ready_since=None,
        created_at=act.now,
    )


def _in_order(session: Session, tasks: Sequence[TaskRow]) -> list[TaskRow]:
    """Return tasks so that each stands behind those it follows."""

    def place(task: TaskRow) -> tuple[int, int, str]:
        codes = [step.code for step in charter_of_task(session, task).steps]
        return task.ordinal, codes.index(task.step_code), task.position

    return sorted(tasks, key=place)


def _follow(act: Act, task: TaskRow, *, lost: str, held: str) -> bool:
    """Fire what the inputs of a task demand; tell whether anything changed."""
    before = (task.state, task.waiting_for)
    task.waiting_for = held if task.state in ("waiting", "ready", "suspended") else ""
    if task.state == "waiting" and not held:
        fire(task, "inputs_ready")
        task.ready_since = act.now
    elif task.state == "ready" and held:
        fire(task, "inputs_lost")
        task.ready_since = None
    elif task.state in ("in_progress", "submitted") and lost:
        fire(task, "suspend")
        task.waiting_for = lost
    elif task.state == "done" and lost:
        fire(task, "input_changed")
    return before != (task.state, task.waiting_for)


def _inputs_missing(task: TaskRow, step: Step, tasks: Sequence[TaskRow]) -> str:
    """Say which followed step of the same visit is not done; empty when all are."""
    if step.adjudicate is not None:
        return _record_in_question(task, step, tasks)
    for code in step.follows:
        states = [
            other.state
            for other in tasks
            if other.visit_id == task.visit_id and other.step_code == code
        ]
        if not states or any(state not in HOLDING for state in states):
            return NOT_DONE.format(step=code)
    return ""


def _record_in_question(task: TaskRow, step: Step, tasks: Sequence[TaskRow]) -> str:
    """Say that a record which is adjudicated must be signed anew; empty when all stand."""
    assert step.adjudicate is not None, f"step {step.code} adjudicates nothing"
    for other in tasks:
        in_unit = step.adjudicate.unit == "subject" or other.visit_id == task.visit_id
        if other.step_code in step.follows and in_unit and other.state == "stale":
            return "a record of this unit must be signed anew"
    return ""


def _earlier_visit_open(
    task: TaskRow, step: Step, tasks: Sequence[TaskRow], visits: dict[str, VisitRow]
) -> str:
    """Say that the same seat has an earlier visit to finish; visit n+1 opens when n is signed."""
    if step.type != "read" or step.visit_order == "free":
        return ""
    for other in tasks:
        same_seat = (other.step_code, other.position) == (task.step_code, task.position)
        earlier = visits[other.visit_id].position < visits[task.visit_id].position
        if same_seat and earlier and other.state not in ("done", "stale", "amending"):
            return "an earlier visit of this subject is not read"
    return ""


def _add_tasks(
    act: Act, subject: SubjectRow, visit: VisitRow, workflow: WorkflowRow, sequence: int
) -> None:
    readers = options_of(find_project(act.session, subject.project_id)).readers
    for step in charter_of(workflow).steps:
        if step.type == "adjudication":
            continue  # there is one only once its rule fires
        for seat in step.seats:
            act.session.add(
                TaskRow(
                    id=act.new_id(),
                    project_id=subject.project_id,
                    subject_id=subject.id,
                    visit_id=visit.id,
                    workflow_id=workflow.id,
                    step_code=step.code,
                    step_type=step.type,
                    role=step.role,
                    is_blinded=step.is_blinded,
                    position=seat,
                    arm="",
                    session=1,
                    repeat=0,
                    run=1,
                    ordinal=visit.position,
                    assignee_id=readers.get(seat) if seat else None,
                    state="waiting",
                    waiting_for="",
                    read_code=fresh_read_code(act, subject.project_id),
                    ready_since=None,
                    created_at=act.now,
                    ledger_sequence=sequence,
                )
            )
    act.session.flush()


def fresh_read_code(act: Act, project_id: str) -> str:
    """Return a read code that no task of the project has."""
    while True:
        code = read_code(act.new_id())
        taken = select(TaskRow.id).where(
            TaskRow.project_id == project_id, TaskRow.read_code == code
        )
        if act.session.scalar(taken) is None:
            return code
