"""The first administrator: what an operator does once, before anybody can invite anybody."""

from dataclasses import dataclass

from sqlalchemy import select

from accounts.acts import Act
from accounts.database import Database
from accounts.errors import AlreadyExists
from accounts.identity import verify_identity
from accounts.invitations import invite
from accounts.memberships import add_member
from accounts.people import PersonRow
from accounts.roles import MembershipRow, RoleRow
from accounts.sign_in_rules import SignInRules, set_rules
from readout.clock import now
from readout.hand import Hand
from readout.settings import Settings
from research.organizations import OrganizationRow, create_organization

ROLE = "Administrator"


@dataclass(frozen=True)
class First:
    """Whom to make the first administrator, of which organisation; `proof` is how it was seen."""

    login: str
    printed_name: str
    organization_code: str
    organization_name: str
    proof: str = "document_in_person"
    second_factor: bool = True


def make_administrator(settings: Settings, first: First) -> str:
    """Do it on this machine's platform, whose database may not be there yet."""
    settings.data.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url, vault=settings.vault())
    try:
        database.migrate()
        return first_administrator(Hand(database, now), first)
    finally:
        database.dispose()


def first_administrator(hand: Hand, first: First) -> str:
    """Make the first administrator and return the one-time token that sets the passphrase.

    While somebody administers any organisation this is refused: they invite whoever comes next.
    """
    with hand.database.transaction() as session:
        act = hand.act(session)
        _nobody_administers(act)
        organization = session.scalar(select(OrganizationRow.id).order_by(OrganizationRow.code))
        if organization is None:
            organization = create_organization(
                act, code=first.organization_code, name=first.organization_name
            )
            set_rules(act, organization, SignInRules(second_factor_required=first.second_factor))
        made = invite(act, organization, login=first.login, printed_name=first.printed_name)
        person = made.invitation.person_id
        add_member(act, organization, person, ROLE)
        verify_identity(act, person, method=first.proof)
        return made.token


def _nobody_administers(act: Act) -> None:
    query = (
        select(MembershipRow.id)
        .join(RoleRow, RoleRow.id == MembershipRow.role_id)
        .join(PersonRow, PersonRow.id == MembershipRow.principal_id)
        .where(
            RoleRow.name == ROLE,
            PersonRow.state == "active",
            (MembershipRow.valid_until.is_(None)) | (MembershipRow.valid_until > act.now),
        )
    )
    if act.session.scalar(query.limit(1)):
        raise AlreadyExists("there is an administrator already: ask them for an invitation")
