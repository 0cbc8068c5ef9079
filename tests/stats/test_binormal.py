"""The binormal curve against published ratings, against R, and where it has no maximum."""

import numpy as np
import polars as pl
import pytest

from stats.binormal import fit
from stats.errors import OneClassError
from stats.roc import auc, binormal_auc
from tests.shared import stats_json
from tests.stats.studies import van_dyke


def ratings(healthy, diseased):
    scores = [k for counts in (healthy, diseased) for k, n in enumerate(counts) for _ in range(n)]
    return scores, [0] * sum(healthy) + [1] * sum(diseased)


def test_hanley_and_mcneils_ratings_have_their_published_area():
    # Hanley & McNeil 1982, Radiology 143:29: maximum likelihood area .911 for these ratings.
    found = binormal_auc(*ratings((33, 6, 6, 11, 2), (3, 2, 2, 11, 33)))

    assert found.value == pytest.approx(0.911, abs=5e-4)
    assert found.se == pytest.approx(0.0296, abs=1e-3)
    assert not found.warnings


def test_each_curve_of_van_dyke_is_that_of_r():
    rows = van_dyke()
    expected = stats_json("vandyke_MRMCaov.json")["or_rrrc_binormal_jackknife"]["reader_metrics"]

    for metric in expected:
        one = rows.filter(
            (pl.col("reader") == int(metric["reader"]))
            & (pl.col("treatment") == int(metric["treatment"]))
        )

        found = binormal_auc(one["rating"], one["truth"])

        assert found.value == pytest.approx(metric["binormal_auc"], abs=1e-6)


def test_many_normal_scores_give_the_true_area():
    draw = np.random.Generator(np.random.Philox(3))
    truth = np.arange(4000) % 2
    scores = draw.standard_normal(4000) * np.where(truth, 1.5, 1.0) + 1.5 * truth

    found = binormal_auc(scores, truth)

    assert found.value == pytest.approx(0.797, abs=3 * found.se)
    assert found.se == pytest.approx(auc(scores, truth).se, rel=0.1)


def test_scores_of_no_use_have_area_one_half():
    found = binormal_auc(*ratings((5, 5, 5), (10, 10, 10)))

    assert found.value == pytest.approx(0.5, abs=1e-9)
    assert found.p_value == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("healthy", "diseased", "value"),
    [((5, 5, 0, 0), (0, 0, 3, 4), 1.0), ((0, 3), (4, 0), 0.0), ((5,), (5,), 0.5)],
)
def test_separated_or_single_categories_give_a_limit_and_a_warning(healthy, diseased, value):
    found = binormal_auc(*ratings(healthy, diseased))

    assert found.value == pytest.approx(value)
    assert np.isnan(found.ci_low)
    assert "limit" in found.warnings[0]


def test_one_point_has_the_area_of_equal_variances():
    found = binormal_auc(*ratings((8, 2), (2, 8)))

    assert found.value == pytest.approx(0.883, abs=1e-3)
    assert found.warnings


def test_a_curve_of_one_horizontal_piece_ends_at_its_limit():
    # The likelihood rises as b falls to 0, where the area is the share of diseased above.
    found = fit(np.array([62.0, 3, 4, 0, 0]), np.array([2.0, 0, 1, 3, 38]))

    assert found.auc == pytest.approx(42 / 44, abs=1e-4)
    assert not found.converged


def test_a_step_that_would_cross_two_cuts_is_shortened():
    found = fit(np.array([0.0, 1, 0, 1, 0, 21]), np.array([3.0, 2, 1, 4, 10, 3]))

    # A derivative-free search of the same likelihood ends here too.
    assert found.auc == pytest.approx(0.0554392, abs=1e-6)
    assert found.converged


def test_swapping_the_classes_mirrors_the_area():
    healthy, diseased = (20, 9, 6, 3), (4, 6, 9, 15)

    there = fit(np.array(healthy, float), np.array(diseased, float))
    back = fit(np.array(diseased, float), np.array(healthy, float))

    assert there.auc + back.auc == pytest.approx(1.0, abs=1e-6)


def test_one_class_is_refused():
    with pytest.raises(OneClassError):
        binormal_auc([1, 2, 3], [0, 0, 0])
