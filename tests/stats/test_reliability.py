"""ICC, CCC, Bland–Altman, repeatability and MRMC limits of agreement against printed numbers."""

import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from stats import reliability
from stats.errors import (
    DegenerateError,
    DesignError,
    DuplicateRowsError,
    InvalidArgumentError,
    LengthError,
    MissingColumnError,
    MissingValueError,
    UnknownLevelError,
)
from tests.shared import stats_csv, stats_json

# Shrout & Fleiss (1979): six targets by four judges, ICC .17 .29 .71 .44 .62 .91.
JUDGES = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
IRR = {
    "ICC(1)": "oneway_consistency_single",
    "ICC(k)": "oneway_consistency_average",
    "ICC(C,1)": "twoway_consistency_single",
    "ICC(C,k)": "twoway_consistency_average",
    "ICC(A,1)": "twoway_agreement_single",
    "ICC(A,k)": "twoway_agreement_average",
}
# Bland & Altman (1986): peak expiratory flow, first reading of the large and of the mini meter.
LARGE = [494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427]
MINI = [512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451]
KEYS = {"reader": "readerID", "modality": "modalityID", "case": "caseID", "score": "score"}
IMRMC = {
    "readerID": "reader",
    "caseID": "case",
    "modalityID": "modality",
    "readerID:caseID": "reader:case",
    "readerID:modalityID": "reader:modality",
    "caseID:modalityID": "case:modality",
    "Error": "residual",
}


def icc_datasets():
    yield "icc_shrout_fleiss.json", None, "icc_shrout_fleiss.csv"
    yield "icc_anxiety.json", None, "agree_anxiety.csv"
    yield "pathology_mitotic_counts.json", "microscope", "pathology_mitotic_counts.csv"
    yield "pathology_mitotic_counts.json", "scanner.A", "pathology_mitotic_counts.csv"


def observers(name, modality):
    data = stats_csv(name)
    if modality is None:
        return data
    return data.filter(pl.col("modalityID") == modality).select(pl.selectors.starts_with("obs"))


@pytest.mark.parametrize(("file", "modality", "data"), list(icc_datasets()))
def test_all_forms_reproduce_psych(file, modality, data):
    reference = stats_json(file)
    rows = reference[modality]["icc"] if modality else reference["psych"]["results"]

    found = reliability.icc_all(observers(data, modality), ci="spearman_brown")

    assert [form.shrout_fleiss for form in found] == [row["type"] for row in rows]
    for form, row in zip(found, rows, strict=True):
        assert form.value == pytest.approx(row["ICC"], rel=1e-9)
        assert form.f_statistic == pytest.approx(row["F"], rel=1e-9)
        assert (form.df1, form.df2) == (row["df1"], row["df2"])
        assert form.p_value == pytest.approx(row["p"], rel=1e-8)
        assert form.ci_low == pytest.approx(row["lower bound"], rel=1e-8)
        assert form.ci_high == pytest.approx(row["upper bound"], rel=1e-8)


@pytest.mark.parametrize("form", IRR)
@pytest.mark.parametrize("file", ["icc_shrout_fleiss", "icc_anxiety"])
def test_each_form_reproduces_irr(file, form):
    reference = stats_json(f"{file}.json")["irr"][IRR[form]]
    data = stats_csv("agree_anxiety.csv" if file == "icc_anxiety" else f"{file}.csv")

    found = reliability.icc(data, form=form)

    assert found.value == pytest.approx(reference["value"], rel=1e-9)
    assert found.ci_low == pytest.approx(reference["lower"], rel=1e-9)
    assert found.ci_high == pytest.approx(reference["upper"], rel=1e-9)
    assert form in found.method


def test_the_published_correlations_of_the_four_judges():
    found = reliability.icc_all(JUDGES)

    assert [round(form.value, 2) for form in found] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    assert all(math.isnan(form.se) for form in found)
    assert "McGraw-Wong interval, as irr" in found[4].method
    assert found[4].ci_low == pytest.approx(0.0394401799213911, rel=1e-9)


def test_units_with_a_missing_rating_are_left_out_and_said():
    found = reliability.icc([*JUDGES, [1, None, 2, 3]])

    assert found.value == reliability.icc(JUDGES).value
    assert found.warnings == ("Left out: 1 units with a missing value.",)
    assert found.manifest()["exclusions"] == list(found.warnings)


@pytest.mark.parametrize(
    "data", [pl.DataFrame(JUDGES, orient="row"), pd.DataFrame(JUDGES), np.array(JUDGES, dtype=str)]
)
def test_every_kind_of_matrix_gives_the_same_correlation(data):
    assert reliability.icc(data).to_dict() == reliability.icc(JUDGES).to_dict()


def test_raters_apart_by_a_constant_are_consistent_but_do_not_agree():
    ratings = [[1, 2], [2, 3], [4, 5], [8, 9]]

    consistent, agreeing = (
        reliability.icc(ratings, form=form) for form in ("ICC(C,1)", "ICC(A,1)")
    )

    assert consistent.value == 1.0
    assert math.isnan(consistent.ci_low)
    assert consistent.p_value == 0.0
    assert "No interval" in consistent.warnings[0]
    assert 0 < agreeing.ci_low < agreeing.value < 1


def test_equal_ratings_have_no_correlation():
    found = reliability.icc([[3, 3], [3, 3], [3, 3]], form="ICC(1)")

    assert math.isnan(found.value)
    assert "0/0" in found.warnings[0]


@pytest.mark.parametrize("form", IRR)
def test_identical_raters_correlate_perfectly_without_an_interval(form):
    found = reliability.icc([[1, 1], [2, 2], [4, 4]], form=form)

    assert found.value == 1.0
    assert math.isnan(found.ci_high)
    assert len(found.warnings) == 1


@pytest.mark.parametrize("form", IRR)
def test_units_that_do_not_differ_have_no_positive_correlation(form):
    found = reliability.icc([[1, 2, 6], [6, 1, 2], [2, 6, 1]], form=form)

    assert found.p_value == 1.0
    assert found.value <= 0 or "out of range" in found.warnings[0]
    if math.isinf(found.value):
        assert "out of range" in found.warnings[0]


def test_two_crossed_units_have_no_agreement_interval():
    found = reliability.icc([[1, 2], [2, 1]], form="ICC(A,1)")

    assert math.isnan(found.ci_low)


def test_a_correlation_of_minus_its_bound_steps_up_to_minus_infinity():
    found = reliability.icc([[1, 3, 2], [3, 1, 2]], form="ICC(A,k)", ci="spearman_brown")

    assert math.isnan(found.ci_low)
    assert found.warnings


@pytest.mark.parametrize("ci", ["z", "asymptotic"])
def test_the_concordance_of_the_flow_meters_reproduces_epir(ci):
    data, reference = stats_csv("ba_pefr1986.csv"), stats_json("ba_pefr1986.json")
    row = reference["ccc"]["rho_c_z" if ci == "z" else "rho_c_asym"]

    found = reliability.ccc(data["WrightFirst"], data["MiniWrightFirst"], ci=ci)

    assert found.value == pytest.approx(row["est"], rel=1e-8)
    assert found.ci_low == pytest.approx(row["lower"], rel=1e-8)
    assert found.ci_high == pytest.approx(row["upper"], rel=1e-8)
    assert found.pearson == pytest.approx(reference["pearson"], rel=1e-8)
    assert found.bias_correction == pytest.approx(reference["ccc"]["C.b"], rel=1e-8)
    assert found.location_shift == pytest.approx(reference["ccc"]["l.shift"], rel=1e-8)
    assert found.scale_shift == pytest.approx(reference["ccc"]["s.shift"], rel=1e-8)


@pytest.mark.parametrize("modality", ["microscope", "scanner.A"])
def test_the_concordance_of_mitotic_counts_reproduces_epir(modality):
    data = observers("pathology_mitotic_counts.csv", modality)
    reference = stats_json("pathology_mitotic_counts.json")[modality]["ccc_obs1_obs2"]

    found = reliability.ccc(data["observer.1"], data["observer.2"])

    assert found.value == pytest.approx(reference["est"], rel=1e-8)
    assert found.ci_low == pytest.approx(reference["lower"], rel=1e-8)
    assert found.ci_high == pytest.approx(reference["upper"], rel=1e-8)


def test_the_printed_concordance_intervals():
    z, asymptotic = (reliability.ccc(LARGE, MINI, ci=ci) for ci in ("z", "asymptotic"))

    assert [round(z.ci_low, 3), round(z.ci_high, 3)] == [0.850, 0.979]
    assert [round(asymptotic.ci_low, 3), round(asymptotic.ci_high, 3)] == [0.887, 0.999]


def test_a_constant_measurement_has_no_concordance():
    found = reliability.ccc([1, 1, 1], [1, 2, 3])

    assert math.isnan(found.value)
    assert math.isnan(found.ci_low)
    assert "does not vary" in found.warnings[0]


@pytest.mark.parametrize("ci", ["z", "asymptotic"])
@pytest.mark.parametrize("b", [[1, 2, 3, 4], [2, 1, 1, 2]])
def test_a_correlation_of_one_or_zero_has_no_standard_error(b, ci):
    found = reliability.ccc([1, 2, 3, 4], b, ci=ci)

    assert found.value in (1.0, 0.0)
    assert math.isnan(found.se)
    assert math.isnan(found.ci_low)
    assert "no standard error" in found.warnings[0]


def test_the_limits_of_the_flow_meters_reproduce_blandr():
    data, reference = (
        stats_csv("ba_pefr1986.csv"),
        stats_json("ba_pefr1986.json")["blandr"]["values"],
    )

    found = reliability.bland_altman(data["WrightFirst"], data["MiniWrightFirst"])

    assert found.sd == pytest.approx(reference["biasStdDev"], rel=1e-8)
    assert found.bias.se == pytest.approx(reference["biasSEM"], rel=1e-8)
    assert found.lower.se == pytest.approx(reference["LOA_SEM"], rel=1e-8)
    assert found.slope == pytest.approx(reference["regression.fixed.slope"], abs=5e-4)
    for estimate, names in (
        (found.bias, ("bias", "biasLowerCI", "biasUpperCI")),
        (found.upper, ("upperLOA", "upperLOA_lowerCI", "upperLOA_upperCI")),
        (found.lower, ("lowerLOA", "lowerLOA_lowerCI", "lowerLOA_upperCI")),
    ):
        expected = [reference[name] for name in names]
        assert [estimate.value, estimate.ci_low, estimate.ci_high] == pytest.approx(
            expected, rel=1e-8
        )


def test_the_published_bias_and_limits():
    found = reliability.bland_altman(LARGE, MINI)

    assert round(found.bias.value, 1) == -2.1
    assert round(found.sd, 1) == 38.8
    assert found.n == 17


def test_the_classic_intervals_are_those_of_bland_and_altman():
    found = reliability.bland_altman(LARGE, MINI, ci="classic")

    assert found.lower.se == pytest.approx(math.sqrt(3 / 17) * found.sd)
    half = stats.t.isf(0.025, 16) * found.lower.se
    assert found.upper.ci_high == pytest.approx(found.upper.value + half)


@pytest.mark.parametrize("n", [5, 17, 60])
def test_the_exact_factors_solve_the_distribution_of_a_limit(n):
    """P(upper end ≥ mean + 1.96 SD) = .975, by integrating over the variance instead of nct."""
    x = stats.norm.ppf((np.arange(n) + 0.5) / n)
    x = (x - x.mean()) / x.std(ddof=1)

    found = reliability.bland_altman(x, np.zeros(n), ci="exact")

    def covered(factor):
        def density(u):  # u is chi-square / df: the end is the mean + factor · √u
            below = stats.norm.cdf(math.sqrt(n) * (factor * math.sqrt(u) - 1.96))
            return below * stats.chi2.pdf(u * (n - 1), n - 1) * (n - 1)

        return integrate.quad(density, 0, 12, epsabs=1e-12, limit=500)[0]

    assert covered(found.upper.ci_high) == pytest.approx(0.975, abs=1e-7)
    assert covered(found.upper.ci_low) == pytest.approx(0.025, abs=1e-7)
    assert [found.lower.ci_low, found.lower.ci_high] == pytest.approx(
        [-found.upper.ci_high, -found.upper.ci_low]
    )
    assert math.isnan(found.upper.se)


def test_alpha_sets_the_intervals_and_not_the_limits():
    found = reliability.bland_altman(LARGE, MINI, alpha=0.1)

    assert found.upper.value == pytest.approx(found.bias.value + 1.96 * found.sd)
    assert found.upper.ci_high < reliability.bland_altman(LARGE, MINI).upper.ci_high


def test_equal_differences_and_equal_means_are_said():
    found = reliability.bland_altman([1, 2, 3], [0, 1, 2])
    flat = reliability.bland_altman([1, 2], [2, 1])

    assert found.sd == 0
    assert "All differences are equal" in found.warnings[0]
    assert math.isnan(found.bias.p_value)
    assert math.isnan(flat.slope)


def test_a_pair_with_a_missing_value_is_left_out_and_said():
    found = reliability.bland_altman([*LARGE, 400], [*MINI, math.nan])

    assert found.n == 17
    assert found.bias.warnings == ("Left out: 1 units with a missing value.",)
    assert found.manifest()["exclusions"] == list(found.warnings)


@pytest.mark.parametrize("name", ["m5", "m20", "m40"])
def test_two_one_sided_tests_reproduce_r(name):
    data, reference = stats_csv("ba_pefr1986.csv"), stats_json("ba_pefr1986.json")
    row = reference["tost"][name]

    found = reliability.equivalence_paired(
        data["WrightFirst"], data["MiniWrightFirst"], margin=row["margin"]
    )

    assert found.p_noninferiority == pytest.approx(row["p_lower"], rel=1e-8)
    assert found.p_equivalence == pytest.approx(row["p"], rel=1e-8)
    assert found.statistic == pytest.approx(reference["paired_t"]["t"], rel=1e-8)
    assert found.p_value == pytest.approx(reference["paired_t"]["p"], rel=1e-8)
    assert [found.ci_low, found.ci_high] == pytest.approx(reference["paired_t"]["ci"], rel=1e-8)
    ninety = reliability.equivalence_paired(LARGE, MINI, margin=row["margin"], alpha=0.1)
    assert [ninety.ci_low, ninety.ci_high] == pytest.approx(row["ci90"], rel=1e-8)


def test_the_parts_of_the_paired_difference_add_up():
    found = reliability.equivalence_paired(LARGE, MINI, margin=20)

    a, b = found.estimate_a, found.estimate_b
    assert found.value == pytest.approx(a.value - b.value)
    assert found.se**2 == pytest.approx(a.se**2 + b.se**2 - 2 * found.covariance)


def test_equal_pairs_have_no_test():
    found = reliability.equivalence_paired([1, 2, 3], [1, 2, 3], margin=1)

    assert math.isnan(found.p_equivalence)
    assert math.isnan(found.p_value)
    assert "no test" in found.warnings[0]


def test_the_within_subject_cv_is_the_root_mean_square():
    data = pl.DataFrame(
        {"who": ["a", "a", "b", "b", "b", "c"], "x": [10.0, 12.0, 20.0, 22.0, 21.0, 5.0]}
    )
    squares = (2.0 / 11**2 + 2 * 1.0 / 21**2) / 3

    found = reliability.within_cv(data, subject="who", value="x")

    assert found.value == pytest.approx(math.sqrt(squares))
    assert found.df == 3
    assert found.n == 2
    assert found.within_sd == pytest.approx(math.sqrt((2.0 + 2.0) / 3))
    assert found.repeatability_coefficient == pytest.approx(
        math.sqrt(2) * stats.norm.isf(0.025) * found.within_sd
    )
    assert found.relative_repeatability == pytest.approx(
        math.sqrt(2) * stats.norm.isf(0.025) * found.value
    )
    assert found.ci_high == pytest.approx(found.value * math.sqrt(3 / stats.chi2.ppf(0.025, 3)))
    assert found.ci_low < found.value < found.ci_high
    assert found.warnings == ("Left out: 1 subjects measured once.",)
    every = reliability.within_cv(data.filter(pl.col("who") != "c"), subject="who", value="x")
    assert every.warnings == ()


@pytest.mark.parametrize("kind", ["WRBM", "BRBM", "WRWM", "BRWM"])
def test_the_limits_of_the_simulated_readers_reproduce_imrmc(kind):
    reference = stats_json("loa_crossed.json")[f"la{kind}"]
    row = reference["limits.of.agreement"][0]

    found = reliability.mrmc_limits_of_agreement(
        stats_csv("loa_crossed.csv"),
        **KEYS,
        kind=kind,
        modality_a="testA",
        modality_b=None if kind == "BRWM" else "testB",
    )

    mean = found.mean_difference
    assert mean.value == pytest.approx(row["meanDiff"], rel=1e-8, abs=1e-12)
    assert mean.se**2 == pytest.approx(row["var.MeanDiff"], rel=1e-8, abs=1e-12)
    assert mean.ci_low == pytest.approx(row["ci95meanDiff.bot"], rel=1e-8, abs=1e-12)
    assert mean.ci_high == pytest.approx(row["ci95meanDiff.top"], rel=1e-8, abs=1e-12)
    assert found.variance_one_observation == pytest.approx(row["var.1obs"], rel=1e-8)
    assert found.limit_low == pytest.approx(row["la.bot"], rel=1e-8)
    assert found.limit_high == pytest.approx(row["la.top"], rel=1e-8)
    anova = reference["three.way.ANOVA" if kind == "BRBM" else "two.way.ANOVA"]
    assert [source.source for source in found.anova] == [IMRMC[line["row"]] for line in anova]
    for source, line in zip(found.anova, anova, strict=True):
        assert source.df == line["df"]
        assert source.ss == pytest.approx(line["SS"], rel=1e-8)
        if line["var"] is None:
            assert math.isnan(source.variance)
        else:
            assert source.variance == pytest.approx(line["var"], rel=1e-8)


@pytest.mark.parametrize("kind", ["WRBM", "BRBM"])
def test_the_limits_of_the_pathologists_reproduce_imrmc(kind):
    wide = stats_csv("pathology_mitotic_counts.csv")
    row = stats_json("pathology_mitotic_counts.json")[f"la{kind} microscope vs scanner.A"][0]
    readers = [name for name in wide.columns if name.startswith("observer")]
    long = wide.unpivot(readers, index=["roi", "modalityID"], variable_name="r", value_name="s")

    found = reliability.mrmc_limits_of_agreement(
        long.sample(fraction=1, shuffle=True, seed=1),
        reader="r",
        modality="modalityID",
        case="roi",
        score="s",
        kind=kind,
        modality_a="microscope",
        modality_b="scanner.A",
    )

    assert found.mean_difference.value == pytest.approx(row["meanDiff"], rel=1e-8)
    assert found.mean_difference.se**2 == pytest.approx(row["var.MeanDiff"], rel=1e-8)
    assert found.variance_one_observation == pytest.approx(row["var.1obs"], rel=1e-8)
    assert found.limit_low == pytest.approx(row["la.bot"], rel=1e-8)
    assert found.limit_high == pytest.approx(row["la.top"], rel=1e-8)


def crossed(readers=3, cases=5, seed=1, drop=()):
    generator = np.random.Generator(np.random.Philox(seed))
    rows = [
        (f"r{r}", c, m, float(generator.normal(c, 1)))
        for r in range(readers)
        for c in range(cases)
        for m in ("x", "y")
        if (r, c, m) not in drop
    ]
    return pl.DataFrame(rows, schema=["readerID", "caseID", "modalityID", "score"], orient="row")


def limits(data, kind="WRBM", a="x", b="y", **more):
    return reliability.mrmc_limits_of_agreement(
        data, **KEYS, kind=kind, modality_a=a, modality_b=b, **more
    )


def test_a_case_that_some_reader_did_not_read_is_left_out_and_said():
    partial = limits(crossed(drop={(0, 4, "x")}))

    whole = limits(crossed().filter(pl.col("caseID") != 4))
    assert partial.warnings == ("Left out: 1 cases that some reader did not read.",)
    assert partial.limit_low == pytest.approx(whole.limit_low, abs=2)
    assert (partial.n_readers, partial.n_cases) == (3, 4)


def test_swapping_the_modalities_mirrors_the_limits():
    data = crossed()

    forth, back = limits(data), limits(data, a="y", b="x")

    assert back.limit_low == pytest.approx(-forth.limit_high)
    assert back.mean_difference.value == pytest.approx(-forth.mean_difference.value)


def test_a_negative_variance_gives_no_limits_and_says_so():
    rows = [("r1", 1, 1.0), ("r1", 2, -1.0), ("r2", 1, -1.0), ("r2", 2, 1.0)]
    data = pl.DataFrame(
        [(r, c, m, s if m == "x" else 0.0) for r, c, s in rows for m in ("x", "y")],
        schema=["readerID", "caseID", "modalityID", "score"],
        orient="row",
    )

    within = limits(data)

    assert math.isnan(within.mean_difference.se)
    assert "negative" in within.warnings[0]
    assert within.to_dict()["mean_difference"]["se"] is None


def test_limits_of_a_negative_variance_of_one_observation_do_not_exist():
    case = {0: 5.0, 1: 7.0}
    rows = [
        (f"r{r}", c, m, case[c] + (1.0 if m == "x" else -1.0) * (1 if c else -1))
        for r in range(2)
        for c in range(2)
        for m in "xy"
    ]
    data = pl.DataFrame(rows, schema=["readerID", "caseID", "modalityID", "score"], orient="row")
    shifted = data.with_columns(
        pl.when(pl.col("readerID") == "r0").then(pl.col("score")).otherwise(12 - pl.col("score"))
    )

    found = limits(shifted, kind="BRWM", b=None)

    assert math.isnan(found.limit_low) == (found.variance_one_observation < 0)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: reliability.icc([[1, 2]]), DegenerateError),
        (lambda: reliability.icc([[1], [2]]), DesignError),
        (lambda: reliability.icc([[1, "x"], [2, 3]]), InvalidArgumentError),
        (lambda: reliability.icc([[1, math.inf], [2, 3]]), InvalidArgumentError),
        (lambda: reliability.icc(JUDGES, form="ICC2"), InvalidArgumentError),
        (lambda: reliability.icc(JUDGES, ci="bootstrap"), InvalidArgumentError),
        (lambda: reliability.icc(JUDGES, alpha=1), InvalidArgumentError),
        (lambda: reliability.icc_all(JUDGES, ci="bootstrap"), InvalidArgumentError),
        (lambda: reliability.ccc([1, 2], [1, 2]), DegenerateError),
        (lambda: reliability.ccc([1, 2, 3], [1, 2]), LengthError),
        (lambda: reliability.ccc([1, 2, 3], [1, 2, 4], ci="exact"), InvalidArgumentError),
        (lambda: reliability.bland_altman([1], [2]), DegenerateError),
        (lambda: reliability.bland_altman([1, 2], [2, 3], ci="z"), InvalidArgumentError),
        (lambda: reliability.equivalence_paired([1, 2], [2, 3], margin=0), InvalidArgumentError),
        (
            lambda: reliability.equivalence_paired([1, 2], [2, 3], margin=math.inf),
            InvalidArgumentError,
        ),
        (lambda: within([1.0, 2.0], ["a", "b"]), DegenerateError),
        (lambda: within([-1.0, 1.0], ["a", "a"]), InvalidArgumentError),
        (lambda: within([1.0, math.nan], ["a", "a"]), MissingValueError),
        (lambda: limits(crossed(), kind="XRBM"), InvalidArgumentError),
        (lambda: limits(crossed(), a=None), InvalidArgumentError),
        (lambda: limits(crossed(), b=None), InvalidArgumentError),
        (lambda: limits(crossed(), b="x"), InvalidArgumentError),
        (lambda: limits(crossed(), kind="BRWM"), InvalidArgumentError),
        (lambda: limits(crossed(), b="z"), UnknownLevelError),
        (lambda: limits(pl.concat([crossed(), crossed()])), DuplicateRowsError),
        (lambda: limits(crossed(readers=1)), DegenerateError),
        (lambda: limits(crossed(cases=1)), DegenerateError),
        (
            lambda: limits(crossed(readers=2, cases=2, drop={(0, 0, "x"), (1, 1, "x")})),
            DesignError,
        ),
        (lambda: limits(crossed().drop("score")), MissingColumnError),
    ],
)
def test_bad_measurements_are_refused_by_name(call, error):
    with pytest.raises(error):
        call()


def within(values, subjects):
    return reliability.within_cv({"s": subjects, "v": values}, subject="s", value="v")


MATRICES = st.lists(st.lists(st.integers(-20, 20), min_size=3, max_size=3), min_size=4, max_size=10)


@settings(max_examples=40, deadline=None)
@given(ratings=MATRICES, shift=st.integers(-50, 50), scale=st.integers(1, 9))
def test_correlations_do_not_depend_on_the_unit_of_measurement(ratings, shift, scale):
    moved = [[scale * cell + shift for cell in row] for row in ratings]

    for before, after in zip(reliability.icc_all(ratings), reliability.icc_all(moved), strict=True):
        assert after.value == pytest.approx(before.value, abs=1e-7, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(ratings=MATRICES)
def test_single_correlations_stay_within_one_and_inside_their_interval(ratings):
    for name in ("ICC(1)", "ICC(C,1)"):  # the interval of ICC(A,1) is approximate
        form = reliability.icc(ratings, form=name)
        if math.isfinite(form.ci_low):
            assert form.value <= 1 + 1e-12
            assert form.ci_low - 1e-9 <= form.value <= form.ci_high + 1e-9


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=20))
def test_concordance_is_symmetric_and_never_above_the_correlation(pairs):
    a, b = zip(*pairs, strict=True)

    forth, back = reliability.ccc(a, b), reliability.ccc(b, a)

    assert back.value == pytest.approx(forth.value, nan_ok=True)
    assert back.se == pytest.approx(forth.se, nan_ok=True)
    if math.isfinite(forth.value):
        assert abs(forth.value) <= abs(forth.pearson) + 1e-12


@settings(max_examples=40, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=20))
def test_swapping_two_measurements_mirrors_their_limits(pairs):
    a, b = zip(*pairs, strict=True)

    for ci in ("approximate", "exact"):
        forth, back = reliability.bland_altman(a, b, ci=ci), reliability.bland_altman(b, a, ci=ci)
        assert back.lower.value == pytest.approx(-forth.upper.value, abs=1e-9)
        assert back.lower.ci_low == pytest.approx(-forth.upper.ci_high, abs=1e-9)
