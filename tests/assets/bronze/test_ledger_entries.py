from dataclasses import replace

import pytest

from assets.bronze.ledger_entries import gaps_and_twins, ledger_entries_of
from lake.schemas import conformed
from lake.tables import LEDGER_ENTRIES
from tests.assets.exported import ENTRY


def test_an_entry_keeps_its_bytes_and_its_hash() -> None:
    (row,) = conformed(LEDGER_ENTRIES, ledger_entries_of([ENTRY])).to_pylist()

    assert (row["entry"], row["leaf_hash"]) == ("{}", ENTRY.leaf_hash)
    assert row["ledger_sequence"] == row["sequence"] == 0


@pytest.mark.parametrize(
    ("sequences", "head", "problems"),
    [
        ([0, 1, 2], 2, ()),
        ([], -1, ()),
        (
            [0, 2],
            2,
            ("sequence 2 is not where it should be", "there are 2 entries up to sequence 2"),
        ),
        ([0, 1, 1], 2, ("sequence 1 is not where it should be",)),
        ([0, 1], 2, ("there are 2 entries up to sequence 2",)),
    ],
)
def test_gaps_and_twins_are_found(
    sequences: list[int], head: int, problems: tuple[str, ...]
) -> None:
    rows = ledger_entries_of(replace(ENTRY, sequence=sequence) for sequence in sequences)

    assert gaps_and_twins(rows, head=head) == problems
