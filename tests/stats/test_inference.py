"""Reference distributions: R's quantiles, tails that do not vanish, and no root of a negative."""

import math

import pytest

from stats.errors import InvalidArgumentError
from stats.inference import (
    check_margin,
    interval,
    margin_p,
    quantile,
    root,
    standardised,
    two_sided_p,
    upper_p,
)


def test_quantiles_are_those_of_r():
    assert quantile(0.975) == pytest.approx(1.95996398454005, rel=1e-14)
    assert quantile(0.975, df=4) == pytest.approx(2.77644510519779, rel=1e-12)


def test_a_far_tail_is_small_and_not_zero():
    assert 0.0 < upper_p(35.0) < 1e-260
    assert two_sided_p(1e6, df=5) > 0.0


def test_p_values_stay_within_1_and_nan_stays_nan():
    assert two_sided_p(0.0) == 1.0
    assert math.isnan(two_sided_p(math.nan))


def test_an_interval_is_symmetric_and_wider_with_few_degrees_of_freedom():
    low, high = interval(1.0, 0.5)
    wide = interval(1.0, 0.5, df=3)

    assert low + high == pytest.approx(2.0)
    assert wide[1] > high


def test_the_root_of_a_negative_is_nan():
    assert math.isnan(root(-1e-9))
    assert root(0.25) == 0.5


def test_nothing_is_divided_by_a_standard_error_of_0():
    assert math.isnan(standardised(1.0, 0.0))
    assert math.isnan(standardised(1.0, math.nan))


def test_a_margin_is_none_zero_or_positive():
    assert check_margin(None) == 0.0
    with pytest.raises(InvalidArgumentError, match=r"margin is -0\.1"):
        check_margin(-0.1)


def test_without_a_margin_there_is_no_margin_test():
    assert margin_p(0.1, 0.1, margin=0.0) == (None, None)


def test_equivalence_is_the_worse_of_the_two_sides():
    noninferior, equivalent = margin_p(0.03, 0.02, margin=0.05)

    assert equivalent > noninferior
    assert equivalent == pytest.approx(upper_p(1.0))
