"""Invitations and resets: a one-time token, shown once and stored as a hash, that sets a password.

An invited person has an id from the start, so that access can be prepared; the account lives once
the invitation is accepted. A reset takes password and login sessions away at once and blocks
signing until somebody other than the person and the resetter has verified who it is.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import ColumnElement, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act, Actor, Reason
from accounts.authorize import authorize
from accounts.database import Base
from accounts.devices import forget_devices
from accounts.digests import rows_named
from accounts.errors import InvitationOver, NotFound, Refusal, Refused
from accounts.ids import InvitationId, PersonId
from accounts.login_sessions import end_sessions
from accounts.notices import notify
from accounts.passwords import HASHER, hash_password
from accounts.people import PersonRow, administered, checked_name, enter_person, new_person

LIFE = timedelta(days=7)


class InvitationRow(Base):
    """An invitation or reset as stored; the token itself is nowhere on our side."""

    __tablename__ = "invitations"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("scopes.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("people.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(16))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_by: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Invitation:
    """Who was invited, until when it holds, and what became of it."""

    id: InvitationId
    person_id: PersonId
    login: str
    printed_name: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True)
class NewInvitation:
    """An invitation with its token, which is shown once."""

    invitation: Invitation
    token: str


def invite(
    act: Act, organization_id: str, *, login: str, printed_name: str, life: timedelta = LIFE
) -> NewInvitation:
    """Invite one named human being; an invitation that lapsed leaves its login free again."""
    authorize(act, "create", "person", organization_id)
    _let_lapse(act, organization_id)
    person = new_person(
        act,
        login=login,
        printed_name=checked_name(printed_name),
        organization_id=organization_id,
    )
    act.session.add(person)
    enter_person(act, person, "person_invited")
    return _issue(act, person, organization_id, purpose="invitation", life=life)


def reset(act: Act, person_id: str, reason: Reason, *, life: timedelta = LIFE) -> NewInvitation:
    """Take a person's password and login sessions away and return a token for a new password."""
    row = administered(act, person_id)
    if row.id == act.actor.id:
        raise Refused("nobody resets their own account: change the password instead")
    if row.state != "active" or row.organization_id is None:
        raise Refused(f"person {person_id} has no account in use: invite the person instead")
    revoke_open(act, row.id, reason)
    row.password_hash = None
    row.signing_requires_enrolment = True
    enter_person(act, row, "password_reset", reason=reason)
    end_sessions(act, row.id, why="password_reset")
    forget_devices(act, row.id)
    notify(act, {row.id}, "password_reset", about_kind="person", about_id=row.id)
    return _issue(act, row, row.organization_id, purpose="reset", life=life)


def accept(act: Act, *, token: str, password: str, hasher: PasswordHasher = HASHER) -> PersonId:
    """Set the password that the token allows; the person is active from then on."""
    row, person = open_invitation(act, token)
    person.password_hash = hash_password(password, login=person.login, hasher=hasher)
    complete(act, row, person)
    return PersonId(person.id)


def complete(act: Act, row: InvitationRow, person: PersonRow) -> None:
    """Make the invited person active and the token useless, in the person's own name."""
    by = act.by(Actor("person", person.id))
    person.state = "active"
    person.password_changed_at = act.now if person.password_hash else None
    row.accepted_at = act.now
    _enter(by, row, "invitation_accepted" if row.purpose == "invitation" else "reset_accepted")
    enter_person(by, person, "person_activated" if row.purpose == "invitation" else "password_set")


def open_invitation(act: Act, token: str) -> tuple[InvitationRow, PersonRow]:
    """Return the invitation behind a token that still holds, with its person."""
    return _opened(act, InvitationRow.token_hash == _hash(token))


def reopen_invitation(act: Act, invitation_id: str) -> tuple[InvitationRow, PersonRow]:
    """Return an invitation that its token has opened before, if it still holds."""
    return _opened(act, InvitationRow.id == invitation_id)


def _opened(act: Act, which: ColumnElement[bool]) -> tuple[InvitationRow, PersonRow]:
    row = act.session.scalar(select(InvitationRow).where(which).with_for_update())
    person = act.session.get(PersonRow, row.person_id) if row else None
    waiting = {"invitation": "invited", "reset": "active"}
    if (
        row is None
        or person is None
        or row.accepted_at is not None
        or row.revoked_at is not None
        or act.now >= row.expires_at
        or person.state != waiting[row.purpose]
    ):
        raise InvitationOver(
            "the invitation is unknown, used, revoked or over: ask an administrator for a new one",
            Refusal(object_kind="invitation", object_id=row.id if row else ""),
        )
    return row, person


def revoke_invitation(act: Act, invitation_id: str, reason: Reason) -> None:
    """End an invitation before it is accepted; whoever was invited then has no account."""
    row = act.session.get(InvitationRow, invitation_id, with_for_update=True)
    authorize(act, "edit", "person", row.organization_id if row else None)
    if row is None:
        raise NotFound(f"there is no invitation {invitation_id}")
    if row.accepted_at is not None:
        raise Refused(f"invitation {invitation_id} was accepted: deactivate the person instead")
    if row.revoked_at is None:
        _close(act, row, "invitation_revoked", reason)


def revoke_open(act: Act, person_id: str, reason: Reason | None = None) -> None:
    """End whatever a person could still accept."""
    query = select(InvitationRow).where(
        InvitationRow.person_id == person_id,
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
    )
    for row in act.session.scalars(query.with_for_update()).all():
        _close(act, row, "invitation_revoked", reason)


def invitations_of(act: Act, organization_id: str) -> tuple[Invitation, ...]:
    """Return an organisation's invitations and resets, the newest first."""
    authorize(act, "view", "person", organization_id)
    query = (
        select(InvitationRow, PersonRow)
        .join(PersonRow, PersonRow.id == InvitationRow.person_id)
        .where(InvitationRow.organization_id == organization_id)
        .order_by(InvitationRow.created_at.desc(), InvitationRow.id)
    )
    return tuple(_view(row, person, act.now) for row, person in act.session.execute(query))


def resetter_of(session: Session, person_id: str) -> str | None:
    """Return who made the person's newest reset: not the one who then verifies the person."""
    query = (
        select(InvitationRow.created_by)
        .where(InvitationRow.person_id == person_id, InvitationRow.purpose == "reset")
        .order_by(InvitationRow.created_at.desc())
        .limit(1)
    )
    return session.scalar(query)


def enrol_for_signing(act: Act, person_id: str) -> None:
    """Let a person sign again whose identity was verified anew after a reset.

    The command that verifies identity calls this and has asked for permission. Whoever reset the
    account could sign with it if the same hand also lifted the block, or lifted it before the
    person has the account back: two people must work together (Part 11, 11.200(a)(3)).
    """
    row = act.session.get(PersonRow, person_id, with_for_update=True)
    if row is None or not row.signing_requires_enrolment:
        return
    if act.actor.id in (row.id, resetter_of(act.session, person_id)):
        raise Refused(
            f"after a reset person {person_id} is verified by somebody other than whoever reset "
            "the account"
        )
    if row.password_hash is None:
        raise Refused(f"person {person_id} has not accepted the reset yet: verify afterwards")
    row.signing_requires_enrolment = None
    enter_person(act, row, "signing_enrolled")


def _issue(
    act: Act, person: PersonRow, organization_id: str, *, purpose: str, life: timedelta
) -> NewInvitation:
    token = secrets.token_urlsafe(32)
    row = InvitationRow(
        id=act.new_id(),
        organization_id=organization_id,
        person_id=person.id,
        purpose=purpose,
        token_hash=_hash(token),
        created_by=act.actor.id,
        created_at=act.now,
        expires_at=act.now + life,
        accepted_at=None,
        revoked_at=None,
        ledger_sequence=0,
    )
    act.session.add(row)
    _enter(act, row, "invitation_made" if purpose == "invitation" else "reset_made")
    return NewInvitation(_view(row, person, act.now), token)


def _close(act: Act, row: InvitationRow, action: str, reason: Reason | None = None) -> None:
    """Revoke an open invitation; somebody who never accepted one is nobody's account."""
    row.revoked_at = act.now
    _enter(act, row, action, reason)
    person = act.session.get(PersonRow, row.person_id)
    if person is not None and person.state == "invited":
        person.state = "deactivated"
        enter_person(act, person, "person_deactivated", reason=reason)


def _let_lapse(act: Act, organization_id: str) -> None:
    over = select(InvitationRow).where(
        InvitationRow.organization_id == organization_id,
        InvitationRow.purpose == "invitation",
        InvitationRow.accepted_at.is_(None),
        InvitationRow.revoked_at.is_(None),
        InvitationRow.expires_at <= act.now,
    )
    for row in act.session.scalars(over.with_for_update()).all():
        _close(act, row, "invitation_lapsed")


def _enter(act: Act, row: InvitationRow, action: str, reason: Reason | None = None) -> None:
    row.ledger_sequence = act.record(
        SYSTEM_LOG,
        action,
        "invitation",
        row.id,
        after={"person": row.person_id},
        reason=reason,
        rows=rows_named(row),
    )
    act.session.flush()


def _view(row: InvitationRow, person: PersonRow, now: datetime) -> Invitation:
    ended = {"accepted": row.accepted_at, "revoked": row.revoked_at}
    state = next((name for name, at in ended.items() if at is not None), "")
    return Invitation(
        id=InvitationId(row.id),
        person_id=PersonId(person.id),
        login=person.login,
        printed_name=person.printed_name,
        purpose=row.purpose,
        created_at=row.created_at,
        expires_at=row.expires_at,
        state=state or ("expired" if now >= row.expires_at else "open"),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
