"""Proportions against R, against printed examples, and against what the formulas must satisfy."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from stats import proportions
from stats.errors import (
    DegenerateError,
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    OneClassError,
)
from tests.shared import stats_json

METHODS = ("wilson", "wilson_cc", "clopper_pearson", "jeffreys")
# R 4.2.2 binom.test and prop.test for 7 of 25.
SEVEN_OF_25 = {
    "clopper_pearson": (0.120716688504067, 0.493876821806255),
    "wilson": (0.142838538509566, 0.475766051903616),
    "wilson_cc": (0.128723917741172, 0.495990095369097),
}


def fourfold(both, only_a, only_b, neither):
    a = [1] * both + [1] * only_a + [0] * only_b + [0] * neither
    b = [1] * both + [0] * only_a + [1] * only_b + [0] * neither
    return a, b


# Bentur et al. (2009), airway hyper-responsiveness before and after, as in Fagerland et al. (2014).
AIRWAYS = fourfold(1, 1, 7, 12)


@pytest.mark.parametrize("method", ["wilson", "wilson_cc", "clopper_pearson"])
def test_intervals_reproduce_r(method):
    for case in stats_json("proportion_ci.json")["cases"]:
        found = proportions.proportion(case["x"], case["n"], method=method)

        assert [found.ci_low, found.ci_high] == pytest.approx(case[method], rel=1e-10, abs=1e-15)


@pytest.mark.parametrize("method", SEVEN_OF_25)
def test_the_intervals_of_seven_of_twenty_five(method):
    found = proportions.proportion(7, 25, method=method)

    assert (found.ci_low, found.ci_high) == pytest.approx(SEVEN_OF_25[method], rel=1e-10)
    assert found.value == 0.28
    assert math.isnan(found.se) == (method == "clopper_pearson")


def test_jeffreys_takes_the_quantiles_of_its_posterior():
    found = proportions.proportion(3, 10, method="jeffreys")

    expected = stats.beta.ppf([0.025, 0.975], 3.5, 7.5)
    assert [found.ci_low, found.ci_high] == pytest.approx(expected)
    assert math.isnan(found.se)


@pytest.mark.parametrize("method", METHODS)
def test_the_ends_of_the_scale_are_in_the_interval(method):
    none, every = (proportions.proportion(x, 12, method=method) for x in (0, 12))

    assert none.ci_low == 0.0
    assert every.ci_high == 1.0
    assert none.ci_high == pytest.approx(1 - every.ci_low)


def test_the_continuity_correction_vanishes_at_one_half_as_in_prop_test():
    half, wilson = (proportions.proportion(5, 10, method=m) for m in ("wilson_cc", "wilson"))

    assert (half.ci_low, half.ci_high) == pytest.approx((wilson.ci_low, wilson.ci_high))


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 200), data=st.data(), method=st.sampled_from(METHODS))
def test_success_and_failure_mirror_each_other(n, data, method):
    x = data.draw(st.integers(0, n))

    found = proportions.proportion(x, n, method=method)
    mirrored = proportions.proportion(n - x, n, method=method)

    assert 0 <= found.ci_low <= found.value <= found.ci_high <= 1
    assert mirrored.ci_low == pytest.approx(1 - found.ci_high, abs=1e-9)


def test_the_diagnostic_table_counts_and_divides():
    positive = [1] * 36 + [0] * 9 + [1] * 7 + [0] * 62
    truth = [1] * 45 + [0] * 69

    table = proportions.diagnostic_table(positive, truth)

    assert (table.tp, table.fn, table.fp, table.tn) == (36, 9, 7, 62)
    assert table.sensitivity.value == pytest.approx(36 / 45)
    assert table.specificity.value == pytest.approx(62 / 69)
    assert table.ppv.value == pytest.approx(36 / 43)
    assert table.npv.value == pytest.approx(62 / 71)
    assert table.accuracy.value == pytest.approx(98 / 114)
    assert table.lr_positive.value == pytest.approx((36 / 45) / (7 / 69))
    assert table.lr_negative.value == pytest.approx((9 / 45) / (62 / 69))
    assert table.warnings == ()
    wilson = proportions.proportion(36, 45)
    assert (table.sensitivity.ci_low, table.sensitivity.ci_high) == (wilson.ci_low, wilson.ci_high)
    assert "sensitivity" in str(table)


def test_the_likelihood_ratio_interval_is_that_of_simel():
    """Simel et al. (1991): the variance of log LR is 1/a − 1/(a + c) + 1/b − 1/(b + d)."""
    table = proportions.diagnostic_table(
        [1] * 8 + [0] * 2 + [1] * 3 + [0] * 17, [1] * 10 + [0] * 20
    )

    se = math.sqrt(1 / 8 - 1 / 10 + 1 / 3 - 1 / 20)
    found = table.lr_positive
    assert math.log(found.ci_high / found.value) == pytest.approx(1.959963984540054 * se)
    assert math.isnan(found.se)


def test_a_table_with_empty_cells_says_what_does_not_exist():
    perfect = proportions.diagnostic_table([1, 1, 0, 0], [1, 1, 0, 0])
    healthy_only = proportions.diagnostic_table([0, 0], [0, 0])

    assert perfect.lr_positive.value == math.inf
    assert perfect.lr_negative.value == 0.0
    assert math.isnan(perfect.lr_positive.ci_low)
    assert perfect.to_dict()["lr_positive"]["value"] == "inf"
    assert len(perfect.warnings) == 2
    assert math.isnan(healthy_only.sensitivity.value)
    assert math.isnan(healthy_only.ppv.ci_low)
    assert math.isnan(healthy_only.lr_positive.value)
    assert "sensitivity" in healthy_only.warnings[0]


# Fagerland, Lydersen & Laake (2013): 1 and 7 discordant pairs.
@pytest.mark.parametrize(
    ("method", "p"),
    [("exact", 0.0703), ("mid_p", 0.0391), ("asymptotic", 0.0339), ("asymptotic_cc", 0.0771)],
)
def test_mcnemar_gives_the_published_p_values(method, p):
    found = proportions.mcnemar(1, 7, method=method)

    assert round(found.p_value, 4) == p
    assert found.value == pytest.approx(-0.75)
    assert found.ci_low < found.value < found.ci_high


def test_mcnemar_exact_is_the_binomial_test():
    found = proportions.mcnemar(12, 5)

    assert found.p_value == pytest.approx(stats.binomtest(12, 17).pvalue)
    assert found.distribution == "binomial"
    assert found.statistic == 5


@pytest.mark.parametrize(
    ("method", "p"),
    [("exact", 1.0), ("mid_p", 1 - 0.375 / 2), ("asymptotic", 1.0), ("asymptotic_cc", 1.0)],
)
def test_mcnemar_of_equal_counts_finds_nothing(method, p):
    found = proportions.mcnemar(2, 2, method=method)

    assert found.p_value == pytest.approx(p)
    assert found.value == 0


@pytest.mark.parametrize("method", ["exact", "mid_p", "asymptotic", "asymptotic_cc"])
def test_mcnemar_without_discordant_cases_warns(method):
    found = proportions.mcnemar(0, 0, method=method)

    assert math.isnan(found.value)
    assert found.warnings == ("No case is discordant: there is nothing to test.",)
    assert found.p_value == 1.0 or math.isnan(found.p_value)


@pytest.mark.parametrize(("b", "c"), [(3, 9), (0, 6), (6, 0)])
def test_the_mid_p_interval_inverts_the_mid_p_test(b, c):
    found = proportions.mcnemar(b, c, method="mid_p")

    for limit in (found.ci_low, found.ci_high):
        share = (1 + limit) / 2
        if 0 < share < 1:
            below = stats.binom.cdf(b, b + c, share) - stats.binom.pmf(b, b + c, share) / 2
            assert min(below, 1 - below) == pytest.approx(0.025, abs=1e-9)


def test_the_published_tango_and_newcombe_intervals():
    """Fagerland et al. (2014): −.517 to −.026 and −.507 to −.026."""
    tango = proportions.paired_difference(*AIRWAYS)
    newcombe = proportions.paired_difference(*AIRWAYS, method="newcombe")

    assert [round(tango.ci_low, 3), round(tango.ci_high, 3)] == [-0.517, -0.026]
    assert [round(newcombe.ci_low, 3), round(newcombe.ci_high, 3)] == [-0.507, -0.026]


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [((36, 12, 2, 0), 0.0569, 0.3404), ((20, 12, 2, 16), 0.0562, 0.3292)],
)
def test_newcombes_own_examples_of_method_ten(table, low, high):
    found = proportions.paired_difference(*fourfold(*table), method="newcombe")

    assert round(found.ci_low, 4) == low
    assert round(found.ci_high, 4) == high


def test_tango_of_no_difference_is_mcnemar():
    found = proportions.paired_difference(*fourfold(20, 12, 5, 30))

    assert found.statistic == pytest.approx((12 - 5) / math.sqrt(17))
    assert found.p_value == pytest.approx(proportions.mcnemar(12, 5, method="asymptotic").p_value)


@settings(max_examples=40, deadline=None)
@given(
    table=st.tuples(*[st.integers(0, 30)] * 4),
    delta=st.floats(-0.9, 0.9),
)
def test_tango_restricted_estimate_maximises_the_likelihood(table, delta):
    """Maximise b·log(q + delta) + c·log q + (n − b − c)·log(1 − 2q − delta) by search."""
    both, b, c, neither = table
    n = sum(table)
    assume(n > 0)
    concordant = both + neither
    low, high = max(0.0, -delta), (1 - delta) / 2

    def negative(q):
        parts = ((b, q + delta), (c, q), (concordant, 1 - 2 * q - delta))
        return -sum(k * math.log(max(p, 1e-300)) for k, p in parts if k)

    found = proportions.paired_difference(*fourfold(*table), margin=abs(delta) or 0.5)
    best = optimize.minimize_scalar(
        negative, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    ).x
    spread = n * (2 * best + delta * (1 - delta))
    assume(spread > 1e-4 and low + 1e-4 < best < high - 1e-4)
    z = (b - c - n * delta) / math.sqrt(spread)
    if delta < 0:
        assert found.p_noninferiority == pytest.approx(stats.norm.sf(z), abs=1e-4)


@settings(max_examples=60, deadline=None)
@given(
    table=st.tuples(*[st.integers(0, 25)] * 4),
    method=st.sampled_from(["tango", "newcombe"]),
    margin=st.sampled_from([0.05, 0.2]),
)
def test_test_and_interval_agree_and_swapping_mirrors(table, method, margin):
    assume(sum(table))
    a, b = fourfold(*table)

    forth = proportions.paired_difference(a, b, method=method, margin=margin)
    back = proportions.paired_difference(b, a, method=method, margin=margin)

    assert -1 - 1e-12 <= forth.ci_low <= forth.value <= forth.ci_high <= 1 + 1e-12
    assert back.value == pytest.approx(-forth.value)
    assert back.ci_low == pytest.approx(-forth.ci_high, abs=1e-7)
    assert back.p_equivalence == pytest.approx(forth.p_equivalence, abs=1e-7)
    if abs(forth.ci_low + margin) > 1e-6:
        assert (forth.p_noninferiority < 0.025) == (forth.ci_low > -margin)
    if table[1] + table[2] and min(abs(forth.ci_low), abs(forth.ci_high)) > 1e-6:
        assert (forth.p_value < 0.05) == (forth.ci_low > 0 or forth.ci_high < 0)


def test_the_parts_of_a_paired_difference_add_up():
    found = proportions.paired_difference(*AIRWAYS, margin=0.1)

    a, b = found.estimate_a, found.estimate_b
    assert found.value == pytest.approx(a.value - b.value)
    assert found.se**2 == pytest.approx(a.se**2 + b.se**2 - 2 * found.covariance)
    assert found.margin == 0.1
    assert proportions.paired_difference(*AIRWAYS).p_noninferiority is None


def test_without_discordant_cases_there_is_an_interval_but_no_test():
    n, z = 20, 1.959963984540054

    found = proportions.paired_difference(*fourfold(12, 0, 0, 8))

    assert found.ci_high == pytest.approx(z**2 / (n + z**2))
    assert found.ci_low == pytest.approx(-found.ci_high)
    assert math.isnan(found.p_value)
    assert "No case is discordant" in found.warnings[0]


@pytest.mark.parametrize("method", ["tango", "newcombe"])
def test_readings_that_always_differ_reach_the_end_of_the_scale(method):
    found = proportions.paired_difference(*fourfold(0, 300, 0, 0), method=method)

    assert found.value == 1.0
    assert found.ci_high == pytest.approx(1.0)
    assert proportions.paired_difference(
        *fourfold(0, 0, 9, 0), method=method
    ).ci_low == pytest.approx(-1.0)


def test_an_overwhelming_difference_has_a_p_of_nothing():
    found = proportions.paired_difference(*fourfold(0, 9000, 0, 0), method="newcombe")

    assert found.p_value < 1e-300


PREDICTIONS = st.lists(st.tuples(*[st.booleans()] * 3), min_size=6, max_size=40)


@settings(max_examples=60, deadline=None)
@given(rows=PREDICTIONS)
def test_predictive_values_are_shares_and_their_parts_add_up(rows):
    a, b, truth = (list(column) for column in zip(*rows, strict=True))
    assume(len(set(a)) == len(set(b)) == len(set(truth)) == 2)

    positive, negative = proportions.compare_predictive_values(a, b, truth)
    swapped, _ = proportions.compare_predictive_values(b, a, truth)

    table = proportions.diagnostic_table(a, truth)
    assert positive.estimate_a.value == pytest.approx(table.ppv.value)
    assert negative.estimate_a.value == pytest.approx(table.npv.value)
    assert positive.value == pytest.approx(positive.estimate_a.value - positive.estimate_b.value)
    assert swapped.value == pytest.approx(-positive.value)
    apart = positive.estimate_a.se**2 + positive.estimate_b.se**2 - 2 * positive.covariance
    assert positive.se**2 == pytest.approx(apart, abs=1e-12)
    if math.isfinite(positive.ratio.ci_low):
        assert swapped.ratio.ci_low == pytest.approx(1 / positive.ratio.ci_high)


def test_predictive_values_of_disjoint_calls_are_two_independent_proportions():
    a = [1] * 10 + [0] * 20
    b = [0] * 10 + [1] * 8 + [0] * 12
    truth = [1] * 7 + [0] * 3 + [1] * 2 + [0] * 6 + [1] * 5 + [0] * 7

    positive, _ = proportions.compare_predictive_values(a, b, truth)

    assert positive.value == pytest.approx(0.7 - 0.25)
    assert positive.se**2 == pytest.approx(0.7 * 0.3 / 10 + 0.25 * 0.75 / 8)
    assert positive.ratio.value == pytest.approx(2.8)
    log_se = math.sqrt(0.3 / 7 + 0.75 / 2)  # (1 − p)/x of each
    assert positive.ratio.se == pytest.approx(2.8 * log_se)


def test_the_delta_method_is_that_of_the_multinomial():
    """The gradient of the difference over the eight cells, by finite differences."""
    counts = np.array([9.0, 4, 3, 2, 5, 3, 6, 14])
    cells = np.array([(a, b, t) for a in (1, 0) for b in (1, 0) for t in (1, 0)])
    rows = np.repeat(cells, counts.astype(int), axis=0)

    def difference(share):
        ppv = [
            share[(cells[:, i] == 1) & (cells[:, 2] == 1)].sum() / share[cells[:, i] == 1].sum()
            for i in (0, 1)
        ]
        return ppv[0] - ppv[1]

    share = counts / counts.sum()
    gradient = optimize.approx_fprime(share, difference, 1e-7)
    spread = np.diag(share) - np.outer(share, share)

    positive, _ = proportions.compare_predictive_values(*rows.T)

    assert positive.se**2 == pytest.approx(gradient @ spread @ gradient / counts.sum(), rel=1e-5)


@pytest.mark.parametrize("swap", [False, True])
def test_a_predictive_value_of_zero_has_no_logarithm(swap):
    a, b, truth = [0, 1, 0, 0], [1, 1, 0, 0], [1, 0, 0, 1]
    positive, _ = proportions.compare_predictive_values(*((b, a) if swap else (a, b)), truth)

    assert (positive.ratio.value == 0.0) != swap
    assert math.isnan(positive.ratio.ci_low)
    assert "logarithm" in positive.ratio.warnings[0]


def test_identical_tests_have_no_test_of_difference():
    positive, _ = proportions.compare_predictive_values([1, 1, 0], [1, 1, 0], [1, 0, 0])

    assert positive.value == 0
    assert math.isnan(positive.p_value)
    assert "No case separates" in positive.warnings[0]


def test_clusters_of_one_are_a_plain_proportion():
    found = proportions.clustered_proportion([1, 0, 0, 1, 1], [1] * 5)

    assert found.value == 0.6
    assert found.se == pytest.approx(math.sqrt(0.6 * 0.4 / 4))
    assert found.n == 5


def test_identical_units_in_a_cluster_count_once():
    singly = proportions.clustered_proportion([1, 0, 0, 1, 1], [1] * 5)
    thrice = proportions.clustered_proportion([3, 0, 0, 3, 3], [3] * 5)

    assert thrice.value == singly.value
    assert (thrice.se, thrice.ci_low) == pytest.approx((singly.se, singly.ci_low))


def test_a_worked_cluster_example():
    """Ratio 8/15; residuals x − m·8/15 of the four clusters by hand."""
    found = proportions.clustered_proportion([3, 0, 4, 1, 0], [4, 3, 5, 3, 0])

    residuals = [3 - 32 / 15, -24 / 15, 4 - 40 / 15, 1 - 24 / 15]
    variance = 4 / 3 * sum(r * r for r in residuals) / 15**2
    assert found.se == pytest.approx(math.sqrt(variance))
    effective = (8 / 15) * (7 / 15) / variance
    z2 = 1.959963984540054**2
    assert found.ci_low + found.ci_high == pytest.approx(
        2 * (8 / 15 * effective + z2 / 2) / (effective + z2)
    )
    assert found.warnings == ("Left out: 1 clusters without a unit.",)


@pytest.mark.parametrize(("x", "m"), [([2, 3, 4], [2, 3, 4]), ([0, 0], [5, 5]), ([1, 2], [3, 6])])
def test_clusters_that_are_alike_count_as_units(x, m):
    found = proportions.clustered_proportion(x, m)

    assert found.se < 1e-12
    assert found.ci_high - found.ci_low > 0.3
    assert "same share" in found.warnings[0]


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: proportions.proportion(3, 2), InvalidArgumentError),
        (lambda: proportions.proportion(-1, 2), InvalidArgumentError),
        (lambda: proportions.proportion(0.5, 2), InvalidArgumentError),
        (lambda: proportions.proportion(math.nan, 2), InvalidArgumentError),
        (lambda: proportions.proportion("1", 2), InvalidArgumentError),
        (lambda: proportions.mcnemar(math.inf, 2), InvalidArgumentError),
        (lambda: proportions.proportion(0, 0), DegenerateError),
        (lambda: proportions.proportion(1, 2, method="wald"), InvalidArgumentError),
        (lambda: proportions.proportion(1, 2, alpha=2), InvalidArgumentError),
        (lambda: proportions.diagnostic_table([], []), DegenerateError),
        (lambda: proportions.diagnostic_table([1, math.nan], [1, 0]), MissingValueError),
        (lambda: proportions.diagnostic_table([1, 2], [1, 0]), InvalidArgumentError),
        (lambda: proportions.diagnostic_table([1], [1, 0]), LengthError),
        (lambda: proportions.mcnemar(-1, 3), InvalidArgumentError),
        (lambda: proportions.mcnemar(1.5, 3), InvalidArgumentError),
        (lambda: proportions.mcnemar(1, 3, method="chi2"), InvalidArgumentError),
        (lambda: proportions.paired_difference([], []), DegenerateError),
        (lambda: proportions.paired_difference([1], [1], margin=1), InvalidArgumentError),
        (lambda: proportions.paired_difference([1], [1], margin=-0.1), InvalidArgumentError),
        (lambda: proportions.paired_difference([1], [1], method="wald"), InvalidArgumentError),
        (lambda: proportions.paired_difference([1, None], [1, 0]), MissingValueError),
        (lambda: proportions.compare_predictive_values([1, 0], [1, 0], [1, 1]), OneClassError),
        (lambda: proportions.compare_predictive_values([1, 1], [1, 0], [1, 0]), DegenerateError),
        (lambda: proportions.compare_predictive_values([1, 0], [0, 0], [1, 0]), DegenerateError),
        (lambda: proportions.clustered_proportion([1], [2]), DegenerateError),
        (lambda: proportions.clustered_proportion([3, 1], [2, 2]), InvalidArgumentError),
        (lambda: proportions.clustered_proportion([0.5, 1], [2, 2]), InvalidArgumentError),
        (lambda: proportions.clustered_proportion([1, 1], [2]), LengthError),
    ],
)
def test_bad_counts_are_refused_by_name(call, error):
    with pytest.raises(error):
        call()


def test_series_and_arrays_are_taken_alike():
    a, b = AIRWAYS

    found = proportions.paired_difference(pl.Series(a), np.array(b, dtype=bool))

    assert found == proportions.paired_difference(a, b)
    assert (
        found.manifest()["data_hash"] == proportions.paired_difference(a, b).manifest()["data_hash"]
    )
