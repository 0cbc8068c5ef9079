"""The complete subtrees of each log, kept so that a proof reads a few rows and not the whole log.

A subtree of level k covers 2^k leaves. Those below `LOWEST` are left out: recomputing one takes
fewer than sixteen leaf hashes, and storing it would cost a row for nearly every entry. What is
stored proves nothing by itself; a proof built from it is checked against the root.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import BigInteger, LargeBinary, String, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.database import Base
from accounts.ledger.merkle import node_hash

LOWEST = 4


class LedgerNode(Base):
    """The hash of one complete subtree, by the place it has when the tree is read left to right."""

    __tablename__ = "ledger_nodes"

    log: Mapped[str] = mapped_column(String(36), primary_key=True)
    place: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


# Built once: building a statement takes longer than running it.
STORED = select(LedgerNode.__table__.c.place, LedgerNode.__table__.c.hash).where(
    LedgerNode.__table__.c.log == bindparam("log"),
    LedgerNode.__table__.c.place.in_(bindparam("places", expanding=True)),
)


class Subtree(NamedTuple):
    """Which complete subtree: its level, and its number within the level."""

    level: int
    number: int

    @property
    def place(self) -> int:
        """Return its place among all subtrees in order, leaves at the even places."""
        return (2 * self.number + 1 << self.level) - 1

    def leaves(self) -> range:
        """Return the sequences of the entries it covers."""
        return range(self.number << self.level, self.number + 1 << self.level)


class Completed(NamedTuple):
    """A subtree that an append completed, with its hash."""

    subtree: Subtree
    hash: bytes


def completed_by(sequence: int, hashes: Iterable[bytes]) -> Iterator[Completed]:
    """Yield the subtrees worth a row among those that leaf `sequence` completed, lowest first."""
    for level, found in enumerate(hashes):
        if level >= LOWEST:
            yield Completed(Subtree(level, sequence >> level), found)


def store(session: Session, log: str, completed: Iterable[Completed]) -> None:
    """Keep the hashes of subtrees; a complete subtree never changes again."""
    rows = [{"log": log, "place": one.subtree.place, "hash": one.hash} for one in completed]
    if rows:
        session.execute(insert(LedgerNode), rows)


def subtrees_of(first: int, last: int) -> list[Subtree]:
    """Split the leaves `first` to `last` - 1 into their largest complete subtrees, in order.

    `first` is where a subtree of the whole range's height could begin, as in every split that
    RFC 9162 makes.
    """
    found = []
    while first < last:
        level = (last - first).bit_length() - 1
        found.append(Subtree(level, first >> level))
        first += 1 << level
    return found


def stored(session: Session, log: str, wanted: Iterable[Subtree]) -> dict[Subtree, bytes]:
    """Return the kept hashes of subtrees of level `LOWEST` and above."""
    places = {subtree.place: subtree for subtree in wanted}
    rows = session.execute(STORED, {"log": log, "places": list(places)})
    return {places[place]: found for place, found in rows}


def all_stored(session: Session, log: str) -> Iterator[tuple[Subtree, bytes]]:
    """Yield every kept subtree of a log with its hash, in order of place."""
    query = (
        select(LedgerNode.place, LedgerNode.hash)
        .where(LedgerNode.log == log)
        .order_by(LedgerNode.place)
        .execution_options(yield_per=5000)
    )
    with session.execute(query) as rows:
        for place, found in rows:
            level = (~place & (place + 1)).bit_length() - 1
            yield Subtree(level, place >> level + 1), found


def hash_of(subtree: Subtree, leaves: Mapping[int, bytes]) -> bytes:
    """Compute a small subtree's hash from its leaf hashes."""
    row = [leaves[sequence] for sequence in subtree.leaves()]
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row), 2)]
    return row[0]
