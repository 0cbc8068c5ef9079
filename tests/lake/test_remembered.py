"""What is kept of a version in memory gives the very pages that its files give."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake import remembered
from lake.filters import Filter, Sort
from lake.location import Lake
from lake.read import rows
from lake.remembered import _Memory, forget_contents
from lake.schemas import arrow_rows
from lake.tables import table_named
from lake.write import overwrite

TABLE = "reader_agreement"
FILTERS = (
    (),
    (Filter("n_units", "ge", "7"),),
    (Filter("value", "missing", "true"),),
    (Filter("item_oid", "contains", "é"), Filter("n_units", "lt", "30")),
    (Filter("item_oid", "in", ("I3", "I4é", "nothing")),),
)
SORTS = ((), (Sort("value"),), (Sort("n_units", True), Sort("item_oid")))


def write(lake: Lake, count: int, *, sequence: int) -> None:
    records = [
        {
            "project_id": "p1", "step": "READ", "form_oid": "F", "group_oid": "G",
            "item_oid": f"I{number}{'é' if number % 4 == 0 else ''}", "reader_a": "all",
            "reader_b": "all", "coefficient": "gwet_ac", "n_units": number % 10, "n_readers": 2,
            "value": None if number % 3 == 0 else number / 7, "method": "Gwet AC1",
            "ledger_sequence": sequence,
        }
        for number in range(count)
    ]  # fmt: skip
    content = arrow_rows(table_named(TABLE), records)
    overwrite(lake, "p1", TABLE, content, ledger_sequence=sequence)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with two versions of a table."""
    made = Lake(str(tmp_path_factory.mktemp("lake")))
    write(made, 50, sequence=1)
    write(made, 60, sequence=2)
    return made


@settings(max_examples=40, deadline=None)
@given(
    filters=st.sampled_from(FILTERS),
    sort=st.sampled_from(SORTS),
    version=st.sampled_from((None, 0, 1)),
    offset=st.integers(0, 70),
    limit=st.integers(0, 70),
)
def test_a_kept_version_gives_the_pages_of_its_files(
    lake: Lake,
    filters: tuple[Filter, ...],
    sort: tuple[Sort, ...],
    version: int | None,
    offset: int,
    limit: int,
) -> None:
    def page() -> object:
        return rows(
            lake, "p1", TABLE,
            version=version, filters=filters, sort=sort, offset=offset, limit=limit,
        )  # fmt: skip

    kept, again = page(), page()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(remembered, "MOST_ROWS", 0)
        from_files = page()

    assert kept == again == from_files


def test_a_new_version_is_seen_at_once(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    write(lake, 3, sequence=1)
    assert rows(lake, "p1", TABLE, sort=[Sort("value")]).total == 3

    write(lake, 5, sequence=2)

    assert rows(lake, "p1", TABLE, sort=[Sort("value")]).total == 5
    assert rows(lake, "p1", TABLE, sort=[Sort("value")], version=0).total == 3


def test_what_is_kept_is_bounded_and_the_longest_unused_goes() -> None:
    memory: _Memory[np.ndarray] = _Memory(24)
    made: list[str] = []

    def make(name: str, size: int = 8) -> np.ndarray:
        def one() -> np.ndarray:
            made.append(name)
            return np.zeros(size, dtype=np.int8)

        return memory.get((name,), one)

    for name in ("a", "b", "c", "a", "d"):
        make(name)
    make("a")
    make("b")
    make("huge", 100)
    make("huge", 100)

    assert made == ["a", "b", "c", "d", "b", "huge", "huge"]


def test_what_was_removed_is_forgotten(lake: Lake) -> None:
    rows(lake, "p1", TABLE, sort=[Sort("value")])
    assert remembered._CONTENTS._kept

    forget_contents()

    assert not remembered._CONTENTS._kept
    assert not remembered._ORDERS._kept
