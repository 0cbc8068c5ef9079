"""Projects the caller is a member of."""

from fastapi import APIRouter, Response

from accounts.acts import Act
from accounts.authorize import grants_held
from api.row_versions import IfMatch, expected, tag
from api.schemas.projects import ProjectCounts, ProjectEdit, ProjectView
from api.work import SignedIn
from research.boards import project_counts
from research.ids import ProjectId
from research.projects import Project, ProjectChanges, project, projects
from research.projects import edit_project as edit

router = APIRouter(prefix="/api/projects", tags=["projects"])


@router.get("")
def list_projects(work: SignedIn) -> list[ProjectView]:
    """List the caller's projects with what the caller may do there."""
    with work.looking() as act:
        return [view(act, each) for each in projects(act)]


@router.get("/{project_id}")
def get_project(project_id: str, response: Response, work: SignedIn) -> ProjectView:
    """Show one project."""
    with work.looking() as act:
        found = view(act, project(act, ProjectId(project_id)))
    tag(response, found.row_version)
    return found


@router.patch("/{project_id}")
def edit_project(
    project_id: str, body: ProjectEdit, if_match: IfMatch, response: Response, work: SignedIn
) -> ProjectView:
    """Change title, description, external code, plan or options; 412 when it changed meanwhile."""
    changes = ProjectChanges(
        title=body.title,
        description=body.description,
        external_code=body.external_code,
        plan=body.plan,
        options=body.options,
    )
    with work.changing() as act:
        changed = edit(
            act,
            ProjectId(project_id),
            changes,
            row_version=expected(if_match),
            reason=body.reason.as_reason(),
        )
        found = view(act, changed)
    tag(response, found.row_version)
    return found


def view(act: Act, found: Project) -> ProjectView:
    """Return a project as the caller may see it: its readers only to who may see members."""
    held = grants_held(act, found.id)
    manages = ("view", "member", "project") in held
    return ProjectView(
        id=found.id,
        code=found.code,
        title=found.title,
        description=found.description,
        repository=found.repository,
        state=found.state,
        my_roles=found.my_roles,
        my_permissions=tuple(
            sorted(f"{verb} {kind}" for verb, kind, reach in held if reach == "project")
        ),
        counts=ProjectCounts.model_validate(project_counts(act, found.id)),
        repository_id=found.repository_id,
        external_code=found.external_code,
        plan=found.plan if manages else None,
        options=found.options if manages else None,
        row_version=found.row_version,
    )
