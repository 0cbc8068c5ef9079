"""The allocation table: its rows, their canonical bytes, and the digest that each batch carries."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from accounts.ledger.entries import canonical


class Row(NamedTuple):
    """One read to be done; `reader` is empty in a pool, `block` where the design has none."""

    allocation_version: int
    batch: int
    row: int
    unit: str
    subject: str
    visit: str
    reader: str
    position: str
    block: str
    arm: str
    session: int
    order: int
    repeat_of: int | None
    opens_rule: str
    algorithm: str
    seed_commitment: str
    digest: str = ""


COLUMNS = Row._fields


def to_csv(rows: Iterable[Row]) -> bytes:
    """Return the table's canonical bytes: a header, then a line a row; no value needs quotes."""
    return (",".join(COLUMNS) + "\n").encode() + lines_of(rows)


def lines_of(rows: Iterable[Row]) -> bytes:
    """Return the rows' own bytes, without a header."""
    return b"".join(_line(row) for row in rows)


def sealed(rows: Sequence[Row], *, design_digest: str, previous: str) -> tuple[Row, ...]:
    """Return the rows of a batch with its digest, which also binds the design and what is before.

    An appended batch has a digest of its own, so that no earlier row changes a byte.
    """
    head = canonical({"columns": list(COLUMNS), "design": design_digest, "previous": previous})
    digest = sha256(head + lines_of(rows)).hexdigest()
    return tuple(row._replace(digest=digest) for row in rows)


def table_digest(rows: Sequence[Row]) -> str:
    """Return the digest of the whole table: of its canonical bytes."""
    return sha256(to_csv(rows)).hexdigest()


def _line(row: Row) -> bytes:
    return (",".join("" if value is None else str(value) for value in row) + "\n").encode()
