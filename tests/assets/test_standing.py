from pathlib import Path

import pytest

from assets.bronze.answers import answers_of
from assets.bronze.subjects import subjects_of
from assets.standing import affected, newest_sequence, standing
from lake.errors import TableMissing
from lake.location import Lake
from lake.tables import ANSWERS, SUBJECTS
from lake.write import append, merge
from tests.assets.exported import SUBJECT, answer


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path))


def test_a_table_stands_before_the_first_entry_until_it_is_written(lake: Lake) -> None:
    assert standing(lake, "p1", ANSWERS) == -1
    with pytest.raises(TableMissing):
        newest_sequence(lake, "p1", ANSWERS)

    append(lake, "p1", "answers", answers_of([answer()]), ledger_sequence=12)

    assert standing(lake, "p1", ANSWERS) == 12


def test_a_unit_with_one_new_row_is_given_wholly(lake: Lake) -> None:
    append(
        lake,
        "p1",
        "answers",
        answers_of([answer("1", subject="001"), answer("1", subject="002")]),
        ledger_sequence=10,
    )
    newer = answer("2", subject="002", ledger_sequence=15)
    append(lake, "p1", "answers", answers_of([newer]), ledger_sequence=15)

    rows = affected(lake, "p1", ANSWERS, unit="subject", after=10)

    assert sorted(zip(rows["subject"].to_pylist(), rows["reader"].to_pylist(), strict=True)) == [
        ("002", "reader-1"),
        ("002", "reader-2"),
    ]


def test_a_change_in_another_table_about_the_same_unit_counts(lake: Lake) -> None:
    append(lake, "p1", "answers", answers_of([answer()]), ledger_sequence=10)
    merge(lake, "p1", "subjects", subjects_of([SUBJECT]), ledger_sequence=10)

    assert affected(lake, "p1", ANSWERS, unit="subject", after=10, also=[SUBJECTS]).num_rows == 0
    assert affected(lake, "p1", ANSWERS, unit="subject", after=2, also=[SUBJECTS]).num_rows == 1
