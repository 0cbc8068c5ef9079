"""Obuchowski–Rockette against MRMCaov and RJafroc on the thoracic dissection study."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stats.errors import DegenerateError, DesignError, DuplicateRowsError, InvalidArgumentError
from stats.mean_squares import mean_squares
from stats.modality_contrasts import hillis_df
from stats.mrmc import obuchowski_rockette
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.shared import stats_json
from tests.stats.studies import SIMULATED, VAN_DYKE, close, van_dyke

JACKKNIFE = {"covariance": "jackknife"}
PARTIAL = {"specificity": (0.8, 1.0), "correction": "normalized"}
RUNS = {
    "or_rrrc_empirical_jackknife": JACKKNIFE,
    "or_rrrc_empirical_delong": {},
    "or_rrrc_empirical_unbiased": {"covariance": "unbiased"},
    "or_frrc_empirical_jackknife": JACKKNIFE | {"readers": "fixed"},
    "or_frrc_empirical_delong": {"readers": "fixed"},
    "or_rrfc_empirical": {"cases": "fixed"},
    "or_rrrc_partial_auc_spec_0.8_1_normalized": JACKKNIFE
    | {"figure_of_merit": "partial_auc", "partial": PARTIAL},
    "binary_sens_rrrc_jackknife": JACKKNIFE | {"figure_of_merit": "sensitivity", "threshold": 3},
    "binary_spec_rrrc_jackknife": JACKKNIFE | {"figure_of_merit": "specificity", "threshold": 3},
    "binary_sens_frrc_jackknife": JACKKNIFE
    | {"figure_of_merit": "sensitivity", "threshold": 3, "readers": "fixed"},
    "or_rrrc_binormal_jackknife": JACKKNIFE | {"figure_of_merit": "binormal_auc"},
    "or_rrrc_cases_nested_in_readers_jackknife": JACKKNIFE | {"case": "case2"},
    "or_rrrc_cases_nested_in_tests_jackknife": JACKKNIFE | {"case": "case3"},
    "or_rrrc_cases_nested_in_readers_unbiased": {"covariance": "unbiased", "case": "case2"},
    "or_rrrc_cases_nested_in_tests_unbiased": {"covariance": "unbiased", "case": "case3"},
}
# Names in the R tables, and ours.
DIFFERENCE = {
    "Estimate": "estimate",
    "StdErr": "se",
    "df": "df",
    "CI.Lower": "ci_low",
    "CI.Upper": "ci_high",
    "t": "t",
    "z": "t",
    "p-value": "p_value",
}
READER_DIFFERENCE = {theirs: ours for theirs, ours in DIFFERENCE.items() if ours not in ("t", "df")}
MEAN = {
    "Estimate": "estimate",
    "MS(R)": "MS_R",
    "Cov2": "cov2",
    "StdErr": "se",
    "df": "df",
    "CI.Lower": "ci_low",
    "CI.Upper": "ci_high",
}
COMPONENTS = {
    "reader": "var_reader",
    "treatment:reader": "var_treatment_reader",
    "Error": "var",
    "Cov1": "cov1",
    "Cov2": "cov2",
    "Cov3": "cov3",
}


def study(**options):
    sizes = {"readers": 4, "healthy": 20, "diseased": 20, "seed": 7} | ROE_METZ_1997["HH1.50"]
    return roe_metz(**(sizes | options))


def same(row, expected, names, near):
    for theirs, ours in names.items():
        if theirs in expected:
            assert row[ours] == near(expected[theirs]), ours


@pytest.mark.parametrize("run", RUNS)
def test_every_table_is_that_of_mrmcaov(run):
    expected = stats_json("vandyke_MRMCaov.json")[run]
    # The binormal curves are found by optimisers, and one of them has no maximum.
    near = (lambda x: pytest.approx(x, abs=0.0, rel=1e-4)) if "binormal" in run else close

    found = obuchowski_rockette(van_dyke(), **(VAN_DYKE | RUNS[run]))

    test = expected["test_equality"][0]
    assert found.components["MS_T"] == near(test["MS(T)"])
    assert found.omnibus.statistic == near(test.get("F", test.get("X2")))
    assert found.omnibus.p_value == near(test["p-value"])
    assert found.omnibus.df1 == test.get("df1", test.get("df"))
    if "df2" in test:
        assert found.omnibus.df2 == near(test["df2"])
    for row, table in zip(found.differences, expected["test_diffs"], strict=True):
        same(row, table, DIFFERENCE, near)
    for row, table in zip(found.means, expected["test_means"], strict=True):
        same(row, table, MEAN, near)
    for table in expected["vcov_comps"] or ():
        assert found.components[COMPONENTS[table["row"]]] == near(table["Estimate"])
    for row, table in zip(
        found.reader_differences, expected["reader_test_diffs"] or (), strict=True
    ):
        assert str(row.reader) == table["Reader"]
        same(row, table, READER_DIFFERENCE, near)
    assert found.n_cases == expected["num_obs"][0] * _sets(run)


def _sets(run):
    return {"readers": 5, "tests": 2}.get(run.split("_nested_in_")[-1].split("_")[0], 1)


@pytest.mark.parametrize("label", ["RRRC", "FRRC", "RRFC"])
def test_the_jackknife_tables_are_those_of_rjafroc(label):
    expected = stats_json("vandyke_RJafroc.json")[f"OR_{label}"]
    effects = {"RRRC": {}, "FRRC": {"readers": "fixed"}, "RRFC": {"cases": "fixed"}}[label]

    found = obuchowski_rockette(van_dyke(), **VAN_DYKE, **JACKKNIFE, **effects)

    row = expected[label]["ciDiffTrt"][0]
    assert found.differences[0].estimate == close(row["Estimate"])
    assert found.differences[0].se == close(row["StdErr"])
    assert found.differences[0].p_value == close(row.get("PrGTt", row.get("PrGTz")))
    for mean, table in zip(found.means, expected[label]["ciAvgRdrEachTrt"], strict=True):
        assert (mean.ci_low, mean.ci_high) == (close(table["CILower"]), close(table["CIUpper"]))


def test_the_published_printout_of_van_dyke_is_met_without_its_data():
    # OR-DBM MRMC 2.51 prints A1 .89703704, A2 .94083736, MS(T) .00479617, MS(TR) .00055103,
    # F(1, 15) = 4.46, p = .0517; Hillis' df are 15.26. From these figures of merit and covariances:
    values = np.array(
        [
            [0.91964573, 0.94782609],
            [0.85877617, 0.90531401],
            [0.90386473, 0.92173913],
            [0.97310789, 0.99935588],
            [0.82979066, 0.92995169],
        ]
    )
    squares = mean_squares(values, np.zeros((5, 2, 5, 2)))
    total = squares.ms_tr + 5 * (0.00034407 - 0.00023903)

    assert values.mean(axis=0) == pytest.approx([0.89703704, 0.94083736], abs=1e-8)
    assert squares.ms_t == pytest.approx(0.00479617, abs=1e-8)
    assert squares.ms_tr == pytest.approx(0.00055103, abs=1e-8)
    assert squares.ms_t / total == pytest.approx(4.456, abs=1e-3)
    assert hillis_df(total, squares.ms_tr, 4) == pytest.approx(15.26, abs=1e-2)


def test_a_result_explains_itself():
    found = obuchowski_rockette(study(), **SIMULATED)

    text = str(found)
    manifest = found.manifest()

    assert max(map(len, text.splitlines())) <= 100
    assert "Method: OR RRRC, empirical AUC, DeLong covariance, F (Hillis df)" in text
    assert "Obuchowski & Rockette 1995" in manifest["paper"]
    assert len(manifest["data_hash"]) == 64
    assert found.to_dict()["components"]["MS_T"] == found.components["MS_T"]


def test_three_modalities_have_three_differences_with_one_standard_error():
    frame = study(means=(1.0, 1.5, 2.0))

    found = obuchowski_rockette(frame, margin=0.05, **SIMULATED)
    fixed = obuchowski_rockette(frame, readers="fixed", **SIMULATED)

    pairs = [(row.modality_a, row.modality_b) for row in found.differences]
    assert pairs == [("m1", "m2"), ("m1", "m3"), ("m2", "m3")]
    assert len({row.se for row in found.differences}) == 1
    assert found.omnibus.df1 == 2
    assert len(fixed.reader_differences) == 4 * 3
    assert all(0 <= row.p_noninferiority <= row.p_equivalence <= 1 for row in found.differences)


def test_one_modality_has_a_mean_only():
    frame = study().filter(pl.col("modality") == "m1")

    found = obuchowski_rockette(frame, **SIMULATED)

    assert found.differences == ()
    assert found.means[0].ci_low < found.means[0].estimate < found.means[0].ci_high
    assert found.to_dict()["omnibus"]["p_value"] is None
    assert str(found)


def test_an_enum_sets_the_direction_of_differences():
    frame = study()
    turned = frame.with_columns(pl.col("modality").cast(pl.Enum(["m2", "m1"])))

    there = obuchowski_rockette(frame, **SIMULATED).differences[0]
    back = obuchowski_rockette(turned, **SIMULATED).differences[0]

    assert (back.modality_a, back.modality_b) == ("m2", "m1")
    assert back.estimate == pytest.approx(-there.estimate)
    assert back.se == pytest.approx(there.se)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000))
def test_names_order_and_scale_of_the_scores_change_nothing(seed):
    frame = study(seed=seed, healthy=8, diseased=7)
    other = (
        frame.sample(fraction=1.0, shuffle=True, seed=seed)
        .with_columns(
            score=pl.col("score").exp() * 3 + 1,
            reader=pl.col("reader").replace_strict({f"r{k}": 9 - k for k in range(1, 5)}),
        )
        .to_dict(as_series=False)
    )

    for options in ({}, JACKKNIFE, {"covariance": "unbiased"}, {"readers": "fixed"}):
        there = obuchowski_rockette(frame, **SIMULATED, **options)
        same_again = obuchowski_rockette(pd.DataFrame(other), **SIMULATED, **options)

        assert same_again.omnibus.p_value == pytest.approx(there.omnibus.p_value, rel=1e-6)
        assert same_again.differences[0].se == pytest.approx(there.differences[0].se, rel=1e-6)


def test_split_plots_and_missing_reads_are_analysed_with_a_warning():
    split = study(readers=6, design="split_plot", blocks=2)
    missing = study()[1:]

    for frame in (split, missing):
        for options in (JACKKNIFE, {"covariance": "unbiased"}):
            found = obuchowski_rockette(frame, **SIMULATED, **options)

            assert found.design == "split_plot"
            assert "possible reads are absent" in found.warnings[0]
            assert 0.0 < found.omnibus.p_value < 1.0


def test_identical_modalities_have_no_test_and_no_silent_number():
    one = study().filter(pl.col("modality") == "m1")
    twin = pl.concat([one, one.with_columns(modality=pl.lit("m2"))])

    for options in ({}, {"readers": "fixed"}, {"cases": "fixed"}):
        found = obuchowski_rockette(twin, **SIMULATED, **options)

        assert found.differences[0].estimate == 0.0
        assert np.isnan(found.differences[0].p_value)
        assert any("there is no test" in warning for warning in found.warnings)


def test_a_perfect_study_has_no_test():
    truth = [0, 0, 0, 1, 1, 1] * 4
    frame = {
        "reader": np.repeat([1, 2], 12),
        "modality": np.tile(np.repeat(["a", "b"], 6), 2),
        "case": np.tile(np.arange(6), 4),
        "truth": truth,
        "score": np.tile(np.arange(6.0), 4),
    }

    found = obuchowski_rockette(frame, **SIMULATED)

    assert [mean.estimate for mean in found.means] == [1.0, 1.0]
    assert np.isnan(found.omnibus.p_value)


def test_any_function_of_scores_and_truth_can_be_the_figure():
    def youden(scores, truth):
        return (scores[truth] >= 1).mean() - (scores[~truth] >= 1).mean()

    found = obuchowski_rockette(study(), figure_of_merit=youden, **SIMULATED, **JACKKNIFE)

    assert "youden" in found.method
    assert found.n_cases == 40


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"covariance": "bootstrap"}, InvalidArgumentError),
        ({"readers": "fixed", "cases": "fixed"}, InvalidArgumentError),
        ({"readers": "some"}, InvalidArgumentError),
        ({"alpha": 2}, InvalidArgumentError),
        ({"margin": -0.1}, InvalidArgumentError),
        ({"figure_of_merit": "sensitivity"}, InvalidArgumentError),
        ({"figure_of_merit": "sensitivity", "covariance": "jackknife"}, InvalidArgumentError),
        ({"figure_of_merit": "accuracy", "covariance": "jackknife"}, InvalidArgumentError),
        ({"design": "latin square"}, InvalidArgumentError),
        ({"design": "cases_in_readers"}, DesignError),
    ],
)
def test_what_cannot_be_done_is_refused(options, error):
    with pytest.raises(error):
        obuchowski_rockette(study(), **SIMULATED, **options)


def test_data_that_does_not_allow_the_analysis_is_refused():
    frame = study()
    with pytest.raises(DegenerateError, match="random readers"):
        obuchowski_rockette(frame.filter(pl.col("reader") == "r1"), **SIMULATED)
    with pytest.raises(DesignError, match="DeLong"):
        obuchowski_rockette(frame[1:], **SIMULATED)
    with pytest.raises(DuplicateRowsError):
        obuchowski_rockette(pl.concat([frame, frame]), **SIMULATED)
    with pytest.raises(DegenerateError, match="two cases of each class"):
        obuchowski_rockette(study(diseased=1), **SIMULATED)


@pytest.mark.parametrize("covariance", ["delong", "jackknife", "unbiased"])
def test_a_perfect_reader_is_named_in_a_warning(covariance):
    perfect = (pl.col("reader") == "r2") & (pl.col("modality") == "m1")
    score = pl.when(perfect).then(pl.col("truth").cast(pl.Float64)).otherwise(pl.col("score"))

    found = obuchowski_rockette(
        study().with_columns(score=score), covariance=covariance, **SIMULATED
    )

    said = [line for line in found.warnings if "error variance" in line]
    assert said == ["reader r2 in modality m1 has figure 1: its error variance is estimated as 0"]
    plain = obuchowski_rockette(study(), covariance=covariance, **SIMULATED)
    assert not any("error variance" in line for line in plain.warnings)


def test_several_figures_without_variance_are_counted_in_one_warning():
    perfect = study().with_columns(score=pl.col("truth").cast(pl.Float64))

    found = obuchowski_rockette(perfect, **SIMULATED)

    assert sum("error variance" in line for line in found.warnings) == 1
    assert "and 7 more figures" in " ".join(found.warnings)


def test_one_fixed_reader_can_be_analysed():
    frame = study().filter(pl.col("reader") == "r1")

    found = obuchowski_rockette(frame, readers="fixed", **SIMULATED)

    assert found.differences[0].se == pytest.approx(found.reader_differences[0].se)
