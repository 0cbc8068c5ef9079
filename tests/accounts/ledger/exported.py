"""A small ledger with two projects, exported, and the standalone verifier run as it is shipped."""

import importlib.util
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import ModuleType

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy.orm import Session

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import sign_head
from accounts.ledger.entries import Entry, JsonValue, canonical, digest, format_time
from accounts.ledger.export import SignedRecord, write_bundle
from accounts.ledger.replay import LedgeredTable
from accounts.ledger.signers import SignerKey

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [SignerKey(KEY.public_key())]
VERIFIER = Path(__file__).parents[3] / "deploy" / "verify_ledger.py"
PROJECTS = ("p1", "p2")
EACH = 12


def load_verifier() -> ModuleType:
    """Import the one file by its path, as it belongs to no package."""
    spec = importlib.util.spec_from_file_location("verify_ledger", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


verifier = load_verifier()


def record(log: str, number: int) -> dict[str, JsonValue]:
    return {"log": log, "number": number, "value": "größer 𝒳"}


def made(log: str, number: int) -> Entry:
    return Entry(
        log=log,
        sequence=0,
        time=NOW,
        actor_kind="person",
        actor_id="a",
        action="thing_made",
        object_kind="thing",
        object_id=f"{log}-{number}",
        after={"text": "ä\u2028\U0001f600", "\ufb33": 1, "\U0001f600": 2},
        rows={"things": {f"{log}-{number}": digest(record(log, number))}},
    )


def signed(log: str, number: int) -> Entry:
    after: dict[str, JsonValue] = {
        "log": log,
        "record_kind": "thing",
        "record_id": f"{log}-{number}",
        "revision": 1,
        "record_digest": digest(record(log, number)),
        "signer": "a",
        "signed_at": format_time(NOW),
    }
    return Entry(
        log=log,
        sequence=0,
        time=NOW,
        actor_kind="person",
        actor_id="a",
        action="signature_made",
        object_kind="thing",
        object_id=f"{log}-{number}",
        object_revision=1,
        after=after,
    )


def table_of(rows: dict[str, str]) -> LedgeredTable:
    return LedgeredTable(
        "things",
        lambda _session, log: [(k, v) for k, v in rows.items() if k.startswith(f"{log}-")],
    )


def rows_of() -> dict[str, str]:
    return {
        f"{log}-{number}": digest(record(log, number)) for log in PROJECTS for number in range(EACH)
    }


def records_of() -> list[SignedRecord]:
    return [
        SignedRecord(
            log=log, kind="thing", id=f"{log}-{number}", revision=1, content=record(log, number)
        )
        for log in PROJECTS
        for number in (3, 7)
    ]


def fill(database: Database) -> None:
    """Write two projects' logs with checkpoints in their midst and at their ends."""
    with database.transaction() as session:
        for log in PROJECTS:
            for number in range(EACH):
                ledger_log.append(session, made(log, number))
                if number in (3, 7):
                    ledger_log.append(session, signed(log, number))
                    sign_head(session, log, key=KEY, now=NOW)
            sign_head(session, log, key=KEY, now=NOW)
        sign_head(session, "system", key=KEY, now=NOW)


def export(session: Session, folder: Path, **options: object) -> Path:
    given: dict[str, object] = {"tables": [table_of(rows_of())], "records": records_of()}
    write_bundle(session, folder, now=NOW, keys=KEYS, **(given | options))  # type: ignore[arg-type]
    return folder


@dataclass(frozen=True)
class Answer:
    """What the verifier wrote and how it exited."""

    code: int
    lines: tuple[str, ...]

    def verdicts(self, name: str) -> set[str]:
        return {line[:11].strip() for line in self.lines if f": {name}" in line[:90]}

    @property
    def failures(self) -> list[str]:
        return [line for line in self.lines[:-1] if line.startswith("FAIL")]


def reseal(folder: Path) -> None:
    """Make the manifest fit the files again, as anyone who edits a bundle would."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for path in list(manifest["files"]):
        if not (folder / path).exists():
            del manifest["files"][path]
            continue
        data = (folder / path).read_bytes()
        manifest["files"][path] = {"sha256": sha256(data).hexdigest(), "bytes": len(data)}
    for log, head in manifest["logs"].items():
        lines = (folder / f"logs/{log}/entries.jsonl").read_bytes().splitlines()
        walk = verifier.walk_log(iter(lines), log, set())
        head.update(entries=walk.size, root=walk.roots[walk.size].hex())
    (folder / "manifest.json").write_bytes(canonical(manifest) + b"\n")


def arguments(folder: Path, remembered: Sequence[Path] = (), keys: Path | None = None) -> list[str]:
    given = [str(folder)]
    for note in remembered:
        given += ["--remember", str(note)]
    return given if keys is None else [*given, "--keys", str(keys)]
