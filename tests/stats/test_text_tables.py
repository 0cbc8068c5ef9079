"""Text tables: aligned, at most 100 columns, nothing lost silently."""

import math
from dataclasses import dataclass

import numpy as np
import pytest

from stats.results import Row
from stats.text_tables import number, render


@dataclass(frozen=True)
class Inner(Row):
    value: float
    ends: tuple[float, ...] = ()
    method: str = "inner"


@dataclass(frozen=True)
class Outer(Row):
    name: str
    inner: Inner
    many: tuple[int, ...] = (1, 2)


@pytest.mark.parametrize(
    ("value", "name", "expected"),
    [
        (None, "", "-"),
        (True, "", "yes"),
        (np.bool_(False), "", "no"),
        (114, "", "114"),
        ("text", "", "text"),
        (math.nan, "p_value", "NaN"),
        (0.04, "p_value", "0.0400"),
        (0.00004, "p", "<.0001"),
        (0.0, "", "0"),
        (math.inf, "", "inf"),
        (123456.0, "", "1.235e+05"),
        (1234.5, "", "1234"),
        (0.00123456, "", "0.001235"),
        (0.05, "alpha", "0.05"),
    ],
)
def test_a_cell_is_short_and_honest(value, name, expected):
    assert number(value, name) == expected


def test_a_wide_table_is_continued_below_with_its_first_column_repeated():
    names = {f"column_{k}": float(k) for k in range(20)}

    @dataclass(frozen=True)
    class Wide(Row):
        label: str = "row one"

    rows = [{"label": "row one"} | names]
    text = render("Wide", {"rows": tuple(_row(row) for row in rows)})

    assert max(map(len, text.splitlines())) <= 100
    assert sum(line.startswith("row one") for line in text.splitlines()) > 1
    assert all(name in text for name in names)


def test_a_wide_table_of_numbers_alone_is_continued_too():
    text = render("Wide", {f"column_{k}": float(k) for k in range(20)})

    assert max(map(len, text.splitlines())) <= 100
    assert "column_19" in text


def test_a_long_table_says_how_many_rows_it_leaves_out():
    text = render("Long", {"rows": tuple(Inner(float(k)) for k in range(70))})

    assert "... 10 more rows" in text


def test_an_estimate_inside_a_row_gives_its_numbers():
    text = render("Nested", {"rows": (Outer("a", Inner(0.25)),)})

    assert "0.2500" in text
    assert "inner" not in text


def test_vectors_arrays_and_mappings_are_shown_in_one_line_each():
    text = render(
        "Vectors",
        {
            "short": (1, 2),
            "long": np.arange(12.0),
            "none": (),
            "table": {"a": 1.0, "b": 2.0},
        },
    )

    assert "short: 1, 2" in text
    assert "(12 values)" in text
    assert "none: none" in text
    assert "table" in text


def test_nested_results_of_one_kind_share_a_table_and_others_have_their_own():
    text = render(
        "Nested", {"first": Inner(1.0), "other": Outer("x", Inner(3.0)), "second": Inner(2.0)}
    )

    lines = text.splitlines()
    first = next(k for k, line in enumerate(lines) if line.startswith("first"))
    assert lines[first + 1].startswith("second")
    assert any(line.startswith("other") for line in lines)


def _row(values):
    from dataclasses import make_dataclass

    kind = make_dataclass("kind", list(values), bases=(Row,), frozen=True)
    return kind(**values)
