"""Repositories: one sponsor's hub, with the projects and sites made in it."""

from fastapi import APIRouter, Response, status

from api.routes.projects import view as project_view
from api.row_versions import IfMatch, expected, tag
from api.schemas.organizations import Renaming, RepositoryView
from api.schemas.projects import ProjectNew, ProjectView
from api.schemas.sites import SiteNew, SiteView
from api.work import SignedIn
from research import organizations as domain
from research.ids import RepositoryId
from research.projects import create_project as make_project
from research.projects import project
from research.sites import NewSite, create_repository_site, repository_sites

router = APIRouter(prefix="/api/repositories", tags=["repositories"])


@router.get("")
def list_repositories(work: SignedIn) -> list[RepositoryView]:
    """List the repositories in which the caller holds a role, or whose organisation has them."""
    with work.looking() as act:
        return [RepositoryView.model_validate(each) for each in domain.repositories(act)]


@router.get("/{repository_id}")
def get_repository(repository_id: str, response: Response, work: SignedIn) -> RepositoryView:
    """Show one repository."""
    with work.looking() as act:
        found = domain.repository(act, RepositoryId(repository_id))
    tag(response, found.row_version)
    return RepositoryView.model_validate(found)


@router.patch("/{repository_id}")
def edit_repository(
    repository_id: str, body: Renaming, if_match: IfMatch, response: Response, work: SignedIn
) -> RepositoryView:
    """Give a repository another name; 412 when it changed meanwhile."""
    with work.changing() as act:
        found = domain.edit_repository(
            act,
            RepositoryId(repository_id),
            row_version=expected(if_match),
            name=body.name,
            reason=body.reason.as_reason(),
        )
    tag(response, found.row_version)
    return RepositoryView.model_validate(found)


@router.post("/{repository_id}/projects", status_code=status.HTTP_201_CREATED)
def create_project(
    repository_id: str, body: ProjectNew, response: Response, work: SignedIn
) -> ProjectView:
    """Make a project; the caller is its first Admin."""
    with work.changing() as act:
        made = make_project(
            act,
            RepositoryId(repository_id),
            code=body.code,
            title=body.title,
            description=body.description,
            external_code=body.external_code,
            plan=body.plan,
            options=body.options,
        )
        found = project_view(act, project(act, made))
    tag(response, found.row_version)
    return found


@router.get("/{repository_id}/sites")
def list_repository_sites(repository_id: str, work: SignedIn) -> list[SiteView]:
    """List all sites of a repository."""
    with work.looking() as act:
        found = repository_sites(act, RepositoryId(repository_id))
        return [SiteView.model_validate(each) for each in found]


@router.post("/{repository_id}/sites", status_code=status.HTTP_201_CREATED)
def add_repository_site(
    repository_id: str, body: SiteNew, response: Response, work: SignedIn
) -> SiteView:
    """Make a site that the repository's projects may use."""
    with work.changing() as act:
        made = create_repository_site(
            act, RepositoryId(repository_id), NewSite(**body.model_dump())
        )
    tag(response, made.row_version)
    return SiteView.model_validate(made)
