"""Results become plain values, print themselves and say where they came from."""

import json
import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from stats.estimates import Comparison, Estimate
from stats.kaplan_meier import SurvivalAt
from stats.results import Provenance, Result, Row, data_hash, plain


@dataclass(frozen=True)
class Point(Row):
    name: str
    value: float


@dataclass(frozen=True)
class Table(Result):
    points: tuple[Point, ...]
    total: float
    method: str = "sum"
    warnings: tuple[str, ...] = ()


def test_a_result_becomes_values_that_json_can_hold():
    table = Table((Point("a", math.nan), Point("b", math.inf)), np.float64(2.5))

    found = table.to_dict()

    assert found["points"] == [{"name": "a", "value": None}, {"name": "b", "value": "inf"}]
    assert json.loads(json.dumps(found)) == found


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1.50"), "1.50"),
        (date(2020, 2, 29), "2020-02-29"),
        (-math.inf, "-inf"),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.array([[1.0, math.nan]]), [[1.0, None]]),
        ({"k": (1, None)}, {"k": [1, None]}),
        ("text", "text"),
    ],
)
def test_each_kind_of_value_has_one_plain_form(value, expected):
    found = plain(value)

    assert found == expected
    assert type(found) is type(expected)


def test_a_value_of_an_unknown_kind_is_refused():
    with pytest.raises(TypeError, match="may not hold a set"):
        plain({1, 2})


def test_a_row_is_read_by_attribute_by_name_and_as_a_mapping():
    point = Point("a", 1.0)

    assert point["value"] == point.value == 1.0
    assert dict(point) == {"name": "a", "value": 1.0}
    assert len(point) == 2
    assert "value" in point
    with pytest.raises(KeyError):
        point["nothing"]


def test_a_row_alone_becomes_values_too():
    estimate = Estimate(0.5, math.nan, 0.1, 0.9, "share", 4)

    found = SurvivalAt("a", 3.0, estimate).to_dict()

    assert found["at"] == 3.0
    assert found["estimate"]["se"] is None
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_rows_make_a_data_frame():
    rows = (Point("a", 1.0), Point("b", 2.0))

    assert pl.DataFrame([dict(row) for row in rows])["value"].to_list() == [1.0, 2.0]


def test_the_manifest_names_method_paper_version_data_seed_exclusions_and_warnings():
    source = Provenance("A paper 1999", "abc", seed=7, exclusions=("reader 3",))

    found = Table((), 0.0, warnings=("small",), provenance=source).manifest()

    assert found["version"]
    del found["version"]
    assert found == {
        "method": "sum",
        "paper": "A paper 1999",
        "data_hash": "abc",
        "seed": 7,
        "exclusions": ["reader 3"],
        "warnings": ["small"],
    }


def test_a_result_without_provenance_has_a_manifest_too():
    found = Result().manifest()

    assert found["method"] == "Result"
    assert found["paper"] is None
    assert found["exclusions"] == []


def test_provenance_is_neither_compared_nor_shown():
    plain_one = Table((), 0.0)
    sourced = Table((), 0.0, provenance=Provenance("p", "h"))

    assert plain_one == sourced
    assert "provenance" not in repr(sourced)
    assert "provenance" not in sourced.to_dict()


def test_the_hash_of_data_sees_order_and_values_but_not_number_types():
    assert data_hash([1, 2]) == data_hash(np.array([1.0, 2.0], dtype=np.float32))
    assert data_hash([0.0]) == data_hash([-0.0])
    assert data_hash([True, False]) == data_hash([1, 0])
    assert data_hash([1, 2]) != data_hash([2, 1])
    assert data_hash(["1", "2"]) != data_hash([1, 2])
    assert data_hash(["ab", "c"]) != data_hash(["a", "bc"])
    assert data_hash([1], [2]) != data_hash([1, 2])


def test_an_estimate_prints_as_a_table_with_method_and_warnings():
    found = str(Estimate(0.5, 0.1, 0.3, 0.7, "exact", 20, p_value=0.00001, warnings=("beware",)))

    assert found.splitlines()[0] == "Estimate"
    assert "<.0001" in found
    assert "Method: exact" in found
    assert "Warning: beware" in found


def test_a_comparison_prints_its_two_sides_as_rows():
    side = Estimate(0.5, 0.1, 0.3, 0.7, "exact", 20)

    found = str(Comparison(0, 0.1, -0.2, 0.2, "t", 20, estimate_a=side, estimate_b=side))

    assert [line.split()[0] for line in found.splitlines() if line.startswith("estimate_")] == [
        "estimate_a",
        "estimate_b",
    ]
