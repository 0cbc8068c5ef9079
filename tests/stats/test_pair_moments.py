"""Moments of pairs of curves against four nested loops, missing reads included."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stats import pair_moments as module
from stats.pair_moments import pair_moments, unbiased_covariance

READ = st.one_of(st.none(), st.integers(0, 3))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(READ, READ, st.booleans()), min_size=2, max_size=9))
def test_sums_and_counts_are_those_of_the_definition(rows):
    scores = np.array([[row[k] for row in rows] for k in (0, 1)], dtype=float)
    truth = np.array([row[2] for row in rows])

    found = pair_moments(scores, truth)

    for a in (0, 1):
        for b in (0, 1):
            sums, counts = by_definition(scores[a], scores[b], truth)
            np.testing.assert_allclose(found.sums[:, a, b], sums)
            np.testing.assert_allclose(found.counts[:, a, b], counts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=4, max_size=20))
def test_the_variance_is_bambers_unbiased_one(rows):
    scores, truth = (np.array(column) for column in zip(*rows, strict=True))
    n1, n0 = int(truth.sum()), int((~truth).sum())
    assume(min(n1, n0) >= 2)
    wins = kernel(scores[~truth], scores[truth])
    both, per_diseased, per_healthy = (
        (wins**2).sum(),
        (wins.sum(axis=0) ** 2).sum(),
        (wins.sum(axis=1) ** 2).sum(),
    )
    apart = wins.sum() ** 2 - per_diseased - per_healthy + both
    expected = wins.mean() ** 2 - apart / (n1 * n0 * (n1 - 1) * (n0 - 1))

    found = unbiased_covariance(pair_moments(scores[None, :].astype(float), truth))

    assert found[0, 0] == pytest.approx(expected, abs=1e-12)


def test_curves_without_a_common_case_do_not_vary_together():
    scores = np.array([[1.0, 2, 2, 3] + [np.nan] * 4, [np.nan] * 4 + [1.0, 2, 2, 3]])

    found = unbiased_covariance(pair_moments(scores, np.array([0, 0, 1, 1] * 2, dtype=bool)))

    assert found[0, 1] == 0.0
    assert found[0, 0] > 0.0


def test_one_case_of_a_class_has_no_variance():
    found = pair_moments(np.array([[1.0, 2, 3]]), np.array([False, False, True]))

    assert np.isnan(unbiased_covariance(found)).all()


def test_chunks_change_nothing(monkeypatch):
    draw = np.random.Generator(np.random.Philox(2))
    scores, truth = draw.standard_normal((3, 40)), np.arange(40) % 2 == 1
    whole = pair_moments(scores, truth)

    monkeypatch.setattr(module, "CHUNK_BYTES", 500)
    parts = pair_moments(scores, truth)

    np.testing.assert_allclose(parts.sums, whole.sums)


def kernel(healthy, diseased):
    difference = np.subtract.outer(diseased, healthy).T
    return np.where(np.isnan(difference), np.nan, (difference > 0) + 0.5 * (difference == 0))


def by_definition(a, b, truth):
    """Return sums and counts with no clever step: every comparison with every other."""
    first, second = (kernel(x[~truth], x[truth]) for x in (a, b))
    sums, counts = np.zeros(4), np.zeros(4)
    for i, j in np.ndindex(first.shape):
        for k, m in np.ndindex(second.shape):
            product = first[i, j] * second[k, m]
            if not np.isnan(product):
                same = np.array([i == k and j == m, j == m, i == k, True])
                sums += same * product
                counts += same
    return sums, counts
