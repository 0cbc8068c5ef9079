"""Multiplicity against R's p.adjust and against the closed testing that it abbreviates."""

import math
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import multiplicity
from stats.errors import InvalidArgumentError

P = [0.01, 0.02, 0.03, 0.04, 0.05]


# R: p.adjust(c(.01, .02, .03, .04, .05), method) and p.adjust(c(.001, .04, .03, .8), method).
@pytest.mark.parametrize(
    ("p_values", "method", "expected"),
    [
        (P, "holm", [0.05, 0.08, 0.09, 0.09, 0.09]),
        (P, "hochberg", [0.05, 0.05, 0.05, 0.05, 0.05]),
        (P, "bonferroni", [0.05, 0.10, 0.15, 0.20, 0.25]),
        ([0.001, 0.04, 0.03, 0.8], "holm", [0.004, 0.09, 0.09, 0.8]),
        ([0.001, 0.04, 0.03, 0.8], "hochberg", [0.004, 0.08, 0.08, 0.8]),
        ([0.001, 0.04, 0.03, 0.8], "bonferroni", [0.004, 0.16, 0.12, 1.0]),
        ([], "holm", []),
    ],
)
def test_adjusted_p_values_are_those_of_r(p_values, method, expected):
    assert multiplicity.adjust(p_values, method=method) == pytest.approx(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_holm_is_the_closed_test_of_bonferroni(p_values):
    m = len(p_values)
    closed = [
        max(
            min(1.0, len(group) * min(p_values[i] for i in group))
            for size in range(1, m + 1)
            for group in combinations(range(m), size)
            if index in group
        )
        for index in range(m)
    ]

    assert multiplicity.adjust(p_values) == pytest.approx(closed)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_hochberg_lies_between_the_raw_and_holms(p_values):
    hochberg = multiplicity.adjust(p_values, method="hochberg")

    for raw, middle, holm in zip(p_values, hochberg, multiplicity.adjust(p_values), strict=True):
        assert raw <= middle + 1e-12
        assert middle <= holm + 1e-12


def test_a_fixed_sequence_stops_at_the_first_failure():
    assert multiplicity.fixed_sequence([0.05, 0.01, 0.06, 0.001]) == (True, True, False, False)
    assert multiplicity.fixed_sequence([0.03], alpha=0.025) == (False,)


def test_a_gate_opens_only_when_the_whole_family_is_rejected():
    assert multiplicity.gatekeeper([[0.02, 0.03], [0.001]]) == ((True, True), (True,))
    assert multiplicity.gatekeeper([[0.02, 0.06], [0.001]]) == ((True, False), (False,))
    assert multiplicity.gatekeeper([[0.01], [0.02], [0.04]]) == ((True,), (True,), (True,))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_families_of_one_are_the_fixed_sequence(p_values):
    found = multiplicity.gatekeeper([[value] for value in p_values])

    assert tuple(decision for (decision,) in found) == multiplicity.fixed_sequence(p_values)


@pytest.mark.parametrize(
    "call",
    [
        lambda: multiplicity.adjust([0.1, math.nan]),
        lambda: multiplicity.adjust([1.1]),
        lambda: multiplicity.adjust(["a"]),
        lambda: multiplicity.adjust([0.1], method="bh"),
        lambda: multiplicity.fixed_sequence([-0.1]),
        lambda: multiplicity.fixed_sequence([0.1], alpha=0),
        lambda: multiplicity.gatekeeper([[0.1], []]),
        lambda: multiplicity.gatekeeper([[0.1], [2.0]]),
        lambda: multiplicity.gatekeeper([[0.1]], alpha=1),
    ],
)
def test_what_is_no_p_value_or_level_is_refused(call):
    with pytest.raises(InvalidArgumentError):
        call()
