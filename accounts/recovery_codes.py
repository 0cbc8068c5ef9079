"""Recovery codes: ten, each of 128 random bits, each good for one use, stored as hashes."""

import hashlib
import secrets
from base64 import b32encode
from datetime import datetime

from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Actor
from accounts.database import Base
from accounts.digests import row_digest, rows_named

CODES = 10
CODE_BYTES = 16
GROUP = 5


class RecoveryCodeRow(Base):
    """One code as stored: 128 random bits need no slow hash."""

    __tablename__ = "recovery_codes"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


def make_recovery_codes(act: Act) -> tuple[str, ...]:
    """Give the acting person ten new codes, shown once; the old ones serve no more."""
    removed = _remove(act, act.actor.id)
    codes = tuple(_write(secrets.token_bytes(CODE_BYTES)) for _ in range(CODES))
    rows = [
        RecoveryCodeRow(
            id=act.new_id(),
            person_id=act.actor.id,
            code_hash=_hash(code),
            created_at=act.now,
            used_at=None,
        )
        for code in codes
    ]
    named = {**removed, **{row.id: row_digest(row) for row in rows}}
    sequence = act.record(
        SYSTEM_LOG,
        "recovery_codes_made",
        "person",
        act.actor.id,
        rows={RecoveryCodeRow.__tablename__: named},
    )
    for row in rows:
        row.ledger_sequence = sequence
    act.session.add_all(rows)
    act.session.flush()
    return codes


def spend_recovery_code(act: Act, person_id: str, code: str) -> bool:
    """Tell whether this is an unused code of the person, and use it up."""
    row = act.session.scalar(
        select(RecoveryCodeRow).where(
            RecoveryCodeRow.person_id == person_id,
            RecoveryCodeRow.code_hash == _hash(code),
            RecoveryCodeRow.used_at.is_(None),
        )
    )
    if row is None:
        return False
    used = act.session.execute(
        update(RecoveryCodeRow)
        .where(RecoveryCodeRow.id == row.id, RecoveryCodeRow.used_at.is_(None))
        .values(used_at=act.now)
    )
    assert isinstance(used, CursorResult)
    if used.rowcount != 1:
        return False
    act.session.refresh(row)
    by = act.by(Actor("person", person_id))
    row.ledger_sequence = by.record(
        SYSTEM_LOG, "recovery_code_used", "person", person_id, rows=rows_named(row)
    )
    act.session.flush()
    return True


def recovery_codes_left(session: Session, person_id: str) -> int:
    """Return how many unused codes a person has."""
    query = select(func.count()).where(
        RecoveryCodeRow.person_id == person_id, RecoveryCodeRow.used_at.is_(None)
    )
    return session.scalar(query) or 0


def remove_recovery_codes(act: Act, person_id: str) -> None:
    """Take all codes of a person away; the caller may."""
    removed = _remove(act, person_id)
    if removed:
        act.record(
            SYSTEM_LOG,
            "recovery_codes_removed",
            "person",
            person_id,
            rows={RecoveryCodeRow.__tablename__: removed},
        )


def _remove(act: Act, person_id: str) -> dict[str, str | None]:
    query = select(RecoveryCodeRow).where(RecoveryCodeRow.person_id == person_id)
    rows = act.session.scalars(query).all()
    for row in rows:
        act.session.delete(row)
    act.session.flush()
    return {row.id: None for row in rows}


def _write(bits: bytes) -> str:
    """Write a code in groups, in letters and digits that are not mistaken for each other."""
    text = b32encode(bits).decode().rstrip("=").lower()
    return "-".join(text[start : start + GROUP] for start in range(0, len(text), GROUP))


def _hash(code: str) -> str:
    plain = "".join(sign for sign in code.lower() if sign.isascii() and sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
