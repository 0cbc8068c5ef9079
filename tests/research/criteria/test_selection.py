"""Which lesions may be targets (Eisenhauer et al. 2009, sections 3.1 and 4.2)."""

from decimal import Decimal

import pytest

from research.criteria.selection import selection_problems
from tests.research.criteria.histories import history


def problems(rows, *, slice_mm=None, **more):
    found = selection_problems(history(rows, **more), slice_mm=slice_mm)
    return [f"{one.where} {one.message}" for one in found]


def test_five_targets_and_two_of_an_organ_are_allowed():
    rows = {f"T{n}": ["20"] for n in range(1, 6)}
    organs = {"T1": "liver", "T2": "liver", "T3": "lung", "T4": "lung", "T5": "bone"}

    assert problems(rows, organs=organs) == []


def test_a_sixth_target_and_a_third_of_an_organ_are_not():
    rows = {f"T{n}": ["20"] for n in range(1, 7)}
    organs = {"T1": "liver", "T2": "Liver", "T3": "liver", "T4": "lung", "T5": "bone"}
    organs["T6"] = "lung"

    assert problems(rows, organs=organs) == [
        "targets there are 6, at most 5: follow the others as non-target lesions",
        "liver has 3 targets, at most 2: choose the largest",
    ]


def test_all_lymph_nodes_are_one_organ():
    rows = {f"T{n}": ["20"] for n in (1, 2, 3)}
    organs = {"T1": "neck", "T2": "axilla", "T3": "groin"}

    found = problems(rows, organs=organs, nodes=("T1", "T2", "T3"))

    assert found == ["lymph nodes has 3 targets, at most 2: choose the largest"]


@pytest.mark.parametrize(
    ("size", "node", "slice_mm", "fits"),
    [
        ("10", False, None, True),
        ("9.9", False, None, False),
        ("10", False, "5", True),
        ("15", False, "8", False),
        ("16", False, "8", True),
        ("15", True, None, True),
        ("14.9", True, None, False),
        ("NE", False, None, False),
    ],
)
def test_a_target_is_measurable(size, node, slice_mm, fits):
    nodes = ("T1",) if node else ()
    thick = None if slice_mm is None else Decimal(slice_mm)

    found = problems({"T1": [size]}, nodes=nodes, slice_mm=thick)

    assert (found == []) is fits


def test_a_target_that_was_not_there_at_baseline_is_refused():
    assert problems({"T1": ["20", "20"], "T2": ["-", "20"]}) == [
        "T2 has no finding at baseline: targets are chosen there"
    ]
