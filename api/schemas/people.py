"""People, invitations and resets on the wire."""

from datetime import datetime

from pydantic import Field, SecretStr

from accounts.ledger.entries import Reason
from api.schemas.wire import Wire


class ReasonNeeded(Wire):
    """Why, as a coded reason and words."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{1,39}$", description="for example left or lost")
    text: str = Field("", max_length=500)

    def as_reason(self) -> Reason:
        """Return the reason as an entry holds it."""
        return Reason(code=self.code, text=self.text)


class Invitee(Wire):
    """One human being to invite."""

    login: str = Field(min_length=3, max_length=200, description="usually the e-mail address")
    printed_name: str = Field(
        min_length=1, max_length=200, description="as it shall stand beside a signature"
    )


class InvitationRequest(Wire):
    """Whom to invite; all are invited or none."""

    organization_id: str | None = Field(
        None, max_length=36, description="may be left out by an administrator of only one"
    )
    people: tuple[Invitee, ...] = Field(min_length=1, max_length=100)


class InvitationView(Wire):
    """An invitation or reset without its token."""

    id: str
    person_id: str
    login: str
    printed_name: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    state: str = Field(description="open, accepted, revoked or expired")


class NewInvitationView(InvitationView):
    """An invitation with its token: it is shown here once and cannot be asked for again."""

    token: str
    address: str = Field(description="path of the page on which the token is accepted")


class InvitationToken(Wire):
    """The token of an invitation or reset."""

    token: SecretStr = Field(min_length=1, max_length=200)


class InvitationAcceptance(InvitationToken):
    """The token, and the password that its owner chooses."""

    password: SecretStr = Field(min_length=1, max_length=2000)


class Invited(Wire):
    """Who is invited by a token, so that the right person can recognise the own name."""

    login: str
    printed_name: str
    purpose: str
    expires_at: datetime


class PersonRecord(Wire):
    """A person as an administrator of the organisation sees the account."""

    id: str
    login: str
    printed_name: str
    state: str = Field(description="invited, active or deactivated")
    signing_requires_enrolment: bool = Field(
        description="after a reset, until another administrator verified who it is"
    )


class ResetRequest(Wire):
    """Why an account is reset, and whether its second factors were lost too."""

    reason: ReasonNeeded
    forget_second_factors: bool = False


class Ending(Wire):
    """Why something ends."""

    reason: ReasonNeeded


class SignInRulesView(Wire):
    """How an organisation's people sign in."""

    second_factor_required: bool
    idle_minutes: int = Field(ge=15, le=30)
