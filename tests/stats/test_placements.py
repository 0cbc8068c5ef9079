"""Placement values against the definition, pair by pair."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from stats.placements import covariance, placements

SCORES = st.lists(st.integers(0, 5), min_size=2, max_size=12)


def pairwise(healthy, diseased):
    return (np.subtract.outer(diseased, healthy) > 0) + 0.5 * (
        np.subtract.outer(diseased, healthy) == 0
    )


@given(healthy=SCORES, diseased=SCORES)
def test_placements_are_means_over_the_other_class(healthy, diseased):
    scores = np.array([[*healthy, *diseased]], dtype=float)
    truth = np.repeat([False, True], [len(healthy), len(diseased)])
    wins = pairwise(np.array(healthy), np.array(diseased))

    found = placements(scores, truth)

    np.testing.assert_allclose(found.diseased[0], wins.mean(axis=1), atol=1e-12)
    np.testing.assert_allclose(found.healthy[0], wins.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.auc, wins.mean(), atol=1e-12)


@given(healthy=SCORES, diseased=SCORES)
def test_the_covariance_is_symmetric_and_not_negative(healthy, diseased):
    scores = np.array([[*healthy, *diseased], [*healthy[::-1], *diseased]], dtype=float)
    truth = np.repeat([False, True], [len(healthy), len(diseased)])

    found = covariance(placements(scores, truth))

    np.testing.assert_allclose(found, found.T)
    assert np.linalg.eigvalsh(found).min() > -1e-12


def test_one_case_of_a_class_has_no_variance():
    found = covariance(placements(np.array([[1.0, 2.0, 3.0]]), np.array([False, False, True])))

    assert np.isnan(found).all()


def test_infinite_scores_are_ranked_and_tie_with_each_other():
    scores = np.array([[-np.inf, -np.inf, -np.inf, np.inf]])

    found = placements(scores, np.array([False, False, True, True]))

    assert found.auc[0] == 0.75
