"""An act: who does what, when, from where, inside which transaction.

Every command takes one as its first argument and records its entry through it, so that no
change can be made without saying whose it was.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from accounts.ids import new_id
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import Entry, JsonValue, Reason, RowDigests
from accounts.ledger.log import SYSTEM_LOG

__all__ = ["SYSTEM", "SYSTEM_LOG", "Act", "Actor", "Reason"]


@dataclass(frozen=True)
class Actor:
    """Who acts: a person, a machine with a key of its own, or the platform itself."""

    kind: Literal["person", "machine", "system"]
    id: str
    on_behalf_of: str | None = None


SYSTEM = Actor("system", "readout")


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
        before: Mapping[str, JsonValue] | None = None,
        after: Mapping[str, JsonValue] | None = None,
        reason: Reason | None = None,
        rows: RowDigests | None = None,
    ) -> int:
        """Append the entry of this act to a log and return its sequence.

        `rows` names, per table under the ledger, each row that the act left behind with the
        digest of its content (or None where it removed the row), so that a replay finds a row
        that was changed without an entry.
        """
        self.session.flush()
        entry = Entry(
            log=log,
            sequence=0,
            time=self.now,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            on_behalf_of=self.actor.on_behalf_of,
            login_session=self.login_session,
            origin=self.origin,
            action=action,
            object_kind=kind,
            object_id=id,
            object_revision=revision,
            before=before,
            after=after,
            reason=reason,
            rows=rows or {},
            request_id=self.request_id,
            build=self.build,
        )
        return ledger_log.append(self.session, entry)

    def by(self, actor: Actor) -> "Act":
        """Return the same act in another actor's name, as when the platform reacts to it."""
        return replace(self, actor=actor)
