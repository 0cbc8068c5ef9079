"""The empirical AUC against pROC, against the definition, and at its edges."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stats.errors import (
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    OneClassError,
)
from stats.roc import auc, delong_covariance, delong_test, delong_test_unpaired
from tests.shared import stats_csv, stats_json
from tests.stats.studies import close

MARKERS = ("s100b", "ndka", "wfns")
PAIRS = ("s100b_vs_wfns", "s100b_vs_ndka", "wfns_vs_ndka")
# Hanley & McNeil 1982, Radiology 143:29, Table I: ratings 1 to 5 of 58 normal and 51 abnormal.
HANLEY = {0: (33, 6, 6, 11, 2), 1: (3, 2, 2, 11, 33)}


def hanley():
    ratings = [k + 1 for counts in HANLEY.values() for k, n in enumerate(counts) for _ in range(n)]
    return ratings, [0] * 58 + [1] * 51


def hemorrhage():
    rows = stats_csv("delong_aSAH.csv")
    return rows, (rows["outcome"] == "Poor").to_numpy()


def test_hanley_and_mcneils_computed_tomography_has_their_area():
    found = auc(*hanley())

    assert found.value == pytest.approx(0.893, abs=5e-4)
    assert found.se == pytest.approx(0.032, abs=2e-3)  # theirs is another estimator
    assert found.n == 109


@pytest.mark.parametrize("marker", MARKERS)
def test_the_area_its_variance_and_interval_are_those_of_proc(marker):
    rows, truth = hemorrhage()
    expected = stats_json("delong_aSAH.json")["single"][marker]

    found = auc(rows[marker], truth)

    assert found.value == close(expected["auc"], 1e-9)
    assert found.se**2 == close(expected["var_delong"], 1e-9)
    low, _, high = expected["ci95_delong"]
    assert (found.ci_low, found.ci_high) == (close(low, 1e-9), close(high, 1e-9))


@pytest.mark.parametrize("pair", PAIRS)
def test_the_paired_comparison_is_that_of_proc(pair):
    rows, truth = hemorrhage()
    a, b = pair.split("_vs_")
    expected = stats_json("delong_aSAH.json")["paired"][pair]

    found = delong_test(rows[a], rows[b], truth)

    assert found.statistic == close(expected["Z"], 1e-9)
    assert found.p_value == close(expected["p"], 1e-9)
    assert found.covariance == close(expected["cov"], 1e-9)
    assert (found.ci_low, found.ci_high) == tuple(close(x, 1e-9) for x in expected["ci_diff"])
    assert found.distribution == "z"
    assert found.df is None


def test_the_unpaired_comparison_is_that_of_proc():
    rows, truth = hemorrhage()
    male, scores = (rows["gender"] == "Male").to_numpy(), rows["s100b"].to_numpy()
    expected = stats_json("delong_aSAH.json")["unpaired"]["s100b_male_vs_female"]

    found = delong_test_unpaired(scores[male], truth[male], scores[~male], truth[~male])

    assert found.statistic == close(expected["D"], 1e-9)
    assert found.df == close(expected["df"], 1e-9)
    assert found.p_value == close(expected["p"], 1e-9)
    assert found.distribution == "t"
    assert found.n == 113


def test_the_covariance_matrix_agrees_with_the_comparison():
    ratings, truth = hanley()
    other = ratings[::-1]
    values, covariance = delong_covariance(np.column_stack([ratings, other]), truth)

    found = delong_test(ratings, other, truth)

    assert found.value == pytest.approx(values[0] - values[1])
    assert found.covariance == pytest.approx(covariance[0, 1])
    assert found.se**2 == pytest.approx(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])


def test_a_margin_adds_two_tests_that_agree_with_the_interval():
    ratings, truth = hanley()
    worse = [rating // 2 for rating in ratings]
    plain = delong_test(worse, ratings, truth)

    wide = delong_test(worse, ratings, truth, margin=-plain.ci_low * 1.0001)
    narrow = delong_test(worse, ratings, truth, margin=-plain.ci_low * 0.9999)

    assert plain.p_noninferiority is None
    assert plain.margin is None
    assert wide.p_noninferiority < 0.025 < narrow.p_noninferiority
    assert wide.p_equivalence >= wide.p_noninferiority


def test_a_logit_interval_stays_inside_0_and_1():
    truth = [0] * 10 + [1] * 10
    scores = [*range(10), 8.5, *range(10, 19)]

    normal, logit = auc(scores, truth), auc(scores, truth, ci="logit")

    assert normal.ci_high == 1.0
    assert logit.ci_high < 1.0
    assert logit.ci_low < logit.value


@pytest.mark.parametrize(("flip", "value"), [(False, 1.0), (True, 0.0)])
def test_a_perfect_area_has_an_exact_interval_and_a_warning(flip, value):
    scores, truth = np.arange(20.0), np.repeat([flip, not flip], 10)

    found = auc(scores, truth)

    assert found.value == value
    assert found.se == 0.0
    assert found.ci_high - found.ci_low == pytest.approx(1 - 0.025 ** (1 / 10))
    assert "exact" in found.warnings[0]
    assert np.isnan(found.p_value)


@pytest.mark.parametrize(
    ("scores", "truth"), [([1, 1, 1, 1], [0, 0, 1, 1]), ([1, 2, 3, 2.5], [0, 0, 0, 1])]
)
def test_an_area_without_variance_has_no_interval_and_says_so(scores, truth):
    found = auc(scores, truth)

    assert np.isnan(found.ci_low)
    assert "no interval" in found.warnings[0]


def test_identical_scores_have_no_test():
    ratings, truth = hanley()

    found = delong_test(ratings, ratings, truth)

    assert found.value == 0.0
    assert np.isnan(found.p_value)
    assert "no test" in found.warnings[-1]


def test_two_perfect_groups_have_no_test():
    found = delong_test_unpaired([1, 2, 3, 4], [0, 0, 1, 1], [1, 2, 3, 4], [0, 0, 1, 1])

    assert np.isnan(found.p_value)
    assert "no test" in found.warnings[-1]


@pytest.mark.parametrize(
    ("scores", "truth", "error"),
    [
        ([1, 2], [1, 1], OneClassError),
        ([1, 2], [0, 0], OneClassError),
        ([], [], OneClassError),
        ([1, np.nan], [0, 1], MissingValueError),
        ([1, 2, 3], [0, 1], LengthError),
        ([1, 2], [0, 2], InvalidArgumentError),
    ],
)
def test_bad_vectors_are_refused(scores, truth, error):
    with pytest.raises(error):
        auc(scores, truth)


def test_unknown_options_are_refused():
    with pytest.raises(InvalidArgumentError, match="ci"):
        auc([1, 2], [0, 1], ci="exact")
    with pytest.raises(InvalidArgumentError, match="margin"):
        delong_test([1, 2], [1, 2], [0, 1], margin=-1)
    with pytest.raises(LengthError, match="cases × scores"):
        delong_covariance([1, 2], [0, 1])


PAIRED = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()), min_size=6, max_size=40
)


@settings(max_examples=50)
@given(PAIRED)
def test_swapping_labels_rows_or_signs_changes_what_it_should(rows):
    a, b, truth = (np.array(column) for column in zip(*rows, strict=True))
    assume(2 <= truth.sum() <= truth.size - 2)

    there = delong_test(a, b, truth)
    back = delong_test(b, a, truth)
    mirrored = delong_test(-a, -b, ~truth)
    shuffled = delong_test(a[::-1], b[::-1], truth[::-1])
    stretched = delong_test(np.exp(a / 3.0), np.exp(b / 3.0), truth)

    assert back.value == pytest.approx(-there.value)
    for same in (back, mirrored, shuffled, stretched):
        assert same.se == pytest.approx(there.se, abs=1e-9)
    for same in (mirrored, shuffled, stretched):
        assert same.value == pytest.approx(there.value)
    assert 0.0 <= there.estimate_a.ci_low <= there.estimate_a.ci_high <= 1.0 or (
        np.isnan(there.estimate_a.ci_low)
    )
