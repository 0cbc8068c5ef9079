"""Write logs out as a folder that can be checked without the platform, by deploy/verify_ledger.py.

    manifest.json                    format, time, the logs with size and root, SHA-256 of each file
    keys.json                        public keys of the signers, and the sizes they are valid at
    logs/<log>/entries.jsonl         canonical bytes of the entries, one per line, in order
    logs/<log>/checkpoints.jsonl     signed notes, each a JSON string
    logs/<log>/tables/<table>.jsonl  ["key","digest"] of each row under the ledger, as it stands now
    logs/<log>/records.jsonl         signed records, whole, where the caller gives them
    logs/<log>/openings.jsonl        salt and value of commitments that the caller may open, and
                                     the entries that erased others
    logs/<log>/timestamps/<size>.tsr RFC 3161 tokens over the bytes of the note of that size
    manifests/<digest>.json          lock manifests by their SHA-256, where the caller gives them

Rows are streamed. Without openings the folder holds no personal data beyond the given records.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import LedgerCheckpoint
from accounts.ledger.entries import COMMITMENT, JsonValue, canonical, format_time
from accounts.ledger.errors import LogMissing
from accounts.ledger.merkle import Tree
from accounts.ledger.replay import LedgeredTable
from accounts.ledger.signers import SignerKey

FORMAT = "readout-ledger-1"
PREFIX = COMMITMENT.encode()
COMMITTED = re.compile(PREFIX + rb"[0-9a-f]{64}")
ASKED_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class SignedRecord:
    """A record as it was signed: its digest is the SHA-256 of the content's canonical bytes."""

    log: str
    kind: str
    id: str
    revision: int
    content: Mapping[str, JsonValue]


@dataclass(frozen=True)
class TimeStamp:
    """An RFC 3161 response over the note of a log at a size, kept as it came."""

    log: str
    size: int
    token: bytes


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What is known of one commitment: its salt and value, or the entry that erased it."""

    commitment: str
    salt: bytes | None = None
    value: str | None = None
    erased: int | None = None


@dataclass(frozen=True)
class WrittenFile:
    """One file of the bundle, by its path within the folder."""

    path: str
    sha256: str
    size: int


def write_bundle(
    session: Session,
    folder: Path,
    *,
    now: datetime,
    keys: Sequence[SignerKey],
    tables: Sequence[LedgeredTable],
    logs: Sequence[str] | None = None,
    records: Iterable[SignedRecord] = (),
    time_stamps: Sequence[TimeStamp] = (),
    openings: Callable[[Sequence[str]], Iterable[Opened]] | None = None,
    manifests: Iterable[tuple[str, bytes]] = (),
    clock: str = "",
) -> tuple[WrittenFile, ...]:
    """Write the named logs, or all of them, into a new folder and return its files.

    The session must see one moment of the database (`Database.reading`). The manifest is written
    last: a folder without one is an export that did not finish. `openings` answers what is known
    of commitments; `clock` says where the server's time came from.
    """
    present = ledger_log.logs(session)
    chosen = present if logs is None else list(logs)
    if missing := set(chosen) - set(present):
        raise LogMissing(f"there is no log {', '.join(sorted(missing))}: nothing was exported")
    folder.mkdir(parents=True)
    files = [
        _write(folder, "keys.json", _lines([canonical([key.to_json(chosen) for key in keys])]))
    ]
    by_log: dict[str, list[SignedRecord]] = {}
    for record in records:
        by_log.setdefault(record.log, []).append(record)
    heads: dict[str, JsonValue] = {}
    for log in chosen:
        tree = Tree()
        files += _write_log(session, folder, log, tree, tables, by_log.get(log, []))
        if openings is not None:
            lines = _openings(session, log, openings)
            files.append(_write(folder, f"logs/{log}/openings.jsonl", _lines(lines)))
        files += [
            _write(folder, f"logs/{log}/timestamps/{stamp.size}.tsr", [stamp.token])
            for stamp in time_stamps
            if stamp.log == log
        ]
        heads[log] = {"entries": tree.size, "root": tree.root().hex()}
    files += [_write(folder, f"manifests/{digest}.json", [data]) for digest, data in manifests]
    manifest: JsonValue = {
        "format": FORMAT,
        "written_at": format_time(now),
        "clock": clock,
        "complete": logs is None,
        "logs": heads,
        "files": {file.path: {"sha256": file.sha256, "bytes": file.size} for file in files},
    }
    return (*files, _write(folder, "manifest.json", _lines([canonical(manifest)])))


def _write_log(
    session: Session,
    folder: Path,
    log: str,
    tree: Tree,
    tables: Sequence[LedgeredTable],
    records: Sequence[SignedRecord],
) -> Iterator[WrittenFile]:
    start = f"logs/{log}"
    yield _write(folder, f"{start}/entries.jsonl", _lines(_entries(session, log, tree)))
    yield _write(folder, f"{start}/checkpoints.jsonl", _lines(_notes(session, log)))
    for table in tables:
        rows = (canonical([key, digest]) for key, digest in table.digests(session, log))
        yield _write(folder, f"{start}/tables/{table.name}.jsonl", _lines(rows))
    yield _write(folder, f"{start}/records.jsonl", _lines(map(_record, records)))


def _entries(session: Session, log: str, tree: Tree) -> Iterator[bytes]:
    for _, data, leaf in ledger_log.stored_entries(session, log):
        tree.append(leaf)
        yield data


def _notes(session: Session, log: str) -> Iterator[bytes]:
    statement = (
        select(LedgerCheckpoint.note)
        .where(LedgerCheckpoint.log == log)
        .order_by(LedgerCheckpoint.size)
    )
    for note in session.scalars(statement):
        yield canonical(note)


def commitments_in(data: bytes) -> list[str]:
    """Return the commitments that the bytes of an entry hold."""
    if PREFIX not in data:
        return []
    return [found.decode() for found in COMMITTED.findall(data)]


def _openings(
    session: Session, log: str, ask: Callable[[Sequence[str]], Iterable[Opened]]
) -> Iterator[bytes]:
    """Yield what is known of each commitment of a log, once."""
    seen, waiting = set[str](), list[str]()
    for _, data, _ in ledger_log.stored_entries(session, log):
        fresh = [one for one in commitments_in(data) if one not in seen]
        seen.update(fresh)
        waiting += fresh
        if len(waiting) >= ASKED_AT_ONCE:
            yield from map(_opened, ask(waiting))
            waiting = []
    yield from map(_opened, ask(waiting))


def _opened(one: Opened) -> bytes:
    if one.erased is not None:
        return canonical({"commitment": one.commitment, "erased": one.erased})
    assert one.salt is not None, "a commitment is open or erased"
    salt = base64.b64encode(one.salt).decode()
    return canonical({"commitment": one.commitment, "salt": salt, "value": one.value})


def _record(record: SignedRecord) -> bytes:
    return canonical(
        {
            "kind": record.kind,
            "id": record.id,
            "revision": record.revision,
            "record": record.content,
        }
    )


def _lines(values: Iterable[bytes]) -> Iterator[bytes]:
    for value in values:
        yield value + b"\n"


def _write(folder: Path, path: str, parts: Iterable[bytes]) -> WrittenFile:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    found, size = hashlib.sha256(), 0
    with file.open("xb") as out:
        for part in parts:
            out.write(part)
            found.update(part)
            size += len(part)
    return WrittenFile(path, found.hexdigest(), size)
