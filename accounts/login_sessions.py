"""Login sessions: an opaque token in the browser, its SHA-256 here, an end that always comes.

A session is complete, or waits for the second factor, or for its first enrolment; only a complete
one opens anything. The token is replaced when a session advances and at each step-up, so that one
that was copied before is worth nothing after.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Actor
from accounts.database import Base
from accounts.errors import NotFound, NotSignedIn, Refusal, SignInFailed, StepUpRequired
from accounts.ids import LoginSessionId
from accounts.passwords import HASHER, hash_password, password_matches, wants_rehash
from accounts.people import Person, PersonRow, enter_person, person_of, row_of_login
from accounts.sign_in_rules import NO_ORGANIZATION, SignInRuleRow, rules_from

Stage = Literal["complete", "second_factor", "enrolment"]

IDLE_LIMIT = NO_ORGANIZATION.idle_limit
ABSOLUTE_LIMIT = timedelta(hours=12)
# Somebody who has not finished signing in is not left with half of it for long.
ARRIVAL_LIMIT = timedelta(minutes=15)
STEP_UP_LIFE = timedelta(minutes=5)
TOUCH_AFTER = timedelta(minutes=1)
MOST_BROWSER = 200
WRONG = "the login or the password is not right"


class LoginSessionRow(Base):
    """A login session as stored: the token itself is nowhere on our side."""

    __tablename__ = "login_sessions"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stage: Mapped[str] = mapped_column(String(16), default="complete", server_default="complete")
    second_factor: Mapped[str | None] = mapped_column(String(16))
    stepped_up_at: Mapped[datetime | None]
    device_id: Mapped[str | None] = mapped_column(String(36))
    address: Mapped[str] = mapped_column(default="", server_default="")
    browser: Mapped[str] = mapped_column(default="", server_default="")


@dataclass(frozen=True)
class LoginSession:
    """A session that holds now."""

    id: LoginSessionId
    person: Person
    csrf_token: str
    expires_at: datetime
    wants_touch: bool
    stage: Stage = "complete"
    second_factor: str | None = None
    stepped_up_until: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """What the browser gets: the token goes into the cookie and nowhere else."""

    token: str
    session: LoginSession


@dataclass(frozen=True)
class Beginning:
    """How a session begins: at which stage, proved by what, on which device."""

    stage: Stage = "complete"
    second_factor: str | None = None
    device_id: str | None = None
    is_new_device: bool = False
    browser: str = ""


@dataclass(frozen=True)
class SeenSession:
    """One of a person's own sessions, as the account page lists it."""

    id: LoginSessionId
    created_at: datetime
    last_seen_at: datetime
    address: str
    browser: str
    second_factor: str | None
    is_current: bool


def sign_in(act: Act, *, login: str, password: str) -> SignedIn:
    """Begin a session for the right login and password of an account without second factor."""
    person = check_password(act.session, login=login, password=password)
    return begin(act, person.id, Beginning())


def check_password(session: Session, *, login: str, password: str) -> Person:
    """Return whose login and password these are, or refuse both alike; reads only.

    It takes a tenth of a second on purpose: callers keep no transaction that writes open meanwhile.
    """
    row = row_of_login(session, login)
    matches = password_matches(row.password_hash if row else None, password)
    if row is None or not matches or row.state != "active":
        # What was typed is not entered: people type passwords into the field for the login.
        raise SignInFailed(WRONG, Refusal(object_kind="person", object_id=row.id if row else ""))
    return person_of(row)


def rehash(act: Act, person_id: str, password: str) -> None:
    """Hash a password that was just found right anew, if more is asked for today than then."""
    row = act.session.get(PersonRow, person_id, with_for_update=True)
    if row is not None and wants_rehash(row.password_hash) and row.state == "active":
        row.password_hash = HASHER.hash(password)
        enter_person(act.by(Actor("person", row.id)), row, "password_rehashed")


def begin(act: Act, person_id: str, how: Beginning) -> SignedIn:
    """Begin a session for somebody whose proof was found right; the act's own actor is nobody."""
    person = act.session.get(PersonRow, person_id)
    if person is None or person.state != "active":
        raise SignInFailed(WRONG, Refusal(object_kind="person", object_id=person_id))
    token = secrets.token_urlsafe(32)
    session_id = LoginSessionId(act.new_id())
    act.session.add(
        LoginSessionRow(
            id=session_id,
            person_id=person_id,
            token_hash=_hash(token),
            created_at=act.now,
            last_seen_at=act.now,
            ended_at=None,
            stage=how.stage,
            second_factor=how.second_factor,
            stepped_up_at=None,
            device_id=how.device_id,
            address=act.origin,
            browser=how.browser[:MOST_BROWSER],
        )
    )
    by = act.by(Actor("person", person_id))
    if how.stage == "second_factor":
        by.record(SYSTEM_LOG, "password_accepted", "login_session", session_id)
    else:
        enter_signed_in(by, session_id, how.second_factor, is_new_device=how.is_new_device)
    return SignedIn(token, resolve(act.session, token=token, now=act.now))


def enter_signed_in(
    act: Act, session_id: str, second_factor: str | None, *, is_new_device: bool
) -> None:
    """Enter that a person is signed in: with which factor, and whether the device is a new one."""
    after = {"second_factor": second_factor, "new_device": is_new_device}
    act.record(SYSTEM_LOG, "signed_in", "login_session", session_id, after=after)


def resolve(session: Session, *, token: str, now: datetime) -> LoginSession:
    """Return the session behind a token, or raise `NotSignedIn`; reads only."""
    query = (
        select(LoginSessionRow, PersonRow, SignInRuleRow)
        .join(PersonRow, PersonRow.id == LoginSessionRow.person_id)
        .outerjoin(SignInRuleRow, SignInRuleRow.id == PersonRow.organization_id)
        .where(LoginSessionRow.token_hash == _hash(token))
    )
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotSignedIn("you are not signed in: sign in first")
    row, person, rule = found
    rules = rules_from(rule) if person.organization_id else NO_ORGANIZATION
    idle, most = rules.idle_limit, ABSOLUTE_LIMIT
    if row.stage != "complete":
        idle = most = ARRIVAL_LIMIT
    stage = cast("Stage", row.stage)
    if stage == "complete" and row.second_factor is None and rules.second_factor_required:
        # The organisation has asked for a second factor since.
        stage = "enrolment"
    expires_at = min(row.last_seen_at + idle, row.created_at + most)
    if row.ended_at is not None or now >= expires_at or person.state != "active":
        raise NotSignedIn("your session has ended: sign in again")
    stepped_up_until = row.stepped_up_at + STEP_UP_LIFE if row.stepped_up_at else None
    return LoginSession(
        id=LoginSessionId(row.id),
        person=person_of(person),
        csrf_token=_csrf(token),
        expires_at=expires_at,
        wants_touch=now - row.last_seen_at >= TOUCH_AFTER,
        stage=stage,
        second_factor=row.second_factor,
        stepped_up_until=stepped_up_until,
    )


def touch(session: Session, session_id: str, now: datetime) -> None:
    """Note that the session was used, so that it does not go idle."""
    row = session.get(LoginSessionRow, session_id)
    if row is not None and now > row.last_seen_at:
        row.last_seen_at = now


def csrf_matches(login_session: LoginSession, token: str) -> bool:
    """Tell whether the header's token belongs to this session, in constant time."""
    return hmac.compare_digest(login_session.csrf_token.encode(), token.encode())


def advance(act: Act, session_id: str, *, second_factor: str | None, is_step_up: bool) -> SignedIn:
    """Complete or step up a session whose second proof was found right, under a new token."""
    row = act.session.get(LoginSessionRow, session_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        raise NotSignedIn("your session has ended: sign in again")
    row.stage, row.second_factor = "complete", second_factor
    row.last_seen_at = act.now
    if is_step_up:
        row.stepped_up_at = act.now
    token = secrets.token_urlsafe(32)
    row.token_hash = _hash(token)
    act.session.flush()
    if is_step_up:
        after = {"by": second_factor or "password"}
        act.record(SYSTEM_LOG, "stepped_up", "login_session", row.id, after=after)
    return SignedIn(token, resolve(act.session, token=token, now=act.now))


def require_step_up(act: Act) -> None:
    """Return when this session proved anew, within minutes, who is there; a copied cookie cannot.

    The sign-in itself does not count: what was stolen right after it would be worth as much.
    """
    row = act.session.get(LoginSessionRow, act.login_session or "")
    fresh = row is not None and row.person_id == act.actor.id and row.stepped_up_at is not None
    if (
        row is None
        or not fresh
        or row.stepped_up_at is None
        or act.now >= row.stepped_up_at + STEP_UP_LIFE
    ):
        raise StepUpRequired(
            "this needs fresh proof that it is you: confirm and try again",
            Refusal(object_kind="login_session", object_id=act.login_session or ""),
        )


def change_password(act: Act, *, old: str, new: str) -> None:
    """Set a new password for the acting person; every other session ends."""
    row = act.session.get(PersonRow, act.actor.id, with_for_update=True)
    if row is None or not password_matches(row.password_hash, old):
        raise SignInFailed(
            "the present password is not right",
            Refusal(object_kind="person", object_id=act.actor.id),
        )
    row.password_hash = hash_password(new, login=row.login)
    row.password_changed_at = act.now
    enter_person(act, row, "password_changed")
    end_sessions(act, row.id, why="password_changed", but=act.login_session)


def sign_out(act: Act, session_id: str) -> None:
    """End a session; ending it twice is no error."""
    row = act.session.get(LoginSessionRow, session_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at = act.now
    act.record(SYSTEM_LOG, "signed_out", "login_session", row.id)


def end_own_session(act: Act, session_id: str) -> None:
    """End one of the acting person's sessions; another's is not there."""
    row = act.session.get(LoginSessionRow, session_id)
    if row is None or row.person_id != act.actor.id:
        raise NotFound(f"there is no login session {session_id} of yours")
    sign_out(act, session_id)


def end_sessions(act: Act, person_id: str, *, why: str, but: str | None = None) -> int:
    """End all of a person's sessions but one, and say how many there were."""
    query = select(LoginSessionRow).where(
        LoginSessionRow.person_id == person_id, LoginSessionRow.ended_at.is_(None)
    )
    ended = [row for row in act.session.scalars(query) if row.id != but]
    for row in ended:
        row.ended_at = act.now
        act.record(SYSTEM_LOG, "session_ended", "login_session", row.id, after={"why": why})
    return len(ended)


def own_sessions(act: Act) -> tuple[SeenSession, ...]:
    """Return the acting person's sessions that have not ended, the latest first."""
    query = (
        select(LoginSessionRow)
        .where(
            LoginSessionRow.person_id == act.actor.id,
            LoginSessionRow.ended_at.is_(None),
            LoginSessionRow.created_at > act.now - ABSOLUTE_LIMIT,
            LoginSessionRow.last_seen_at > act.now - IDLE_LIMIT,
        )
        .order_by(LoginSessionRow.last_seen_at.desc(), LoginSessionRow.id)
    )
    return tuple(
        SeenSession(
            id=LoginSessionId(row.id),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            address=row.address,
            browser=row.browser,
            second_factor=row.second_factor,
            is_current=row.id == act.login_session,
        )
        for row in act.session.scalars(query)
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _csrf(token: str) -> str:
    """Derive the session's second secret, so that it need not be stored either."""
    return hmac.new(token.encode(), b"csrf", hashlib.sha256).hexdigest()
