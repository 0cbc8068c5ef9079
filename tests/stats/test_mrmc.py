"""Every test of reader studies holds its nominal error rate on the Roe–Metz model."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from stats import mrmc
from stats.mrmc import ai_vs_readers, dbm, obuchowski_rockette, u_statistics
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.stats.studies import SIMULATED

STUDIES = 600
# The 99.9 % Monte-Carlo bounds of a rate of 5 % in 600 studies.
LOW, HIGH = 0.05 - 3.29 * (0.05 * 0.95 / 600) ** 0.5, 0.05 + 3.29 * (0.05 * 0.95 / 600) ** 0.5


def rate(p_values):
    """Return how often a true hypothesis is rejected; a study without a test rejects nothing."""
    found = np.array(p_values)
    assert np.isfinite(found).mean() > 0.98
    return float((found <= 0.05).mean())


def null(structure="HH1.50", seeds=STUDIES, **options):
    sizes = {"readers": 5, "healthy": 25, "diseased": 25} | ROE_METZ_1997[structure]
    return (roe_metz(seed=seed, **(sizes | options)) for seed in range(seeds))


def test_the_module_offers_what_it_lists():
    assert set(mrmc.__all__) == {name for name in vars(mrmc) if not name.startswith("_")}


@pytest.mark.parametrize("structure", ["HH1.50", "LL0.75"])
def test_random_readers_and_cases_reject_a_true_hypothesis_at_the_nominal_rate(structure):
    p = {"or": [], "u": []}
    for study in null(structure):
        p["or"].append(obuchowski_rockette(study, **SIMULATED).omnibus.p_value)
        p["u"].append(u_statistics(study, **SIMULATED).differences[0].p_bdg)

    # Both are known to be a little conservative with few readers: hence no lower bound but 0.01.
    assert 0.01 < rate(p["or"]) < HIGH
    assert 0.01 < rate(p["u"]) < HIGH


def test_fixed_readers_reject_at_the_nominal_rate_when_readers_do_not_differ():
    variances = dict(ROE_METZ_1997["LL1.50"]["variances"]) | {"R": 0.01, "TR": 0.0}
    p = {"or": [], "dbm": []}
    for study in null("LL1.50", healthy=40, diseased=40, variances=variances):
        p["or"].append(obuchowski_rockette(study, readers="fixed", **SIMULATED).omnibus.p_value)
        p["dbm"].append(dbm(study, readers="fixed", **SIMULATED).omnibus.p_value)

    assert LOW < rate(p["or"]) < HIGH
    assert LOW < rate(p["dbm"]) < HIGH


def test_three_modalities_keep_the_level():
    p = [
        obuchowski_rockette(study, **SIMULATED).omnibus.p_value
        for study in null("LL1.50", means=(1.5, 1.5, 1.5))
    ]

    assert 0.01 < rate(p) < HIGH


def test_a_split_plot_keeps_the_level():
    options = {"design": "split_plot", "blocks": 2, "readers": 6, "healthy": 40, "diseased": 40}
    p = {"or": [], "u": []}
    for study in null("HL1.50", **options):
        p["u"].append(u_statistics(study, **SIMULATED).differences[0].p_bdg)
        p["or"].append(
            obuchowski_rockette(study, covariance="unbiased", **SIMULATED).omnibus.p_value
        )

    assert 0.01 < rate(p["u"]) < HIGH
    assert 0.01 < rate(p["or"]) < HIGH


def test_the_margin_test_rejects_at_half_alpha_on_the_border():
    margin = 0.05
    structure = ROE_METZ_1997["LL1.50"]
    # Unit variance of cases, and the two reader effects, of each class.
    scale = (2 * (1 + 2 * structure["variances"]["R"])) ** 0.5
    worse = 1.5
    better = scale * stats.norm.ppf(stats.norm.cdf(worse / scale) + margin)
    p = [
        obuchowski_rockette(study, margin=margin, **SIMULATED).differences[0].p_noninferiority
        for study in null("LL1.50", means=(worse, better))
    ]

    half = 0.025
    bound = half + 3.29 * (half * (1 - half) / STUDIES) ** 0.5
    assert 0.003 < np.mean(np.array(p) <= half) < bound


@pytest.mark.parametrize("method", ["1T-RRRC", "u_statistic"])
def test_ai_against_readers_keeps_the_level_with_the_degrees_of_freedom_of_the_panel(method):
    p = []
    for seed in range(STUDIES):
        study = panel_and_ai(seed)
        found = ai_vs_readers(
            study,
            reader="reader",
            case="case",
            truth="truth",
            score="score",
            ai="ai",
            method=method,
            covariance="jackknife",
        )
        p.append(found.difference.p_value)

    assert 0.01 < rate(p) < HIGH


def panel_and_ai(seed, readers=5, n=60):
    """Return readers who vary, and an AI whose AUC is exactly theirs on average."""
    variances = ROE_METZ_1997["HH1.50"]["variances"]
    study = roe_metz(
        readers=readers,
        healthy=n // 2,
        diseased=n // 2,
        means=(1.5,),
        variances=variances,
        seed=seed,
    )
    draw = np.random.Generator(np.random.Philox(10_000 + seed))
    cases = study.filter(pl.col("reader") == "r1").sort("case")
    truth = cases["truth"].to_numpy()
    of_readers = 2 * (1 + variances["R"] + variances["TR"])
    # The AI is independent of the readers given truth, and spreads as a reader of fixed skill.
    scores = draw.standard_normal(n) + truth * 1.5 * (2 / of_readers) ** 0.5
    ai = cases.with_columns(reader=pl.lit("ai"), score=pl.Series(scores))
    return pl.concat([study, ai])
