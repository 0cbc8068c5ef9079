"""A person's own account on the wire: second factors, passkeys, sessions, what happened."""

from datetime import datetime
from typing import Literal

from pydantic import Field, JsonValue, SecretStr

from api.schemas.sessions import PersonView, SessionView
from api.schemas.wire import Wire


class CodeGiven(Wire):
    """A code of the authenticator or one of the recovery codes."""

    kind: Literal["authenticator", "recovery_code"] = "authenticator"
    code: SecretStr = Field(min_length=1, max_length=100)


class PasskeyAnswer(Wire):
    """What the browser's authenticator answered, as `PublicKeyCredential.toJSON` gives it."""

    credential: dict[str, JsonValue]


class NewPasskey(PasskeyAnswer):
    """A passkey that was just made, and the name its owner knows it by."""

    name: str = Field(min_length=1, max_length=80)


class StepUp(Wire):
    """Fresh proof of who is there: a passkey, single sign-on, or the password and a code."""

    password: SecretStr | None = Field(None, max_length=2000)
    code: CodeGiven | None = None
    credential: dict[str, JsonValue] | None = None
    proof: SecretStr | None = Field(
        None, max_length=200, description="of a single sign-on errand to prove who is there"
    )


class PasswordChange(Wire):
    """The present password and the new one."""

    old: SecretStr = Field(min_length=1, max_length=2000)
    new: SecretStr = Field(min_length=1, max_length=2000)


class ConfirmedCode(Wire):
    """The first code of a new authenticator."""

    code: SecretStr = Field(min_length=1, max_length=20)


class AuthenticatorOffer(Wire):
    """A new secret, shown once, and its QR code as SVG."""

    secret: str
    address: str = Field(description="otpauth:// address, which the QR code holds")
    qr_svg: str


class PublicKeyOptions(Wire):
    """What `navigator.credentials` takes as `publicKey`, in JSON."""

    options: dict[str, JsonValue]


class RecoveryCodes(Wire):
    """Ten codes that are shown once; each serves once when the authenticator is not at hand."""

    codes: tuple[str, ...]


class Enrolled(Wire):
    """The session after a second factor was added; with the first one come recovery codes."""

    session: SessionView
    recovery_codes: tuple[str, ...]


class PasskeyView(Wire):
    """One of one's passkeys."""

    id: str
    name: str
    created_at: datetime
    last_used_at: datetime | None


class SeenSessionView(Wire):
    """One of one's login sessions."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    second_factor: str | None
    is_current: bool


class DeviceView(Wire):
    """A device on which one has signed in."""

    id: str
    browser: str
    created_at: datetime
    last_seen_at: datetime


class SecurityEvent(Wire):
    """Something that happened to the account, as the ledger holds it."""

    sequence: int
    time: datetime
    action: str
    by_me: bool
    origin: str


class SingleSignOnState(Wire):
    """Whether single sign-on is offered here, and whether this account is linked to it."""

    available: bool
    name: str
    linked: bool


class AccountSecurity(Wire):
    """Everything that guards the own account."""

    person: PersonView
    has_password: bool
    password_changed_at: datetime | None
    second_factor_required: bool
    authenticator: bool
    recovery_codes_left: int
    passkeys: tuple[PasskeyView, ...]
    passkeys_possible: bool = Field(description="a passkey needs a host name, not an IP address")
    sessions: tuple[SeenSessionView, ...]
    devices: tuple[DeviceView, ...]
    events: tuple[SecurityEvent, ...]
    single_sign_on: SingleSignOnState
    signing_requires_enrolment: bool
    stepped_up_until: datetime | None
