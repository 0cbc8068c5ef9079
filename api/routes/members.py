"""Members of an organisation, a repository or a project, and the changes of their access."""

from collections.abc import Callable

from fastapi import APIRouter, FastAPI, status
from fastapi.routing import APIRoute

from accounts import access_changes, memberships
from accounts.signatures import Signature
from api.row_versions import IfMatch, expected
from api.schemas.members import (
    AccessRequestNew,
    AccessRequestView,
    Approval,
    Approved,
    Closing,
    MemberView,
)
from api.schemas.tasks import SignatureView
from api.work import SignedIn
from research.members import ask_for_access

# The same addresses below each kind of scope, and changes below their own id alone.
SCOPES = ("organizations", "repositories", "projects")
below = APIRouter(tags=["members"])
router = APIRouter(prefix="/api", tags=["members"])


@below.get("/members")
def list_members(scope_id: str, work: SignedIn) -> list[MemberView]:
    """List who has which role exactly here."""
    with work.looking() as act:
        return [MemberView.model_validate(each) for each in memberships.members(act, scope_id)]


@below.get("/access-requests")
def list_access_requests(scope_id: str, work: SignedIn) -> list[AccessRequestView]:
    """List what was asked for here, the newest first."""
    with work.looking() as act:
        found = access_changes.access_requests(act, scope_id)
        return [AccessRequestView.model_validate(each) for each in found]


@below.post("/access-requests", status_code=status.HTTP_201_CREATED)
def ask_access(scope_id: str, body: AccessRequestNew, work: SignedIn) -> AccessRequestView:
    """Ask for a role for a person; it holds once somebody else has signed, or at once by option."""
    with work.changing() as act:
        asked = ask_for_access(act, scope_id, **body.model_dump())
    return AccessRequestView.model_validate(asked)


@router.get("/access-requests/{request_id}")
def get_access_request(request_id: str, work: SignedIn) -> AccessRequestView:
    """Show one request with the digest that its approval signs."""
    with work.looking() as act:
        return AccessRequestView.model_validate(access_changes.access_request(act, request_id))


@router.post("/access-requests/{request_id}/approve")
def approve_access(request_id: str, body: Approval, work: SignedIn) -> Approved:
    """Sign a request, never one's own: the access holds from this moment."""
    with work.changing() as act:
        membership, signature = access_changes.approve_access(act, request_id, grant=body.grant)
    return Approved(
        membership_id=membership,
        signature=signature_view(signature),
    )


@router.post("/access-requests/{request_id}/refuse")
def refuse_access(request_id: str, body: Closing, work: SignedIn) -> AccessRequestView:
    """Close a request without giving anything."""
    with work.changing() as act:
        found = access_changes.refuse_access(act, request_id, body.reason.as_reason())
    return AccessRequestView.model_validate(found)


@router.post("/members/{membership_id}/end", status_code=status.HTTP_204_NO_CONTENT)
def end_membership(membership_id: str, body: Closing, if_match: IfMatch, work: SignedIn) -> None:
    """End a membership at once; signatures of the person stay readable."""
    with work.changing() as act:
        memberships.end_membership(
            act, membership_id, body.reason.as_reason(), row_version=expected(if_match)
        )


def signature_view(signature: Signature) -> SignatureView:
    """Return a signature as it stands beside what it signed."""
    return SignatureView(
        id=signature.id,
        printed_name=signature.printed_name,
        signed_at=signature.signed_at,
        meaning=signature.meaning,
        record_digest=signature.record_digest,
        ledger_sequence=signature.ledger_sequence,
    )


def include(app: FastAPI) -> None:
    """Put the members below each kind of scope, with operation ids of their own."""
    for scope in SCOPES:
        app.include_router(
            below,
            prefix=f"/api/{scope}/{{scope_id}}",
            generate_unique_id_function=_named(scope),
        )


def _named(scope: str) -> Callable[[APIRoute], str]:
    def operation_id(route: APIRoute) -> str:
        return f"{scope}_{route.name}"

    return operation_id
