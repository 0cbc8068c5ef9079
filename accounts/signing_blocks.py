"""Wrong passphrases at signing: counted per person; too many end the session and block for a while.

The block is short and ends by itself, so that nobody can lock another person out for long.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base
from accounts.errors import Refusal, SigningBlocked
from accounts.ledger.entries import format_time
from accounts.login_sessions import sign_out
from accounts.notices import notify, security_contacts

ATTEMPTS = 3
BLOCK_MINUTES = 15


class SigningBlockRow(Base):
    """How often a person was wrong since they were last right, and until when they are blocked."""

    __tablename__ = "signing_blocks"

    person_id: Mapped[str] = mapped_column(String(36), ForeignKey("people.id"), primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]


def refuse_blocked(act: Act, refusal: Refusal) -> None:
    """Raise `SigningBlocked` while the acting person is blocked, whatever they type."""
    row = act.session.get(SigningBlockRow, act.actor.id)
    if row is not None and row.blocked_until is not None and act.now < row.blocked_until:
        raise SigningBlocked(
            f"{ATTEMPTS} wrong passphrases were given: nothing is signed before "
            f"{row.blocked_until:%Y-%m-%d %H:%M:%S} UTC; your security contact knows of it",
            refusal,
        )


def count_failure(act: Act, *, log: str, block_minutes: int | None = None) -> None:
    """Count a wrong passphrase; the last one allowed blocks, ends the session and tells people."""
    row = act.session.get(SigningBlockRow, act.actor.id, with_for_update=True)
    if row is None:
        row = SigningBlockRow(person_id=act.actor.id, failures=0, blocked_until=None)
        act.session.add(row)
    if row.blocked_until is not None and act.now < row.blocked_until:
        return
    row.failures += 1
    if row.failures < ATTEMPTS:
        return
    row.failures = 0
    minutes = BLOCK_MINUTES if block_minutes is None else block_minutes
    row.blocked_until = act.now + timedelta(minutes=minutes)
    act.session.flush()
    notify(
        act,
        {act.actor.id, *security_contacts(act.session, log, act.now)},
        "signing_blocked",
        about_kind="person",
        about_id=act.actor.id,
    )
    act.record(
        SYSTEM_LOG,
        "signing_blocked",
        "person",
        act.actor.id,
        after={"attempts": ATTEMPTS, "until": format_time(row.blocked_until)},
    )
    if act.login_session is not None:
        sign_out(act, act.login_session)


def forgive(session: Session, person_id: str) -> None:
    """Forget earlier failures: the right passphrase was given."""
    row = session.get(SigningBlockRow, person_id)
    if row is not None:
        row.failures, row.blocked_until = 0, None
