"""Who has which task: given out, taken back, and never two positions on one subject."""

from accounts.acts import Act, Reason
from accounts.memberships import members_of
from research.errors import ConflictOfInterest, Invalid
from research.projects import find_project, open_project
from research.tasks import TaskRow, fire, holds_other_seat, managed_task


def assign_task(act: Act, task_id: str, person_id: str | None, reason: Reason) -> None:
    """Give a ready or waiting task to a member with the step's role, or back to the pool."""
    task = managed_task(act, task_id)
    open_project(act.session, task.project_id)
    act.session.refresh(task)
    if person_id is not None:
        _may_have(act, task, person_id)
    if task.state != "waiting":
        fire(task, "assign")
    before, task.assignee_id = task.assignee_id, person_id
    task.ledger_sequence = act.record(
        task.project_id,
        "task_assigned",
        "task",
        task.id,
        before={"assignee": before},
        after={"assignee": person_id},
        reason=reason,
    )
    act.session.flush()


def _may_have(act: Act, task: TaskRow, person_id: str) -> None:
    repository_id = find_project(act.session, task.project_id).repository_id
    eligible = {
        member.person_id
        for scope_id in (task.project_id, repository_id)
        for member in members_of(act.session, scope_id, act.now, role=task.role)
    }
    if person_id not in eligible:
        raise Invalid(f"{person_id} has not the role {task.role} in the project of {task.id}")
    if holds_other_seat(act.session, task, person_id):
        raise ConflictOfInterest(
            f"{person_id} reads the subject of task {task.id} in another position"
        )
