import pyarrow as pa
import pytest

from lake.comparison import compare_locks, content_hash
from lake.errors import LockMissing
from lake.location import Lake
from lake.locks import make_lock
from lake.write import append, compact, overwrite
from tests.lake.entry_rows import entry_rows

TABLE = "ledger_entries"


def changed(rows: pa.Table, column: str, at: int, value: object) -> pa.Table:
    values = rows[column].to_pylist()
    values[at] = value
    place = rows.schema.get_field_index(column)
    return rows.set_column(place, rows.schema.field(column), pa.array(values, rows[column].type))


def test_rows_that_came_went_and_changed_are_told_by_key(lake: Lake) -> None:
    overwrite(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    before = make_lock(lake, "p1")
    rows = changed(entry_rows(1, 6), "reason_code", 2, "typo")
    overwrite(lake, "p1", TABLE, rows, ledger_sequence=6)
    after = make_lock(lake, "p1")

    (found,) = compare_locks(lake, "p1", before.name, after.name)

    assert (found.table, found.added, found.changed, found.removed) == (TABLE, 2, 1, 1)
    assert found.added_keys == (("5",), ("6",))
    assert found.removed_keys == (("0",),)
    assert [(row.key, row.columns) for row in found.changed_rows] == [(("3",), ("reason_code",))]


def test_a_lock_does_not_differ_from_itself(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    lock = make_lock(lake, "p1")

    (found,) = compare_locks(lake, "p1", lock.name, lock.name)

    assert found.is_empty


def test_a_table_that_one_lock_lacks_is_all_new(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    empty = make_lock(disk_lake, "p1", versions={})
    full = make_lock(disk_lake, "p1")

    (came,) = compare_locks(disk_lake, "p1", empty.name, full.name)
    (went,) = compare_locks(disk_lake, "p1", full.name, empty.name)

    assert (came.added, came.removed) == (5, 0)
    assert (went.added, went.removed) == (0, 5)


def test_an_unknown_lock_is_refused(disk_lake: Lake) -> None:
    with pytest.raises(LockMissing):
        compare_locks(disk_lake, "p1", "0" * 64, "1" * 64)


def test_the_same_rows_hash_the_same_whatever_files_hold_them(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    append(lake, "p1", TABLE, entry_rows(5, 9), ledger_sequence=9)
    before = content_hash(lake, "p1", TABLE)

    compact(lake, "p1", TABLE, small_files=2)
    overwrite(lake, "p2", TABLE, entry_rows(0, 9).slice(0), ledger_sequence=9)

    assert content_hash(lake, "p1", TABLE) == before
    assert content_hash(lake, "p1", TABLE, version=0) != before
    one_more = changed(entry_rows(0, 9), "reason_code", 9, "other")
    overwrite(lake, "p3", TABLE, one_more, ledger_sequence=9)
    assert content_hash(lake, "p3", TABLE) != content_hash(lake, "p2", TABLE)
