"""Survival: R's numbers for the lung study, small tables by hand, and peers where there are any."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import survdiff

import stats.survival
from stats.errors import (
    DegenerateError,
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    OneClassError,
)
from stats.survival import cox, kaplan_meier, logrank, restricted_mean, survival_at
from tests.shared import stats_csv, stats_json

# Remission in weeks (Freireich et al. 1963, as printed in Cox 1972): 6-MP, then placebo.
WEEKS = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
WEEKS += [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0] + [1] * 21
PLACEBO = [0] * 21 + [1] * 21
FIVE = ([1, 2, 3, 4, 5], [1, 1, 0, 1, 1])
STUDIES = st.lists(
    st.tuples(st.integers(1, 6), st.booleans(), st.sampled_from("abc")), min_size=6, max_size=40
)


def lung():
    data = stats_csv("surv_lung.csv")
    return data["time"], data["event"], data["sex"]


@pytest.mark.parametrize(("ci", "key"), [("log-log", "km_loglog"), ("log", "km_log")])
def test_the_reference_medians_and_their_limits_are_reproduced(ci, key):
    time, event, sex = lung()
    expected = stats_json("surv_lung.json")

    found = kaplan_meier(time, event, group=sex, ci=ci)

    assert [row.group for row in found] == [1, 2]
    assert [row.n for row in found] == expected["km_loglog"]["n"]
    assert [row.events for row in found] == expected["km_loglog"]["events"]
    for name, value in (("median", "value"), ("lower", "ci_low"), ("upper", "ci_high")):
        assert [getattr(row.median, value) for row in found] == expected[key][name]


@pytest.mark.parametrize("at", [180, 365])
def test_the_reference_survival_at_a_time_is_reproduced(at):
    time, event, sex = lung()
    expected = stats_json("surv_lung.json")["surv_at"][f"t{at}"]

    rows = survival_at(time, event, at=at, group=sex)

    names = {"surv": "value", "se": "se", "lower": "ci_low", "upper": "ci_high"}
    for key, name in names.items():
        found = [getattr(row.estimate, name) for row in rows]
        assert found == pytest.approx(expected[key], rel=1e-8)


def test_the_reference_log_rank_test_is_reproduced():
    expected = stats_json("surv_lung.json")["logrank"]

    found = logrank(*lung())

    assert found.statistic == pytest.approx(expected["chisq"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-8)
    assert found.observed == pytest.approx(expected["obs"], rel=1e-8)
    assert found.expected == pytest.approx(expected["exp"], rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
@pytest.mark.parametrize("frame", [pl.DataFrame, lambda data: pd.DataFrame(data.to_dict())])
def test_the_reference_cox_models_are_reproduced(ties, frame):
    time, event, sex = lung()
    data = pl.DataFrame({"time": time, "event": event, "sex": sex})
    expected = stats_json("surv_lung.json")[f"cox_{ties}"]

    found = cox(frame(data), time="time", event="event", covariates=["sex"], ties=ties)

    row = found.coefficients[0]
    assert row.estimate.value == pytest.approx(expected["coef"], rel=1e-6)
    assert row.estimate.se == pytest.approx(expected["se"], rel=1e-6)
    if ties == "efron":
        assert row.hazard_ratio == pytest.approx(expected["hr"], rel=1e-6)
        limits = (row.hazard_ratio_low, row.hazard_ratio_high)
        assert limits == pytest.approx(expected["ci"], rel=1e-6)
        assert row.estimate.p_value == pytest.approx(expected["p"], rel=1e-6)
        assert found.concordance == pytest.approx(expected["concordance"][0], rel=1e-6)


def test_the_published_remission_study_is_reproduced():
    data = {"weeks": WEEKS, "relapsed": RELAPSED, "placebo": PLACEBO}
    columns = {"time": "weeks", "event": "relapsed", "covariates": ["placebo"]}

    test = logrank(WEEKS, RELAPSED, PLACEBO)
    drug, placebo = kaplan_meier(WEEKS, RELAPSED, group=PLACEBO)
    efron, breslow = (cox(data, **columns, ties=ties) for ties in ("efron", "breslow"))

    assert round(test.statistic, 2) == 16.79
    assert [round(count, 2) for count in test.expected] == [19.25, 10.75]
    assert (drug.median.value, placebo.median.value) == (23, 8)
    assert [round(row.survival, 3) for row in drug.curve if row.events] == [
        0.857,
        0.807,
        0.753,
        0.69,
        0.627,
        0.538,
        0.448,
    ]
    found = [(model.coefficients[0].estimate) for model in (efron, breslow)]
    assert [(round(row.value, 4), round(row.se, 4)) for row in found] == [
        (1.5721, 0.4124),
        (1.5092, 0.4096),
    ]


def test_a_curve_by_hand():
    curve = kaplan_meier(*FIVE)[0].curve

    assert [row.at_risk for row in curve] == [5, 4, 3, 2, 1]
    assert [row.censored for row in curve] == [0, 0, 1, 0, 0]
    assert [row.survival for row in curve] == pytest.approx([0.8, 0.6, 0.6, 0.3, 0])
    greenwood = 1 / 20 + 1 / 12
    assert curve[1].se == pytest.approx(0.6 * math.sqrt(greenwood))
    half = 1.959964 * math.sqrt(greenwood) / math.log(0.6)
    assert curve[1].ci_low == pytest.approx(0.6 ** math.exp(-half), rel=1e-6)
    assert math.isnan(curve[4].ci_low)


def test_the_plain_interval_is_cut_at_zero_and_one():
    curve = kaplan_meier(*FIVE, ci="plain")[0].curve

    assert curve[0].ci_high == 1.0
    assert curve[3].ci_low == 0.0
    assert curve[1].ci_low == pytest.approx(0.6 - 1.959964 * curve[1].se, rel=1e-6)


def test_a_curve_that_runs_at_one_half_has_its_median_in_the_middle():
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])[0].median.value == 2.5
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 0, 0])[0].median.value == 2.0


def test_a_median_that_is_not_reached_is_nan_with_a_warning():
    found = kaplan_meier([1, 2, 3], [1, 0, 0])[0]

    assert math.isnan(found.median.value)
    assert found.median.warnings
    assert found.to_dict()["median"]["value"] is None


def test_survival_before_the_first_event_is_one_without_width():
    early, censored = survival_at([2, 3, 4], [0, 1, 0], at=[1, 2.5])

    for row in (early, censored):
        assert (row.estimate.value, row.estimate.se) == (1.0, 0.0)
        assert row.estimate.warnings


def test_rows_of_survival_go_by_group_and_then_by_time():
    rows = survival_at(*FIVE, at=[3, 1], group=list("abbab"))

    assert [(row.group, row.at) for row in rows] == [("a", 3), ("a", 1), ("b", 3), ("b", 1)]


def test_survival_after_the_end_is_known_only_when_nobody_is_left():
    left, gone = survival_at([1, 2, 1, 2], [1, 0, 1, 1], at=5, group=["a", "a", "b", "b"])

    assert math.isnan(left.estimate.value)
    assert left.estimate.warnings
    assert gone.estimate.value == 0.0
    assert math.isnan(gone.estimate.se)


def test_the_restricted_mean_is_the_area_under_the_curve():
    estimate = restricted_mean(*FIVE, horizon=4.5)[0].estimate

    assert estimate.value == pytest.approx(1 + 0.8 + 0.6 * 2 + 0.3 * 0.5)
    after = (0.8 + 1.2 + 0.15, 1.2 + 0.15, 0.15)
    variance = after[0] ** 2 / 20 + after[1] ** 2 / 12 + after[2] ** 2 / 2
    assert estimate.se == pytest.approx(math.sqrt(variance))
    assert estimate.ci_high == pytest.approx(estimate.value + 1.959964 * estimate.se, rel=1e-6)


def test_without_censoring_the_restricted_mean_is_the_mean_of_the_times():
    times = [1.0, 2.0, 4.0, 5.0]

    estimate = restricted_mean(times, [1] * 4, horizon=5)[0].estimate

    assert estimate.value == pytest.approx(np.mean(times))
    assert estimate.se == pytest.approx(np.std(times) / 2)
    assert restricted_mean(times, [1] * 4, horizon=9)[0].estimate.value == pytest.approx(3.0)


def test_a_horizon_after_the_follow_up_is_refused():
    with pytest.raises(InvalidArgumentError):
        restricted_mean([1, 2], [1, 0], horizon=3)
    with pytest.raises(InvalidArgumentError):
        restricted_mean([1, 2], [1, 0], horizon=0)


@settings(max_examples=50, deadline=None)
@given(study=STUDIES)
def test_the_log_rank_test_is_that_of_statsmodels_for_any_number_of_groups(study):
    time, event, group = (np.array(column) for column in zip(*study, strict=True))

    try:
        found = logrank(time, event, group)
    except (OneClassError, DegenerateError):
        return  # one group, or never at risk together: tested below

    statistic, p = survdiff(time, event, group)
    assert found.statistic == pytest.approx(statistic, rel=1e-6, abs=1e-9)
    assert found.p_value == pytest.approx(p, rel=1e-6)
    assert sum(found.observed) == pytest.approx(sum(found.expected))


@settings(max_examples=30, deadline=None)
@given(study=STUDIES, factor=st.floats(0.1, 50))
def test_curves_only_scale_with_the_unit_of_time(study, factor):
    time, event, group = (np.array(column) for column in zip(*study, strict=True))

    one = kaplan_meier(time, event, group=group)
    other = kaplan_meier(time * factor, event, group=group)

    for first, second in zip(one, other, strict=True):
        assert [row.survival for row in first.curve] == [row.survival for row in second.curve]
        values = [0 <= row.survival <= 1 for row in first.curve]
        assert all(values)
        expected = pytest.approx(first.median.value * factor, nan_ok=True)
        assert second.median.value == expected


def test_a_log_rank_test_needs_two_groups_at_risk_together():
    with pytest.raises(OneClassError):
        logrank([1, 2], [1, 1], ["a", "a"])
    with pytest.raises(DegenerateError):
        logrank([1, 2], [0, 0], ["a", "b"])
    with pytest.raises(DegenerateError):
        logrank([1, 2, 9], [0, 0, 1], ["a", "a", "b"])
    with pytest.raises(DegenerateError):  # 6/6 and 1/6 · 6 differ by rounding alone
        logrank([1, 2, 2, 2, 2, 2, 2], [0, 1, 1, 0, 0, 0, 0], list("c" + "a" * 6))


def test_scaling_a_covariate_scales_its_coefficient():
    rng = np.random.Generator(np.random.Philox(4))
    x, z = rng.normal(size=(2, 80))
    data = {"t": rng.exponential(np.exp(-0.5 * x)), "e": rng.random(80) < 0.8, "x": x, "z": z}
    data["big"] = x * 1000 + 5

    first = cox(data, time="t", event="e", covariates=["x", "z"])
    second = cox(data, time="t", event="e", covariates=["z", "big"], ties="breslow")

    assert first.coefficients[0].estimate.value == pytest.approx(
        second.coefficients[1].estimate.value * 1000, rel=1e-6
    )
    assert first.concordance == pytest.approx(second.concordance)
    assert [row.name for row in second.coefficients] == ["z", "big"]
    assert "hazard_ratio" in str(first)


@pytest.mark.parametrize(
    ("data", "covariates", "options", "error"),
    [
        ({"x": [1, 1, 1, 1]}, ["x"], {}, DegenerateError),
        ({"x": [1, 2, 3, 4], "y": [2, 4, 6, 8]}, ["x", "y"], {}, DegenerateError),
        ({"x": [4, 3, 2, 1]}, ["x"], {}, DegenerateError),  # orders the events perfectly
        ({"x": [1, 2, 1, 2], "e": [0, 0, 0, 0]}, ["x"], {}, DegenerateError),
        ({"x": ["m", "f", "m", "f"]}, ["x"], {}, InvalidArgumentError),
        ({"x": [1, 2, 1, None]}, ["x"], {}, MissingValueError),
        ({"x": [1, 2, 1, 2]}, "x", {}, InvalidArgumentError),
        ({"x": [1, 2, 1, 2]}, [], {}, InvalidArgumentError),
        ({"x": [1, 2, 1, 2]}, ["x", "x"], {}, InvalidArgumentError),
        ({"x": [1, 2, 1, 2]}, ["x"], {"ties": "exact"}, InvalidArgumentError),
    ],
)
def test_a_cox_model_that_cannot_be_fitted_is_refused(data, covariates, options, error):
    frame = {"t": [1, 2, 3, 4], "e": [1, 1, 1, 1]} | data

    with pytest.raises(error):
        cox(frame, time="t", event="e", covariates=covariates, **options)


@pytest.mark.parametrize(
    ("time", "event", "options", "error"),
    [
        ([-1, 2], [1, 1], {}, InvalidArgumentError),
        ([math.inf, 2], [1, 1], {}, InvalidArgumentError),
        ([1, 2], [1, 2], {}, InvalidArgumentError),
        ([1, None], [1, 1], {}, MissingValueError),
        ([1, 2], [1, 1, 1], {}, LengthError),
        ([], [], {}, DegenerateError),
        ([1, 2], [1, 1], {"ci": "arcsin"}, InvalidArgumentError),
        ([1, 2], [1, 1], {"alpha": 0}, InvalidArgumentError),
        ([1, 2], [1, 1], {"group": ["a", None]}, MissingValueError),
    ],
)
def test_follow_up_that_is_none_is_refused(time, event, options, error):
    with pytest.raises(error):
        kaplan_meier(time, event, **options)


def test_every_name_that_the_module_promises_is_there():
    assert all(hasattr(stats.survival, name) for name in stats.survival.__all__)
