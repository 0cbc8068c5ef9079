"""Compare the tables with what the log says of them.

Entries name the rows that each act left behind and their digests. Folded in order they give, for
every table under the ledger, {key: digest}; the rows as they stand now must give the same.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from accounts.ledger.entries import Entry

RowDigest = tuple[str, str]


@dataclass(frozen=True)
class LedgeredTable:
    """A table under the ledger, and how the digests of its present rows are computed.

    `digests(session, log)` yields (key, digest) of each row that belongs to the log.
    """

    name: str
    digests: Callable[[Session, str], Iterable[RowDigest]]


@dataclass(frozen=True)
class Mismatch:
    """A row that is not what the log says it is."""

    table: str
    key: str
    problem: str
    sequence: int | None

    def __str__(self) -> str:
        """Say it in words."""
        known = "no entry names it" if self.sequence is None else f"entry {self.sequence}"
        return f"{self.table} {self.key}: {self.problem} ({known})"


class Expected:
    """What the rows must be, after the entries given so far."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, tuple[str | None, int]]] = {}

    def follow(self, entry: Entry) -> None:
        """Take in the rows that one more entry names."""
        for table, digests in entry.rows.items():
            rows = self.rows.setdefault(table, {})
            for key, digest in digests.items():
                rows[key] = (digest, entry.sequence)


def compare(
    session: Session, log: str, expected: Expected, tables: Iterable[LedgeredTable]
) -> Iterator[Mismatch]:
    """Yield each row of the tables that was changed, removed or added behind the log's back."""
    for table in tables:
        said = expected.rows.get(table.name, {})
        yield from _compare_table(table.name, said, table.digests(session, log))


def _compare_table(
    table: str, said: Mapping[str, tuple[str | None, int]], rows: Iterable[RowDigest]
) -> Iterator[Mismatch]:
    present = set()
    for key, digest in rows:
        present.add(key)
        if key not in said:
            yield Mismatch(table, key, "the row was added behind the ledger", None)
            continue
        recorded, sequence = said[key]
        if recorded is None:
            yield Mismatch(table, key, "the row was removed, yet it is here", sequence)
        elif recorded != digest:
            yield Mismatch(table, key, "the row was changed behind the ledger", sequence)
    for key, (recorded, sequence) in said.items():
        if recorded is not None and key not in present:
            yield Mismatch(table, key, "the row is gone", sequence)
