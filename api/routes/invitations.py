"""Inviting named people, and accepting an invitation or a reset by its one-time token."""

from datetime import timedelta

from fastapi import APIRouter, status

from accounts import invitations
from accounts.acts import Act
from accounts.authorize import scopes_held
from accounts.errors import Refused
from accounts.invitations import NewInvitation
from accounts.scopes import lineage
from api.attempts import admitted
from api.schemas.people import (
    Ending,
    InvitationAcceptance,
    InvitationRequest,
    InvitationToken,
    InvitationView,
    Invited,
    NewInvitationView,
)
from api.work import Anonymous, SignedIn

router = APIRouter(prefix="/api/invitations", tags=["people"])


@router.post("", status_code=status.HTTP_201_CREATED)
def invite(body: InvitationRequest, work: SignedIn) -> list[NewInvitationView]:
    """Invite one or several named people; each token is shown in this answer and never again."""
    life = timedelta(days=work.platform.settings.invitation_days)
    with work.changing() as act:
        organization = body.organization_id or sole_organization(act)
        made = [
            invitations.invite(
                act, organization, login=one.login, printed_name=one.printed_name, life=life
            )
            for one in body.people
        ]
    return [new_view(one) for one in made]


@router.get("")
def list_invitations(work: SignedIn, organization_id: str | None = None) -> list[InvitationView]:
    """List an organisation's invitations and resets, the newest first."""
    with work.looking() as act:
        organization = organization_id or sole_organization(act)
        return [
            InvitationView.model_validate(one)
            for one in invitations.invitations_of(act, organization)
        ]


@router.post("/{invitation_id}/revoke", status_code=status.HTTP_204_NO_CONTENT)
def revoke_invitation(invitation_id: str, body: Ending, work: SignedIn) -> None:
    """End an invitation that was not accepted."""
    with work.changing() as act:
        invitations.revoke_invitation(act, invitation_id, body.reason.as_reason())


@router.post("/preview")
def preview_invitation(body: InvitationToken, work: Anonymous) -> Invited:
    """Say whom a token invites, before it is accepted."""
    with admitted(work, "invitation"), work.changing() as act:
        row, person = invitations.open_invitation(act, body.token.get_secret_value())
        return Invited(
            login=person.login,
            printed_name=person.printed_name,
            purpose=row.purpose,
            expires_at=row.expires_at,
        )


@router.post("/accept")
def accept_invitation(body: InvitationAcceptance, work: Anonymous) -> Invited:
    """Choose a password with a token, which is used up by it; then sign in as always."""
    with admitted(work, "invitation"), work.changing() as act:
        token = body.token.get_secret_value()
        row, person = invitations.open_invitation(act, token)
        invitations.accept(act, token=token, password=body.password.get_secret_value())
        return Invited(
            login=person.login,
            printed_name=person.printed_name,
            purpose=row.purpose,
            expires_at=row.expires_at,
        )


def new_view(made: NewInvitation) -> NewInvitationView:
    """Return an invitation with its token, for the one time it is shown."""
    view = InvitationView.model_validate(made.invitation)
    # Behind the #, where it reaches neither a server's log nor a Referer.
    address = f"/invitation#{made.token}"
    return NewInvitationView(**view.model_dump(), token=made.token, address=address)


def sole_organization(act: Act) -> str:
    """Return the one organisation that the caller is a member of."""
    held = [id for id in scopes_held(act) if lineage(act.session, id)[0][1] == "organization"]
    if len(held) != 1:
        raise Refused("name the organisation: you are not an administrator of exactly one")
    return held[0]
