"""Somebody at work on the platform from the command line: each act is one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act, Actor
from accounts.database import Database
from accounts.ids import PersonId, new_id
from readout.build import build

ORIGIN = "command line"


@dataclass(frozen=True)
class Hand:
    """Who works, on which database, with which clock."""

    database: Database
    now: Callable[[], datetime]
    actor: Actor = SYSTEM

    def act(self, session: Session) -> Act:
        """Return an act of this hand in a transaction."""
        return Act(
            session=session,
            actor=self.actor,
            now=self.now(),
            origin=ORIGIN,
            request_id=new_id(),
            build=build(),
        )

    def of(self, person: PersonId) -> "Hand":
        """Return the hand of a person."""
        return Hand(self.database, self.now, Actor("person", person))
