"""Finding entries: by subject, person, object, action, time, and what is critical."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    LargeBinary,
    and_,
    false,
    func,
    literal,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from accounts.ledger.entries import Entry, parse
from accounts.ledger.log import LedgerEntry
from accounts.ledger.reviews import Review

# What a reviewer looks at first, whatever form it concerns.
CRITICAL_ACTIONS = (
    "access_denied", "accepted_changed", "adjudicated", "ai_revealed", "archived",
    "checkpoint_refused",
    "clock_stepped_back", "erased", "exported", "item_cleared", "lock_withdrawn", "locked",
    "member_approved", "member_deactivated", "option_changed", "read_amended", "role_changed",
    "signature_failed", "signature_superseded", "subject_withdrawn", "task_returned", "unblinded",
    "unlocked", "visit_corrected",
)  # fmt: skip
DRAFTS = ("draft_saved", "item_cleared")


@dataclass(frozen=True, kw_only=True)
class Search:
    """What is looked for in one log; what is not named is not asked.

    `critical` names the items of forms whose drafts count as critical, besides critical actions.
    """

    log: str
    actions: Sequence[str] = ()
    objects: CompoundSelect[tuple[str]] | None = None
    person: str | None = None
    kind: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    critical: Collection[str] | None = None
    outside: Sequence[Review] = ()
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True)
class Found:
    """A page of entries with their bytes and leaf hashes, and how many there are in all."""

    total: int
    entries: tuple[tuple[Entry, bytes, bytes], ...]


def found(session: Session, search: Search) -> Found:
    """Return the newest entries that fit."""
    wanted = _conditions(search, is_sqlite=session.get_bind().dialect.name == "sqlite")
    total = session.scalar(select(func.count()).select_from(LedgerEntry).where(*wanted)) or 0
    query = (
        select(LedgerEntry.entry, LedgerEntry.leaf_hash)
        .where(*wanted)
        .order_by(LedgerEntry.sequence.desc())
        .offset(search.offset)
        .limit(search.limit)
    )
    return Found(total, tuple((parse(data), data, leaf) for data, leaf in session.execute(query)))


def actions_of(session: Session, log: str) -> tuple[str, ...]:
    """Return the actions that a log tells of."""
    query = select(LedgerEntry.action).where(LedgerEntry.log == log).distinct()
    return tuple(sorted(session.scalars(query)))


def _conditions(search: Search, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    wanted = [LedgerEntry.log == search.log]
    for column, value in (
        (LedgerEntry.actor_id, search.person),
        (LedgerEntry.object_kind, search.kind),
        (LedgerEntry.object_id, search.object),
    ):
        if value is not None:
            wanted.append(column == value)
    if search.actions:
        wanted.append(LedgerEntry.action.in_(search.actions))
    if search.objects is not None:
        wanted.append(LedgerEntry.object_id.in_(search.objects))
    if search.since is not None:
        wanted.append(LedgerEntry.time >= search.since)
    if search.until is not None:
        wanted.append(LedgerEntry.time < search.until)
    if search.critical is not None:
        touched = [_names(item, is_sqlite=is_sqlite) for item in sorted(search.critical)]
        drafts = and_(LedgerEntry.action.in_(DRAFTS), or_(*touched)) if touched else false()
        wanted.append(or_(LedgerEntry.action.in_(CRITICAL_ACTIONS), drafts))
    for review in search.outside:
        wanted.append(not_(LedgerEntry.sequence.between(review.first, review.last)))
    return wanted


def _names(item: str, *, is_sqlite: bool) -> ColumnElement[bool]:
    """Say whether the bytes of an entry name an item: `group/row/ITEM` as a field of a change."""
    named = literal(f'/{item}":'.encode(), LargeBinary)
    if is_sqlite:
        return func.instr(LedgerEntry.entry, named) > 0
    return func.position(named.op("IN")(LedgerEntry.entry)) > 0
