"""Passkeys (WebAuthn): a key pair in the person's authenticator, unlocked by touch, face or PIN.

User verification is required each time, so a passkey alone is two factors: what one has, and what
one knows or is. A signature counter that goes back is a sign of a copied key and is refused.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime

import webauthn
from pydantic import JsonValue
from sqlalchemy import BigInteger, ForeignKey, String, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column
from webauthn.helpers.exceptions import (
    InvalidAuthenticationResponse,
    InvalidCBORData,
    InvalidJSONStructure,
    InvalidRegistrationResponse,
    WebAuthnException,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialType,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.acts import SYSTEM_LOG, Act
from accounts.challenges import make_challenge, take_challenge
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, NotFound, Refusal, Refused, SignInFailed
from accounts.ids import PasskeyId, PersonId

REGISTER = "passkey_registration"
AUTHENTICATE = "passkey_authentication"
MOST_PASSKEYS = 20
MOST_NAME = 80
PROBLEMS = (
    InvalidAuthenticationResponse,
    InvalidCBORData,
    InvalidJSONStructure,
    InvalidRegistrationResponse,
    WebAuthnException,
    ValueError,
    KeyError,
    TypeError,
)


@dataclass(frozen=True)
class Site:
    """Where passkeys are good: the host's name, and the address as the browser states it."""

    host: str
    origin: str


class PasskeyRow(Base):
    """A passkey as stored: the public half, and how often it was used by its own count."""

    __tablename__ = "passkeys"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str]
    site: Mapped[str]
    credential_id: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Passkey:
    """One of the acting person's passkeys."""

    id: PasskeyId
    name: str
    created_at: datetime
    last_used_at: datetime | None


def offer_passkey(act: Act, site: Site, *, login: str, printed_name: str) -> dict[str, JsonValue]:
    """Return what the browser hands to the authenticator to make a passkey for this person."""
    known = _rows(act.session, act.actor.id)
    if len(known) >= MOST_PASSKEYS:
        raise Refused(f"an account has at most {MOST_PASSKEYS} passkeys: remove one first")
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Readout",
        user_name=login,
        user_id=act.actor.id.encode(),
        user_display_name=printed_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[_descriptor(row) for row in known],
    )
    make_challenge(
        act, REGISTER, {"site": site.host}, secret=_text(options.challenge), person_id=act.actor.id
    )
    return _json(webauthn.options_to_json(options))


def add_passkey(act: Act, site: Site, credential: dict[str, JsonValue], *, name: str) -> PasskeyId:
    """Keep the public half of a passkey that was made for our own challenge."""
    name = " ".join(name.split())[:MOST_NAME]
    if not name:
        raise Refused("give the passkey a name by which you will know it")
    challenge = challenge_of(credential)
    found = take_challenge(act, REGISTER, challenge)
    if found is None or found.person_id != act.actor.id:
        raise Refused("the passkey does not answer a question of ours: begin anew")
    try:
        made = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except PROBLEMS as problem:
        raise Refused("the passkey was not accepted: begin anew") from problem
    credential_id = _text(made.credential_id)
    if act.session.scalar(select(PasskeyRow.id).where(PasskeyRow.credential_id == credential_id)):
        raise AlreadyExists("that passkey is in use already")
    row = PasskeyRow(
        id=act.new_id(),
        person_id=act.actor.id,
        name=name,
        site=site.host,
        credential_id=credential_id,
        public_key=_text(made.credential_public_key),
        sign_count=made.sign_count,
        created_at=act.now,
        last_used_at=None,
    )
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        "passkey_added",
        "person",
        act.actor.id,
        after={"passkey": row.id},
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return PasskeyId(row.id)


def ask_passkey(
    act: Act, site: Site, person_id: str | None, *, challenge: bytes | None = None
) -> dict[str, JsonValue]:
    """Return what the browser hands to the authenticator; nobody named: any passkey of this site.

    A caller that wants something signed gives its digest as the challenge.
    """
    rows = _rows(act.session, person_id) if person_id else []
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=[_descriptor(row) for row in rows if row.site == site.host],
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    make_challenge(
        act, AUTHENTICATE, {"site": site.host}, secret=_text(options.challenge), person_id=person_id
    )
    return _json(webauthn.options_to_json(options))


def passkey_person(act: Act, site: Site, credential: dict[str, JsonValue]) -> PersonId:
    """Return whose passkey answered our challenge rightly; the challenge serves once."""
    id = credential.get("id")
    row = act.session.scalar(
        select(PasskeyRow).where(PasskeyRow.credential_id == (id if isinstance(id, str) else ""))
    )
    refusal = Refusal(object_kind="person", object_id=row.person_id if row else "")
    challenge = challenge_of(credential)
    expected = take_challenge(act, AUTHENTICATE, challenge)
    named = None if expected is None else expected.person_id
    if row is None or expected is None or named not in (None, row.person_id):
        raise SignInFailed("the passkey was not accepted: try again", refusal)
    try:
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=_bytes(challenge),
            expected_rp_id=row.site,
            expected_origin=site.origin,
            credential_public_key=_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except PROBLEMS as problem:
        raise SignInFailed("the passkey was not accepted: try again", refusal) from problem
    if not _count(act, row, verified.new_sign_count):
        raise SignInFailed("the passkey was not accepted: try again", refusal)
    return PersonId(row.person_id)


def own_passkeys(session: Session, person_id: str) -> tuple[Passkey, ...]:
    """Return a person's passkeys, the oldest first."""
    return tuple(
        Passkey(PasskeyId(row.id), row.name, row.created_at, row.last_used_at)
        for row in _rows(session, person_id)
    )


def has_passkey(session: Session, person_id: str) -> bool:
    """Tell whether a person has any passkey."""
    query = select(func.count()).where(PasskeyRow.person_id == person_id)
    return bool(session.scalar(query))


def remove_passkey(act: Act, passkey_id: str, *, of: str) -> None:
    """Take one of a person's passkeys away; another's is not there."""
    row = act.session.get(PasskeyRow, passkey_id)
    if row is None or row.person_id != of:
        raise NotFound(f"there is no passkey {passkey_id} of yours")
    act.session.delete(row)
    act.record(
        SYSTEM_LOG,
        "passkey_removed",
        "person",
        of,
        after={"passkey": passkey_id},
        rows={PasskeyRow.__tablename__: {passkey_id: None}},
    )


def _count(act: Act, row: PasskeyRow, count: int) -> bool:
    """Move the counter on; of two that race with one count, one is right."""
    moved = act.session.execute(
        update(PasskeyRow)
        .where(
            PasskeyRow.id == row.id,
            # Many authenticators count nothing: then both counts stay zero.
            (PasskeyRow.sign_count == 0) if count == 0 else (PasskeyRow.sign_count < count),
        )
        .values(sign_count=count, last_used_at=act.now)
    )
    assert isinstance(moved, CursorResult)
    return moved.rowcount == 1


def _rows(session: Session, person_id: str) -> list[PasskeyRow]:
    query = select(PasskeyRow).where(PasskeyRow.person_id == person_id)
    return list(session.scalars(query.order_by(PasskeyRow.created_at, PasskeyRow.id)))


def _descriptor(row: PasskeyRow) -> PublicKeyCredentialDescriptor:
    return PublicKeyCredentialDescriptor(
        id=_bytes(row.credential_id), type=PublicKeyCredentialType.PUBLIC_KEY
    )


def challenge_of(credential: dict[str, JsonValue]) -> str:
    """Return the challenge that the browser says it answers; it is looked up, not believed."""
    response = credential.get("response")
    data = response.get("clientDataJSON") if isinstance(response, dict) else None
    try:
        challenge = json.loads(_bytes(data if isinstance(data, str) else ""))["challenge"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise Refused("that is not what an authenticator answers") from problem
    return challenge if isinstance(challenge, str) else ""


def _json(text: str) -> dict[str, JsonValue]:
    options: dict[str, JsonValue] = json.loads(text)
    return options


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4))
