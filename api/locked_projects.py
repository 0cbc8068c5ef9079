"""The gate of a locked project: whatever would change it is answered 423 before it is looked at.

The commands refuse as well; this gate makes sure that no route is forgotten. To a stranger there is
no project, locked or not.
"""

from collections.abc import Mapping

from fastapi import Request

from accounts.acts import Act
from accounts.authorize import reaches
from accounts.errors import NotFound, NotPermitted
from accounts.permissions import ObjectKind
from research.errors import ProjectLocked
from research.forms import FormRow
from research.projects import find_project
from research.tasks import shown_task
from research.workflows import WorkflowRow

CLOSED = frozenset(("locked", "archived", "destroyed"))

# What a locked project still lets happen: its own life goes on, and rights may always end.
ALLOWED = frozenset(
    (
        "propose_resolution",
        "sign_resolution",
        "cancel_resolution",
        "execute_resolution",
        "set_retention",
        "revoke_machine_key",
    )
)

# What belongs to a project and is named by its own id: whoever may view it may know of the lock.
OWNED: dict[str, tuple[type[FormRow] | type[WorkflowRow], ObjectKind]] = {
    "form_id": (FormRow, "form"),
    "workflow_id": (WorkflowRow, "workflow"),
}


def refuse_closed(act: Act, request: Request) -> None:
    """Raise `ProjectLocked` when the request would change a project that is closed to change."""
    if request.scope["endpoint"].__name__ in ALLOWED:
        return
    try:
        project_id = _project_of(act, request.path_params)
        if project_id is None:
            return
        project = find_project(act.session, project_id)
    except (NotFound, NotPermitted):
        return
    if project.state in CLOSED:
        raise ProjectLocked(
            f"project {project.code} is {project.state}: nothing in it changes any more"
        )


def _project_of(act: Act, named: Mapping[str, str]) -> str | None:
    """Return the project that the address names or belongs to, if the caller may know of it."""
    if "project_id" in named:
        reaches(act, "view", "project", named["project_id"])
        return named["project_id"]
    if "task_id" in named:
        return shown_task(act, named["task_id"]).project_id
    for parameter, (model, kind) in OWNED.items():
        row = act.session.get(model, named[parameter]) if parameter in named else None
        if isinstance(row, FormRow | WorkflowRow):
            reaches(act, "view", kind, row.project_id)
            return row.project_id
    return None
