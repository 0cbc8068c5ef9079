"""Weighted AUCs against repeated cases, and the bootstrap intervals."""

import numpy as np
import pytest

from stats.resampling import (
    SortedCurve,
    bca_interval,
    chunks,
    percentile_interval,
    resampled_counts,
)
from stats.roc import auc

SCORES = np.array([1.0, 2, 2, 3, 2, 4, 5, np.nan])
TRUTH = np.array([0, 0, 0, 0, 1, 1, 1, 1], dtype=bool)


def draw(seed=1):
    return np.random.Generator(np.random.Philox(seed))


def test_a_weighted_auc_is_that_of_the_repeated_cases():
    weights = resampled_counts((np.arange(4), np.arange(4, 7)), size=8, draw=draw(), resamples=20)

    found = SortedCurve.of(SCORES, TRUTH).auc(weights)

    for row, value in zip(weights.astype(int), found, strict=True):
        scores, truth = (np.repeat(x[:7], row[:7]) for x in (SCORES, TRUTH))
        assert value == pytest.approx(auc(scores, truth).value)


def test_a_resample_without_a_class_has_no_auc():
    weights = np.zeros((1, 8), dtype=np.float32)

    assert np.isnan(SortedCurve.of(SCORES, TRUTH).auc(weights)).all()


def test_each_stratum_keeps_its_size_and_seeds_repeat():
    strata = (np.array([0, 2]), np.array([1, 3, 4]))

    found = resampled_counts(strata, size=5, draw=draw(3), resamples=50)
    again = resampled_counts(strata, size=5, draw=draw(3), resamples=50)

    assert (found[:, [0, 2]].sum(axis=1) == 2).all()
    assert (found[:, [1, 3, 4]].sum(axis=1) == 3).all()
    np.testing.assert_array_equal(found, again)


def test_chunks_add_up_and_are_never_empty():
    assert sum(chunks(10_000, units=1_000_000)) == 10_000
    assert list(chunks(2, units=10**12)) == [1, 1]


def test_a_symmetric_bootstrap_has_equal_percentile_and_bca_intervals():
    values = np.linspace(-1.0, 1.0, 10_001)

    percentile = percentile_interval(values, alpha=0.05)
    corrected = bca_interval(values, 0.0, np.array([-1.0, 1.0]), alpha=0.05)

    assert corrected == pytest.approx(percentile, abs=1e-6)


def test_bias_and_skewness_move_the_interval():
    values = np.linspace(-1.0, 1.0, 10_001)

    biased = bca_interval(values, 0.2, np.array([-1.0, 1.0]), alpha=0.05)
    skewed = bca_interval(values, 0.0, np.array([-1.0, -1.0, 2.0]), alpha=0.05)

    assert biased[0] > -0.95
    assert skewed[0] > -0.95


@pytest.mark.parametrize(
    ("estimate", "influence"),
    [(2.0, [-1.0, 1.0]), (0.0, [0.0, 0.0]), (0.99995, [0.0, 0.0, 1.0])],
)
def test_bca_says_when_it_does_not_exist(estimate, influence):
    values = np.linspace(-1.0, 1.0, 10_001)

    assert bca_interval(values, estimate, np.array(influence), alpha=1e-9) is None
