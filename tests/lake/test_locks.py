from pathlib import Path

import pytest

from lake.errors import InvalidName, LockBroken, LockMissing
from lake.location import Lake
from lake.locks import lock_names, make_lock, read_lock, verify_lock
from lake.snapshots import snapshot
from lake.write import append, compact
from tests.lake.entry_rows import entry_rows

TABLE = "ledger_entries"


@pytest.fixture
def written(lake: Lake) -> Lake:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    append(lake, "p1", TABLE, entry_rows(5, 9), ledger_sequence=9)
    return lake


def test_a_lock_names_every_file_and_is_read_back(written: Lake) -> None:
    lock = make_lock(written, "p1")

    assert read_lock(written, "p1", lock.name) == lock
    (table,) = lock.tables
    assert (table.table, table.version, table.ledger_sequence) == (TABLE, 1, 9)
    assert sum(file.rows for file in table.files) == 10
    assert lock_names(written, "p1") == (lock.name,)
    assert lock_names(written, "p2") == ()


def test_the_same_files_give_the_same_lock(written: Lake) -> None:
    assert make_lock(written, "p1") == make_lock(written, "p1")


def test_an_earlier_version_can_be_locked(written: Lake) -> None:
    lock = make_lock(written, "p1", versions={TABLE: 0})

    assert [table.version for table in lock.tables] == [0]
    assert lock.name != make_lock(written, "p1").name


def test_a_lock_still_holds_after_the_table_goes_on(written: Lake) -> None:
    lock = make_lock(written, "p1")
    append(written, "p1", TABLE, entry_rows(10, 12), ledger_sequence=12)
    compact(written, "p1", TABLE, small_files=2)

    verification = verify_lock(written, "p1", lock.name)

    assert (verification.files, verification.problems) == (2, ())


def test_one_changed_byte_of_a_locked_file_is_found(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    lock = make_lock(disk_lake, "p1")
    (file,) = snapshot(disk_lake, "p1", TABLE).files
    content = bytearray(Path(file.uri).read_bytes())
    content[len(content) // 2] ^= 1
    Path(file.uri).write_bytes(content)

    (problem,) = verify_lock(disk_lake, "p1", lock.name).problems

    assert problem.startswith(f"table {TABLE} version 0, file {file.path}: ")
    assert lock.tables[0].files[0].sha256 in problem


def test_a_vanished_file_is_named(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    lock = make_lock(disk_lake, "p1")
    (file,) = snapshot(disk_lake, "p1", TABLE).files
    Path(file.uri).unlink()

    assert verify_lock(disk_lake, "p1", lock.name).problems == (
        f"table {TABLE} version 0, file {file.path}: has gone",
    )
    with pytest.raises(LockBroken, match="restore it from a backup before locking"):
        make_lock(disk_lake, "p1")


def test_a_changed_manifest_no_longer_bears_its_name(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    lock = make_lock(disk_lake, "p1")
    manifest = Path(disk_lake.place("locks", "p1", f"{lock.name}.json"))
    manifest.write_bytes(manifest.read_bytes().replace(b'"rows":5', b'"rows":6'))

    with pytest.raises(LockBroken, match="no longer bears its name"):
        verify_lock(disk_lake, "p1", lock.name)


def test_an_unknown_lock_is_refused(lake: Lake) -> None:
    with pytest.raises(LockMissing, match=f"project p1 has no lock {'0' * 64}"):
        read_lock(lake, "p1", "0" * 64)
    with pytest.raises(InvalidName, match="not a SHA-256"):
        read_lock(lake, "p1", "../../secrets")
