"""Organisations, for their administrators, and the repositories made in them."""

from fastapi import APIRouter, Response, status

from api.row_versions import IfMatch, expected, tag
from api.schemas.organizations import OrganizationView, Renaming, RepositoryNew, RepositoryView
from api.work import SignedIn
from research import organizations as domain
from research.ids import OrganizationId

router = APIRouter(prefix="/api/organizations", tags=["organizations"])


@router.get("")
def list_organizations(work: SignedIn) -> list[OrganizationView]:
    """List the organisations that the caller administers."""
    with work.looking() as act:
        return [OrganizationView.model_validate(each) for each in domain.organizations(act)]


@router.get("/{organization_id}")
def get_organization(organization_id: str, response: Response, work: SignedIn) -> OrganizationView:
    """Show one organisation."""
    with work.looking() as act:
        found = domain.organization(act, OrganizationId(organization_id))
    tag(response, found.row_version)
    return OrganizationView.model_validate(found)


@router.patch("/{organization_id}")
def edit_organization(
    organization_id: str, body: Renaming, if_match: IfMatch, response: Response, work: SignedIn
) -> OrganizationView:
    """Give an organisation another name; 412 when it changed meanwhile."""
    with work.changing() as act:
        found = domain.edit_organization(
            act,
            OrganizationId(organization_id),
            row_version=expected(if_match),
            name=body.name,
            reason=body.reason.as_reason(),
        )
    tag(response, found.row_version)
    return OrganizationView.model_validate(found)


@router.post("/{organization_id}/repositories", status_code=status.HTTP_201_CREATED)
def create_repository(
    organization_id: str, body: RepositoryNew, response: Response, work: SignedIn
) -> RepositoryView:
    """Make a repository, one sponsor's hub, and name its first Admin."""
    with work.changing() as act:
        made = domain.create_repository(
            act,
            OrganizationId(organization_id),
            code=body.code,
            name=body.name,
            admin_id=body.admin_id,
        )
        found = domain.stored_repository(act.session, made)
    tag(response, found.row_version)
    return RepositoryView.model_validate(found)
