import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lake.errors import ConcurrentWrite, ContractBroken, StaleSequence
from lake.location import Lake
from lake.read import arrow, versions
from lake.snapshots import snapshot
from lake.write import append, compact, merge, overwrite
from tests.lake.entry_rows import entry_rows

TABLE = "ledger_entries"


def _sequences(lake: Lake, version: int | None = None) -> list[int]:
    return sorted(arrow(lake, "p1", TABLE, version)["sequence"].to_pylist())


def test_appended_rows_are_read_back_at_every_version(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4, after=-1)

    version = append(lake, "p1", TABLE, entry_rows(5, 6), ledger_sequence=6, after=4)

    assert version == 1
    assert _sequences(lake) == list(range(7))
    assert _sequences(lake, 0) == list(range(5))
    found = versions(lake, "p1", TABLE)
    assert [(each.version, each.rows, each.ledger_sequence) for each in found] == [
        (1, 7, 6),
        (0, 5, 4),
    ]


def test_the_same_batch_twice_is_there_once(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4, after=-1)

    version = append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4, after=-1)

    assert version == 0
    assert _sequences(lake) == list(range(5))


def test_a_batch_that_begins_elsewhere_is_refused(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4, after=-1)

    with pytest.raises(StaleSequence, match="stands at ledger sequence 4, not 7"):
        append(disk_lake, "p1", TABLE, entry_rows(8, 9), ledger_sequence=9, after=7)

    assert _sequences(disk_lake) == list(range(5))


def test_an_empty_batch_moves_the_sequence_and_makes_no_version(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4, after=-1)

    version = append(lake, "p1", TABLE, entry_rows(1, 0), ledger_sequence=9, after=4)

    assert version == 0
    assert versions(lake, "p1", TABLE)[0].ledger_sequence == 9
    append(lake, "p1", TABLE, entry_rows(10, 10), ledger_sequence=10, after=9)
    assert [each.ledger_sequence for each in versions(lake, "p1", TABLE)] == [10, 4]


def test_a_first_empty_batch_makes_an_empty_table(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(1, 0), ledger_sequence=0)

    assert arrow(lake, "p1", TABLE).num_rows == 0
    assert versions(lake, "p1", TABLE)[0].rows == 0


def test_a_project_without_an_entry_gets_an_empty_table(disk_lake: Lake) -> None:
    assert append(disk_lake, "p1", TABLE, entry_rows(1, 0), ledger_sequence=-1, after=-1) == 0
    assert append(disk_lake, "p1", TABLE, entry_rows(1, 0), ledger_sequence=-1, after=-1) == 0


def test_a_merge_inserts_new_keys_and_replaces_known_ones(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)

    merge(lake, "p1", TABLE, entry_rows(3, 6, action="read_signed"), ledger_sequence=6)

    rows = arrow(lake, "p1", TABLE).sort_by("sequence")
    assert rows["action"].to_pylist() == ["draft_saved"] * 3 + ["read_signed"] * 4
    assert versions(lake, "p1", TABLE)[0].rows == 7


def test_a_merge_of_rows_that_are_there_makes_no_version(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)

    version = merge(lake, "p1", TABLE, entry_rows(2, 4), ledger_sequence=8)

    assert version == 0
    assert versions(lake, "p1", TABLE)[0].ledger_sequence == 8


def test_a_merge_of_new_keys_leaves_stored_files_alone(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    before = set(snapshot(disk_lake, "p1", TABLE).files)

    merge(disk_lake, "p1", TABLE, entry_rows(5, 6), ledger_sequence=6)

    assert before < set(snapshot(disk_lake, "p1", TABLE).files)


def test_an_overwrite_replaces_everything_and_keeps_the_earlier_version(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)

    version = overwrite(lake, "p1", TABLE, entry_rows(8, 9), ledger_sequence=9)

    assert _sequences(lake) == [8, 9]
    assert _sequences(lake, version - 1) == list(range(5))


def test_an_overwrite_with_equal_content_makes_no_version(lake: Lake) -> None:
    overwrite(lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    turned = entry_rows(0, 4).sort_by([("sequence", "descending")])

    version = overwrite(lake, "p1", TABLE, turned, ledger_sequence=7)

    assert version == 0
    assert versions(lake, "p1", TABLE)[0].ledger_sequence == 7


@pytest.mark.parametrize("write", [merge, overwrite])
def test_older_content_does_not_replace_newer(disk_lake: Lake, write: type[merge]) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 9), ledger_sequence=9)

    with pytest.raises(StaleSequence, match="rows as of 5 would undo it"):
        write(disk_lake, "p1", TABLE, entry_rows(0, 5, action="old"), ledger_sequence=5)


def test_rows_that_break_the_contract_are_refused_and_nothing_is_written(disk_lake: Lake) -> None:
    without = entry_rows(0, 1).drop_columns(["action"])

    with pytest.raises(ContractBroken, match=r"columns missing \['action'\], unknown \[\]"):
        append(disk_lake, "p1", TABLE, without, ledger_sequence=1)

    assert not Path(disk_lake.uri).exists()


def test_two_tables_of_two_projects_are_apart(disk_lake: Lake) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 4), ledger_sequence=4)
    append(disk_lake, "p2", TABLE, entry_rows(0, 1), ledger_sequence=1)

    assert arrow(disk_lake, "p1", TABLE).num_rows == 5
    assert arrow(disk_lake, "p2", TABLE).num_rows == 2


def test_compaction_keeps_the_rows_the_sequence_and_the_earlier_versions(lake: Lake) -> None:
    for n in range(4):
        append(lake, "p1", TABLE, entry_rows(n, n), ledger_sequence=n)

    version = compact(lake, "p1", TABLE, small_files=3)

    assert version == 4
    assert len(snapshot(lake, "p1", TABLE).files) == 1
    newest = versions(lake, "p1", TABLE)[0]
    assert (newest.rows, newest.ledger_sequence) == (4, 3)
    assert [_sequences(lake, n) for n in range(4)] == [list(range(n + 1)) for n in range(4)]


def test_every_version_is_readable_past_many_checkpoints(disk_lake: Lake) -> None:
    for n in range(45):
        append(disk_lake, "p1", TABLE, entry_rows(n, n), ledger_sequence=n)

    assert [each.rows for each in versions(disk_lake, "p1", TABLE)] == list(range(45, 0, -1))
    assert _sequences(disk_lake, 3) == [0, 1, 2, 3]


def test_of_two_writers_from_one_start_one_wins_and_the_other_is_told(lake: Lake) -> None:
    append(lake, "p1", TABLE, entry_rows(0, 0), ledger_sequence=0)

    def write(worker: int) -> str:
        try:
            append(lake, "p1", TABLE, entry_rows(1, 5), ledger_sequence=5, after=0)
        except ConcurrentWrite:
            return "told"
        return "there"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(write, range(4)))

    assert "there" in outcomes
    assert _sequences(lake) == list(range(6))


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["append", "merge", "overwrite"]),
            st.integers(0, 6),
            st.integers(0, 3),
            st.sampled_from(["draft_saved", "read_signed"]),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_order_of_writes_leaves_what_a_dictionary_would_hold(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int, str]]
) -> None:
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    held: dict[int, str] = {}
    for at, (operation, first, more, action) in enumerate(steps):
        rows = entry_rows(first, first + more, action=action)
        given_rows = dict.fromkeys(range(first, first + more + 1), action)
        if operation == "append" and set(held) & set(given_rows):
            operation = "merge"
        {"append": append, "merge": merge, "overwrite": overwrite}[operation](
            lake, "p1", TABLE, rows, ledger_sequence=at
        )
        held = given_rows if operation == "overwrite" else {**held, **given_rows}

    rows = arrow(lake, "p1", TABLE)
    assert dict(zip(rows["sequence"].to_pylist(), rows["action"].to_pylist(), strict=True)) == held
    assert rows.num_rows == len(held)
    assert versions(lake, "p1", TABLE)[0].rows == len(held)


_WRITE_UNTIL_KILLED = """
import os, sys
from lake.location import Lake
from lake import write
from tests.lake.entry_rows import entry_rows

lake, operation, first = Lake(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for n in range(first, first + 1000):
    if operation == "append":
        write.append(lake, "p1", "ledger_entries", entry_rows(n * 50, n * 50 + 49),
                     ledger_sequence=n * 50 + 49)
    else:
        getattr(write, operation)(lake, "p1", "ledger_entries",
                                  entry_rows(0, 499, action=f"generation-{n}"), ledger_sequence=n)
"""


def _kill_while_writing(lake: Lake, operation: str, first: int, delay_s: float) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", _WRITE_UNTIL_KILLED, lake.uri, operation, str(first)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    with child.stdout as ready:
        assert ready.readline() == b"ready\n"
    time.sleep(delay_s)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()


@pytest.mark.parametrize("seed", range(4))
def test_a_writer_killed_while_appending_leaves_whole_batches(disk_lake: Lake, seed: int) -> None:
    append(disk_lake, "p1", TABLE, entry_rows(0, 49), ledger_sequence=49)

    _kill_while_writing(disk_lake, "append", 1, random.Random(seed).uniform(0.05, 0.5))

    stands = versions(disk_lake, "p1", TABLE)[0].ledger_sequence
    assert _sequences(disk_lake) == list(range(stands + 1))
    assert stands % 50 == 49
    append(disk_lake, "p1", TABLE, entry_rows(stands + 1, stands + 50), ledger_sequence=stands + 50)
    assert _sequences(disk_lake) == list(range(stands + 51))


@pytest.mark.parametrize("operation", ["merge", "overwrite"])
@pytest.mark.parametrize("seed", range(2))
def test_a_writer_killed_while_replacing_leaves_one_generation(
    disk_lake: Lake, operation: str, seed: int
) -> None:
    overwrite(disk_lake, "p1", TABLE, entry_rows(0, 499, action="generation-0"), ledger_sequence=0)

    _kill_while_writing(disk_lake, operation, 1, random.Random(seed).uniform(0.1, 0.8))

    rows = arrow(disk_lake, "p1", TABLE)
    assert rows.num_rows == 500
    assert rows["action"].unique().to_pylist() == [
        f"generation-{versions(disk_lake, 'p1', TABLE)[0].ledger_sequence}"
    ]


def test_a_table_of_an_older_contract_takes_a_new_optional_column(disk_lake: Lake) -> None:
    older = entry_rows(0, 1).drop_columns(["reason_code"])
    from deltalake import CommitProperties, write_deltalake

    write_deltalake(
        disk_lake.place("tables", "p1", "bronze", TABLE),
        older,
        commit_properties=CommitProperties(
            custom_metadata={"readout.ledger_sequence": "1", "readout.rows": "2"}
        ),
    )

    append(disk_lake, "p1", TABLE, entry_rows(2, 3), ledger_sequence=3)

    assert "reason_code" not in arrow(disk_lake, "p1", TABLE, 0).column_names
    assert arrow(disk_lake, "p1", TABLE, 1)["reason_code"].null_count == 4
    assert isinstance(arrow(disk_lake, "p1", TABLE), pa.Table)
