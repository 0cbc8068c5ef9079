"""What a resolution of each kind states before it is signed: facts read now, under one digest."""

from collections.abc import Callable, Mapping

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.ledger.entries import JsonValue
from accounts.ledger.log import size
from api.schemas.life import ResolutionNew
from api.work import Work
from lake.locks import Lock, make_lock
from lake.removal import locks_naming
from research.erasure import assess_project, assess_subject
from research.errors import IllegalTransition, Invalid, NotReady
from research.freezing import checked_object, frozen_now
from research.ids import ProjectId
from research.locks import find_lock
from research.projects import find_project
from research.resolutions import Proposal
from research.retention import find_hold
from research.standing import last_change, open_requests, tasks_at_work
from research.subjects import SubjectRow
from research.tasks import TaskRow

Facts = tuple[str, str, Mapping[str, JsonValue]]
Stating = Callable[[Work, Act, ProjectId, ResolutionNew], Facts]


def proposal_of(work: Work, project_id: ProjectId, body: ResolutionNew) -> Proposal:
    """Return what is proposed, with the facts of its kind, or raise what stands against it."""
    with work.looking() as act:
        authorize(act, "view", "lock", project_id)
        find_project(act.session, project_id)
        object_kind, object_id, content = STATING[body.kind](work, act, project_id, body)
    return Proposal(
        kind=body.kind,
        object_kind=object_kind,
        object_id=object_id,
        reason=body.reason.as_reason(),
        content=content,
    )


def _rest(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    object_id = project_id if body.object_kind == "project" else _needed(body)
    checked_object(act.session, project_id, body.object_kind, object_id)
    is_frozen = frozen_now(act.session, project_id, body.object_kind, object_id) is not None
    if is_frozen == (body.kind == "freeze"):
        state = "frozen already" if is_frozen else "not frozen"
        raise IllegalTransition(f"{body.object_kind} {object_id} is {state}")
    return body.object_kind, object_id, {"object": body.object_kind}


def _amendment(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    task = act.session.get(TaskRow, _needed(body))
    if task is None or task.project_id != project_id:
        raise Invalid("name a task of this project by its id")
    return "task", task.id, {"step": task.step_code, "position": task.position}


def _lock(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    name = (body.name or "").strip()
    if not name:
        raise Invalid("a lock has a name: give one")
    project = find_project(act.session, project_id)
    if project.state != "frozen":
        raise IllegalTransition(
            f"project {project.code} is {project.state}: freeze it before the final lock"
        )
    made = make_lock(work.platform.lake, project_id)
    changed = last_change(act.session, project_id)
    as_of = size(act.session, project_id) - 1
    if made.tables:
        as_of = min(table.ledger_sequence for table in made.tables)
    if as_of < changed:
        raise NotReady(
            f"the tables stand at entry {as_of} and the data changed in entry {changed}: wait for "
            "the pipeline, then propose the lock"
        )
    content: dict[str, JsonValue] = {
        "name": name,
        "manifest": made.name,
        "as_of_sequence": as_of,
        "tables": _tables(made),
        "open_queries": list(open_requests(act.session, project_id)),
        "open_tasks": tasks_at_work(act.session, project_id),
    }
    return "project", project_id, content


def _tables(made: Lock) -> list[JsonValue]:
    return [
        {
            "table": table.table,
            "version": table.version,
            "rows": sum(file.rows for file in table.files),
        }
        for table in made.tables
    ]


def _project(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    return "project", project_id, {}


def _withdraw_lock(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    lock = find_lock(act.session, project_id, _needed(body))
    if lock.withdrawn_at is not None:
        raise IllegalTransition(f"lock {lock.number} was withdrawn before")
    return "lock", lock.id, {"number": lock.number, "manifest": lock.manifest_digest}


def _release(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    hold = find_hold(act.session, project_id, _needed(body))
    if hold.released_at is not None:
        raise IllegalTransition(f"hold {hold.id} was released before")
    return "hold", hold.id, {}


def _archive(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    if body.manifest is None:
        raise Invalid("an archive names the manifest that was verified elsewhere")
    return "project", project_id, {"manifest": body.manifest}


def _erase(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    subject_id = _needed(body)
    subject = act.session.get(SubjectRow, subject_id)
    locks = []
    if subject is not None and subject.project_id == project_id:
        locks = list(locks_naming(work.platform.lake, project_id, subject.code))
    content = assess_subject(
        act.session, project_id, subject_id, basis=body.basis or "", locks=locks
    )
    return "subject", subject_id, content


def _destroy(work: Work, act: Act, project_id: ProjectId, body: ResolutionNew) -> Facts:
    project = find_project(act.session, project_id)
    content = assess_project(
        act.session, project, basis=body.basis or "", manifest=body.manifest, now=act.now
    )
    return "project", project_id, content


def _needed(body: ResolutionNew) -> str:
    if body.object_id is None:
        raise Invalid(f"{body.kind} names its object by id")
    return body.object_id


STATING: dict[str, Stating] = {
    "freeze": _rest,
    "thaw": _rest,
    "allow_amendment": _amendment,
    "lock": _lock,
    "unlock": _project,
    "withdraw_lock": _withdraw_lock,
    "hold": _project,
    "release_hold": _release,
    "archive": _archive,
    "erase_subject": _erase,
    "destroy_project": _destroy,
}
