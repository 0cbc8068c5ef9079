"""Moments, coefficients and degrees of freedom of a mean kernel."""

import math

import numpy as np
import pytest

from stats.kernel_moments import AUC, BINARY, arms, binary_pairs, degrees_of_freedom
from stats.pair_moments import pair_moments

DRAW = np.random.Generator(np.random.Philox(8))
SCORES = (DRAW.standard_normal((4, 30)) + DRAW.standard_normal(30) > 0).astype(float)


def own(scores, kernel=BINARY):
    return arms(binary_pairs(scores), kernel, readers=len(scores), modalities=1, pair=(0, 0))


def test_the_binary_variance_of_crossed_reads_is_that_of_two_way_analysis():
    # Crossed and balanced, the U-statistic variance is that of the two-way random model.
    r, n = SCORES.shape
    cases, readers = SCORES.mean(axis=0), SCORES.mean(axis=1)
    rest = SCORES - cases[None, :] - readers[:, None] + SCORES.mean()
    ms_r = n * readers.var(ddof=1)
    ms_c = r * cases.var(ddof=1)
    ms_e = (rest**2).sum() / ((r - 1) * (n - 1))
    expected = (ms_r + ms_c - ms_e) / (r * n)

    assert own(SCORES).unbiased == pytest.approx(expected)


def test_coefficients_of_a_variance_add_up_to_0():
    found = own(SCORES)

    assert found.coefficients.sum() == pytest.approx(0.0, abs=1e-12)
    assert found.value_a == found.value_b == pytest.approx(SCORES.mean())


def test_the_mle_variance_is_above_the_unbiased_one():
    found = own(SCORES)

    assert found.mle > found.unbiased


def test_degrees_of_freedom_are_not_below_the_smallest_factor():
    found = own(SCORES)

    assert degrees_of_freedom(BINARY, ((1.0, found),), "unbiased") >= 3.0
    assert degrees_of_freedom(BINARY, ((1.0, found),), "mle") >= 3.0


def test_one_reader_has_neither_variance_nor_degrees_of_freedom():
    found = own(SCORES[:1])

    assert math.isnan(found.unbiased)
    assert math.isnan(degrees_of_freedom(BINARY, ((1.0, found),), "unbiased"))


def test_scores_that_never_vary_have_infinite_degrees_of_freedom():
    found = own(np.ones((3, 5)))

    assert found.unbiased == 0.0
    assert math.isinf(degrees_of_freedom(BINARY, ((1.0, found),), "unbiased"))


def test_readers_who_are_copies_of_each_other_have_no_reader_component():
    truth = np.arange(30) % 2 == 1
    one = DRAW.standard_normal(30) + truth
    pairs = pair_moments(np.stack([one, one]), truth)

    found = arms(pairs, AUC, readers=2, modalities=1, pair=(0, 0))

    assert found.moments[:4] == pytest.approx(found.moments[4:])
    assert found.moments[3] - found.moments[7] == pytest.approx(0.0, abs=1e-12)
