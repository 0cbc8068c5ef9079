"""Calibration: R's numbers, a perturbed prediction by its score equations, and edges."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

import stats.calibration
from stats.calibration import calibration, decision_curve, reclassification
from stats.errors import (
    DegenerateError,
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    OneClassError,
)
from tests.shared import stats_csv, stats_json

P = [0.1, 0.3, 0.4, 0.6, 0.8, 0.9]
Y = [0, 0, 1, 0, 1, 1]


def perturbed(seed=2, n=300):
    rng = np.random.Generator(np.random.Philox(seed))
    risk = rng.normal(-0.5, 1.2, n)
    return expit(0.4 + 1.7 * risk), (rng.random(n) < expit(risk)).astype(float)


@pytest.mark.parametrize("model", ["p1", "p2"])
def test_the_reference_calibration_is_reproduced(model):
    data = stats_csv("calib_aSAH.csv")
    expected = stats_json("calib_aSAH.json")["calibration"][model]

    found = calibration(data[model], data["y"])

    for name, key in (("brier", "brier"), ("log_loss", "logloss"), ("observed_expected", "OE")):
        assert getattr(found, name) == pytest.approx(expected[key], rel=1e-7)
    assert found.spiegelhalter_z == pytest.approx(expected["spiegelhalter_z"], rel=1e-7)
    assert found.spiegelhalter_p == pytest.approx(expected["spiegelhalter_p"], rel=1e-7)
    assert found.in_the_large.value == pytest.approx(expected["citl"], abs=1e-6)
    assert found.in_the_large.se == pytest.approx(expected["citl_se"], abs=1e-6)
    assert found.slope.value == pytest.approx(expected["slope"], abs=1e-6)
    assert found.slope.se == pytest.approx(expected["slope_se"], abs=1e-6)
    assert found.intercept == pytest.approx(expected["intercept"], abs=1e-6)


@pytest.mark.parametrize("model", ["p1", "p2"])
def test_with_rms_s_smoother_the_errors_of_the_curve_are_those_of_rms(model):
    data = stats_csv("calib_aSAH.csv")
    expected = stats_json("calib_aSAH.json")["calibration"][model]["rms_val.prob"]

    found = calibration(data[model], data["y"])

    assert found.emax == pytest.approx(expected["Emax"], rel=1e-7)
    assert found.e90 == pytest.approx(expected["E90"], rel=1e-7)
    assert found.ici == pytest.approx(expected["Eavg"], rel=1e-5)


@pytest.mark.parametrize("model", ["p1", "p2"])
def test_the_reference_decision_curve_is_reproduced(model):
    data = stats_csv("calib_aSAH.csv")
    expected = stats_json("calib_aSAH.json")["dca"][model]

    rows = decision_curve(data[model], data["y"], [row["threshold"] for row in expected])

    for row, reference in zip(rows, expected, strict=True):
        assert {key: row[key] for key in reference} == pytest.approx(reference, rel=1e-7)


def test_the_reference_reclassification_is_reproduced():
    data = stats_csv("calib_aSAH.csv")
    expected = stats_json("calib_aSAH.json")["improveProb"]["values"]

    found = reclassification(data["p1"], data["p2"], data["y"])

    names = (("nri", "nri"), ("nri_events", "nri.ev"), ("nri_nonevents", "nri.ne"), ("idi", "idi"))
    for name, key in names:
        estimate = getattr(found, name)
        assert estimate.value == pytest.approx(expected[key], rel=1e-7)
        assert estimate.se == pytest.approx(expected[f"se.{key}"], rel=1e-7)
        assert estimate.value / estimate.se == pytest.approx(expected[f"z.{key}"], rel=1e-7)


def test_the_reference_reclassification_in_categories_is_reproduced():
    data = stats_csv("calib_aSAH.csv")
    expected = stats_json("calib_aSAH.json")["category_nri"]

    found = reclassification(data["p1"], data["p2"], data["y"], cuts=expected["cuts"])

    for name in ("nri", "nri_events", "nri_nonevents"):
        assert getattr(found, name).value == pytest.approx(expected[name], rel=1e-7)
    assert found.label == "discouraged"
    assert "discouraged" in found.warnings[0]


def test_recalibration_of_a_wrong_prediction_solves_its_score_equations():
    p, y = perturbed()

    found = calibration(p, y)

    x = logit(p)
    moved = expit(found.in_the_large.value + x)
    assert (y - moved).sum() == pytest.approx(0, abs=1e-4)
    information = (moved * (1 - moved)).sum()
    assert found.in_the_large.se == pytest.approx(1 / math.sqrt(information), rel=1e-3)
    fitted = expit(found.intercept + found.slope.value * x)
    assert (y - fitted).sum() == pytest.approx(0, abs=1e-4)
    assert ((y - fitted) * x).sum() == pytest.approx(0, abs=1e-4)
    assert found.slope.value == pytest.approx(1 / 1.7, abs=0.15)
    assert found.slope.p_value < 0.001  # of a slope of 1
    assert found.in_the_large.value < 0


def test_brier_loss_and_bins_by_hand():
    found = calibration(P, Y, bins=2)

    assert found.brier == pytest.approx((0.01 + 0.09 + 0.36 + 0.36 + 0.04 + 0.01) / 6)
    losses = [0.9, 0.7, 0.4, 0.4, 0.8, 0.9]
    assert found.log_loss == pytest.approx(-np.log(losses).mean())
    assert [(row.low, row.high, row.n) for row in found.bins] == [(0, 0.5, 3), (0.5, 1, 3)]
    assert found.ece == pytest.approx(abs(0.8 / 3 - 1 / 3) / 2 + abs(2.3 / 3 - 2 / 3) / 2)
    assert found.observed_expected == pytest.approx(3 / 3.1)


def test_a_certain_prediction_has_no_logit_but_a_loss():
    found = calibration([0, 0.3, 0.4, 1.0], [0, 1, 0, 1])

    assert math.isnan(found.slope.value)
    assert math.isnan(found.in_the_large.value)
    assert math.isfinite(found.log_loss)
    assert found.bins[-1].high == 1.0
    assert len(found.warnings) == 1  # of the logit alone
    assert math.isinf(calibration([0, 0.1, 0.5, 0.2], [1, 0, 1, 0]).log_loss)


def test_a_prediction_of_nothing_expects_nothing():
    found = calibration([0.0, 0.0], [1, 0])

    assert math.isinf(found.observed_expected)
    assert math.isnan(found.spiegelhalter_p)


@pytest.mark.parametrize(
    ("p", "warnings"), [([0.1, 0.2, 0.3, 0.6], 1), ([0.9, 0.8, 0.7, 0.6], 1), ([0.3] * 4, 2)]
)
def test_a_prediction_that_separates_or_does_not_vary_has_no_slope(p, warnings):
    found = calibration(p, [0, 0, 1, 1])

    assert math.isnan(found.slope.value)
    assert math.isfinite(found.in_the_large.value)
    assert len(found.warnings) == warnings
    assert math.isnan(found.ici) == (warnings == 2)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_turning_the_outcome_around_turns_the_calibration_around(seed):
    p, y = perturbed(seed, 60)

    found, turned = calibration(p, y), calibration(1 - p, 1 - y)

    assert turned.brier == pytest.approx(found.brier)
    assert turned.slope.value == pytest.approx(found.slope.value, rel=1e-6)
    assert turned.in_the_large.value == pytest.approx(-found.in_the_large.value, abs=1e-9)
    assert turned.spiegelhalter_z == pytest.approx(found.spiegelhalter_z)
    assert 0 <= found.ici <= found.emax
    order = np.random.Generator(np.random.Philox(seed)).permutation(len(p))
    assert calibration(p[order], y[order]).ici == pytest.approx(found.ici)


def test_the_net_benefit_counts_a_probability_at_the_threshold():
    first, second = decision_curve([0.1, 0.3, 0.6, 0.9], [0, 1, 0, 1], [0.3, 0.0])

    assert (first.tp, first.fp) == (2, 1)
    assert first.net_benefit == pytest.approx((2 - 1 * 0.3 / 0.7) / 4)
    assert second.net_benefit == second.net_benefit_all == 0.5


def test_reclassification_of_the_same_prediction_is_zero():
    found = reclassification(P, P, Y)

    assert (found.nri.value, found.idi.value, found.nri.se) == (0, 0, 0)
    assert math.isnan(found.nri.p_value)


def test_a_risk_at_a_border_is_in_the_upper_category():
    found = reclassification([0.1, 0.1, 0.1, 0.1], [0.2, 0.1, 0.2, 0.19], [1, 1, 0, 0], cuts=[0.2])

    assert (found.nri_events.value, found.nri_nonevents.value) == (0.5, -0.5)


@pytest.mark.parametrize(
    ("p", "y", "options", "error"),
    [
        ([0.1, 1.1], [0, 1], {}, InvalidArgumentError),
        ([0.1, 0.2], [0, 2], {}, InvalidArgumentError),
        ([0.1, 0.2], [0, 0], {}, OneClassError),
        ([0.1, math.nan], [0, 1], {}, MissingValueError),
        ([0.1, 0.2, 0.3], [0, 1], {}, LengthError),
        ([0.1, 0.2], [0, 1], {"bins": 0}, InvalidArgumentError),
        ([0.1, 0.2], [0, 1], {"alpha": 1}, InvalidArgumentError),
    ],
)
def test_predictions_that_are_none_are_refused(p, y, options, error):
    with pytest.raises(error):
        calibration(p, y, **options)


@pytest.mark.parametrize("threshold", [-0.1, 1.0])
def test_a_threshold_that_is_no_probability_is_refused(threshold):
    with pytest.raises(InvalidArgumentError):
        decision_curve(P, Y, [threshold])


@pytest.mark.parametrize(
    ("old", "outcome", "cuts", "error"),
    [
        (P, Y, [0.5, 0.2], InvalidArgumentError),
        (P, Y, [], InvalidArgumentError),
        (P, Y, [1.2], InvalidArgumentError),
        ([0.1, 0.2, 0.3], [0, 1, 1], None, DegenerateError),
    ],
)
def test_a_reclassification_that_has_no_meaning_is_refused(old, outcome, cuts, error):
    with pytest.raises(error):
        reclassification(old, old, outcome, cuts=cuts)


def test_every_name_that_the_module_promises_is_there():
    assert all(hasattr(stats.calibration, name) for name in stats.calibration.__all__)
    assert "slope" in str(calibration(P, Y))
