"""Electronic signatures: re-authenticated, for one record, once, never moved (21 CFR 11 C).

A grant is what a right password buys: two minutes in which this person, in this session, may sign
exactly the record whose digest was shown. Signing spends it. A signature is never voided: when the
record is signed anew, the former one is superseded and stays readable.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act, Identifying, Reason
from accounts.database import Base, Json
from accounts.digests import Salted, rows_named
from accounts.errors import (
    EnrolmentNeeded,
    IdentityNotVerified,
    NotPermitted,
    ReauthRequired,
    Refusal,
    StaleRecord,
    StatementNotAccepted,
    WrongPassphrase,
)
from accounts.identity import identity_of
from accounts.ids import PersonId, SignatureId
from accounts.ledger.entries import format_time
from accounts.passwords import password_matches
from accounts.people import PersonRow
from accounts.signing_blocks import forgive, refuse_blocked
from accounts.statements import accepted_at

GRANT_LIFE = timedelta(minutes=2)


class SignGrantRow(Base):
    """A grant as stored; the token itself is nowhere on our side."""

    __tablename__ = "sign_grants"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    login_session: Mapped[str | None] = mapped_column(String(36))
    record_kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[str] = mapped_column(String(36))
    record_digest: Mapped[str] = mapped_column(String(64))
    meaning: Mapped[str] = mapped_column(String(32))
    evidence: Mapped[JsonValue] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignatureRow(Salted, Base):
    """A signature as stored; `payload` is the whole of what was signed."""

    __tablename__ = "signatures"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    log: Mapped[str] = mapped_column(String(36), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"))
    printed_name: Mapped[str]
    meaning: Mapped[str] = mapped_column(String(32))
    signed_at: Mapped[datetime]
    record_kind: Mapped[str] = mapped_column(String(32))
    record_id: Mapped[str] = mapped_column(String(36), index=True)
    revision: Mapped[int]
    record_digest: Mapped[str] = mapped_column(String(64))
    payload: Mapped[JsonValue] = mapped_column(Json)
    evidence: Mapped[JsonValue] = mapped_column(Json)
    superseded_by: Mapped[str | None] = mapped_column(String(36))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class SignGrant:
    """Permission to sign one record, until then."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class SignaturePayload:
    """What a signature binds: record, revision, form, images and meaning (21 CFR 11.70)."""

    log: str
    record_kind: str
    record_id: str
    revision: int
    record_digest: str
    meaning: str
    form_oid: str | None = None
    form_version: str | None = None
    form_digest: str | None = None
    image_set_digest: str | None = None
    record_key: Mapping[str, str | int | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Signature:
    """A signature as it stands beside the record on every copy (21 CFR 11.50)."""

    id: SignatureId
    person_id: PersonId
    printed_name: str
    signed_at: datetime
    meaning: str
    record_digest: str
    ledger_sequence: int
    revision: int = 1
    superseded_by: SignatureId | None = None


def grant_signature(
    act: Act,
    *,
    password: str,
    record_kind: str,
    record_id: str,
    record_digest: str,
    meaning: str,
    log: str = "system",
    block_minutes: int | None = None,
) -> SignGrant:
    """Re-authenticate the acting person; `log` is where a failure is entered."""
    refusal = Refusal(
        log=log, object_kind=record_kind, object_id=record_id, block_minutes=block_minutes
    )
    person = may_sign(act, refusal)
    if not password_matches(person.password_hash, password):
        raise WrongPassphrase("the password is not right: nothing was signed", refusal)
    forgive(act.session, person.id)
    return new_grant(
        act,
        record_kind=record_kind,
        record_id=record_id,
        record_digest=record_digest,
        meaning=meaning,
        evidence={"method": "password"},
    )


def may_sign(act: Act, refusal: Refusal) -> PersonRow:
    """Return the acting person if they may sign at all, or raise; a grant is given after this."""
    if act.actor.kind != "person":
        raise NotPermitted("only a person signs, for themselves", refusal)
    person = act.session.get(PersonRow, act.actor.id)
    if person is None or person.state != "active":
        raise ReauthRequired("this account does not sign: nothing was signed", refusal)
    refuse_blocked(act, refusal)
    if person.signing_requires_enrolment:
        raise EnrolmentNeeded(
            "your account was reset: nothing was signed; an administrator verifies who you are "
            "before you sign again",
            refusal,
        )
    if identity_of(act.session, person.id) is None:
        raise IdentityNotVerified(
            "your identity has not been verified yet: nothing was signed; ask whoever admits "
            "members to state how and when it was",
            refusal,
        )
    if accepted_at(act.session, person.id) is None:
        raise StatementNotAccepted(
            "you have not accepted the accountability statement in force: nothing was signed; "
            "read it, accept it, then sign",
            refusal,
        )
    return person


def new_grant(
    act: Act,
    *,
    record_kind: str,
    record_id: str,
    record_digest: str,
    meaning: str,
    evidence: JsonValue,
) -> SignGrant:
    """Grant one signature to the acting person, who has just proved who they are."""
    token = secrets.token_urlsafe(32)
    expires_at = act.now + GRANT_LIFE
    act.session.add(
        SignGrantRow(
            id=act.new_id(),
            token_hash=_hash(token),
            person_id=act.actor.id,
            login_session=act.login_session,
            record_kind=record_kind,
            record_id=record_id,
            record_digest=record_digest,
            meaning=meaning,
            evidence=evidence,
            created_at=act.now,
            expires_at=expires_at,
            used_at=None,
        )
    )
    act.session.flush()
    return SignGrant(token, expires_at)


def sign(act: Act, grant: str, payload: SignaturePayload) -> Signature:
    """Spend a grant on exactly the record it was given for, and enter the signature."""
    person, evidence = _spend(act, grant, payload)
    signature = SignatureId(act.new_id())
    row = SignatureRow(
        id=signature,
        log=payload.log,
        person_id=person.id,
        printed_name=person.printed_name,
        meaning=payload.meaning,
        signed_at=act.now,
        record_kind=payload.record_kind,
        record_id=payload.record_id,
        revision=payload.revision,
        record_digest=payload.record_digest,
        payload={
            **asdict(payload),
            "signer": person.id,
            "printed_name": person.printed_name,
            "signed_at": format_time(act.now),
        },
        evidence=evidence,
        superseded_by=None,
    )
    row.ledger_sequence = act.record(
        payload.log,
        "signature_made",
        payload.record_kind,
        payload.record_id,
        revision=payload.revision,
        after={
            **cast("Mapping[str, str | int | None]", row.payload),
            "printed_name": Identifying(person.printed_name, person=person.id),
        },
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return signature_of(row)


def supersede_signature(act: Act, former_id: str, *, by: str, reason: Reason | None = None) -> None:
    """Say of a former signature which one follows it; nothing else of it ever changes."""
    former = act.session.get(SignatureRow, former_id, with_for_update=True)
    follower = act.session.get(SignatureRow, by)
    assert former is not None, f"signature {former_id} is gone"
    assert follower is not None, f"signature {by} is gone"
    assert former.superseded_by is None, f"signature {former_id} was superseded before"
    assert former.log == follower.log, "a signature is superseded within its own log"
    former.superseded_by = follower.id
    act.record(
        former.log,
        "signature_superseded",
        "signature",
        former.id,
        revision=former.revision,
        after={"by": follower.id, "revision": follower.revision},
        reason=reason,
        rows=rows_named(former),
    )


def signatures_of(session: Session, record_kind: str, record_id: str) -> tuple[Signature, ...]:
    """Return every signature of a record, the oldest first."""
    query = (
        select(SignatureRow)
        .where(SignatureRow.record_kind == record_kind, SignatureRow.record_id == record_id)
        .order_by(SignatureRow.signed_at, SignatureRow.ledger_sequence)
    )
    return tuple(signature_of(row) for row in session.scalars(query))


def find_signature(session: Session, signature_id: str) -> Signature:
    """Return a signature by its id."""
    row = session.get(SignatureRow, signature_id)
    assert row is not None, f"signature {signature_id} is gone"
    return signature_of(row)


def signature_of(row: SignatureRow) -> Signature:
    """Return the view of a stored signature."""
    return Signature(
        id=SignatureId(row.id),
        person_id=PersonId(row.person_id),
        printed_name=row.printed_name,
        signed_at=row.signed_at,
        meaning=row.meaning,
        record_digest=row.record_digest,
        ledger_sequence=row.ledger_sequence,
        revision=row.revision,
        superseded_by=None if row.superseded_by is None else SignatureId(row.superseded_by),
    )


def grant_id(act: Act, grant: str) -> str | None:
    """Return the id of the acting person's grant, by which a refusal burns it; nobody else's."""
    row = act.session.scalar(select(SignGrantRow).where(SignGrantRow.token_hash == _hash(grant)))
    return None if row is None or row.person_id != act.actor.id else row.id


def _spend(act: Act, grant: str, payload: SignaturePayload) -> tuple[PersonRow, JsonValue]:
    row = act.session.scalar(select(SignGrantRow).where(SignGrantRow.token_hash == _hash(grant)))
    refusal = Refusal(
        log=payload.log,
        object_kind=payload.record_kind,
        object_id=payload.record_id,
        grant_id=row.id if row else None,
    )
    wanted = (payload.record_kind, payload.record_id, payload.meaning)
    if (
        row is None
        or act.actor.kind != "person"
        or row.person_id != act.actor.id
        or row.login_session != act.login_session
        or (row.record_kind, row.record_id, row.meaning) != wanted
        or act.now >= row.expires_at
        or not _use_once(act, row)
    ):
        raise ReauthRequired(
            f"signing {payload.record_kind} {payload.record_id} needs your password again: "
            "ask for a new grant",
            refusal,
        )
    if row.record_digest != payload.record_digest:
        raise StaleRecord(
            f"{payload.record_kind} {payload.record_id} is no longer what was shown: "
            "nothing was signed; look at it again",
            refusal,
        )
    return may_sign(act, refusal), row.evidence


def _use_once(act: Act, row: SignGrantRow) -> bool:
    """Mark the grant used; of two at the same moment the database lets one through."""
    result = act.session.execute(
        update(SignGrantRow)
        .where(SignGrantRow.id == row.id, SignGrantRow.used_at.is_(None))
        .values(used_at=act.now)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount == 1


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
