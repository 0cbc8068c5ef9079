"""The people of an organisation, for its administrators: look, reset, deactivate, rules."""

from datetime import timedelta

from fastapi import APIRouter, status

from accounts import invitations
from accounts.authorize import authorize
from accounts.deactivation import deactivate
from accounts.people import people_of
from accounts.second_factors import forget_second_factors
from accounts.sign_in_rules import SignInRules, rules_of, set_rules
from api.routes.invitations import new_view, sole_organization
from api.schemas.people import (
    Ending,
    NewInvitationView,
    PersonRecord,
    ResetRequest,
    SignInRulesView,
)
from api.work import SignedIn

router = APIRouter(prefix="/api", tags=["people"])


@router.get("/people")
def list_people(work: SignedIn, organization_id: str | None = None) -> list[PersonRecord]:
    """List everybody an organisation has had; ids are never used again."""
    with work.looking() as act:
        organization = organization_id or sole_organization(act)
        return [PersonRecord.model_validate(one) for one in people_of(act, organization)]


@router.post("/people/{person_id}/reset", status_code=status.HTTP_201_CREATED)
def reset_person(person_id: str, body: ResetRequest, work: SignedIn) -> NewInvitationView:
    """Take the password away and give a one-time token; signing stays blocked until verified."""
    life = timedelta(days=work.platform.settings.invitation_days)
    with work.changing() as act:
        reason = body.reason.as_reason()
        made = invitations.reset(act, person_id, reason, life=life)
        if body.forget_second_factors:
            forget_second_factors(act, person_id, reason)
    return new_view(made)


@router.post("/people/{person_id}/deactivate", status_code=status.HTTP_204_NO_CONTENT)
def deactivate_person(person_id: str, body: Ending, work: SignedIn) -> None:
    """End the account at once; what the person signed stays readable under the printed name."""
    with work.changing() as act:
        deactivate(act, person_id, body.reason.as_reason())


@router.get("/organizations/{organization_id}/sign-in-rules")
def get_sign_in_rules(organization_id: str, work: SignedIn) -> SignInRulesView:
    """Show how an organisation's people sign in."""
    with work.looking() as act:
        authorize(act, "view", "organization", organization_id)
        rules = rules_of(act.session, organization_id)
    return SignInRulesView.model_validate(rules)


@router.put(
    "/organizations/{organization_id}/sign-in-rules", status_code=status.HTTP_204_NO_CONTENT
)
def set_sign_in_rules(organization_id: str, body: SignInRulesView, work: SignedIn) -> None:
    """Decide whether a second factor is needed and after how long idleness ends a session."""
    with work.changing() as act:
        rules = SignInRules(body.second_factor_required, body.idle_minutes)
        set_rules(act, organization_id, rules)
