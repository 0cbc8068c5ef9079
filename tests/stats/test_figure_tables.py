"""Tables of figures and the three estimators of their error covariance."""

import numpy as np
import pytest

from stats.errors import DegenerateError, DesignError, InvalidArgumentError, OneClassError
from stats.figure_tables import error_covariance, figure_table, jackknife_covariance
from stats.figures_of_merit import figure
from stats.readings import readings
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.stats.studies import SIMULATED

FRAME = roe_metz(readers=3, healthy=30, diseased=20, seed=2, **ROE_METZ_1997["HH1.50"])
STUDY = readings(FRAME, **SIMULATED)


def table(study=STUDY, name="auc", **options):
    return figure_table(study, figure(name, **options), design="crossed", leave_one_out=True)


def test_the_jackknife_of_a_proportion_is_its_variance():
    found = table(name="sensitivity", threshold=0.5)

    covariance = jackknife_covariance(found)

    p, n = found.values[0, 0], found.n_cases
    assert n == found.n_diseased == 20
    assert covariance[0, 0, 0, 0] == pytest.approx(p * (1 - p) / (n - 1))


def test_the_three_estimators_are_near_each_other():
    found = table()

    jackknife, delong, unbiased = (
        error_covariance(STUDY, found, name) for name in ("jackknife", "delong", "unbiased")
    )

    np.testing.assert_allclose(jackknife, delong, rtol=0.1, atol=2e-5)
    np.testing.assert_allclose(unbiased, delong, rtol=0.2, atol=1e-4)


def test_figures_of_no_common_case_have_covariance_0():
    nested = readings(
        roe_metz(
            readers=3,
            healthy=9,
            diseased=9,
            seed=2,
            design="cases_in_readers",
            **ROE_METZ_1997["HH0.75"],
        ),
        **SIMULATED,
    )

    found = error_covariance(nested, table(nested), "jackknife")

    assert found[0, 0, 1, 0] == found[0, 0, 1, 1] == 0.0
    assert found[0, 0, 0, 1] != 0.0


def test_delong_needs_crossed_reads():
    missing = readings(FRAME[1:], **SIMULATED)

    with pytest.raises(DesignError, match="'jackknife' or 'unbiased'"):
        error_covariance(missing, table(missing), "delong")


def test_the_jackknife_needs_the_figures_without_each_case():
    bare = figure_table(STUDY, figure("auc"), design="crossed", leave_one_out=False)

    with pytest.raises(InvalidArgumentError, match="without each case"):
        jackknife_covariance(bare)


def test_a_reader_of_one_class_in_a_modality_is_named():
    scores = STUDY.scores.copy()
    scores[1, 0, STUDY.truth] = np.nan
    from dataclasses import replace

    broken = replace(STUDY, scores=scores)

    for name in ("auc", "sensitivity"):
        with pytest.raises(OneClassError, match="reader r2 has no case of a class"):
            table(broken, name, threshold=0.0)


def test_a_figure_that_is_no_number_is_refused():
    with pytest.raises(DegenerateError, match="is nan"):
        figure_table(
            STUDY, figure(lambda scores, truth: np.nan), design="crossed", leave_one_out=False
        )
