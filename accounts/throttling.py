"""Throttling of guesses: waits that grow, for a person at one address first, and never for good.

Each try is counted before it is judged, in a transaction of its own, so that a thousand at the same
moment are no way round it. Three counts stand in the way of a stranger: this person from this
address, everybody from this address, this person from everywhere. A known device has a count of its
own, so nobody can lock its owner out. One address adds only its first tries to the count of the
person, so that one machine, however long it tries, cannot make others wait either.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import String, bindparam, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import SYSTEM_LOG, Act
from accounts.database import Base, UtcDateTime
from accounts.errors import Refusal, Throttled
from accounts.notices import notify
from accounts.people import PersonRow, administrators_of

TRIES = 10
TRIES_OF_ADDRESS = 100
TRIES_OF_PERSON = 50
FIRST_WAIT = timedelta(seconds=30)
MOST_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=1)
LIMITS = frozenset((TRIES, TRIES_OF_ADDRESS, TRIES_OF_PERSON))

INSERT = text(
    "INSERT INTO throttles (key, tries, last_tried_at) VALUES (:key, 0, :at) "
    "ON CONFLICT (key) DO NOTHING"
).bindparams(bindparam("at", type_=UtcDateTime()))


class ThrottleRow(Base):
    """One count as stored, under the hash of what it counts."""

    __tablename__ = "throttles"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    tries: Mapped[int]
    last_tried_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime | None]


@dataclass(frozen=True)
class Gate:
    """One count, and how many tries it lets through before it makes wait."""

    key: str
    limit: int
    follows: str | None = None


def gates(*, purpose: str, who: str, address: str, device: str | None) -> tuple[Gate, ...]:
    """Return the counts of a try; `who` is what was typed, so unknown names are counted alike."""
    if device is not None:
        return (Gate(_key(purpose, "device", who, device), TRIES),)
    everybody = Gate(_key(purpose, "address", address), TRIES_OF_ADDRESS)
    if not who:
        return (Gate(everybody.key, TRIES),)
    here = Gate(_key(purpose, "here", who, address), TRIES)
    return here, everybody, Gate(_key(purpose, "person", who), TRIES_OF_PERSON, follows=here.key)


def admit(act: Act, at: Sequence[Gate]) -> None:
    """Count a try at every gate, or refuse it where somebody has to wait; commit at once."""
    old = act.now - 24 * FORGOTTEN_AFTER
    act.session.execute(delete(ThrottleRow).where(ThrottleRow.last_tried_at < old))
    rows = {gate.key: _locked(act, gate.key) for gate in sorted(at, key=lambda gate: gate.key)}
    waits = [until for row in rows.values() if (until := _waiting(row, act.now))]
    if waits:
        seconds = ceil((max(waits) - act.now).total_seconds())
        raise Throttled(
            f"too many tries: wait {seconds} seconds and try again, or use a device on which you "
            "have signed in before",
            retry_after=seconds,
        )
    already = {key: row.tries for key, row in rows.items()}
    for gate in at:
        if gate.follows is not None and already[gate.follows] >= TRIES:
            continue
        row = rows[gate.key]
        row.tries += 1
        row.last_tried_at = act.now
        if row.tries >= gate.limit:
            row.blocked_until = act.now + wait_after(row.tries - gate.limit)
    act.session.flush()


def wait_after(excess: int) -> timedelta:
    """Return how long to wait: twice as long with each further try, up to a quarter of an hour."""
    return min(FIRST_WAIT * (1 << min(excess, 10)), MOST_WAIT)


def forgive(session: Session, at: Sequence[Gate]) -> None:
    """Take a try back that was right; what was counted for this place and person is forgotten."""
    for gate in at:
        row = session.get(ThrottleRow, gate.key, with_for_update=True)
        if row is None:
            continue
        row.tries = 0 if gate is at[0] and gate.limit == TRIES else max(0, row.tries - 1)
        if row.tries < gate.limit:
            row.blocked_until = None


def enter_throttled(act: Act, refusal: Refusal) -> None:
    """Enter that further tries now have to wait, once a failed one has made it so."""
    query = select(ThrottleRow).where(
        ThrottleRow.key.in_(refusal.throttle_keys), ThrottleRow.blocked_until > act.now
    )
    waiting = act.session.scalars(query).all()
    if not waiting:
        return
    act.record(
        SYSTEM_LOG,
        "tries_throttled",
        refusal.object_kind,
        refusal.object_id,
        after={"tries": max(row.tries for row in waiting)},
    )
    person = act.session.get(PersonRow, refusal.object_id)
    # Told when it begins, and not again for each further try.
    if person is not None and any(row.tries in LIMITS for row in waiting):
        notify(
            act,
            {person.id, *administrators_of(act.session, person.organization_id, act.now)},
            "tries_throttled",
            about_kind="person",
            about_id=person.id,
        )


def _locked(act: Act, key: str) -> ThrottleRow:
    act.session.execute(INSERT, {"key": key, "at": act.now})
    row = act.session.get(ThrottleRow, key, with_for_update=True, populate_existing=True)
    assert row is not None, "the count was made above"
    if act.now - row.last_tried_at >= FORGOTTEN_AFTER:
        row.tries, row.blocked_until = 0, None
    return row


def _waiting(row: ThrottleRow, now: datetime) -> datetime | None:
    return row.blocked_until if row.blocked_until is not None and row.blocked_until > now else None


def _key(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
