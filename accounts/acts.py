"""An act: who does what, when, from where, inside which transaction.

Every command takes one as its first argument and records its entry through it, so that no
change can be made without saying whose it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy.orm import Session

from accounts.clock_source import clock_source
from accounts.errors import Refused
from accounts.ids import new_id
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import COMMITMENT, Entry, JsonValue, Reason, RowDigests, format_time
from accounts.ledger.log import SYSTEM_LOG
from accounts.vault import PEOPLE, Identifying, Recordable, seal
from accounts.vault_keys import NOBODY

__all__ = ["SYSTEM", "SYSTEM_LOG", "Act", "Actor", "Identifying", "Reason"]


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, a machine with a key of its own, or the platform itself."""

    kind: Literal["person", "machine", "system"]
    id: str
    on_behalf_of: str | None = None


SYSTEM = Actor("system", "readout")
CLOCK_STEPPED_BACK = "clock_stepped_back"
# Two requests that wait for each other may be entered in another order than they began.
CLOCK_TOLERANCE = timedelta(seconds=5)


@dataclass(frozen=True)
class Act:
    """Who does it, when and from where; the session is the transaction it belongs to."""

    session: Session
    actor: Actor
    now: datetime
    origin: str
    request_id: str
    build: str
    login_session: str | None = None
    new_id: Callable[[], str] = field(default=new_id, compare=False)

    def record(
        self,
        log: str,
        action: str,
        kind: str,
        id: str,
        *,
        revision: int | None = None,
        before: Mapping[str, Recordable] | None = None,
        after: Mapping[str, Recordable] | None = None,
        reason: Reason | None = None,
        rows: RowDigests | None = None,
        about: str | None = None,
    ) -> int:
        """Append the entry of this act to a log and return its sequence.

        The reason's words, what is `Identifying` in `before` and `after`, and the address a person
        acts from go into the vault, and the entry holds their commitments. `about` names the
        subject they belong to, unless the object itself is a subject.

        `rows` names, per table under the ledger, each row that the act left behind with the
        digest of its content (or None where it removed the row), so that a replay finds a row
        that was changed without an entry.
        """
        self.session.flush()
        whose = about or (id if kind == "subject" and id else NOBODY)
        sealing = _Sealing(self.session, log, whose, self.now)
        entry = Entry(
            log=log,
            sequence=0,
            time=self.now,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            on_behalf_of=self.actor.on_behalf_of,
            login_session=self.login_session,
            origin=self._origin(),
            action=action,
            object_kind=kind,
            object_id=id,
            object_revision=revision,
            before=None if before is None else sealing.mapping(before, "before"),
            after=None if after is None else sealing.mapping(after, "after"),
            reason=None if reason is None else sealing.reason(reason),
            rows=rows or {},
            request_id=self.request_id,
            build=self.build,
        )
        self._notice_the_clock(log)
        return ledger_log.append(self.session, entry)

    def _notice_the_clock(self, log: str) -> None:
        """Enter that the clock stepped back; the sequence, not the time, gives the order."""
        last = ledger_log.last_time(self.session, log)
        if last is None or last - self.now <= CLOCK_TOLERANCE:
            return
        stepped = Entry(
            log=log,
            sequence=0,
            time=self.now,
            actor_kind=SYSTEM.kind,
            actor_id=SYSTEM.id,
            action=CLOCK_STEPPED_BACK,
            object_kind="clock",
            object_id="server",
            before={"time": format_time(last)},
            after={"time": format_time(self.now), "source": str(clock_source())},
            request_id=self.request_id,
            build=self.build,
        )
        ledger_log.append(self.session, stepped)

    def _origin(self) -> str:
        """Return a commitment to the address a person acts from; a machine's is no secret."""
        if self.actor.kind != "person" or not self.origin:
            return self.origin
        return seal(
            self.session,
            self.origin,
            scope=PEOPLE,
            subject=self.actor.id,
            field="origin",
            now=self.now,
            reuse=True,
        )

    def by(self, actor: Actor) -> "Act":
        """Return the same act in another actor's name, as when the platform reacts to it."""
        return replace(self, actor=actor)


@dataclass(frozen=True)
class _Sealing:
    """Puts what may name somebody into the vault, and its commitment into the entry."""

    session: Session
    scope: str
    subject: str
    now: datetime

    def mapping(self, values: Mapping[str, Recordable], field: str) -> dict[str, JsonValue]:
        return {name: self._value(value, f"{field}.{name}") for name, value in values.items()}

    def reason(self, reason: Reason) -> Reason:
        if not reason.text:
            return reason
        return replace(reason, text=self._seal(Identifying(reason.text), "reason.text"))

    def _value(self, value: Recordable, field: str) -> JsonValue:
        match value:
            case Identifying():
                return self._seal(value, field)
            case Mapping():
                return self.mapping(value, field)
            case list() | tuple():
                return [self._value(item, f"{field}[{at}]") for at, item in enumerate(value)]
            case str() if value.startswith(COMMITMENT):
                raise Refused(f"{field} looks like a commitment: only the vault makes those")
            case _:
                return value

    def _seal(self, one: Identifying, field: str) -> str:
        return seal(
            self.session,
            one.value,
            scope=PEOPLE if one.person else self.scope,
            subject=one.person or self.subject,
            field=field[-128:],
            now=self.now,
            reuse=one.repeated,
        )
