import hmac
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from accounts.acts import Identifying, Reason
from accounts.database import Database
from accounts.errors import Refused, VaultClosed
from accounts.ledger.entries import COMMITMENT, Entry
from accounts.ledger.log import read_entry
from accounts.ledger.proofs import prove_inclusion
from accounts.ledger.verify import Verdict, verify
from accounts.vault import (
    PEOPLE,
    erase,
    finish_erasures,
    openings,
    put,
    values_of,
)
from accounts.vault_keys import NOBODY, VaultKeys
from tests.databases import Databases
from tests.examples.acts import act

PROJECT = "33333333-3333-4333-8333-333333333333"
SUBJECT = "55555555-5555-4555-8555-555555555555"
OTHER = "66666666-6666-4666-8666-666666666666"
PERSON = "77777777-7777-4777-8777-777777777777"
CANARY = "Zephyrine Quillfeather 1931-02-03"


def enter(database: Database, subject: str, words: str) -> Entry:
    """Enter an act about a subject whose reason and comment name it."""
    with database.transaction() as session:
        by = act(session, PERSON)
        sequence = by.record(
            PROJECT,
            "subject_withdrawn",
            "subject",
            subject,
            after={"comments": [Identifying(words)], "state": "withdrawn"},
            reason=Reason(code="consent", text=words),
        )
        return read_entry(session, PROJECT, sequence)


def erased(database: Database, subject: str = SUBJECT) -> int:
    with database.transaction() as session:
        by = act(session)
        return erase(by, PROJECT, subject, reason=Reason(code="right", text="asked")).values


def raw_bytes(database: Database) -> bytes:
    """Return every byte of an SQLite database's files, the write-ahead log's with them."""
    assert database.url.database
    folder, name = Path(database.url.database).parent, Path(database.url.database).name
    return b"".join(file.read_bytes() for file in sorted(folder.glob(f"{name}*")))


def test_an_entry_holds_commitments_and_whoever_may_sees_the_words(database: Database) -> None:
    entry = enter(database, SUBJECT, CANARY)

    assert entry.reason is not None
    assert entry.after is not None
    (comment,) = entry.after["comments"]  # type: ignore[misc, union-attr]
    said = (entry.reason.text, comment, entry.origin)
    assert all(str(one).startswith(COMMITMENT) for one in said)
    assert CANARY.encode() not in entry.to_bytes()
    assert b"127.0.0.1" not in entry.to_bytes()
    with database.reading() as session:
        opened = openings(session, map(str, said))
    assert [opened[str(one)].value for one in said] == [CANARY, CANARY, "127.0.0.1"]
    assert opened[entry.origin].scope == PEOPLE
    assert opened[entry.origin].subject == PERSON


def test_a_commitment_is_the_hmac_of_the_value_under_32_random_bytes(database: Database) -> None:
    entries = [enter(database, SUBJECT, CANARY) for _ in range(2)]

    commitments = [entry.reason.text for entry in entries if entry.reason]
    with database.reading() as session:
        opened = openings(session, commitments)
    for commitment in commitments:
        salt = opened[commitment].salt
        assert len(salt) == 32
        assert commitment == COMMITMENT + hmac.new(salt, CANARY.encode(), sha256).hexdigest()
    assert commitments[0] != commitments[1]
    assert entries[0].origin == entries[1].origin


@pytest.mark.req("R-ERASE")
def test_after_erasure_no_value_opens_every_proof_holds_and_others_stay(
    database: Database,
) -> None:
    entry = enter(database, SUBJECT, CANARY)
    other = enter(database, OTHER, "another")
    with database.transaction() as session:
        put(act(session), PROJECT, SUBJECT, "initials", "ZQ")

    assert erased(database) == 3

    with database.reading() as session:
        assert entry.reason is not None
        assert other.reason is not None
        opened = openings(session, [entry.reason.text, other.reason.text])
        assert {one.value for one in opened.values()} == {"another"}
        assert values_of(session, PROJECT, SUBJECT) == {}
        assert prove_inclusion(session, PROJECT, entry.sequence).leaf
        report = verify(session, keys=[], tables=[], logs=[PROJECT])
        assert report.verdict is not Verdict.FAIL
        done = read_entry(session, PROJECT, 2)
    assert (done.action, done.object_id) == ("erased", SUBJECT)
    assert done.after == {"values": 3}


@pytest.mark.req("R-ERASE")
def test_neither_plaintext_nor_key_is_left_in_any_byte_of_the_files(
    sqlite_database: Database,
) -> None:
    database = sqlite_database
    enter(database, SUBJECT, CANARY)
    keys = database.vault
    assert keys is not None
    file = keys.keys / PROJECT / f"{SUBJECT}.key"
    wrapped = file.read_bytes()
    with database.reading() as session:
        sealed = (
            session.execute(
                text("SELECT sealed FROM vault_values WHERE subject = :s"), {"s": SUBJECT}
            )
            .scalars()
            .all()
        )
    before = raw_bytes(database)

    erased(database)
    database.forget_deleted()

    after = raw_bytes(database)
    assert all(one in before for one in sealed)
    assert not any(one in after for one in sealed)
    for secret in (CANARY.encode(), CANARY.encode("utf-16-le"), wrapped):
        assert secret not in before
        assert secret not in after
    assert not file.exists()
    assert (keys.keys / PROJECT / f"{NOBODY}.key").exists()


@pytest.mark.req("R-ERASE")
def test_a_copy_of_the_database_from_before_the_erasure_opens_nothing_after_it(
    sqlite_database: Database, tmp_path: Path
) -> None:
    entry = enter(sqlite_database, SUBJECT, CANARY)
    sqlite_database.forget_deleted()
    assert sqlite_database.url.database
    copy = tmp_path / "backup.db"
    copy.write_bytes(Path(sqlite_database.url.database).read_bytes())

    erased(sqlite_database)

    backup = Database(f"sqlite:///{copy}", vault=sqlite_database.vault)
    assert entry.reason is not None
    with backup.reading() as session:
        assert openings(session, [entry.reason.text]) == {}
        assert values_of(session, PROJECT, SUBJECT) == {}
    backup.dispose()


def test_a_rolled_back_erasure_destroys_nothing(database: Database) -> None:
    entry = enter(database, SUBJECT, CANARY)

    with database.transaction() as session:
        erase(act(session), PROJECT, SUBJECT, reason=Reason(code="right"))
        session.rollback()

    assert entry.reason is not None
    with database.reading() as session:
        assert openings(session, [entry.reason.text])[entry.reason.text].value == CANARY


def test_an_erasure_that_was_cut_off_after_its_entry_is_finished_later(database: Database) -> None:
    enter(database, SUBJECT, CANARY)
    assert database.vault is not None
    file = database.vault.keys / PROJECT / f"{SUBJECT}.key"
    key = file.read_bytes()
    erased(database)
    file.write_bytes(key)  # as if the machine had stopped between commit and destruction

    with database.transaction() as session:
        left = finish_erasures(session, act(session).now)

    assert left == 1
    assert not file.exists()
    with database.transaction() as session:
        assert finish_erasures(session, act(session).now) == 0


def test_of_an_erased_subject_nothing_is_kept_again_and_texts_go_to_the_log(
    database: Database,
) -> None:
    enter(database, SUBJECT, CANARY)
    erased(database)

    entry = enter(database, SUBJECT, "the certificate was sent")

    assert entry.reason is not None
    with database.transaction() as session:
        with pytest.raises(Refused, match="was erased"):
            put(act(session), PROJECT, SUBJECT, "initials", "ZQ")
        with pytest.raises(Refused, match="erased before"):
            erase(act(session), PROJECT, SUBJECT, reason=Reason(code="right"))
        opened = openings(session, [entry.reason.text])[entry.reason.text]
    assert opened.subject == NOBODY
    assert database.vault is not None
    assert database.vault.data_key(PROJECT, SUBJECT) is None


def test_a_sealed_value_cannot_be_moved_to_another_field_or_subject(database: Database) -> None:
    entry = enter(database, SUBJECT, CANARY)
    assert entry.reason is not None
    with database.transaction() as session:
        session.execute(text("UPDATE vault_values SET field = 'name' WHERE field = 'reason.text'"))

    with database.reading() as session, pytest.raises(VaultClosed, match="does not open"):
        openings(session, [entry.reason.text])


def test_projects_have_wrapping_keys_of_their_own(tmp_path: Path) -> None:
    keys = VaultKeys(keys=tmp_path / "vault", wrapping=tmp_path / "secrets")
    first = keys.new_data_key("one", SUBJECT)

    assert keys.new_data_key("one", SUBJECT) == first
    (tmp_path / "vault/two").mkdir()
    (tmp_path / f"vault/one/{SUBJECT}.key").rename(tmp_path / f"vault/two/{SUBJECT}.key")
    with pytest.raises(VaultClosed, match="does not open"):
        keys.data_key("two", SUBJECT)
    files = [*tmp_path.rglob("*.key")]
    assert len(files) == 3
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert not any(first in file.read_bytes() for file in files)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a" * 65, "a\x00b", "ключ"])
def test_a_key_is_filed_under_an_id_alone(name: str, tmp_path: Path) -> None:
    keys = VaultKeys(keys=tmp_path / "vault", wrapping=tmp_path / "secrets")

    with pytest.raises(VaultClosed):
        keys.new_data_key("one", name)


def test_a_database_without_named_folders_of_keys_seals_nothing(databases: Databases) -> None:
    database = Database(databases.empty_url("postgresql"))
    database.migrate()

    with database.transaction() as session, pytest.raises(VaultClosed, match="name their folders"):
        act(session).record(PROJECT, "x", "subject", SUBJECT, reason=Reason(code="a", text="b"))

    database.dispose()
