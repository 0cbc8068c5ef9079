from itertools import product
from typing import Any

import pytest

from lake.errors import ExportRefused
from lake.exports.imrmc import Score, write_imrmc

TRUTH = {"P1": True, "P2": True, "N1": False}


def scores(**changes: str) -> list[Score]:
    return [Score(reader, case, "Aided", "30.10") for reader, case in product(("R1", "R2"), TRUTH)]


def test_a_file_has_a_head_truth_and_scores_digit_for_digit() -> None:
    text = write_imrmc(scores(), TRUTH, title="Study").text

    assert text.splitlines()[:6] == ["Study", "NR: 2", "N0: 1", "N1: 2", "NM: 1", "BEGIN DATA:"]
    assert text.splitlines()[6:9] == ["-1,N1,0,0", "-1,P1,0,1", "-1,P2,0,1"]
    assert text.splitlines()[9] == "R1,N1,Aided,30.10"
    assert len(text.splitlines()) == 6 + 3 + 6


def test_numbers_stand_for_names_where_only_numbers_are_read() -> None:
    made = write_imrmc(scores(), TRUTH, title="Study", integers=True)

    data = [line.split(",") for line in made.text.splitlines()[6:]]
    assert all(part.lstrip("-").replace(".", "").isdigit() for line in data for part in line)
    assert made.readers == {"R1": "1", "R2": "2"}
    assert made.cases == {"N1": "1", "P1": "2", "P2": "3"}
    assert made.modalities == {"Aided": "1"}


def test_a_reader_who_left_leaves_lines_out_and_nothing_else() -> None:
    text = write_imrmc(scores()[:4], TRUTH, title="Study").text

    assert len(text.splitlines()) == 6 + 3 + 4
    assert "N1: 2" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rows": [*scores(), scores()[0]]}, "two scores of case P1"),
        ({"rows": [Score("R1", "X", "A", "1")]}, "case X has a score and no truth"),
        ({"rows": [Score("R,1", "P1", "A", "1")]}, "cannot stand in a line"),
        ({"rows": [Score("-1", "P1", "A", "1")]}, "no reader may be called -1"),
        ({"rows": [Score("R1", "P1", "A", "")]}, "cannot stand in a line"),
        ({"title": "two\nlines"}, "one line of text"),
    ],
)
def test_what_would_break_the_file_is_refused(change: dict[str, Any], said: str) -> None:
    given = {"rows": scores(), "title": "Study"} | change

    with pytest.raises(ExportRefused, match=said):
        write_imrmc(given["rows"], TRUTH, title=given["title"])
