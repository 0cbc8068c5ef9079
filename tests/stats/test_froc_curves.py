"""The FROC curve and its sensitivity at a rate of false positives, by hand."""

import math

import pytest

from stats.errors import DegenerateError, InvalidArgumentError
from stats.froc import froc_curve, froc_sensitivity, max_llf
from stats.froc_marks import EXAMPLE_CASES
from tests.shared import stats_csv

# One reader on four cases: noise 3 and 1 on case 1, 2 on case 4; lesions 4 (case 3) and 2 (case 4).
MARKS = {
    "reader": ["Ana"] * 5,
    "modality": ["CT"] * 5,
    "case": [1, 1, 4, 3, 4],
    "mark_type": ["NL", "NL", "NL", "LL", "LL"],
    "lesion": [None, None, None, 1, 2],
    "rating": [3, 1, 2, 4, 2],
}
ANA = {"reader": "Ana", "modality": "CT"}


def test_the_curve_steps_at_every_rating_from_the_strictest_on():
    curve = froc_curve(MARKS, EXAMPLE_CASES, **ANA)

    assert curve.thresholds == (math.inf, 4, 3, 2, 1)
    assert curve.fp_per_case == (0, 0, 0.25, 0.5, 0.75)
    assert curve.sensitivity == pytest.approx((0, 1 / 3, 1 / 3, 2 / 3, 2 / 3))
    assert curve.to_dict()["thresholds"][0] == "inf"


def test_the_curve_never_falls_and_ends_at_the_share_of_marked_lesions():
    marks, cases = stats_csv("froc_tony_marks.csv"), stats_csv("froc_tony_cases.csv")
    ends = {(row.reader, row.modality): row.value for row in max_llf(marks, cases)}

    for (reader, modality), end in ends.items():
        curve = froc_curve(marks, cases, reader=reader, modality=modality)
        assert curve.sensitivity == tuple(sorted(curve.sensitivity))
        assert curve.fp_per_case == tuple(sorted(curve.fp_per_case))
        assert curve.sensitivity[-1] == pytest.approx(end)


def test_a_reader_without_marks_has_the_origin_alone():
    curve = froc_curve(MARKS, EXAMPLE_CASES, reader="Ben", modality="MR")

    assert (curve.fp_per_case, curve.sensitivity) == ((0.0,), (0.0,))


@pytest.mark.parametrize(
    ("rate", "value"), [(0, 1 / 3), (0.2, 1 / 3), (0.25, 1 / 3), (0.5, 2 / 3), (0.75, 2 / 3)]
)
def test_the_sensitivity_is_at_the_lowest_threshold_that_keeps_to_the_rate(rate, value):
    found = froc_sensitivity(MARKS, EXAMPLE_CASES, fp_per_case=rate, **ANA)

    assert found.value == pytest.approx(value)
    assert not found.warnings


def test_the_standard_error_is_that_of_a_ratio_over_cases():
    found = froc_sensitivity(MARKS, EXAMPLE_CASES, fp_per_case=0.5, **ANA)

    residuals = (1 - 2 / 3 * 1, 1 - 2 / 3 * 2)
    se = math.sqrt(2 / 1 * sum(residual**2 for residual in residuals)) / 3
    assert found.se == pytest.approx(se)
    assert found.ci_low == pytest.approx(max(2 / 3 - 1.959964 * se, 0), abs=1e-6)
    assert found.ci_high == 1.0
    assert found.n == 2
    assert "threshold ≥ 2" in found.method


def test_a_rate_that_is_never_reached_is_said():
    found = froc_sensitivity(MARKS, EXAMPLE_CASES, fp_per_case=5, **ANA)

    assert found.value == pytest.approx(2 / 3)
    assert "fewer than asked" in found.warnings[0]


def test_a_sensitivity_that_is_the_same_in_every_case_has_no_width():
    found = froc_sensitivity(MARKS, EXAMPLE_CASES, fp_per_case=0, reader="Ben", modality="CT")

    assert (found.value, found.se) == (0.0, 0.0)
    assert "no width" in found.warnings[0]


def test_a_negative_rate_or_a_single_diseased_case_is_refused():
    one = {name: column[:3] for name, column in EXAMPLE_CASES.items()}
    marks = {name: column[:2] for name, column in MARKS.items()}

    with pytest.raises(InvalidArgumentError):
        froc_sensitivity(MARKS, EXAMPLE_CASES, fp_per_case=-1, **ANA)
    with pytest.raises(DegenerateError):
        froc_sensitivity(marks, one, fp_per_case=1, **ANA)
