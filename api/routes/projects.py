"""Projects the caller is a member of."""

from fastapi import APIRouter

from accounts.acts import Act
from accounts.permissions import PRESETS
from api.schemas.projects import ProjectCounts, ProjectView
from api.work import SignedIn
from research.boards import project_counts
from research.ids import ProjectId
from research.projects import Project, project, projects

router = APIRouter(prefix="/api/projects", tags=["projects"])


@router.get("")
def list_projects(work: SignedIn) -> list[ProjectView]:
    """List the caller's projects with what the caller may do there."""
    with work.looking() as act:
        return [_view(act, each) for each in projects(act)]


@router.get("/{project_id}")
def get_project(project_id: str, work: SignedIn) -> ProjectView:
    """Show one project."""
    with work.looking() as act:
        return _view(act, project(act, ProjectId(project_id)))


def _view(act: Act, found: Project) -> ProjectView:
    return ProjectView(
        id=found.id,
        code=found.code,
        title=found.title,
        description=found.description,
        repository=found.repository,
        state=found.state,
        my_roles=found.my_roles,
        my_permissions=_permissions(found.my_roles),
        counts=ProjectCounts.model_validate(project_counts(act, found.id)),
    )


def _permissions(roles: tuple[str, ...]) -> tuple[str, ...]:
    """Return what the roles allow in the whole project, so that a client shows no dead ends."""
    grants = {grant for role in roles for grant in PRESETS.get(role, ())}
    return tuple(
        sorted(f"{grant.verb} {grant.object_kind}" for grant in grants if grant.reach == "project")
    )
