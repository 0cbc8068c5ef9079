"""AI against readers: RJafroc's three methods, the VIPER panel, and how they agree."""

import numpy as np
import polars as pl
import pytest

from stats.errors import (
    DegenerateError,
    DesignError,
    InvalidArgumentError,
    UnknownLevelError,
)
from stats.mrmc import ai_vs_readers, noninferiority, u_statistics
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.shared import stats_csv, stats_json
from tests.stats.studies import IMRMC, close, imrmc

COLUMNS = {"reader": "reader", "case": "case", "truth": "truth", "score": "score"}
VIPER = {name: IMRMC[name] for name in COLUMNS}
METHODS = ("1T-RRRC", "1T-RRFC", "2T-RRRC", "u_statistic")


def study(**options):
    variances = ROE_METZ_1997["HH1.50"]["variances"]
    sizes = {"readers": 6, "healthy": 25, "diseased": 25, "means": (1.5,), "seed": 3}
    return roe_metz(variances=variances, **(sizes | options))


def detection(method):
    rows = stats_csv("cad_vs_rad_roc.csv")
    columns = COLUMNS | {"score": "rating"}
    expected = stats_json("cad_vs_rad_roc_RJafroc.json")["StCadVsRad"][method]
    return ai_vs_readers(rows, ai=1, method=method, **columns), expected


@pytest.mark.parametrize("method", METHODS[:3])
def test_the_difference_is_that_of_rjafroc_with_the_sign_turned(method):
    found, expected = detection(method)
    interval = expected.get("CIAvgDiffFom") or [
        expected["ciDiffFom"]["CILower"],
        expected["ciDiffFom"]["CIUpper"],
    ]
    p, df = expected["pval"], expected["df"]

    assert found.ai.value == close(expected["fomCAD"])
    assert found.mean_readers.value == close(expected["avgRadFom"])
    assert found.difference.value == close(-expected["avgDiffFom"])
    assert (-found.difference.ci_high, -found.difference.ci_low) == (
        close(interval[0]),
        close(interval[1]),
    )
    assert found.difference.p_value == close(p["rdr2"] if isinstance(p, dict) else p)
    assert found.difference.df == close(df["rdr2"] if isinstance(df, dict) else df)
    values = expected["fomRAD"]
    values = values.values() if isinstance(values, dict) else values
    assert [row.value for row in found.readers] == [close(value) for value in values]


def test_components_are_those_of_rjafroc():
    one, expected_one = detection("1T-RRRC")
    two, expected_two = detection("2T-RRRC")
    fixed, expected_fixed = detection("1T-RRFC")

    assert one.var_reader == close(expected_one["varR"])
    assert one.var_error == close(expected_one["varError"])
    assert one.cov2 == close(expected_one["cov2"])
    assert one.mean_readers.ci_low == close(expected_one["CIAvgRad"][0])
    assert two.var_reader == pytest.approx(expected_two["varR"], abs=1e-12)
    assert two.var_error == close(expected_two["varError"])
    assert two.cov2 == close(expected_two["cov2"])
    each = expected_two["ciAvgRdrEachTrt"]
    assert (two.ai.se, two.mean_readers.se) == tuple(close(x) for x in each["StdErr"])
    assert (two.ai.ci_low, two.mean_readers.ci_low) == tuple(close(x) for x in each["CILower"])
    assert two.mean_readers.df == close(each["DF"][1])
    assert fixed.mean_readers.ci_high == close(expected_fixed["CIAvgRadFom"][1])


def test_a_split_plot_panel_is_compared_as_in_imrmc():
    expected = stats_json("ni_ai_vs_readers_screeningHighP.json")
    rows = imrmc("ni_ai_vs_readers_screeningHighP.csv").filter(pl.col("readerID") != "AI.2")

    found = ai_vs_readers(rows, ai="AI.1", method="u_statistic", margin=0.05, **VIPER)

    ai, panel, pair = expected["Ustat"]
    assert found.difference.value == close(pair["AUCAminusAUCB"])
    assert found.difference.se**2 == close(pair["varAUCAminusAUCB"])
    assert found.difference.p_noninferiority == close(expected["ni_p_normal_one_sided"])
    assert (found.ai.se**2, found.mean_readers.se**2) == (
        close(ai["varAUCA"]),
        close(panel["varAUCA"]),
    )
    again = noninferiority(found.difference.value, found.difference.se, margin=0.05)
    assert again.p_value == close(found.difference.p_noninferiority)


def test_one_and_two_treatments_give_one_difference():
    frame = study()

    one, two = (ai_vs_readers(frame, ai="r1", method=name, **COLUMNS) for name in METHODS[::2])

    assert one.difference.se == pytest.approx(two.difference.se)
    assert one.difference.df == pytest.approx(two.difference.df)
    assert one.mean_readers.se > two.mean_readers.se


@pytest.mark.parametrize("covariance", ["jackknife", "delong", "unbiased"])
def test_the_three_covariances_are_near_each_other(covariance):
    found = ai_vs_readers(study(), ai="r1", covariance=covariance, margin=0.1, **COLUMNS)

    assert covariance in found.method
    assert found.difference.se == pytest.approx(0.036, abs=0.002)
    assert found.difference.p_noninferiority <= found.difference.p_equivalence


def test_the_panel_without_the_ai_is_that_of_u_statistics():
    frame = study().with_columns(modality=pl.lit("all"))

    found = ai_vs_readers(frame, ai="r1", method="u_statistic", **COLUMNS)
    panel = u_statistics(
        frame.filter(pl.col("reader") != "r1"), modality="modality", **COLUMNS
    ).modalities[0]

    assert found.mean_readers.value == pytest.approx(panel.auc)
    assert found.mean_readers.se**2 == pytest.approx(panel.variance)
    assert np.isnan(found.var_error)
    assert found.to_dict()["cov2"] is None


def test_a_panel_with_missing_reads_is_analysed_with_a_warning():
    frame = study().filter((pl.col("reader") != "r2") | (pl.col("case") != "c01"))

    found = ai_vs_readers(frame, ai="r1", **COLUMNS)

    assert "1 of 300 possible reads" in found.warnings[0]
    with pytest.raises(DesignError):
        ai_vs_readers(frame, ai="r1", covariance="delong", **COLUMNS)


def test_an_ai_and_readers_who_agree_have_no_test():
    one = study().filter(pl.col("reader") == "r1")
    copies = pl.concat([one, *(one.with_columns(reader=pl.lit(x)) for x in ("r2", "r3"))])

    found = ai_vs_readers(copies, ai="r1", **COLUMNS)

    assert found.difference.se == 0.0
    assert np.isnan(found.difference.p_value)
    assert "no variance" in found.warnings[0]


@pytest.mark.parametrize("method", METHODS)
def test_a_perfect_ai_has_an_exact_interval_and_a_warning(method):
    score = pl.when(pl.col("reader") == "r1").then(pl.col("truth").cast(pl.Float64))
    frame = study().with_columns(score=score.otherwise(pl.col("score")))

    found = ai_vs_readers(frame, ai="r1", method=method, **COLUMNS)

    assert (found.ai.value, found.ai.se, found.ai.ci_high) == (1.0, 0.0, 1.0)
    assert 0.8 < found.ai.ci_low < 1.0
    assert any("AUC is 1" in said for said in found.ai.warnings)
    assert set(found.ai.warnings) <= set(found.warnings)
    assert found.difference.se > 0.0


def test_what_is_not_there_is_refused():
    frame = study()
    with pytest.raises(UnknownLevelError, match="'robot'"):
        ai_vs_readers(frame, ai="robot", **COLUMNS)
    with pytest.raises(DegenerateError, match="two readers"):
        ai_vs_readers(frame.filter(pl.col("reader").is_in(["r1", "r2"])), ai="r1", **COLUMNS)
    for wrong in ({"method": "3T"}, {"covariance": "none"}, {"margin": -1}, {"alpha": 0}):
        with pytest.raises(InvalidArgumentError):
            ai_vs_readers(frame, ai="r1", **COLUMNS, **wrong)
