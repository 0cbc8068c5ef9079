"""Why can or can't I: the grant, scope, blinding rule or state that decided, in words.

It asks the same `judge` as `authorize`, then what else stands in the way of one task. About
oneself everybody may ask; about others only who approves access.
"""

from dataclasses import dataclass
from typing import Literal

from accounts.acts import Act
from accounts.authorize import Decision, Ground, authorize, judge, reaches
from accounts.people import find_person
from accounts.permissions import ObjectKind, Verb
from research.ids import ProjectId
from research.projects import find_project
from research.subjects import is_at
from research.tasks import TaskRow, hidden_task, is_mine, shown_task

DecidedBy = Literal["grant", "scope", "blinding", "state"]
LOOKING: frozenset[Verb] = frozenset(("view", "export"))


@dataclass(frozen=True)
class Why:
    """An answer with its ground: what decided, and the roles that were looked at."""

    allowed: bool
    decided_by: DecidedBy
    words: str
    grounds: tuple[Ground, ...]
    roles: tuple[str, ...]


def why(
    act: Act,
    project_id: ProjectId,
    *,
    verb: Verb,
    object_kind: ObjectKind,
    person_id: str | None = None,
    task_id: str | None = None,
) -> Why:
    """Say whether somebody may do this in a project, or with one task of it, and why."""
    reaches(act, "view", "project", project_id)
    about = person_id or act.actor.id
    if about != act.actor.id:
        authorize(act, "approve", "member", project_id)
        find_person(act.session, about)
    task = _task(act, project_id, task_id, about)
    decision = judge(
        act.session, about, act.now, verb=verb, object_kind=object_kind, scope_id=project_id
    )
    refused = _refused(act, decision, task, about)
    if refused is not None:
        return refused
    state = find_project(act.session, project_id).state
    if state != "open" and verb not in LOOKING:
        return _answer(decision, "state", f"the project is {state}: nothing in it changes")
    return _answer(decision, "grant", decision.words, allowed=True)


def _refused(act: Act, decision: Decision, task: TaskRow | None, about: str) -> Why | None:
    """Return what stands in the way, in the order in which `authorize` judges."""
    if decision.outcome in ("no_membership", "membership_over"):
        over = decision.outcome == "membership_over"
        words = "the membership is over" if over else "no membership reaches this project"
        return _answer(decision, "scope", words)
    if decision.outcome == "no_grant":
        return _answer(decision, "grant", decision.words)
    if task is None:
        return None
    sites = frozenset(site for ground in decision.grounds for site in ground.sites)
    at_sites_alone = not decision.held & {"project", "own"}
    if at_sites_alone and not is_at(act.session, task.subject_id, sites):
        return _answer(decision, "scope", "the task is of a site that is not the member's")
    if decision.verb == "run" and not _runs(decision, task):
        words = f"the grant is narrowed to other steps than {task.step_code}"
        return _answer(decision, "grant", words)
    if decision.verb != "run" and "own" not in decision.held:
        return None
    if task.is_blinded and task.state == "waiting":
        return _answer(decision, "blinding", "the step is blinded and the task not yet open")
    if task.assignee_id not in (None, about):
        return _answer(decision, "scope", "the task is allocated to somebody else")
    return None


def _runs(decision: Decision, task: TaskRow) -> bool:
    return any(each.steps is None or task.step_code in each.steps for each in decision.grounds)


def _task(act: Act, project_id: str, task_id: str | None, about: str) -> TaskRow | None:
    """Return the task asked about; of one's own nothing is told that would not be shown."""
    if task_id is None:
        return None
    task = shown_task(act, task_id)
    if task.project_id != project_id or (
        about == act.actor.id and not is_mine(act, task) and _is_hidden(act, task)
    ):
        raise hidden_task(task_id)
    return task


def _is_hidden(act: Act, task: TaskRow) -> bool:
    return "project" not in reaches(act, "view", "task", task.project_id)


def _answer(decision: Decision, by: DecidedBy, words: str, *, allowed: bool = False) -> Why:
    return Why(allowed, by, words, decision.grounds, decision.roles)
