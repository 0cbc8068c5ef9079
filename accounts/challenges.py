"""Challenges: what we sent out and expect back once, from the same browser, within minutes."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import JsonValue
from sqlalchemy import String, delete, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, mapped_column

from accounts.acts import Act
from accounts.database import Base, Json

LIFE = timedelta(minutes=5)


class ChallengeRow(Base):
    """A challenge as stored, under the hash of the secret that brings it back."""

    __tablename__ = "challenges"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[str | None] = mapped_column(String(36))
    login_session: Mapped[str | None] = mapped_column(String(36))
    content: Mapped[JsonValue] = mapped_column(Json)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


@dataclass(frozen=True)
class Challenge:
    """A challenge that came back."""

    id: str
    person_id: str | None
    login_session: str | None
    content: Mapping[str, JsonValue]
    created_at: datetime


def make_challenge(
    act: Act,
    purpose: str,
    content: Mapping[str, JsonValue],
    *,
    secret: str | None = None,
    person_id: str | None = None,
) -> str:
    """Remember what is expected and return the secret that brings it back."""
    act.session.execute(delete(ChallengeRow).where(ChallengeRow.expires_at < act.now - LIFE))
    secret = secret or secrets.token_urlsafe(32)
    act.session.add(
        ChallengeRow(
            id=act.new_id(),
            purpose=purpose,
            secret_hash=_hash(secret),
            person_id=person_id,
            login_session=act.login_session,
            content=dict(content),
            created_at=act.now,
            expires_at=act.now + LIFE,
            used_at=None,
        )
    )
    act.session.flush()
    return secret


def take_challenge(act: Act, purpose: str, secret: str) -> Challenge | None:
    """Return what was expected under a secret, once; None when there is nothing (any more)."""
    row = act.session.scalar(
        select(ChallengeRow).where(
            ChallengeRow.secret_hash == _hash(secret), ChallengeRow.purpose == purpose
        )
    )
    if row is None or act.now >= row.expires_at:
        return None
    taken = act.session.execute(
        update(ChallengeRow)
        .where(ChallengeRow.id == row.id, ChallengeRow.used_at.is_(None))
        .values(used_at=act.now)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        return None
    content = row.content
    assert isinstance(content, dict)
    return Challenge(row.id, row.person_id, row.login_session, content, row.created_at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
