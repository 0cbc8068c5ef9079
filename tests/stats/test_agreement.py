"""The kappa family against irrCAC, krippendorff and psych, and against small printed tables."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats import agreement
from stats.chance_agreement import CHANCE
from stats.errors import (
    DegenerateError,
    DesignError,
    InvalidArgumentError,
    LengthError,
    StatisticsError,
    UnknownLevelError,
)
from tests.shared import stats_csv, stats_json

WEIGHTS = ("unweighted", "linear", "quadratic", "ordinal")
RAW = {
    "pa.coeff.raw": agreement.percent_agreement,
    "gwet.ac1.raw": agreement.gwet_ac,
    "fleiss.kappa.raw": agreement.fleiss_kappa,
    "krippen.alpha.raw": agreement.krippendorff_alpha,
    "conger.kappa.raw": agreement.conger_kappa,
    "bp.coeff.raw": agreement.brennan_prediger,
}
TABLE = {
    "kappa2.table": agreement.cohen_kappa,
    "scott2.table": agreement.scott_pi,
    "gwet.ac1.table": agreement.gwet_ac,
    "bp2.table": agreement.brennan_prediger,
    "krippen2.table": agreement.krippendorff_alpha,
    "pa2.table": agreement.percent_agreement,
}
FAMILY = tuple({**RAW, **TABLE}.values())

# Gwet (2014): 12 units by 4 raters, after Krippendorff's reliability data.
FOUR_RATERS = [
    [1, 1, None, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [None, 5, 5, 5],
    [None, None, 1, 1],
    [None, None, 3, None],
]
ECTOPIC = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]  # Gwet (2014): ectopic pregnancy, two abstractors


def interval(text):
    return [float(part) for part in text.strip("()").split(",")]


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", RAW)
@pytest.mark.parametrize("dataset", ["agree_raw4raters", "agree_anxiety"])
def test_raw_ratings_reproduce_irrcac(dataset, name, weights):
    ratings = stats_csv(f"{dataset}.csv")
    expected = stats_json(f"{dataset}.json")[weights][name]

    found = RAW[name](ratings, weights=weights)

    assert found.value == pytest.approx(expected["coeff.val"], abs=5e-6)
    assert found.se == pytest.approx(expected["coeff.se"], abs=5e-6)
    assert [found.ci_low, found.ci_high] == pytest.approx(interval(expected["conf.int"]), abs=6e-4)
    if expected["p.value"] > 0:  # irrCAC computes 1 − cdf, which is 0 below 1e-16
        assert found.p_value == pytest.approx(expected["p.value"], rel=1e-3)


@pytest.mark.parametrize("weights", WEIGHTS)
@pytest.mark.parametrize("name", TABLE)
def test_a_table_of_two_raters_reproduces_irrcac(name, weights):
    ratings = agreement.ratings_from_table(stats_csv("agree_table3x3.csv"))
    expected = stats_json("agree_table3x3.json")[weights][name]

    found = TABLE[name](ratings, weights=weights)

    assert found.value == pytest.approx(expected["coeff.val"], abs=1e-12)
    assert found.se == pytest.approx(expected["coeff.se"], abs=1e-12)
    assert [found.ci_low, found.ci_high] == pytest.approx(interval(expected["coeff.ci"]), abs=6e-4)


def test_the_null_test_of_fleiss_reproduces_irr():
    irr = stats_json("agree_anxiety.json")["irr_kappam.fleiss"]

    found = agreement.fleiss_kappa(stats_csv("agree_anxiety.csv"))

    assert found.value == pytest.approx(irr["value"], rel=1e-8)
    assert found.value / found.se_null == pytest.approx(irr["z"], rel=1e-8)
    assert found.p_null == pytest.approx(irr["p"], rel=1e-8)


def test_there_is_no_null_test_with_weights_gaps_or_one_category():
    complete = [[1, 1], [2, 2], [1, 2], [2, 2]]

    assert agreement.fleiss_kappa(complete).se_null > 0
    assert math.isnan(agreement.fleiss_kappa(complete, weights="linear").p_null)
    assert math.isnan(agreement.fleiss_kappa([*complete, [1, None]]).p_null)
    assert math.isnan(agreement.fleiss_kappa([[1, 1], [1, 1]]).se_null)


def test_cohens_variance_is_that_of_psych():
    psych = stats_json("agree_table3x3.json")["psych_cohen_kappa"]

    found = agreement.cohen_kappa(agreement.ratings_from_table(stats_csv("agree_table3x3.csv")))

    assert found.value == pytest.approx(psych["kappa"], rel=1e-12)
    assert found.se**2 == pytest.approx(psych["var.kappa"], rel=1e-8)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
@pytest.mark.parametrize("dataset", ["agree_raw4raters", "agree_anxiety"])
def test_alpha_with_krippendorffs_metrics_reproduces_krippendorff(dataset, metric):
    expected = stats_json(f"{dataset}.json")["krippendorff_py"][metric]

    found = agreement.krippendorff_alpha(stats_csv(f"{dataset}.csv"), metric=metric)

    assert found.value == pytest.approx(expected, rel=1e-8)
    assert f"{metric} metric" in found.method


def test_kendalls_w_reproduces_irr():
    expected = stats_json("agree_anxiety.json")["irr_kendall_W"]

    found = agreement.kendall_w(stats_csv("agree_anxiety.csv"))

    assert found.value == pytest.approx(expected["value"], rel=1e-8)
    assert found.p_value == pytest.approx(expected["p"], rel=1e-8)
    assert math.isnan(found.se)


@pytest.mark.parametrize("modality", ["microscope", "scanner.A"])
def test_kendalls_w_of_mitotic_counts_reproduces_irr(modality):
    counts = stats_csv("pathology_mitotic_counts.csv").filter(pl.col("modalityID") == modality)

    found = agreement.kendall_w(counts.select(pl.selectors.starts_with("observer")))

    expected = stats_json("pathology_mitotic_counts.json")[modality]["kendall_W"]
    assert found.value == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(
    ("function", "value", "se"),
    [
        (agreement.gwet_ac, 0.77544, 0.14295),
        (agreement.fleiss_kappa, 0.76117, 0.15302),
        (agreement.krippendorff_alpha, 0.74342, 0.14557),
        (agreement.conger_kappa, 0.76282, 0.14917),
        (agreement.brennan_prediger, 0.77273, 0.14472),
        (agreement.percent_agreement, 0.81818, 0.12561),
    ],
)
def test_the_printed_four_rater_coefficients(function, value, se):
    found = function(FOUR_RATERS)

    assert found.value == pytest.approx(value, abs=5e-6)
    assert found.se == pytest.approx(se, abs=5e-6)
    assert found.df == found.n - 1


def test_the_printed_ectopic_table():
    ratings = agreement.ratings_from_table(ECTOPIC)

    assert agreement.gwet_ac(ratings).value == pytest.approx(0.849330548231346)
    assert agreement.cohen_kappa(ratings, weights="quadratic").value == pytest.approx(
        0.892156862745098
    )


@pytest.mark.parametrize(
    "table",
    [
        FOUR_RATERS,
        np.array(FOUR_RATERS, dtype=object),
        np.array(FOUR_RATERS, dtype=float),
        pl.DataFrame(FOUR_RATERS, schema=list("abcd"), orient="row"),
        pd.DataFrame(FOUR_RATERS),
        pl.DataFrame(FOUR_RATERS, schema=list("abcd"), orient="row").to_arrow(),
        {name: [row[i] for row in FOUR_RATERS] for i, name in enumerate("abcd")},
        pd.DataFrame(FOUR_RATERS).astype("Int64"),
        pl.DataFrame(FOUR_RATERS, schema=list("abcd"), orient="row").cast(pl.String),
        [["" if cell is None else str(cell) for cell in row] for row in FOUR_RATERS],
    ],
    ids=[
        "lists",
        "object",
        "float",
        "polars",
        "pandas",
        "arrow",
        "mapping",
        "nullable",
        "strings",
        "text",
    ],
)
def test_every_kind_of_table_gives_the_same_estimate(table):
    expected = agreement.conger_kappa(FOUR_RATERS, weights="linear")

    found = agreement.conger_kappa(table, weights="linear")

    assert found == expected
    assert found.manifest()["data_hash"] == expected.manifest()["data_hash"]


def test_text_categories_follow_a_declared_order():
    scale = ["none", "mild", "severe"]
    rows = [["none", "mild"], ["severe", "severe"], ["mild", "severe"], ["none", "none"]]
    coded = [[scale.index(cell) for cell in row] for row in rows]
    declared = pl.DataFrame(rows, schema=["a", "b"], orient="row").cast(pl.Enum(scale))
    as_pandas = pd.DataFrame(rows).astype(pd.CategoricalDtype(scale, ordered=True))
    expected = agreement.gwet_ac(coded, weights="linear")

    for found in (
        agreement.gwet_ac(declared, weights="linear"),
        agreement.gwet_ac(as_pandas, weights="linear"),
        agreement.gwet_ac(rows, weights="linear", categories=scale),
        agreement.gwet_ac(rows, weights="linear", categories=np.array(scale)),
    ):
        assert found.value == pytest.approx(expected.value)
        assert found.warnings == ()


def test_text_categories_without_an_order_are_warned_of_when_the_order_counts():
    rows = [["none", "mild"], ["severe", "severe"], ["mild", "severe"]]

    assert "ordered as mild, none, severe" in agreement.gwet_ac(rows, weights="linear").warnings[0]
    assert agreement.gwet_ac(rows).warnings == ()
    assert "ordered as" in agreement.kendall_w(rows).warnings[0]
    assert agreement.krippendorff_alpha(rows, metric="nominal").warnings == ()
    assert "ordered as" in agreement.krippendorff_alpha(rows, metric="interval").warnings[0]


def test_blanks_around_a_category_do_not_make_another():
    assert agreement.gwet_ac([["a ", "a"], [" b", "b"], [" ", "a"]]).value == 1.0


def test_categories_that_nobody_used_belong_to_the_scale_when_named():
    ratings = [[1, 1], [2, 2], [1, 2]]

    found = agreement.brennan_prediger(ratings, categories=[1, 2, 3, 4])

    assert found.value == pytest.approx((2 / 3 - 1 / 4) / (3 / 4))


def test_an_empty_category_of_a_table_belongs_to_the_scale():
    ratings = agreement.ratings_from_table([[5, 1, 0], [1, 5, 0], [0, 0, 0]])

    assert agreement.brennan_prediger(ratings).value == pytest.approx((10 / 12 - 1 / 3) / (2 / 3))


def test_units_without_a_rating_are_left_out_and_said():
    ratings = [*FOUR_RATERS, [None] * 4, [math.nan] * 4]

    found = agreement.fleiss_kappa(ratings)

    assert found.value == pytest.approx(agreement.fleiss_kappa(FOUR_RATERS).value)
    assert found.warnings == ("Left out: 2 units without a rating.",)
    assert found.manifest()["exclusions"] == ["Left out: 2 units without a rating."]
    assert "fewer than two" in agreement.krippendorff_alpha(FOUR_RATERS).warnings[0]


def test_cohens_kappa_leaves_out_half_rated_units_and_says_so():
    complete = [[1, 1], [2, 2], [1, 2], [2, 2]]

    found = agreement.cohen_kappa([*complete, [1, None], [None, 2]])

    assert found.value == pytest.approx(agreement.cohen_kappa(complete).value)
    assert found.warnings == ("Left out: 2 units that not both raters rated.",)


def test_one_category_leaves_kappa_undefined_and_percent_agreement_one():
    ratings = [[3, 3, 3], [3, 3, None], [3, 3, 3]]

    for function in (
        agreement.fleiss_kappa,
        agreement.gwet_ac,
        agreement.conger_kappa,
        agreement.brennan_prediger,
        agreement.krippendorff_alpha,
    ):
        found = function(ratings)
        assert math.isnan(found.value)
        assert math.isnan(found.ci_low)
        assert math.isnan(found.p_value)
        assert "0/0" in found.warnings[-1]
        assert found.to_dict()["value"] is None
    assert agreement.percent_agreement(ratings).value == 1.0
    assert math.isnan(agreement.fleiss_kappa(ratings, categories=[2, 3]).value)
    assert agreement.gwet_ac(ratings, categories=[2, 3]).value == 1.0
    assert math.isnan(agreement.krippendorff_alpha(ratings, metric="ordinal").value)


def test_full_agreement_has_an_interval_without_width_and_says_so():
    found = agreement.fleiss_kappa([[1, 1], [2, 2], [1, 1]])

    assert (found.value, found.se, found.ci_low, found.ci_high) == (1.0, 0.0, 1.0, 1.0)
    assert math.isnan(found.p_value)
    assert "a point" in found.warnings[0]


def test_no_agreement_at_all_has_no_test():
    found = agreement.percent_agreement([[1, 2], [2, 1]])

    assert found.value == 0.0
    assert math.isnan(found.p_value)


def test_one_unit_has_no_standard_error():
    found = agreement.percent_agreement([[1, 1]])

    assert found.value == 1.0
    assert math.isnan(found.se)
    assert math.isnan(found.ci_high)
    assert "One unit" in found.warnings[0]


def test_given_weights_are_used_as_they_are():
    linear = [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    ratings = agreement.ratings_from_table(ECTOPIC)

    found = agreement.gwet_ac(ratings, weights=linear)

    assert found.value == agreement.gwet_ac(ratings, weights="linear").value
    assert "given weights" in found.method
    assert found.method.startswith("Gwet AC2")


@pytest.mark.parametrize("weights", ["radical", "ratio"])
def test_radical_and_ratio_weights_are_what_they_say(weights):
    ratings = agreement.ratings_from_table([[4, 1], [2, 3]])

    found = agreement.fleiss_kappa(ratings, weights=weights)

    assert found.value == pytest.approx(agreement.fleiss_kappa(ratings).value)  # two categories
    wide = agreement.percent_agreement([[1, 4], [1, 1]], weights=weights, categories=[1, 2, 4, 9])
    distance = {"radical": math.sqrt(3 / 8), "ratio": (3 / 5) ** 2 / (8 / 10) ** 2}[weights]
    assert wide.value == pytest.approx((1 - distance + 1) / 2)


def test_ratio_weights_of_zero_against_zero_are_full():
    found = agreement.percent_agreement([[0, 0], [0, 2]], weights="ratio")

    assert found.value == pytest.approx(0.5)


def test_scott_of_more_raters_is_fleiss():
    scott, fleiss = agreement.scott_pi(FOUR_RATERS), agreement.fleiss_kappa(FOUR_RATERS)

    assert (scott.value, scott.se) == (fleiss.value, fleiss.se)


def test_comparing_a_panel_with_itself_gives_no_difference():
    found = agreement.compare_kappas(FOUR_RATERS, FOUR_RATERS)

    assert (found.value, found.se) == (0.0, 0.0)
    assert math.isnan(found.p_value)


@pytest.mark.parametrize("coefficient", [*CHANCE, "krippendorff_alpha"])
def test_the_paired_difference_has_the_variance_of_the_parts(coefficient):
    chosen = slice(0, 2) if coefficient == "cohen_kappa" else slice(0, 4)
    ratings = [row[chosen] for row in FOUR_RATERS[1:9]]
    other = [row[chosen] for row in FOUR_RATERS[2:9]] + [FOUR_RATERS[1][chosen]]

    found = agreement.compare_kappas(ratings, other, coefficient=coefficient, weights="linear")

    a, b = found.estimate_a, found.estimate_b
    assert found.value == pytest.approx(a.value - b.value)
    assert a.value == getattr(agreement, coefficient)(ratings, weights="linear").value
    divisor = 7 / 8 if coefficient == "cohen_kappa" else 1.0  # the paired test samples units
    apart = (a.se**2 + b.se**2) / divisor
    assert found.se**2 == pytest.approx(apart - 2 * found.covariance)
    assert found.distribution == "t"
    assert found.df == found.n - 1
    assert found.ci_low < found.value < found.ci_high


def test_units_that_only_one_side_uses_count_in_the_pair():
    other = [[*row[:2], row[1], row[3]] for row in FOUR_RATERS]

    found = agreement.compare_kappas(FOUR_RATERS, other)

    assert found.n == 12
    assert (found.estimate_a.n, found.estimate_b.n) == (12, 11)


def test_swapping_the_two_sides_turns_the_sign():
    other = [[*row[:2], row[1], row[3]] for row in FOUR_RATERS]

    forth = agreement.compare_kappas(FOUR_RATERS, other)
    back = agreement.compare_kappas(other, FOUR_RATERS)

    assert back.value == pytest.approx(-forth.value)
    assert back.p_value == pytest.approx(forth.p_value)


def test_the_difference_of_independent_percent_agreements_is_the_paired_t_test():
    a = [[1, 1], [1, 2], [2, 2], [1, 1], [2, 1]]
    b = [[1, 2], [1, 2], [2, 2], [2, 1], [2, 2]]
    agrees = np.array([[x == y for x, y in side] for side in (a, b)], dtype=float)
    difference = agrees[0] - agrees[1]

    found = agreement.compare_kappas(a, b, coefficient="percent_agreement")

    assert found.value == pytest.approx(difference.mean())
    assert found.se == pytest.approx(difference.std(ddof=1) / math.sqrt(5))


@pytest.mark.parametrize(
    ("a", "b", "scale"),
    [
        ([[1, 1], [2, 2], [1, 2]], [[1, 3], [3, 3], [1, 1]], [1, 2, 3]),
        ([[1, 1], [2, 2], [1, 2]], [[1, 3], [2, 3], [1, 1]], [1, 2, 3]),
        ([["a", "b"], ["b", "b"], ["a", "a"]], [["c", "a"], ["c", "c"], ["a", "a"]], list("abc")),
    ],
)
def test_both_sides_are_put_on_the_joint_scale(a, b, scale):
    found = agreement.compare_kappas(a, b)

    assert found.estimate_a.value == agreement.gwet_ac(a, categories=scale).value
    assert found.estimate_b.value == agreement.gwet_ac(b, categories=scale).value
    assert "joint scale" in found.warnings[0]


@pytest.mark.parametrize(
    ("a", "b", "error"),
    [
        (ECTOPIC, None, DesignError),
        ([[1, 2]], [[1, 1], [2, 2]], LengthError),
        ([[1, 2]], [[1, 2]], DesignError),
    ],
)
def test_what_cannot_be_paired_is_refused(a, b, error):
    if b is None:
        a = b = agreement.ratings_from_table(a)

    with pytest.raises(error):
        agreement.compare_kappas(a, b)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: agreement.gwet_ac([[1], [2]]), DesignError),
        (lambda: agreement.gwet_ac([[1, None], [None, 2]]), DesignError),
        (lambda: agreement.gwet_ac([[None, None]]), DesignError),
        (lambda: agreement.gwet_ac(np.empty((0, 2))), DesignError),
        (lambda: agreement.gwet_ac([1, 2, 3]), LengthError),
        (lambda: agreement.gwet_ac([[1, 2], [1]]), LengthError),
        (lambda: agreement.gwet_ac({"a": [1, 2], "b": [1]}), LengthError),
        (lambda: agreement.gwet_ac([[1, 2]], categories=[1]), UnknownLevelError),
        (lambda: agreement.gwet_ac([[1, 2]], categories=["a"]), UnknownLevelError),
        (lambda: agreement.gwet_ac([[1, 2]], categories=[1, 1, 2]), InvalidArgumentError),
        (lambda: agreement.gwet_ac(np.array([[1, math.inf]])), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, math.inf], [None, "2"]]), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], weights="cubic"), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], weights=[[1.0]]), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], weights=[[1.0], [0, 1]]), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], weights=[[0, 1], [1, 0]]), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], weights=[[1, 0], [0.5, 1]]), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[-1, 2]], weights="ratio"), InvalidArgumentError),
        (lambda: agreement.gwet_ac([[1, 2]], alpha=0), InvalidArgumentError),
        (lambda: agreement.gwet_ac(np.arange(4002).reshape(-1, 2)), InvalidArgumentError),
        (
            lambda: agreement.krippendorff_alpha(np.arange(4002).reshape(-1, 2), metric="interval"),
            InvalidArgumentError,
        ),
        (lambda: agreement.cohen_kappa(FOUR_RATERS), DesignError),
        (lambda: agreement.cohen_kappa([[1, None], [None, 2]]), DesignError),
        (lambda: agreement.conger_kappa([[1, 2, None], [2, 2, None]]), DesignError),
        (lambda: agreement.krippendorff_alpha([[1, 2]], metric="cubic"), InvalidArgumentError),
        (
            lambda: agreement.krippendorff_alpha([[1, 2]], metric="ratio", weights="linear"),
            InvalidArgumentError,
        ),
        (lambda: agreement.kendall_w([[1, 2], [None, 1]]), DegenerateError),
        (lambda: agreement.compare_kappas([[1, 2]], [[1, 2]], coefficient="icc"), StatisticsError),
        (lambda: agreement.ratings_from_table([[1, 2, 3], [1, 2, 3]]), DesignError),
        (lambda: agreement.ratings_from_table([[1]]), DesignError),
        (lambda: agreement.ratings_from_table([[0, 0], [0, 0]]), DesignError),
        (lambda: agreement.ratings_from_table([[1, -1], [0, 2]]), InvalidArgumentError),
        (lambda: agreement.ratings_from_table([[1, "x"], [0, 2]]), InvalidArgumentError),
    ],
)
def test_bad_ratings_are_refused_by_name(call, error):
    with pytest.raises(error):
        call()


def test_w_of_raters_who_distinguish_nothing_is_undefined():
    found = agreement.kendall_w([[1, 2], [1, 2], [1, None]])

    assert math.isnan(found.value)
    assert len(found.warnings) == 2


RATINGS = st.integers(2, 4).flatmap(
    lambda raters: st.lists(
        st.lists(st.sampled_from([1, 2, 3, None]), min_size=raters, max_size=raters),
        min_size=3,
        max_size=12,
    )
)


def defined(function, ratings):
    try:
        found = function(ratings)
    except DesignError:
        return None
    return found if math.isfinite(found.value) else None


@settings(max_examples=40, deadline=None)
@given(ratings=RATINGS, data=st.data())
def test_neither_the_order_of_units_nor_of_raters_counts(ratings, data):
    shuffled = data.draw(st.permutations(ratings))
    order = data.draw(st.permutations(range(len(ratings[0]))))
    turned = [[row[rater] for rater in order] for row in shuffled]

    for function in RAW.values():
        found, again = defined(function, ratings), defined(function, turned)
        assert (found is None) == (again is None)
        if found:
            assert again.value == pytest.approx(found.value, abs=1e-9)
            assert again.se == pytest.approx(found.se, abs=1e-9, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(ratings=RATINGS)
def test_renaming_the_categories_changes_no_unweighted_coefficient(ratings):
    renamed = [[{1: "x", 2: "a", 3: "m", None: None}[cell] for cell in row] for row in ratings]

    for function in RAW.values():
        found, again = defined(function, ratings), defined(function, renamed)
        assert (found is None) == (again is None)
        if found:
            assert again.value == pytest.approx(found.value, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(ratings=RATINGS)
def test_no_coefficient_exceeds_one_and_its_interval_holds_it(ratings):
    for function in RAW.values():
        found = defined(function, ratings)
        if found:
            assert found.value <= 1 + 1e-12
            if math.isfinite(found.se) and found.value >= -1:
                assert found.ci_low <= found.value + 1e-12
                assert found.value - 1e-12 <= found.ci_high
