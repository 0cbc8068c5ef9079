"""Roles: presets, and those that a repository makes."""

from fastapi import APIRouter, Response, status

from accounts import repository_roles as domain
from accounts.roles import RoleGrant
from api.row_versions import IfMatch, expected, tag
from api.schemas.members import Closing
from api.schemas.roles import RoleEdit, RoleGrantView, RoleNew, RoleView
from api.work import SignedIn

router = APIRouter(prefix="/api", tags=["roles"])


@router.get("/repositories/{repository_id}/roles")
def list_roles(repository_id: str, work: SignedIn) -> list[RoleView]:
    """List the presets and the roles of a repository, with what each grants."""
    with work.looking() as act:
        return [RoleView.model_validate(each) for each in domain.roles(act, repository_id)]


@router.get("/projects/{project_id}/roles")
def list_project_roles(project_id: str, work: SignedIn) -> list[RoleView]:
    """List the roles that can be given in a project, with what each grants."""
    with work.looking() as act:
        return [RoleView.model_validate(each) for each in domain.roles(act, project_id)]


@router.post("/repositories/{repository_id}/roles", status_code=status.HTTP_201_CREATED)
def create_role(repository_id: str, body: RoleNew, response: Response, work: SignedIn) -> RoleView:
    """Make a role of a repository."""
    with work.changing() as act:
        made = domain.create_role(act, repository_id, name=body.name, grants=_grants(body.grants))
    tag(response, made.row_version)
    return RoleView.model_validate(made)


@router.put("/roles/{role_id}")
def change_role(
    role_id: str, body: RoleEdit, if_match: IfMatch, response: Response, work: SignedIn
) -> RoleView:
    """Give a role other grants; they hold from the next request of whoever has it."""
    with work.changing() as act:
        found = domain.change_role(
            act,
            role_id,
            row_version=expected(if_match),
            grants=_grants(body.grants),
            reason=body.reason.as_reason(),
        )
    tag(response, found.row_version)
    return RoleView.model_validate(found)


@router.post("/roles/{role_id}/retire")
def retire_role(
    role_id: str, body: Closing, if_match: IfMatch, response: Response, work: SignedIn
) -> RoleView:
    """Take a role that nobody holds out of use."""
    with work.changing() as act:
        found = domain.retire_role(
            act, role_id, row_version=expected(if_match), reason=body.reason.as_reason()
        )
    tag(response, found.row_version)
    return RoleView.model_validate(found)


def _grants(views: tuple[RoleGrantView, ...]) -> list[RoleGrant]:
    return [RoleGrant(**view.model_dump()) for view in views]
