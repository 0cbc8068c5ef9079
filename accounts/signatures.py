"""Electronic signatures: re-authenticated, for one record, once, never moved (21 CFR 11 C).

A grant is what a right password buys: two minutes in which this person, in this session, may sign
exactly the record whose digest was shown. Signing spends it.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import cast

from pydantic import JsonValue
from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.database import Base, Json
from accounts.digests import rows_named
from accounts.errors import NotPermitted, ReauthRequired, Refusal, StaleRecord
from accounts.ids import PersonId, SignatureId
from accounts.ledger.entries import format_time
from accounts.passwords import password_matches
from accounts.people import PersonRow

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
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignatureRow(Base):
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


def grant_signature(
    act: Act,
    *,
    password: str,
    record_kind: str,
    record_id: str,
    record_digest: str,
    meaning: str,
    log: str = "system",
) -> SignGrant:
    """Re-authenticate the acting person; `log` is where a failure is entered."""
    refusal = Refusal(log=log, object_kind=record_kind, object_id=record_id)
    if act.actor.kind != "person":
        raise NotPermitted("only a person signs, for themselves", refusal)
    person = act.session.get(PersonRow, act.actor.id)
    matches = password_matches(person.password_hash if person else None, password)
    if person is None or not matches or person.state != "active":
        raise ReauthRequired("the password is not right: nothing was signed", refusal)
    token = secrets.token_urlsafe(32)
    expires_at = act.now + GRANT_LIFE
    act.session.add(
        SignGrantRow(
            id=act.new_id(),
            token_hash=_hash(token),
            person_id=person.id,
            login_session=act.login_session,
            record_kind=record_kind,
            record_id=record_id,
            record_digest=record_digest,
            meaning=meaning,
            created_at=act.now,
            expires_at=expires_at,
            used_at=None,
        )
    )
    act.session.flush()
    return SignGrant(token, expires_at)


def sign(act: Act, grant: str, payload: SignaturePayload) -> Signature:
    """Spend a grant on exactly the record it was given for, and enter the signature."""
    person = _spend(act, grant, payload)
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
    )
    row.ledger_sequence = act.record(
        payload.log,
        "signature_made",
        payload.record_kind,
        payload.record_id,
        revision=payload.revision,
        after=cast("Mapping[str, str | int | None]", row.payload),
        rows=rows_named(row),
    )
    act.session.add(row)
    act.session.flush()
    return signature_of(row)


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
    )


def _spend(act: Act, grant: str, payload: SignaturePayload) -> PersonRow:
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
    person = act.session.get(PersonRow, row.person_id)
    assert person is not None
    return person


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
