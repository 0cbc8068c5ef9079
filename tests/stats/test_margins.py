"""Non-inferiority agrees with its interval and with the reference run."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.errors import InvalidArgumentError
from stats.mrmc import noninferiority
from tests.shared import stats_json


def test_the_reference_p_value_is_met():
    expected = stats_json("ni_ai_vs_readers_screeningHighP.json")
    row = expected["Ustat"][2]

    found = noninferiority(
        row["AUCAminusAUCB"], math.sqrt(row["varAUCAminusAUCB"]), margin=expected["margin"]
    )

    assert found.statistic == pytest.approx(expected["ni_t"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["ni_p_normal_one_sided"], rel=1e-8)
    assert found.ci_low == pytest.approx(row["botCInormal"], rel=1e-8)
    assert not found.met


@given(
    estimate=st.floats(-0.2, 0.2),
    se=st.floats(0.001, 0.1),
    margin=st.floats(0.0, 0.1),
    df=st.sampled_from([3.0, 20.0, math.inf]),
)
def test_the_margin_is_met_when_the_interval_is_above_it(estimate, se, margin, df):
    found = noninferiority(estimate, se, margin=margin, df=df)

    assert found.alpha_one_sided == 0.025
    assert found.met == (found.p_value <= 0.025)
    if abs(found.ci_low + margin) > 1e-9:
        assert found.met == (found.ci_low > -margin)


def test_without_a_standard_error_there_is_no_test():
    for se in (0.0, math.nan):
        found = noninferiority(0.1, se, margin=0.05)

        assert math.isnan(found.p_value)
        assert not found.met
        assert found.warnings


def test_without_an_estimate_there_is_no_test():
    found = noninferiority(math.nan, 0.1, margin=0.05)

    assert math.isnan(found.p_value)
    assert not found.met
    assert "no test" in found.warnings[0]


@pytest.mark.parametrize(
    "wrong", [{"margin": -0.1}, {"margin": 0.1, "df": 0}, {"margin": 0.1, "alpha": 0}]
)
def test_impossible_numbers_are_refused(wrong):
    with pytest.raises(InvalidArgumentError):
        noninferiority(0.0, 0.1, **wrong)
    with pytest.raises(InvalidArgumentError):
        noninferiority(0.0, -0.1, margin=0.1)
