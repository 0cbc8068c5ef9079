"""Signing in and re-authenticating."""

from datetime import datetime
from typing import Literal

from pydantic import Field, SecretStr

from api.schemas.wire import Wire

Meaning = Literal["authorship", "review", "approval", "adjudication"]


class SignIn(Wire):
    """A person's login and passphrase."""

    login: str = Field(min_length=1, max_length=200)
    password: SecretStr = Field(min_length=1, max_length=2000)


class PersonView(Wire):
    """The person behind a login session."""

    id: str
    login: str
    printed_name: str


class SessionView(Wire):
    """A login session: send `csrf_token` as X-CSRF-Token with every changing call."""

    person: PersonView
    csrf_token: str
    expires_at: datetime
    stage: Literal["complete", "second_factor", "enrolment"] = Field(
        description="what is still to be done before anything else is open"
    )
    second_factor: str | None
    factors: tuple[str, ...] = Field(
        description="what the second step can be: authenticator, passkey, recovery_code"
    )
    stepped_up_until: datetime | None


class PasskeySignRequest(Wire):
    """One signature over one record digest, to which a passkey is asked to agree."""

    record_kind: Literal[
        "read",
        "form",
        "workflow",
        "access_request",
        "access_review",
        "resolution",
        "adjudication",
    ]
    record_id: str = Field(
        description="the id of the read, form, workflow version, request or review"
    )
    record_digest: str = Field(pattern="^[0-9a-f]{64}$")
    meaning: Meaning


class SignGrantRequest(PasskeySignRequest):
    """Re-authentication for one signature over one record digest."""

    password: SecretStr = Field(min_length=1, max_length=1000)


class ProofSignRequest(PasskeySignRequest):
    """One signature over one record digest, proved anew at the identity provider."""

    proof: SecretStr = Field(min_length=1, max_length=200)


class SignGrant(Wire):
    """A single-use grant, bound to the record digest, at most two minutes old when used."""

    grant: str
    expires_at: datetime
