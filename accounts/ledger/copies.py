"""A log as people read it: the same entries as CSV, as JSON and on paper, one line an entry.

Commitments are shown as the values they stand for where the caller may open them. These copies are
for reading; what is proved is the canonical bytes, and each copy carries the checkpoint of those.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.entries import JsonValue, format_time, parse
from accounts.ledger.export import commitments_in

FORMAT = "readout-ledger-copy-1"
FIELDS = (
    "sequence", "time", "actor_kind", "actor_id", "actor_name", "on_behalf_of", "session",
    "origin", "action", "object_kind", "object_id", "object_revision", "before", "after",
    "reason_code", "reason_text", "request_id", "build", "leaf_hash",
)  # fmt: skip
# A spreadsheet would take a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AT_ONCE = 500

Line = Mapping[str, JsonValue]


@dataclass(frozen=True, kw_only=True)
class Copy:
    """What a copy is of: which log, up to which size, under which checkpoint, by which clock."""

    log: str
    title: str
    size: int
    checkpoint: str
    clock: str
    made_at: datetime
    build: str

    def about(self) -> dict[str, JsonValue]:
        """Return it as facts with names."""
        return {
            "format": FORMAT,
            "log": self.log,
            "title": self.title,
            "entries": self.size,
            "checkpoint": self.checkpoint,
            "clock": self.clock,
            "time_zone": "UTC",
            "made_at": format_time(self.made_at),
            "build": self.build,
        }


@dataclass(frozen=True)
class Sight:
    """What the reader of a copy may see: opened commitments, and the names of actors."""

    open: Callable[[Sequence[str]], Mapping[str, str]]
    names: Callable[[set[str]], Mapping[str, str]]


def lines(session: Session, copy: Copy, sight: Sight) -> Iterator[dict[str, JsonValue]]:
    """Yield the entries of a copy, in order."""
    batch: list[tuple[bytes, bytes]] = []
    for sequence, data, leaf in ledger_log.stored_entries(session, copy.log):
        if sequence >= copy.size:
            break
        batch.append((data, leaf))
        if len(batch) == AT_ONCE:
            yield from _lines(batch, sight)
            batch = []
    yield from _lines(batch, sight)


def _lines(batch: Sequence[tuple[bytes, bytes]], sight: Sight) -> Iterator[dict[str, JsonValue]]:
    entries = [parse(data) for data, _ in batch]
    opened = sight.open([one for data, _ in batch for one in commitments_in(data)])
    names = sight.names({entry.actor_id for entry in entries})
    for entry, (_, leaf) in zip(entries, batch, strict=True):
        yield {
            "sequence": entry.sequence,
            "time": format_time(entry.time),
            "actor_kind": entry.actor_kind,
            "actor_id": entry.actor_id,
            "actor_name": names.get(entry.actor_id),
            "on_behalf_of": entry.on_behalf_of,
            "session": entry.login_session,
            "origin": opened.get(entry.origin, entry.origin),
            "action": entry.action,
            "object_kind": entry.object_kind,
            "object_id": entry.object_id,
            "object_revision": entry.object_revision,
            "before": shown(entry.before, opened),
            "after": shown(entry.after, opened),
            "reason_code": entry.reason.code if entry.reason else None,
            "reason_text": opened.get(entry.reason.text, entry.reason.text)
            if entry.reason
            else None,
            "request_id": entry.request_id,
            "build": entry.build,
            "leaf_hash": leaf.hex(),
        }


def shown(value: JsonValue, opened: Mapping[str, str]) -> JsonValue:
    """Return a value of an entry with the commitments that are open in words."""
    match value:
        case str():
            return opened.get(value, value)
        case Mapping():
            return {name: shown(item, opened) for name, item in value.items()}
        case list() | tuple():
            return [shown(item, opened) for item in value]
        case _:
            return value


def as_csv(copy: Copy, entries: Iterator[Line]) -> Iterator[bytes]:
    """Yield a copy as CSV with a header; the first row also says what it is a copy of."""
    about = {f"copy_{name}": str(value) for name, value in copy.about().items()}
    yield _row([*FIELDS, *about])
    for number, line in enumerate(entries):
        cells = [_cell(line[name]) for name in FIELDS]
        yield _row([*cells, *(about.values() if number == 0 else [""] * len(about))])


def as_json(copy: Copy, entries: Iterator[Line]) -> Iterator[bytes]:
    """Yield a copy as one JSON object."""
    head = json.dumps(copy.about(), ensure_ascii=False)
    yield f'{head[:-1]}, "lines": ['.encode()
    for number, line in enumerate(entries):
        yield (",\n" if number else "\n").encode() + json.dumps(line, ensure_ascii=False).encode()
    yield b"\n]}\n"


def _row(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_MINIMAL, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode()


def _cell(value: JsonValue) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return f"'{value}" if value.startswith(FORMULA) else value
