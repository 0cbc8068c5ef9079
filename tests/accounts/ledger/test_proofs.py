from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, text, update

from accounts.database import MIGRATIONS, Database
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import Entry
from accounts.ledger.errors import EntryRefused, LogMissing, NodesDamaged
from accounts.ledger.log import LedgerEntry
from accounts.ledger.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from accounts.ledger.nodes import LOWEST, LedgerNode, Subtree
from accounts.ledger.proofs import prove_consistency, prove_inclusion
from tests.databases import KINDS, Databases

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SIZE = 150


def entry(number: int) -> Entry:
    return Entry(
        log="p1",
        sequence=0,
        time=NOW,
        actor_kind="system",
        actor_id="s",
        action="thing_made",
        object_kind="thing",
        object_id=str(number),
    )


def fill(database: Database, size: int = SIZE) -> list[bytes]:
    with database.transaction() as session:
        ledger_log.append_all(session, "p1", map(entry, range(size)))
        return [leaf for _, _, leaf in ledger_log.stored_entries(session, "p1")]


def nodes(database: Database) -> list[tuple[int, bytes]]:
    statement = "SELECT place, hash FROM ledger_nodes ORDER BY place"
    with database.connection() as connection:
        return [(place, bytes(found)) for place, found in connection.execute(text(statement))]


def test_many_entries_at_once_are_what_they_are_one_by_one(database: Database) -> None:
    with database.transaction() as session:
        for number in range(SIZE):
            ledger_log.append(session, entry(number))
        one_by_one = [data for _, data, _ in ledger_log.stored_entries(session, "p1")]
        root = ledger_log.root(session, "p1")
        kept = session.query(LedgerNode).count()
        session.rollback()

    leaves = fill(database)

    with database.reading() as session:
        assert [data for _, data, _ in ledger_log.stored_entries(session, "p1")] == one_by_one
        assert ledger_log.root(session, "p1") == root == root_of(leaves)
    assert len(nodes(database)) == kept == sum(SIZE >> level for level in range(LOWEST, 8))


def test_entries_of_another_log_are_refused(sqlite_database: Database) -> None:
    with (
        pytest.raises(EntryRefused, match="given to log p2"),
        sqlite_database.transaction() as session,
    ):
        ledger_log.append_all(session, "p2", [entry(0)])


def test_every_inclusion_proof_is_the_one_of_the_definition(sqlite_database: Database) -> None:
    leaves = fill(sqlite_database)

    with sqlite_database.reading() as session:
        for size in (1, 2, 15, 16, 17, 33, 64, 100, SIZE):
            root = root_of(leaves[:size])
            for sequence in range(size):
                proof = prove_inclusion(session, "p1", sequence, size=size)

                assert list(proof.path) == inclusion_proof(leaves[:size], sequence)
                assert proof.root == root
                assert verify_inclusion(
                    proof.leaf, index=sequence, size=size, proof=proof.path, root=root
                )


def test_every_consistency_proof_is_the_one_of_the_definition(sqlite_database: Database) -> None:
    leaves = fill(sqlite_database)

    with sqlite_database.reading() as session:
        for size in (1, 16, 17, 63, SIZE):
            for old_size in range(1, size + 1):
                proof = prove_consistency(session, "p1", old_size, size=size)

                assert list(proof.path) == consistency_proof(leaves[:size], old_size)
                assert (proof.old_root, proof.root) == (
                    root_of(leaves[:old_size]),
                    root_of(leaves[:size]),
                )


def test_proofs_of_the_present_log_hold_on_both_databases(database: Database) -> None:
    leaves = fill(database)

    with database.reading() as session:
        included = prove_inclusion(session, "p1", 77)
        consistent = prove_consistency(session, "p1", 77)

    root = root_of(leaves)
    assert included.size == consistent.size == SIZE
    assert verify_inclusion(leaves[77], index=77, size=SIZE, proof=included.path, root=root)
    assert verify_consistency(
        old_size=77, old_root=root_of(leaves[:77]), size=SIZE, root=root, proof=consistent.path
    )


def test_what_the_log_never_held_has_no_proof(sqlite_database: Database) -> None:
    fill(sqlite_database, 20)

    with sqlite_database.reading() as session:
        with pytest.raises(LogMissing, match="no entry 20"):
            prove_inclusion(session, "p1", 20)
        with pytest.raises(LogMissing, match="no entry 5 at size 5"):
            prove_inclusion(session, "p1", 5, size=5)
        with pytest.raises(LogMissing, match="never had the size 21"):
            prove_inclusion(session, "p1", 3, size=21)
        with pytest.raises(LogMissing, match="no earlier size 0"):
            prove_consistency(session, "p1", 0)
        with pytest.raises(LogMissing, match="no entry 0"):
            prove_inclusion(session, "nothing", 0)


def test_a_damaged_or_missing_node_is_refused_and_never_proved_from(
    sqlite_database: Database,
) -> None:
    fill(sqlite_database)
    first = LedgerNode.place == Subtree(LOWEST, 0).place

    with sqlite_database.transaction() as session:
        session.execute(update(LedgerNode).where(first).values(hash=bytes(32)))
        with pytest.raises(NodesDamaged, match="rebuild"):
            prove_inclusion(session, "p1", 20)
        session.execute(delete(LedgerNode).where(first))
        with pytest.raises(NodesDamaged, match="lacks a row"):
            prove_inclusion(session, "p1", 20)


@pytest.mark.parametrize("kind", KINDS)
def test_a_ledger_from_before_the_nodes_gets_them_by_migration(
    kind: str, databases: Databases
) -> None:
    database = Database(databases.empty_url(kind))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.connection() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
    leaves = [leaf_hash(bytes([number])) for number in range(SIZE)]
    with database.connection() as connection:
        connection.execute(
            text("INSERT INTO ledger_heads (log, size, frontier) VALUES ('p1', :size, :none)"),
            {"size": SIZE, "none": b""},
        )
    with database.transaction() as session:
        session.add_all(
            LedgerEntry(
                log="p1", sequence=number, entry=b"", leaf_hash=leaf, time=NOW, action="a",
                actor_id="a", object_kind="o", object_id="o",
            )
            for number, leaf in enumerate(leaves)
        )  # fmt: skip

    database.migrate()

    with database.reading() as session:
        for sequence in range(SIZE):
            proof = prove_inclusion(session, "p1", sequence)
            assert list(proof.path) == inclusion_proof(leaves, sequence)
    database.dispose()
