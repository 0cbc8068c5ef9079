"""Login sessions: an opaque token in the browser, its SHA-256 here, an end that always comes."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Actor
from accounts.database import Base
from accounts.errors import NotSignedIn, Refusal, SignInFailed
from accounts.ids import LoginSessionId
from accounts.passwords import password_matches
from accounts.people import Person, PersonRow, normal_login, person_of

IDLE_LIMIT = timedelta(minutes=30)
ABSOLUTE_LIMIT = timedelta(hours=12)
TOUCH_AFTER = timedelta(minutes=1)


class LoginSessionRow(Base):
    """A login session as stored: the token itself is nowhere on our side."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


@dataclass(frozen=True)
class LoginSession:
    """A session that holds now."""

    id: LoginSessionId
    person: Person
    csrf_token: str
    expires_at: datetime
    wants_touch: bool


@dataclass(frozen=True)
class SignedIn:
    """What the browser gets: the token goes into the cookie and nowhere else."""

    token: str
    session: LoginSession


def sign_in(act: Act, *, login: str, password: str) -> SignedIn:
    """Begin a session for the right login and password; the act's own actor does not count."""
    row = act.session.scalar(select(PersonRow).where(PersonRow.login == normal_login(login)))
    matches = password_matches(row.password_hash if row else None, password)
    if row is None or not matches or row.state != "active":
        # What was typed is not entered: people type passwords into the field for the login.
        raise SignInFailed(
            "the login or the password is not right",
            Refusal(object_kind="person", object_id=row.id if row else ""),
        )
    token = secrets.token_urlsafe(32)
    session_id = LoginSessionId(act.new_id())
    act.session.add(
        LoginSessionRow(
            id=session_id,
            person_id=row.id,
            token_hash=_hash(token),
            created_at=act.now,
            last_seen_at=act.now,
            ended_at=None,
        )
    )
    act.by(Actor("person", row.id)).record(SYSTEM_LOG, "signed_in", "login_session", session_id)
    return SignedIn(token, resolve(act.session, token=token, now=act.now))


def resolve(session: Session, *, token: str, now: datetime) -> LoginSession:
    """Return the session behind a token, or raise `NotSignedIn`; reads only."""
    query = (
        select(LoginSessionRow, PersonRow)
        .join(PersonRow, PersonRow.id == LoginSessionRow.person_id)
        .where(LoginSessionRow.token_hash == _hash(token))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotSignedIn("you are not signed in: sign in first")
    row, person = found
    expires_at = min(row.last_seen_at + IDLE_LIMIT, row.created_at + ABSOLUTE_LIMIT)
    if row.ended_at is not None or now >= expires_at or person.state != "active":
        raise NotSignedIn("your session has ended: sign in again")
    return LoginSession(
        id=LoginSessionId(row.id),
        person=person_of(person),
        csrf_token=_csrf(token),
        expires_at=expires_at,
        wants_touch=now - row.last_seen_at >= TOUCH_AFTER,
    )


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Note that the session was used, so that it does not go idle."""
    row = session.get(LoginSessionRow, session_id)
    if row is not None and now > row.last_seen_at:
        row.last_seen_at = now


def csrf_matches(login_session: LoginSession, token: str) -> bool:
    """Tell whether the header's token belongs to this session, in constant time."""
    return hmac.compare_digest(login_session.csrf_token.encode(), token.encode())


def sign_out(act: Act, session_id: str) -> None:
    """End a session; ending it twice is no error."""
    row = act.session.get(LoginSessionRow, session_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = act.now
    act.record(SYSTEM_LOG, "signed_out", "login_session", row.id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _csrf(token: str) -> str:
    """Derive the session's second secret, so that it need not be stored either."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
