"""Digests of stored rows: what an entry states and a replay recomputes."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import String, inspect, select
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from accounts.database import Base
from accounts.ledger.entries import format_time
from accounts.ledger.replay import LedgeredTable, RowDigest

# Known only once the entry is written, or counting writes rather than saying anything.
LEFT_OUT = frozenset(
    {"ledger_sequence", "row_version", "last_used_at", "last_used_step", "sign_count",
     "withdrawn_under"}
)  # fmt: skip


class Salted:
    """A row that names somebody: a random salt makes its digest say nothing that can be guessed.

    Erasing the person takes the salt away with the name, under an entry with the new digest.
    """

    salt: Mapped[str | None] = mapped_column(String(64))

    def __init__(self, **values: object) -> None:
        # At once, not when it is stored: the entry states the digest before that.
        values.setdefault("salt", secrets.token_hex(32))
        super().__init__(**values)


def digest_of_rows(rows: Iterable[Sequence[str | None]]) -> str:
    """Return the SHA-256, in hex, of rows of text and nulls as canonical JSON.

    The standard library escapes text exactly as RFC 8785 does; only the order of keys and the
    form of numbers differ, and there are none here.
    """
    text = json.dumps(list(rows), ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def row_digest(row: Base) -> str:
    """Return the digest of a row: names and values of its columns, by name, nulls left out.

    A nullable column that a later version adds therefore leaves every earlier digest as it was.
    """
    names = sorted(attribute.key for attribute in inspect(type(row)).column_attrs)
    values = {name: _text(getattr(row, name)) for name in names if name not in LEFT_OUT}
    return digest_of_rows(pair for pair in values.items() if pair[1] is not None)


def ledgered_table(
    model: type[Base], log: InstrumentedAttribute[str], *, key: str = "id"
) -> LedgeredTable:
    """Put a whole table under the ledger: each row by its key, `log` names the row's log."""

    def digests(session: Session, name: str) -> Iterator[RowDigest]:
        rows = session.scalars(select(model).where(log == name).execution_options(yield_per=2000))
        for row in rows:
            yield getattr(row, key), row_digest(row)

    return LedgeredTable(model.__tablename__, digests)


def rows_named(*rows: Base) -> dict[str, dict[str, str | None]]:
    """Return {table: {id: digest}} of rows, as an entry names what its act left behind."""
    named: dict[str, dict[str, str | None]] = {}
    for row in rows:
        named.setdefault(row.__tablename__, {})[row.id] = row_digest(row)  # type: ignore[attr-defined]
    return named


def _text(value: object) -> str | None:
    """Write a column's value as text, the same on both databases."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, bool | int):
        return str(value)
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
