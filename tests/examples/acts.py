"""Acts for tests: somebody, at a moment that the test chooses."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act, Actor
from accounts.identity import verify_identity
from accounts.statements import accept_statement, present_statement

PASSWORD = "open data lake"

# A hash names its own cost, so people made with this one are checked as cheaply.
CHEAP_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = field(default=START)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> None:
        """Move on, by timedelta's words."""
        self.now += timedelta(**by)


def act(
    session: Session,
    actor: Actor | str = SYSTEM,
    *,
    now: datetime = START,
    login: str | None = None,
) -> Act:
    """Return the act of an actor, or of the person of that id."""
    who = Actor("person", actor) if isinstance(actor, str) else actor
    return Act(
        session=session,
        actor=who,
        now=now,
        origin="127.0.0.1",
        request_id="request",
        build="test",
        login_session=login,
    )


def let_sign(act: Act, person_id: str) -> None:
    """Let a person sign: identity verified by the act's actor, statement accepted by the person."""
    verify_identity(act, person_id, method="document_in_person")
    words = present_statement()
    accept_statement(act.by(Actor("person", person_id)), version=words.version, digest=words.digest)
