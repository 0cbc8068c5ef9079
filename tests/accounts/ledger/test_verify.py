from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Table, delete, select, text, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from accounts.database import Base, Database
from accounts.ledger import log as ledger_log
from accounts.ledger.checkpoints import (
    Checkpoint,
    LedgerCheckpoint,
    latest,
    read_note,
    sign_head,
    sign_note,
    uncovered,
)
from accounts.ledger.entries import Entry
from accounts.ledger.errors import CheckpointInvalid, LogMissing
from accounts.ledger.log import LedgerEntry, LedgerHead
from accounts.ledger.replay import LedgeredTable
from accounts.ledger.verify import Check, Verdict, verify

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEYS = [KEY.public_key()]
ROWS = {f"row{i}": f"digest{i}" for i in range(10)}
TABLE = LedgeredTable("things", lambda _session, _log: list(ROWS.items()))


def entry(number: int, *, log: str = "p1") -> Entry:
    return Entry(
        log=log,
        sequence=0,
        time=NOW,
        actor_kind="person",
        actor_id="a",
        action="thing_made",
        object_kind="thing",
        object_id=f"row{number}",
        rows={"things": {f"row{number}": f"digest{number}"}},
    )


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    tables: list[Table] = [
        Base.metadata.tables[name] for name in Base.metadata.tables if name.startswith("ledger_")
    ]
    with database.connection() as connection:
        Base.metadata.create_all(connection, tables=tables)
    with database.transaction() as session:
        for number in range(10):
            ledger_log.append(session, entry(number))
            if number == 6:
                sign_head(session, "p1", key=KEY, now=NOW)
        sign_head(session, "p1", key=KEY, now=NOW)
    yield database
    database.dispose()


def unguard(session: Session) -> None:
    for verb in ("update", "delete"):
        session.execute(text(f"DROP TRIGGER ledger_entries_no_{verb}"))


def failures(
    database: Database, tables: list[LedgeredTable] | None = None, **options: object
) -> list[Check]:
    with database.reading() as session:
        report = verify(
            session,
            keys=KEYS,
            tables=[TABLE] if tables is None else tables,
            logs=["p1"],
            **options,  # type: ignore[arg-type]
        )
    return [check for check in report.checks if check.verdict is Verdict.FAIL]


def test_an_untouched_ledger_passes(database: Database) -> None:
    with database.reading() as session:
        report = verify(session, keys=KEYS, tables=[TABLE], logs=["p1"])

    assert report.verdict is Verdict.PASS
    assert report.exit_code == 0


def test_sequences_are_gapless_and_entries_read_back(database: Database) -> None:
    with database.reading() as session:
        found = ledger_log.entries(session, "p1", first=3, limit=4)

        assert [one.sequence for one in found] == [3, 4, 5, 6]
        assert ledger_log.count(session, "p1") == 10
        assert ledger_log.count(session, "p1", action="nothing") == 0
        assert ledger_log.entries(session, "p1", action="nothing") == []
        assert ledger_log.read_entry(session, "p1", 4).object_id == "row4"
        with pytest.raises(LogMissing, match="no entry 99"):
            ledger_log.read_entry(session, "p1", 99)


def test_each_checkpoint_of_a_project_is_an_entry_of_the_system_log(database: Database) -> None:
    with database.reading() as session:
        told = ledger_log.entries(session, "system", action="checkpoint_signed")

        assert [one.after["size"] for one in told if one.after] == [7, 10]
        assert ledger_log.logs(session) == ["p1", "system"]


@pytest.mark.req("R-AUD")
def test_the_database_itself_refuses_to_change_an_entry(database: Database) -> None:
    for statement in (update(LedgerEntry).values(action="x"), delete(LedgerEntry)):
        with (
            pytest.raises(DatabaseError, match="never changed"),
            database.transaction() as session,
        ):
            session.execute(statement)


@pytest.mark.parametrize("sequence", range(10))
@pytest.mark.req("R-VAL", "R-AUD")
def test_one_flipped_byte_is_found_and_the_entry_named(database: Database, sequence: int) -> None:
    with database.transaction() as session:
        unguard(session)
        row = session.get_one(LedgerEntry, ("p1", sequence))
        data = bytearray(row.entry)
        data[len(data) // 2] ^= 1
        row.entry = bytes(data)

    found = failures(database)

    assert any(check.first == sequence == check.last for check in found)


@pytest.mark.req("R-AUD")
def test_a_deleted_entry_is_found(database: Database) -> None:
    with database.transaction() as session:
        unguard(session)
        session.execute(delete(LedgerEntry).where(LedgerEntry.sequence == 4))

    assert {check.name for check in failures(database)} >= {"entries", "head", "checkpoints"}


@pytest.mark.req("R-AUD")
def test_swapped_entries_are_found(database: Database) -> None:
    with database.transaction() as session:
        unguard(session)
        one = session.get_one(LedgerEntry, ("p1", 2))
        other = session.get_one(LedgerEntry, ("p1", 3))
        one.entry, other.entry = other.entry, one.entry
        one.leaf_hash, other.leaf_hash = other.leaf_hash, one.leaf_hash

    found = failures(database)

    assert {check.name for check in found} == {"entries", "head", "checkpoints"}
    assert (found[0].first, found[0].last) == (2, 3)


@pytest.mark.req("R-AUD")
def test_a_truncated_and_rehashed_log_is_found_by_its_checkpoints(database: Database) -> None:
    with database.transaction() as session:
        unguard(session)
        session.execute(delete(LedgerEntry).where(LedgerEntry.sequence >= 8))
        _rebuild_head(session)

    assert "checkpoints" in {check.name for check in failures(database, tables=[])}


@pytest.mark.req("R-AUD")
def test_a_rollback_with_its_checkpoints_is_found_by_a_remembered_one(database: Database) -> None:
    with database.reading() as session:
        newest = latest(session, "p1")
        assert newest is not None
        remembered = read_note(newest.note, KEYS)
    with database.transaction() as session:
        unguard(session)
        session.execute(delete(LedgerEntry).where(LedgerEntry.sequence >= 7))
        session.execute(delete(LedgerCheckpoint).where(LedgerCheckpoint.size > 7))
        _rebuild_head(session)

    # The system log still tells of what is gone; an older copy of it would not.
    found = failures(database, tables=[])
    assert [check.name for check in found] == ["checkpoints in the system log"]
    with database.transaction() as session:
        session.execute(
            delete(LedgerEntry).where(LedgerEntry.log == "system", LedgerEntry.sequence >= 1)
        )
    assert failures(database, tables=[]) == []
    found = failures(database, tables=[], remembered=[remembered])
    assert [check.name for check in found] == ["remembered checkpoints"]


def _rebuild_head(session: Session) -> None:
    from accounts.ledger.merkle import Tree

    tree = Tree()
    for leaf in session.scalars(
        select(LedgerEntry.leaf_hash).where(LedgerEntry.log == "p1").order_by(LedgerEntry.sequence)
    ):
        tree.append(leaf)
    head = session.get_one(LedgerHead, "p1")
    head.size, head.frontier = tree.size, tree.frontier_bytes()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({**ROWS, "row4": "other"}, "row4: the row was changed"),
        ({key: value for key, value in ROWS.items() if key != "row4"}, "row4: the row is gone"),
        ({**ROWS, "row99": "new"}, "row99: the row was added"),
    ],
)
@pytest.mark.req("R-VAL", "R-AUD")
def test_a_table_edited_behind_the_log_is_named(
    database: Database, rows: dict[str, str], words: str
) -> None:
    table = LedgeredTable("things", lambda _session, _log: list(rows.items()))

    found = failures(database, tables=[table])

    assert [check.name for check in found] == ["tables"]
    assert words in found[0].detail


def test_a_row_that_an_entry_removed_must_stay_away(database: Database) -> None:
    with database.transaction() as session:
        gone = {"things": {"row4": None}}
        ledger_log.append(session, Entry(**{**vars(entry(4)), "rows": gone}))
        sign_head(session, "p1", key=KEY, now=NOW)
    without = {key: value for key, value in ROWS.items() if key != "row4"}
    table = LedgeredTable("things", lambda _session, _log: list(without.items()))

    assert failures(database, tables=[table]) == []
    assert "row4: the row was removed, yet it is here" in failures(database)[0].detail


def test_a_forged_checkpoint_is_refused(database: Database) -> None:
    stranger = Ed25519PrivateKey.generate()
    with database.transaction() as session:
        note = session.get_one(LedgerCheckpoint, ("p1", 10))
        note.note = sign_note(read_note(note.note, KEYS), stranger)

    found = failures(database)

    assert [check.name for check in found] == ["checkpoints", "checkpoints in the system log"]
    assert "no known key" in found[0].detail


def test_entries_after_the_last_checkpoint_are_said_to_be_not_covered(database: Database) -> None:
    with database.transaction() as session:
        ledger_log.append(session, Entry(**{**vars(entry(1)), "rows": {}}))

    with database.reading() as session:
        report = verify(session, keys=KEYS, tables=[TABLE], logs=["p1"])

    assert report.exit_code == 2
    assert [(c.first, c.last) for c in report.checks if c.verdict is Verdict.NOT_COVERED] == [
        (10, 10)
    ]


def test_a_log_without_a_checkpoint_is_not_covered(database: Database) -> None:
    with database.transaction() as session:
        ledger_log.append(session, Entry(**{**vars(entry(1)), "log": "p2", "rows": {}}))

    with database.reading() as session:
        report = verify(session, keys=KEYS, tables=[], logs=["p2"])
        assert [(one.log, one.covered) for one in uncovered(session)] == [("p2", 0)]

    assert report.verdict is Verdict.NOT_COVERED


def test_signing_again_without_new_entries_gives_the_same_note(database: Database) -> None:
    with database.transaction() as session:
        first = sign_head(session, "p1", key=KEY, now=NOW)
        assert sign_head(session, "p1", key=KEY, now=NOW) == first
        sign_head(session, "system", key=KEY, now=NOW)
        assert uncovered(session) == []
        with pytest.raises(LogMissing, match="nothing to sign"):
            sign_head(session, "unknown", key=KEY, now=NOW)


@pytest.mark.parametrize(
    "damage",
    [
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.replace("readout/p1", "readout/p2"),
        lambda note: note.rpartition("— ")[0],
        lambda note: note[:-6] + "!!!!\n",
    ],
)
def test_a_damaged_note_is_refused(damage: object) -> None:
    note = sign_note(Checkpoint("p1", 1, bytes(32), NOW), KEY)

    assert read_note(note, KEYS).size == 1
    with pytest.raises(CheckpointInvalid):
        read_note(damage(note), KEYS)  # type: ignore[operator]


def test_a_signed_note_with_another_text_is_refused() -> None:
    class Odd(Checkpoint):
        def text(self) -> str:
            return "readout/p1\nmany\n\u00e4\nnow\n"

    with pytest.raises(CheckpointInvalid, match="cannot be read"):
        read_note(sign_note(Odd("p1", 1, bytes(32), NOW), KEY), KEYS)


def test_a_hash_kept_for_proofs_that_was_altered_or_removed_is_found(database: Database) -> None:
    with database.transaction() as session:
        ledger_log.append_all(session, "p3", (entry(n, log="p3") for n in range(40)))
    with database.reading() as session:
        assert verify(session, keys=KEYS, tables=[], logs=["p3"]).verdict is Verdict.NOT_COVERED

    for change in ("UPDATE ledger_nodes SET hash = leaf", "DELETE FROM ledger_nodes"):
        with database.transaction() as session:
            leaf = "(SELECT leaf_hash FROM ledger_entries LIMIT 1)"
            session.execute(text(f"{change.replace('leaf', leaf)} WHERE log = 'p3' AND place = 47"))
        with database.reading() as session:
            report = verify(session, keys=KEYS, tables=[], logs=["p3"])
        (found,) = [check for check in report.checks if check.verdict is Verdict.FAIL]
        assert found.name == "nodes"


def test_a_project_that_vanished_with_all_it_had_is_named(database: Database) -> None:
    with database.transaction() as session:
        unguard(session)
        for table in (LedgerEntry, LedgerCheckpoint, LedgerHead):
            session.execute(delete(table).where(table.log == "p1"))

    with database.reading() as session:
        report = verify(session, keys=KEYS, tables=[])

    found = [check for check in report.checks if check.verdict is Verdict.FAIL]
    assert [(check.log, check.name) for check in found] == [("p1", "presence")]
