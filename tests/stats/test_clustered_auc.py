"""The clustered AUC: DeLong's with single units, wider when units repeat each other."""

import numpy as np
import pytest

from stats.errors import DegenerateError, LengthError, MissingValueError
from stats.roc import auc, clustered_auc

DRAW = np.random.Generator(np.random.Philox(5))
TRUTH = np.arange(60) % 2
SCORES = DRAW.standard_normal(60) + TRUTH


def test_single_units_have_delongs_variance():
    found = clustered_auc(SCORES, TRUTH, np.arange(60))

    plain = auc(SCORES, TRUTH)
    assert found.value == plain.value
    assert found.se == pytest.approx(plain.se)
    assert found.n == 60


def test_units_entered_twice_add_nothing_to_what_is_known():
    twice = clustered_auc(np.tile(SCORES, 2), np.tile(TRUTH, 2), np.tile(np.arange(60), 2))

    single = clustered_auc(SCORES, TRUTH, np.arange(60))
    assert twice.value == pytest.approx(single.value)
    assert twice.se == pytest.approx(single.se)


def test_the_formula_holds_by_hand():
    # Obuchowski 1997: three patients, two with both classes.
    scores, truth = [1, 3, 2, 4, 0, 5], [0, 1, 0, 1, 0, 1]
    patient = ["a", "a", "b", "b", "c", "d"]
    v10, v01 = np.array([1.0, 1, 1]), np.array([1.0, 1, 1])

    found = clustered_auc(scores, truth, patient)

    assert found.value == v10.mean() == v01.mean()
    assert found.se == 0.0
    assert "no width" in found.warnings[0]


def test_the_interval_is_cut_at_the_ends():
    scores = [*range(10), 8.5, *range(10, 19)]

    found = clustered_auc(scores, [0] * 10 + [1] * 10, list(range(20)))

    assert found.ci_high == 1.0


def test_a_variance_below_0_is_no_root():
    # The units of a patient err against each other, so the cross term outweighs the rest.
    patient = [1, 2, 2, 2, 1, 1]

    found = clustered_auc([2, 2, 0, 2, 2, 3], [1, 0, 1, 0, 1, 0], patient)

    assert np.isnan(found.se)
    assert np.isnan(found.ci_low)
    assert found.warnings


def test_two_patients_of_each_class_are_needed():
    with pytest.raises(DegenerateError, match="two clusters"):
        clustered_auc([1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 3, 3])


def test_a_missing_or_short_cluster_is_refused():
    with pytest.raises(MissingValueError):
        clustered_auc([1, 2], [0, 1], [1, None])
    with pytest.raises(LengthError):
        clustered_auc([1, 2], [0, 1], [1])
