"""Sites of a project."""

from fastapi import APIRouter, Response, status

from api.row_versions import IfMatch, expected, tag
from api.schemas.sites import SiteEdit, SiteNew, SiteView
from api.work import SignedIn
from research import sites as domain
from research.ids import ProjectId

router = APIRouter(prefix="/api/projects/{project_id}/sites", tags=["sites"])


@router.get("")
def list_sites(project_id: str, work: SignedIn) -> list[SiteView]:
    """List the sites of a project that the caller may see."""
    with work.looking() as act:
        found = domain.sites(act, ProjectId(project_id))
        return [SiteView.model_validate(each) for each in found]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_site(project_id: str, body: SiteNew, response: Response, work: SignedIn) -> SiteView:
    """Make a site in the project's repository and put it to use here."""
    with work.changing() as act:
        made = domain.create_site(act, ProjectId(project_id), **body.model_dump())
        found = domain.stored_site(act.session, made)
    tag(response, found.row_version)
    return SiteView.model_validate(found)


@router.put("/{site_id}")
def use_site(project_id: str, site_id: str, response: Response, work: SignedIn) -> SiteView:
    """Put a site of the repository to use in the project."""
    with work.changing() as act:
        found = domain.use_site(act, ProjectId(project_id), site_id)
    tag(response, found.row_version)
    return SiteView.model_validate(found)


@router.patch("/{site_id}")
def edit_site(
    project_id: str,
    site_id: str,
    body: SiteEdit,
    if_match: IfMatch,
    response: Response,
    work: SignedIn,
) -> SiteView:
    """Change name, country or time zone of a site; 412 when it changed meanwhile."""
    changes = domain.SiteChanges(body.name, body.country, body.time_zone)
    with work.changing() as act:
        found = domain.edit_site(
            act,
            ProjectId(project_id),
            site_id,
            changes,
            row_version=expected(if_match),
            reason=body.reason.as_reason(),
        )
    tag(response, found.row_version)
    return SiteView.model_validate(found)
