"""Contrasts where the error term is degenerate, and degrees of freedom at their limits."""

import math

import numpy as np
import pytest
from scipy import stats

from stats.figure_tables import FigureTable
from stats.mean_squares import Effects, mean_squares
from stats.modality_contrasts import contrasts, hillis_df

VALUES = np.array([[0.8, 0.9], [0.7, 0.8]])  # readers differ, but not between modalities


def run(values, covariance, effects, *, clip=False, case_df=math.inf):
    r, t = values.shape
    table = FigureTable(tuple(range(r)), tuple("abc"[:t]), values, 10, 5, "")
    return contrasts(
        table,
        mean_squares(values, covariance),
        effects=effects,
        alpha=0.05,
        margin=0.05,
        clip=clip,
        case_df=case_df,
    )


def crossed(var, cov1, cov2, cov3):
    full = np.full((2, 2, 2, 2), cov3)
    for i in (0, 1):
        full[i, :, i, :] = cov1
        full[:, i, :, i] = cov2
    for i, k in np.ndindex(2, 2):
        full[i, k, i, k] = var
    return full


def test_without_any_error_there_is_no_test_and_a_warning():
    found = run(VALUES, np.zeros((2, 2, 2, 2)), Effects("random", "fixed"))

    assert np.isnan(found.omnibus.p_value)
    assert np.isnan(found.differences[0].p_value)
    assert "no test" in found.warnings[0]


def test_without_reader_differences_the_reference_is_chi_square_over_1():
    found = run(VALUES, crossed(0.002, 0.001, 0.001, 0.0), Effects("random", "random"))

    row = found.differences[0]
    assert math.isinf(row.df)
    assert row.se == pytest.approx(math.sqrt(0.001 * 2))
    assert found.omnibus.p_value == pytest.approx(row.p_value)


def test_a_negative_error_term_of_fixed_readers_gives_nan_and_clipping_mends_it():
    covariance = crossed(0.002, 0.001, 0.0, 0.002)

    kept = run(VALUES, covariance, Effects("fixed", "random"))
    clipped = run(VALUES, covariance, Effects("fixed", "random"), clip=True)

    assert np.isnan(kept.differences[0].se)
    assert "no test" in kept.warnings[0]
    assert clipped.differences[0].se == pytest.approx(math.sqrt(0.001))
    assert clipped.means[0].se == pytest.approx(math.sqrt(0.001))


def test_fixed_readers_have_their_own_differences():
    found = run(VALUES, crossed(0.002, 0.001, 0.001, 0.001), Effects("fixed", "random"), case_df=9)

    assert len(found.reader_differences) == 2
    assert found.reader_differences[0].se == pytest.approx(math.sqrt(0.002))
    assert found.omnibus.distribution == "F"
    assert found.omnibus.df2 == 9


def test_a_negative_cov2_counts_as_0_in_the_means_of_fixed_readers_but_not_of_pseudovalues():
    covariance = crossed(0.002, 0.001, -0.0005, -0.0005)
    fixed = Effects("fixed", "random")

    rockette = run(VALUES, covariance, fixed)
    pseudovalues = run(VALUES, covariance, fixed, case_df=9)

    assert rockette.means[0].se == pytest.approx(math.sqrt(0.002 / 2))
    assert pseudovalues.means[0].se == pytest.approx(math.sqrt(0.0015 / 2))
    assert rockette.means[0].cov2 == pytest.approx(-0.0005)
    assert any("Cov2 of modality a" in said for said in rockette.warnings)
    assert not any("Cov2 of modality" in said for said in pseudovalues.warnings)


def test_one_reader_is_tested_on_his_cases_however_many_modalities_there_are():
    values = np.array([[0.8, 0.9, 0.7], [0.7, 0.8, 0.9]])
    covariance = np.full((2, 3, 2, 3), 0.001)
    for r, t in np.ndindex(2, 3):
        covariance[r, t, r, t] = 0.002

    found = run(values, covariance, Effects("fixed", "random"), case_df=9)

    row = found.reader_differences[0]
    assert row.p_value == pytest.approx(2 * stats.t.sf(0.1 / math.sqrt(0.002), 9))
    assert found.differences[0].df == 2 * 9


def test_one_modality_has_a_mean_and_nothing_to_compare():
    values = np.array([[0.8], [0.9], [0.7]])
    covariance = np.full((3, 1, 3, 1), 0.001)

    for effects in (
        Effects("random", "random"),
        Effects("random", "fixed"),
        Effects("fixed", "random"),
    ):
        found = run(values, covariance, effects)

        assert found.differences == ()
        assert np.isnan(found.omnibus.p_value)
        assert found.means[0].estimate == pytest.approx(0.8)
        assert not found.warnings


def test_one_fixed_reader_is_enough():
    values, covariance = np.array([[0.8, 0.9]]), np.full((1, 2, 1, 2), 0.001)
    covariance[0, 0, 0, 0] = covariance[0, 1, 0, 1] = 0.002

    found = run(values, covariance, Effects("fixed", "random"), case_df=math.inf)

    assert found.differences[0].se == pytest.approx(math.sqrt(2 * 0.001))
    assert found.differences[0].se == pytest.approx(found.reader_differences[0].se)


def test_hillis_df_is_infinite_when_readers_do_not_differ():
    assert hillis_df(2.0, 1.0, 3) == 12.0
    assert math.isinf(hillis_df(2.0, 0.0, 3))
