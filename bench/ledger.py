"""The ledger: durable commits, batches, proofs among a million entries, checking an export."""

import importlib.util
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from accounts.acts import Act, Actor, Reason
from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import sign_head
from accounts.ledger.entries import Entry
from accounts.ledger.export import write_bundle
from accounts.ledger.proofs import prove_consistency, prove_inclusion
from accounts.ledger.signers import SignerKey
from bench.rows import BenchRow
from bench.timing import seconds

COMMITS = 300
BATCH = 20_000
AT_ONCE = 50_000
MILLION = 1_000_000
PROOFS = 300
VERIFIED = 50_000
LOG = "p1"
PERSON = Actor("person", str(UUID(int=7)))
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VERIFIER = Path(__file__).parents[1] / "deploy" / "verify_ledger.py"


def rows() -> list[BenchRow]:
    """Measure on SQLite with a full synchronisation at each commit, as a platform runs."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/ledger.db")
        database.migrate()
        measured = [*_appends(database), _verification(database, Path(folder)), _acts(database)]
        database.dispose()
        million = Database(f"sqlite:///{folder}/million.db")
        million.migrate()
        _fill(million)
        measured += _proofs(million)
        million.dispose()
    return measured


def entry(number: int) -> Entry:
    """Return an entry as the signing of a read leaves it."""
    read = str(UUID(int=number))
    return Entry(
        log=LOG,
        sequence=0,
        time=NOW,
        actor_kind="person",
        actor_id=str(UUID(int=7)),
        login_session=str(UUID(int=8)),
        origin="192.0.2.1",
        action="read_submitted",
        object_kind="read",
        object_id=read,
        object_revision=1,
        after={"record_digest": "ab" * 32, "status": "submitted"},
        rows={"reads": {read: "cd" * 32}, "answers": {read: "ef" * 32}},
        request_id=str(UUID(int=9)),
        build="0.1.0",
    )


def _appends(database: Database) -> list[BenchRow]:
    def one_by_one() -> None:
        for number in range(COMMITS):
            with database.transaction() as session:
                ledger_log.append(session, entry(number))

    def at_once() -> None:
        with database.transaction() as session:
            ledger_log.append_all(session, LOG, map(entry, range(BATCH)))

    single, batch = COMMITS / seconds(one_by_one), BATCH / seconds(at_once)
    return [
        BenchRow("ledger, durable single commits", single, "commits/s", "≥ 300"),
        BenchRow("ledger, batched entries", batch, "entries/s", "≥ 5000"),
    ]


def _acts(database: Database) -> BenchRow:
    """Record as commands do: a reason and an address sealed in the vault, then the entry."""

    def one_by_one() -> None:
        for number in range(COMMITS):
            why = Reason(code="corrected", text=f"typed wrongly {number}")
            with database.transaction() as session:
                act = Act(session, PERSON, NOW, "192.0.2.1", str(UUID(int=9)), "0.1.0")
                act.record(LOG, "read_amended", "read", str(UUID(int=number)), reason=why)

    acts = COMMITS / seconds(one_by_one)
    return BenchRow("ledger, durable acts with a reason in the vault", acts, "commits/s")


def _verification(database: Database, folder: Path) -> BenchRow:
    """Check an exported log by the standalone verifier: every check, not hashing alone."""
    key = Ed25519PrivateKey.generate()
    with database.transaction() as session:
        present = ledger_log.size(session, LOG)
        ledger_log.append_all(session, LOG, map(entry, range(max(0, VERIFIED - present))))
        for log in (LOG, "system"):
            sign_head(session, log, key=key, now=NOW)
    with database.reading() as session:
        size = ledger_log.size(session, LOG)
        keys = [SignerKey(key.public_key())]
        write_bundle(session, folder / "bundle", now=NOW, keys=keys, tables=[])
    verifier = _verifier()

    def verify() -> None:
        given = verifier.Given(
            verifier.read_keys((folder / "bundle/keys.json").read_bytes()), True, [], None
        )
        checks = verifier.verify(verifier.Bundle(folder / "bundle"), given)
        assert verifier.exit_code(checks) == 2, [one for one in checks if one.verdict == "FAIL"]

    return BenchRow("ledger, standalone check", size / seconds(verify), "entries/s", "≥ 50000")


def _verifier() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_ledger", VERIFIER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _fill(database: Database) -> None:
    """Append a million real entries, as a platform would that was given them at once."""
    with database.transaction() as session:
        for name in ("action", "actor_id", "object_id"):
            # Made anew at the end of a migration, too: an index that grows along takes minutes.
            session.execute(text(f"DROP INDEX ix_ledger_entries_{name}"))
    for first in range(0, MILLION, AT_ONCE):
        with database.transaction() as session:
            ledger_log.append_all(session, LOG, map(entry, range(first, first + AT_ONCE)))


def _proofs(database: Database) -> list[BenchRow]:
    """Read and check proofs at places spread over the log, each from the database anew."""
    measured = []
    with database.reading() as session:
        size = ledger_log.size(session, LOG)
        for name, prove in (("inclusion", prove_inclusion), ("consistency", prove_consistency)):
            times = []
            for number in range(PROOFS):
                place = 1 + number * 7919 * 421 % (size - 1)
                began = time.perf_counter()
                prove(session, LOG, place)
                times.append((time.perf_counter() - began) * 1000)
            label = f"ledger, {name} proof at {size:,} entries"
            target = "≤ 1" if name == "inclusion" else ""
            measured.append(BenchRow(f"{label}, p50", statistics.median(times), "ms", target))
            measured.append(BenchRow(f"{label}, p95", statistics.quantiles(times, n=20)[-1], "ms"))
    return measured
