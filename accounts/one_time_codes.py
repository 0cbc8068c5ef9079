"""One-time codes by time (RFC 6238): the secret sealed at rest, each code good for one use."""

import hmac
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import BigInteger, ForeignKey, String, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.digests import rows_named
from accounts.errors import AlreadyExists, Refusal, Refused, SignInFailed
from accounts.sealing import Seal

ISSUER = "Readout"
STEP_SECONDS = 30
DIGITS = 6
# One step to either side: clocks differ, and people type slowly.
DRIFT = (-1, 0, 1)


class TotpSecretRow(Base):
    """A person's secret as stored, sealed; not in force before it was confirmed by a code."""

    __tablename__ = "totp_secrets"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), unique=True)
    sealed_secret: Mapped[str]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_used_step: Mapped[int | None] = mapped_column(BigInteger)
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Offer:
    """A new secret, shown once: for the eye and, as an address, for a QR code."""

    secret: str
    address: str


def offer_code(act: Act, seal: Seal, *, login: str) -> Offer:
    """Make a new secret for the acting person; it is in force once a code of it was given."""
    row = _row(act.session, act.actor.id)
    if row is not None and row.confirmed_at is not None:
        raise AlreadyExists("there is an authenticator already: remove it first")
    secret = pyotp.random_base32()
    sealed = seal.close(secret, about=act.actor.id)
    if row is None:
        row = TotpSecretRow(
            id=act.new_id(),
            person_id=act.actor.id,
            sealed_secret=sealed,
            created_at=act.now,
            confirmed_at=None,
            last_used_step=None,
            ledger_sequence=0,
        )
        act.session.add(row)
    row.sealed_secret, row.created_at = sealed, act.now
    _enter(act, row, "authenticator_offered")
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    return Offer(secret, address)


def confirm_code(act: Act, seal: Seal, code: str) -> None:
    """Put the offered secret in force by a code of it."""
    row = _row(act.session, act.actor.id)
    if row is None or row.confirmed_at is not None:
        raise Refused("no authenticator waits to be confirmed: begin anew")
    if not _spend(act, seal, row, code):
        raise SignInFailed(
            "the code is not right: look at the newest one, and at the clock of your device",
            Refusal(object_kind="person", object_id=act.actor.id),
        )
    act.session.refresh(row)
    row.confirmed_at = act.now
    _enter(act, row, "authenticator_added")


def code_matches(act: Act, seal: Seal, person_id: str, code: str) -> bool:
    """Tell whether this is a code of the person's secret for now, and use it up."""
    row = _row(act.session, person_id)
    if row is None or row.confirmed_at is None:
        return False
    return _spend(act, seal, row, code)


def has_authenticator(session: Session, person_id: str) -> bool:
    """Tell whether one-time codes are in force for a person."""
    row = _row(session, person_id)
    return row is not None and row.confirmed_at is not None


def remove_authenticator(act: Act, person_id: str) -> bool:
    """Take a person's secret away and say whether there was one; the caller may."""
    row = _row(act.session, person_id)
    if row is None:
        return False
    act.session.delete(row)
    act.record(
        SYSTEM_LOG,
        "authenticator_removed",
        "person",
        person_id,
        rows={TotpSecretRow.__tablename__: {row.id: None}},
    )
    return True


def _spend(act: Act, seal: Seal, row: TotpSecretRow, code: str) -> bool:
    """Match a code of a step that was not used before, nor any after it, and mark the step."""
    code = "".join(code.split())
    generator = pyotp.TOTP(seal.open(row.sealed_secret, about=row.person_id), digits=DIGITS)
    present = int(act.now.timestamp()) // STEP_SECONDS
    for step in (present + drift for drift in DRIFT):
        if hmac.compare_digest(generator.generate_otp(step).encode(), code.encode()):
            used = act.session.execute(
                update(TotpSecretRow)
                .where(
                    TotpSecretRow.id == row.id,
                    TotpSecretRow.last_used_step.is_(None) | (TotpSecretRow.last_used_step < step),
                )
                .values(last_used_step=step)
            )
            assert isinstance(used, CursorResult)
            return used.rowcount == 1
    return False


def _row(session: Session, person_id: str) -> TotpSecretRow | None:
    return session.scalar(select(TotpSecretRow).where(TotpSecretRow.person_id == person_id))


def _enter(act: Act, row: TotpSecretRow, action: str) -> None:
    row.ledger_sequence = act.record(
        SYSTEM_LOG, action, "person", row.person_id, rows=rows_named(row)
    )
    act.session.flush()
