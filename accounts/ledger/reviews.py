"""Marks of an audit review: which entries somebody looked at, when, and whether all was in order.

A mark is an entry itself (E6 4.2.3): nothing is changed, and its evidence is exported with the log.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy.orm import Session

from accounts.acts import Act, Identifying
from accounts.errors import Refused
from accounts.ledger import log as ledger_log

REVIEWED = "ledger_reviewed"
Finding = Literal["in_order", "to_be_followed"]
MOST_REVIEWS = 10_000


@dataclass(frozen=True, kw_only=True)
class Review:
    """One mark: the entries it covers, by whom, when, and what was found."""

    sequence: int
    first: int
    last: int
    by: str
    at: datetime
    found: Finding


def enter_review(
    act: Act, log: str, *, first: int, last: int, note: str = "", found: Finding = "in_order"
) -> Review:
    """Mark entries as reviewed; the caller has asked for permission."""
    size = ledger_log.size(act.session, log)
    if not 0 <= first <= last < size:
        raise Refused(f"entries {first} to {last} are not in a log of {size}: name others")
    sequence = act.record(
        log,
        REVIEWED,
        "ledger",
        log,
        after={
            "first": first,
            "last": last,
            "found": found,
            **({"note": Identifying(note)} if note else {}),
        },
    )
    return Review(
        sequence=sequence, first=first, last=last, by=act.actor.id, at=act.now, found=found
    )


def reviews_of(session: Session, log: str) -> tuple[Review, ...]:
    """Return the marks of a log, in order."""
    entries = ledger_log.entries(session, log, action=REVIEWED, limit=MOST_REVIEWS)
    return tuple(
        Review(
            sequence=entry.sequence,
            first=cast("int", (entry.after or {})["first"]),
            last=cast("int", (entry.after or {})["last"]),
            by=entry.actor_id,
            at=entry.time,
            found=cast("Finding", (entry.after or {})["found"]),
        )
        for entry in entries
    )
