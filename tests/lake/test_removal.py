from pathlib import Path

import pyarrow as pa
import pytest

from lake.errors import VersionMissing
from lake.location import Lake
from lake.locks import make_lock, verify_lock, withdraw_lock
from lake.objects import has_object, put_object
from lake.read import arrow
from lake.removal import (
    erase_subject,
    leave_out,
    locks_naming,
    remove_objects,
    remove_project,
)
from lake.schemas import arrow_rows
from lake.snapshots import snapshot, versions
from lake.tables import SUBJECTS
from lake.write import merge

CANARY = "canary-cohort"
TABLE = SUBJECTS.name


def subjects(*codes: str, sequence: int) -> pa.Table:
    return arrow_rows(
        SUBJECTS,
        [
            {
                "project_id": "p1",
                "subject": code,
                "subject_id": f"id-{code}",
                "cohort": CANARY if code == "zz-9" else "plain",
                "state": "enrolled",
                "ledger_sequence": sequence,
            }
            for code in codes
        ],
    )


def three_versions(lake: Lake) -> Lake:
    """Return a lake with a table: without the subject, with it, and with it and another one."""
    merge(lake, "p1", TABLE, subjects("001", sequence=1), ledger_sequence=1)
    merge(lake, "p1", TABLE, subjects("zz-9", sequence=2), ledger_sequence=2)
    merge(lake, "p1", TABLE, subjects("003", sequence=3), ledger_sequence=3)
    return lake


@pytest.fixture
def written(lake: Lake) -> Lake:
    return three_versions(lake)


def bytes_of(lake: Lake) -> bytes:
    filesystem = lake.filesystem()
    return b"".join(filesystem.cat_file(place) for place in filesystem.find(lake.uri))


def codes(lake: Lake, version: int | None = None) -> list[str]:
    return sorted(arrow(lake, "p1", TABLE, version).column("subject").to_pylist())


def test_who_is_left_out_is_in_no_new_version_and_in_every_earlier_one(written: Lake) -> None:
    lock = make_lock(written, "p1")

    left = leave_out(written, "p1", "zz-9")

    assert left.rows == 1
    assert codes(written) == ["001", "003"]
    assert codes(written, 2) == ["001", "003", "zz-9"]
    assert verify_lock(written, "p1", lock.name).problems == ()
    assert versions(written, "p1", TABLE)[0].ledger_sequence == 3
    assert versions(written, "p1", TABLE)[0].rows == 2
    assert leave_out(written, "p1", "zz-9").rows == 0


def test_who_is_erased_is_in_no_byte_of_the_lake(written: Lake) -> None:
    assert CANARY.encode() in bytes_of(written)

    erased = erase_subject(written, "p1", "zz-9")

    assert erased.rows == 1
    assert erased.files >= 1
    everything = bytes_of(written)
    assert CANARY.encode() not in everything
    assert b"zz-9" not in everything
    assert codes(written) == ["001", "003"]


def test_versions_that_held_the_erased_are_refused_and_the_others_read(written: Lake) -> None:
    erase_subject(written, "p1", "zz-9")

    assert codes(written, 0) == ["001"]
    with pytest.raises(VersionMissing, match="erased"):
        arrow(written, "p1", TABLE, 1)
    with pytest.raises(VersionMissing, match="erased"):
        snapshot(written, "p1", TABLE, version=2)


def test_an_erased_table_is_written_on_as_before(written: Lake) -> None:
    erase_subject(written, "p1", "zz-9")

    merge(written, "p1", TABLE, subjects("004", sequence=9), ledger_sequence=9)

    assert codes(written) == ["001", "003", "004"]


def test_only_the_locks_that_name_the_erased_are_broken_and_they_say_so(written: Lake) -> None:
    early = make_lock(written, "p1", versions={TABLE: 0})
    late = make_lock(written, "p1")
    assert locks_naming(written, "p1", "zz-9") == (late.name,)

    erase_subject(written, "p1", "zz-9")
    withdraw_lock(written, "p1", late.name, under=77)

    assert verify_lock(written, "p1", early.name).problems == ()
    assert verify_lock(written, "p1", early.name).withdrawn_under is None
    verified = verify_lock(written, "p1", late.name)
    assert verified.withdrawn_under == 77
    assert any("has gone" in problem for problem in verified.problems)


def test_erasing_twice_removes_nothing_more(written: Lake) -> None:
    erase_subject(written, "p1", "zz-9")

    again = erase_subject(written, "p1", "zz-9")

    assert (again.rows, again.files, again.bytes) == (0, 0, 0)


def test_erasing_that_was_cut_off_is_finished_by_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = three_versions(Lake(str(tmp_path / "disk")))
    filesystem = type(written.filesystem())
    real = filesystem.rm_file

    def dies(self: object, path: str) -> None:
        if path.endswith(".parquet"):
            raise KeyboardInterrupt
        real(self, path)

    monkeypatch.setattr(filesystem, "rm_file", dies)
    with pytest.raises(KeyboardInterrupt):
        erase_subject(written, "p1", "zz-9")
    monkeypatch.setattr(filesystem, "rm_file", real)

    erase_subject(written, "p1", "zz-9")

    assert CANARY.encode() not in bytes_of(written)
    assert codes(written) == ["001", "003"]


def test_a_quote_in_a_code_is_a_quote(lake: Lake) -> None:
    merge(lake, "p1", TABLE, subjects("o'neil", "001", sequence=1), ledger_sequence=1)

    erase_subject(lake, "p1", "o'neil")

    assert codes(lake) == ["001"]


def test_equal_bytes_of_another_project_are_another_object(lake: Lake) -> None:
    ours = put_object(lake, "p1", b"the same")
    put_object(lake, "p2", b"the same")

    removed = remove_objects(lake, "p1", [ours.sha256, "0" * 64])

    assert (removed.files, removed.bytes) == (1, 8)
    assert not has_object(lake, "p1", ours.sha256)
    assert has_object(lake, "p2", ours.sha256)


def test_a_project_leaves_nothing_and_takes_nothing_of_its_neighbour(written: Lake) -> None:
    put_object(written, "p1", b"pixels of p1")
    put_object(written, "p2", b"pixels of p2")
    make_lock(written, "p1")

    removed = remove_project(written, "p1")

    assert removed.files > 3
    assert b"p1" not in bytes_of(written)
    assert b"pixels of p2" in bytes_of(written)
    assert remove_project(written, "p1").files == 0


def test_a_table_that_was_not_written_is_no_hindrance(lake: Lake) -> None:
    assert erase_subject(lake, "p1", "001").rows == 0
    assert not Path(lake.uri).joinpath("tables").exists()
