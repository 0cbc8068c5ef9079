"""U-statistics against iMRMC: crossed, missing reads, the VIPER split plot, binary scores."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    OneClassError,
)
from stats.mrmc import obuchowski_rockette, u_statistics
from stats.simulate import ROE_METZ_1997, roe_metz
from stats.u_statistics import reference_df
from tests.shared import stats_csv, stats_json
from tests.stats.studies import IMRMC, SIMULATED, VAN_DYKE, close, imrmc, van_dyke

VIPER = IMRMC | {"truth": "cancerStatus455"}
STUDIES = {
    "imrmc_example": lambda: (imrmc("imrmc_example.csv"), IMRMC),
    "imrmc_example_missing": lambda: (imrmc("imrmc_example_missing.csv"), IMRMC),
    "viper_screeningHighP": lambda: (stats_csv("viper_screeningHighP_obs.csv"), VIPER),
    "vandyke": lambda: (van_dyke(), VAN_DYKE),
}
MODALITY = {
    "auc": "AUC.1",
    "variance": "covAUC",
    "variance_mle": "covAUC.biased",
    "df_bdg": "dfBDG",
    "df_bdg_mle": "dfBDG.biased",
    "ci_normal_low": "botCInormal",
    "ci_normal_high": "topCInormal",
    "ci_bdg_low": "botCIBDG",
    "ci_bdg_high": "topCIBDG",
    "p_bdg": "pValueBDG",
    "p_normal": "pValueNormal",
    "n_readers": "NR",
    "n_healthy": "N0",
    "n_diseased": "N1",
}
DIFFERENCE = {
    "difference": "AUC1minusAUC2",
    "variance": "varAUC1minusAUC2",
    "variance_mle": "varAUC1minusAUC2.biased",
    "df_bdg": "dfBDG.diff",
    "df_bdg_mle": "dfBDG.biased.diff",
    "p_normal": "pValueNormal",
    "p_bdg": "pValueBDG",
    "p_normal_mle": "pValueNormal.biased",
    "p_bdg_mle": "pValueBDG.biased",
    "ci_normal_low": "botCInormal",
    "ci_normal_high": "topCInormal",
    "ci_bdg_low": "botCIBDG",
    "ci_bdg_high": "topCIBDG",
}


def study(**options):
    sizes = {"readers": 4, "healthy": 15, "diseased": 15, "seed": 7} | ROE_METZ_1997["HH1.50"]
    return roe_metz(**(sizes | options))


def same(row, expected, names):
    for ours, theirs in names.items():
        assert row[ours] == close(expected[theirs]), ours


@pytest.mark.parametrize("name", STUDIES)
def test_every_table_is_that_of_imrmc(name):
    frame, columns = STUDIES[name]()
    expected = stats_json(f"{name}_iMRMC.json")

    found = u_statistics(frame, **columns)

    first, second, pair = expected["UstatFull"]
    same(found.modalities[0], first, MODALITY)
    same(found.modalities[1], second, MODALITY)
    same(found.differences[0], pair, DIFFERENCE)
    tables = [first] * 8 + [pair] * 8 + [second] * 8
    for moment, table in zip(found.moments, tables, strict=True):
        assert moment.unbiased == close(table[moment.moment])
        assert moment.biased == close(table[f"{moment.moment}.b"])
        assert moment.coefficient == close(table[f"{moment.moment}.coeff"])
    readers = [row for row in expected["perReader"] if row["modalityB"] == "NO_MOD"]
    for row, table in zip(found.per_reader, readers, strict=True):
        assert row.auc == close(table["AUCA"])
        assert row.variance == close(table["varAUCA"])
        assert (row.n_healthy, row.n_diseased) == (table["N0"], table["N1"])


def test_viper_is_as_published():
    expected = stats_json("viper_screeningHighP_published.json")["auc"][2]

    row = u_statistics(stats_csv("viper_screeningHighP_obs.csv"), **VIPER).differences[0]

    assert row.difference == pytest.approx(expected["AUCAminusAUCB"], rel=1e-8)
    assert row.variance == pytest.approx(expected["varAUCAminusAUCB"], rel=1e-8)
    assert row.df_bdg == pytest.approx(expected["dfBDG"], rel=1e-8)
    assert row.p_bdg == pytest.approx(expected["pValueBDG"], rel=1e-8)


@pytest.mark.parametrize(("name", "truth", "call"), [("sens", 1, 1), ("spec", 0, 2)])
def test_the_binary_kernel_is_that_of_imrmc(name, truth, call):
    expected = stats_json("viper_screeningHighP_binary_iMRMC.json")[f"{name}_uStat11.jointD"]
    rows = stats_csv("viper_screeningHighP_obs.csv").filter(pl.col("cancerStatus455") == truth)
    rows = rows.with_columns(right=(pl.col("recall") == call).cast(pl.Int8))

    found = u_statistics(rows, kernel="binary", **(VIPER | {"score": "right"}))

    for row, arm in zip(found.modalities, "AB", strict=True):
        assert row.auc == close(expected["mean"][arm])
        assert row.variance == close(expected["var"][arm])
    assert found.differences[0].difference == close(expected["mean"]["AminusB"])
    assert found.differences[0].variance == close(expected["var"]["AminusB"])
    order = [0] * 4 + [2] * 4 + [1] * 4  # A with A, A with B, B with B
    for moment, k in zip(found.moments, order, strict=True):
        assert moment.unbiased == close(expected["moments"][k][moment.moment])
        assert moment.coefficient == close(expected["coeff"][k][moment.moment])
    means = {row["row"]: row for row in expected["meanPerR"]}
    for row in found.per_reader:
        arm = "A" if row.modality == "FFDM" else "B"
        assert row.auc == close(means[row.reader][arm])


def test_the_printed_numbers_of_van_dyke_are_met_in_a_crossed_study_of_any_software():
    # On crossed data the U-statistic variance equals that of OR with unbiased covariances.
    frame = study()

    found = u_statistics(frame, **SIMULATED).differences[0]
    other = obuchowski_rockette(frame, covariance="unbiased", **SIMULATED)

    c, r = other.components, 4
    assert found.difference == pytest.approx(other.differences[0].estimate)
    assert found.variance == pytest.approx(2 / r * (c.MS_TR + r * (c.cov2 - c.cov3)))


def test_t_has_whole_degrees_of_freedom_up_to_50():
    assert reference_df(49.9) == 49.0
    assert reference_df(50.0) == 50.0
    assert np.isinf(reference_df(50.1))
    assert np.isnan(reference_df(np.nan))


def test_a_margin_adds_two_p_values_that_agree_with_the_intervals():
    row = u_statistics(study(), margin=0.05, **SIMULATED).differences[0]
    plain = u_statistics(study(), **SIMULATED).differences[0]

    assert (row.p_noninferiority_normal < 0.025) == (row.ci_normal_low > -0.05)
    assert (row.p_noninferiority_bdg < 0.025) == (row.ci_bdg_low > -0.05)
    assert plain.p_noninferiority_normal is None


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_names_order_and_scale_of_the_scores_change_nothing(seed):
    frame = study(seed=seed).sample(fraction=0.8, seed=seed)
    other = frame.sample(fraction=1.0, shuffle=True, seed=seed + 1).with_columns(
        score=pl.col("score").exp(),
        modality=pl.col("modality").replace({"m1": "z", "m2": "y"}),
    )

    there = u_statistics(frame, **SIMULATED).differences[0]
    back = u_statistics(other, **SIMULATED).differences[0]

    assert back.difference == pytest.approx(-there.difference)
    assert back.variance == pytest.approx(there.variance)
    assert back.df_bdg == pytest.approx(there.df_bdg, nan_ok=True)


def test_a_reader_of_one_class_in_one_modality_is_left_out_there():
    frame = study()
    fewer = frame.filter(
        (pl.col("reader") != "r1") | (pl.col("modality") != "m1") | (pl.col("truth") == 1)
    )
    without = frame.filter((pl.col("reader") != "r1") | (pl.col("modality") != "m1"))

    found = u_statistics(fewer, **SIMULATED)

    assert "reader r1 has read cases of one class only in modality m1" in found.warnings[0]
    assert found.differences == u_statistics(without, **SIMULATED).differences
    assert found.modalities[0].n_readers == 3


def test_readers_without_a_common_case_are_counted():
    found = u_statistics(study(design="split_plot", blocks=2), **SIMULATED)

    assert "4 of 6 pairs of readers share no case" in found.warnings[0]


def test_one_reader_has_no_variance_and_says_so():
    found = u_statistics(study().filter(pl.col("reader") == "r1"), **SIMULATED)

    assert np.isnan(found.differences[0].p_bdg)
    assert "does not exist" in found.warnings[0]
    assert found.per_reader[0].variance > 0.0


def test_identical_modalities_have_no_test():
    one = study().filter(pl.col("modality") == "m1")
    twin = pl.concat([one, one.with_columns(modality=pl.lit("m2"))])

    found = u_statistics(twin, **SIMULATED)

    assert found.differences[0].variance == 0.0
    assert np.isnan(found.differences[0].p_normal)
    assert "there is no test" in found.warnings[-1]


def test_a_negative_variance_is_nan_and_not_a_root():
    frame = roe_metz(
        readers=3, healthy=3, diseased=3, means=(0.0, 0.0), variances={"TRC": 1.0}, seed=8
    )
    negative = [
        found
        for found in (
            u_statistics(
                roe_metz(
                    readers=3,
                    healthy=3,
                    diseased=3,
                    means=(0.0, 0.0),
                    variances={"TRC": 1.0},
                    seed=seed,
                ),
                **SIMULATED,
            )
            for seed in range(20)
        )
        if found.differences[0].variance < 0.0
    ]

    assert frame.height == 36
    assert negative
    row = negative[0].differences[0]
    assert np.isnan(row.p_normal)
    assert np.isnan(row.df_bdg)
    assert np.isnan(row.ci_bdg_low)
    assert any("estimated as -" in warning for warning in negative[0].warnings)


def test_a_perfect_reader_is_named_in_a_warning():
    perfect = (pl.col("reader") == "r1") & (pl.col("modality") == "m1")
    score = pl.when(perfect).then(pl.col("truth").cast(pl.Float64)).otherwise(pl.col("score"))

    found = u_statistics(study().with_columns(score=score), **SIMULATED)

    said = "reader r1 in modality m1 has AUC 1: its variance is estimated as 0"
    assert found.warnings == (said,)
    assert found.per_reader[0].variance == 0.0


def test_a_negative_variance_of_the_mle_is_said_too():
    scores = {"r1": "3....e", "r2": "4..cb.", "r3": "157f..", "r4": "a8269d"}  # cases 1–3 healthy
    rows = [
        (reader, "m", case, int(case > 3), int(score, 16))
        for reader, line in scores.items()
        for case, score in enumerate(line, start=1)
        if score != "."
    ]
    reads = pl.DataFrame(rows, schema=list(SIMULATED), orient="row")

    found = u_statistics(reads, **SIMULATED)

    assert found.modalities[0].variance_mle < 0.0
    assert any("by maximum likelihood" in said for said in found.warnings)


@pytest.mark.parametrize(
    ("change", "options", "error"),
    [
        (lambda x: x, {"kernel": "triple"}, InvalidArgumentError),
        (lambda x: x, {"kernel": "binary"}, InvalidArgumentError),
        (lambda x: x.with_columns(score=pl.lit(1.0)), {"kernel": "binary"}, InvalidArgumentError),
        (lambda x: x.filter(pl.col("truth") == 1), {}, OneClassError),
        (lambda x: pl.concat([x, x]), {}, DuplicateRowsError),
        (lambda x: x[:0], {"kernel": "binary"}, OneClassError),
        (
            lambda x: x.filter((pl.col("modality") == "m1") | (pl.col("truth") == 1)),
            {},
            OneClassError,
        ),
    ],
)
def test_what_cannot_be_done_is_refused(change, options, error):
    with pytest.raises(error):
        u_statistics(change(study()), **SIMULATED, **options)
