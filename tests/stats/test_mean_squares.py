"""Mean squares against a table worked by hand, and which factors are random."""

import numpy as np
import pytest

from stats.errors import InvalidArgumentError
from stats.mean_squares import Effects, mean_squares

VALUES = np.array([[0.8, 0.9, 0.7], [0.6, 0.9, 0.9]])


def covariance(var, cov1, cov2, cov3, r=2, t=3):
    full = np.full((r, t, r, t), float(cov3))
    for i in range(r):
        full[i, :, i, :] = cov1
    for k in range(t):
        full[:, k, :, k] = cov2
    for i, k in np.ndindex(r, t):
        full[i, k, i, k] = var
    return full


def test_averages_over_pairs_give_back_the_components():
    found = mean_squares(VALUES, covariance(4.0, 3.0, 2.0, 1.0))

    assert (found.var, found.cov1, found.cov2, found.cov3) == (4.0, 3.0, 2.0, 1.0)
    assert found.cov2_t.tolist() == [2.0] * 3
    assert found.cov1_r.tolist() == [3.0] * 2


def test_mean_squares_are_those_worked_by_hand():
    found = mean_squares(VALUES, np.zeros((2, 3, 2, 3)))

    # Means of modalities .7 .9 .8, of readers both .8; rest ±.1, 0, ∓.1.
    assert found.ms_t == pytest.approx(2 * (0.01 + 0.01) / 2)
    assert found.ms_r == pytest.approx(0.0, abs=1e-12)
    assert found.ms_tr == pytest.approx(4 * 0.01 / 2)


def test_one_modality_has_a_reader_component_and_no_other():
    found = mean_squares(VALUES[:, :1], covariance(0.02, 0, 0.01, 0, t=1)).components()

    # MS(R) of .8 and .6 is .02; MS(R) − Var + Cov2.
    assert found.var_reader == pytest.approx(0.02 - 0.02 + 0.01)
    assert np.isnan(found.MS_T)
    assert np.isnan(found.var_treatment_reader)


def test_negative_components_are_kept_and_said():
    squares = mean_squares(VALUES, covariance(0.5, 0.1, 0.1, 0.2))
    both, fixed = Effects.of(readers="random", cases="random"), Effects("fixed", "random")

    random = " ".join(squares.warnings(both, clip=False))
    kept = " ".join(squares.warnings(fixed, clip=False))
    clipped = " ".join(squares.warnings(fixed, clip=True))

    assert squares.components().var_treatment_reader < 0.0
    assert "component of readers within modalities is negative" in random
    assert "is taken as 0" in random
    assert "is kept (clip=True takes it as 0)" in kept
    assert "is taken as 0" in clipped


def test_a_negative_reader_component_is_said_and_fixed_cases_need_no_covariance():
    squares = mean_squares(VALUES, covariance(0.0, 0.1, 0.0, 0.05))

    said = squares.warnings(Effects("random", "fixed"), clip=False)

    assert "component of readers is negative" in said[0]
    assert not any("Cov2" in sentence for sentence in said)


def test_sound_components_say_nothing():
    values = np.array([[0.9, 0.8], [0.6, 0.7]])
    squares = mean_squares(values, covariance(0.01, 0.004, 0.004, 0.004, t=2))

    assert squares.warnings(Effects("random", "random"), clip=False) == ()


def test_effects_are_words_and_not_both_fixed():
    assert Effects.of(readers="fixed", cases="random").label == "FRRC"
    assert Effects.of(readers="random", cases="fixed").reference == "F"
    with pytest.raises(InvalidArgumentError, match="both fixed"):
        Effects.of(readers="fixed", cases="fixed")
    with pytest.raises(InvalidArgumentError, match="cases 'some'"):
        Effects.of(readers="fixed", cases="some")
