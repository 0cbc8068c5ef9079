"""Points of the curve, parts of its area and operating points, against pROC and by hand."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from stats.errors import InvalidArgumentError, OneClassError
from stats.roc import auc, operating_point, partial_auc, roc_curve
from tests.shared import stats_csv, stats_json
from tests.stats.studies import close

MARKERS = ("s100b", "ndka", "wfns")
SCORES, TRUTH = [1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1]


def hemorrhage():
    rows = stats_csv("delong_aSAH.csv")
    return rows, (rows["outcome"] == "Poor").to_numpy()


@pytest.mark.parametrize("marker", MARKERS)
def test_curve_parts_and_points_are_those_of_proc(marker):
    rows, truth = hemorrhage()
    expected = stats_json("delong_aSAH.json")["single"][marker]

    curve = roc_curve(rows[marker], truth)
    part = partial_auc(rows[marker], truth)
    corrected = partial_auc(rows[marker], truth, correction="mcclish")
    at_90 = operating_point(rows[marker], truth, specificity=0.9)
    best = operating_point(rows[marker], truth, youden=True)

    assert curve.auc == close(expected["auc"], 1e-9)
    assert len(curve.thresholds) == expected["n_thresholds"]
    assert part.value == close(expected["pauc_spec_1_0.9"], 1e-9)
    assert corrected.value == close(expected["pauc_spec_1_0.9_corrected"], 1e-9)
    assert at_90.sensitivity == close(expected["sens_at_spec90"], 1e-9)
    assert best.sensitivity == close(expected["youden"]["sensitivity"], 1e-9)
    assert best.specificity == close(expected["youden"]["specificity"], 1e-9)


@pytest.mark.parametrize("marker", MARKERS)
def test_our_thresholds_are_the_observed_scores_next_above_procs_midpoints(marker):
    rows, truth = hemorrhage()
    midpoint = stats_json("delong_aSAH.json")["single"][marker]["youden"]["threshold"]
    scores = rows[marker].to_numpy()

    found = operating_point(scores, truth, youden=True)

    assert found.threshold == scores[scores > midpoint].min()


def test_a_curve_runs_from_corner_to_corner():
    curve = roc_curve(SCORES, TRUTH)

    assert (curve.fpr[0], curve.tpr[0], curve.thresholds[0]) == (0.0, 0.0, np.inf)
    assert (curve.fpr[-1], curve.tpr[-1]) == (1.0, 1.0)
    assert list(curve.thresholds) == sorted(curve.thresholds, reverse=True)


def test_a_score_equal_to_the_threshold_is_positive():
    found = operating_point(SCORES, TRUTH, threshold=3)

    assert found.sensitivity == 1.0
    assert found.specificity == pytest.approx(2 / 3)


def test_sensitivity_is_interpolated_between_points():
    found = operating_point([1, 2, 2, 3], [0, 0, 1, 1], specificity=0.75)

    assert found.sensitivity == pytest.approx(0.75)
    assert found.threshold == 3.0


def test_the_ends_of_specificity_are_the_ends_of_the_curve():
    assert operating_point(SCORES, TRUTH, specificity=0.0).sensitivity == 1.0
    assert operating_point(SCORES, TRUTH, specificity=1.0).sensitivity == pytest.approx(2 / 3)


def test_a_threshold_above_all_scores_finds_nothing():
    found = operating_point(SCORES, TRUTH, threshold=np.inf)

    assert (found.sensitivity, found.specificity) == (0.0, 1.0)


@pytest.mark.parametrize(
    "wish",
    [{}, {"youden": True, "threshold": 1.0}, {"specificity": 1.1}, {"specificity": -0.1}],
)
def test_exactly_one_point_must_be_asked_for(wish):
    with pytest.raises(InvalidArgumentError):
        operating_point(SCORES, TRUTH, **wish)


@pytest.mark.parametrize("specificity", [(0.9, 0.9), (-0.1, 1.0), (0.5, 1.1)])
def test_a_part_without_width_or_outside_is_refused(specificity):
    with pytest.raises(InvalidArgumentError, match="specificity"):
        partial_auc(SCORES, TRUTH, specificity=specificity)


def test_an_unknown_correction_is_refused():
    with pytest.raises(InvalidArgumentError, match="correction"):
        partial_auc(SCORES, TRUTH, correction="jiang")


def test_the_whole_part_is_the_area_with_the_jackknife_error():
    found = partial_auc(SCORES, TRUTH, specificity=(1.0, 0.0))

    assert found.value == pytest.approx(auc(SCORES, TRUTH).value)
    assert found.se == pytest.approx(_jackknife(SCORES, TRUTH))


def test_a_perfect_curve_fills_its_part_and_has_no_width():
    found = partial_auc([1, 2, 3, 4], [0, 0, 1, 1], correction="normalized")

    assert found.value == 1.0
    assert "no width" in found.warnings[0]


def test_one_case_of_a_class_leaves_no_error_and_says_so():
    found = partial_auc([1, 2, 3, 2.5], [0, 0, 0, 1], specificity=(0.0, 1.0))

    assert np.isnan(found.se)
    assert "no width" in found.warnings[0]


def test_one_class_is_refused():
    with pytest.raises(OneClassError):
        roc_curve([1, 2], [1, 1])


@given(st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=30))
def test_the_curve_rises_and_its_area_is_the_empirical_auc(rows):
    scores, truth = (np.array(column) for column in zip(*rows, strict=True))
    assume(0 < truth.sum() < truth.size)

    curve = roc_curve(scores, truth)

    assert (np.diff(curve.fpr) >= 0).all()
    assert (np.diff(curve.tpr) >= 0).all()
    assert curve.auc == pytest.approx(auc(scores, truth).value)


def _jackknife(scores, truth):
    n = len(scores)
    left = [auc(scores[:k] + scores[k + 1 :], truth[:k] + truth[k + 1 :]).value for k in range(n)]
    return np.sqrt((n - 1) / n * ((np.array(left) - np.mean(left)) ** 2).sum())
