"""The gate of a locked project: whatever would change it is answered 423 before it is looked at.

The commands refuse as well; this gate makes sure that no route is forgotten. To a stranger there is
no project, locked or not.
"""

from fastapi import Request

from accounts.acts import Act
from accounts.authorize import reaches
from accounts.errors import NotFound, NotPermitted
from research.errors import ProjectLocked
from research.projects import find_project

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


def refuse_closed(act: Act, request: Request) -> None:
    """Raise `ProjectLocked` when the request would change a project that is closed to change."""
    project_id = request.path_params.get("project_id")
    if project_id is None or request.scope["endpoint"].__name__ in ALLOWED:
        return
    try:
        reaches(act, "view", "project", project_id)
        project = find_project(act.session, project_id)
    except (NotFound, NotPermitted):
        return
    if project.state in CLOSED:
        raise ProjectLocked(
            f"project {project.code} is {project.state}: nothing in it changes any more"
        )
