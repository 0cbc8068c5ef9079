"""DBM against RJafroc, and its agreement with Obuchowski–Rockette."""

import numpy as np
import pytest

from stats.dorfman_berbaum_metz import anova
from stats.errors import DesignError, InvalidArgumentError
from stats.mrmc import dbm, obuchowski_rockette
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.shared import stats_json
from tests.stats.studies import SIMULATED, VAN_DYKE, close, van_dyke

EFFECTS = {"RRRC": {}, "FRRC": {"readers": "fixed"}, "RRFC": {"cases": "fixed"}}
COMPONENTS = {"VarR": "var_reader", "VarTR": "var_treatment_reader"}


def study(**options):
    return roe_metz(
        readers=4, healthy=15, diseased=15, seed=5, **ROE_METZ_1997["LL1.50"], **options
    )


@pytest.mark.parametrize("label", EFFECTS)
def test_every_table_is_that_of_rjafroc(label):
    expected = stats_json("vandyke_RJafroc.json")[f"DBM_{label}"]

    found = dbm(van_dyke(), **VAN_DYKE, **EFFECTS[label])

    tests, error = expected[label]["FTests"]
    assert found.omnibus.statistic == close(tests["FStat"])
    assert found.omnibus.p_value == close(tests["p"])
    assert found.omnibus.df2 == close(error["DF"])
    row = expected[label]["ciDiffTrt"][0]
    difference = found.differences[0]
    assert difference.se == close(row["StdErr"])
    assert (difference.ci_low, difference.ci_high) == (close(row["CILower"]), close(row["CIUpper"]))
    for mean, table in zip(found.means, expected[label]["ciAvgRdrEachTrt"], strict=True):
        assert mean.df == close(table["DF"])
        assert (mean.ci_low, mean.ci_high) == (close(table["CILower"]), close(table["CIUpper"]))
    for own, table in zip(
        found.reader_differences, expected[label].get("ciDiffTrtEachRdr", ()), strict=True
    ):
        assert own.se == close(table["StdErr"])
        assert own.p_value == close(table["PrGTt"])


def test_the_analysis_of_variance_and_components_are_those_of_rjafroc():
    expected = stats_json("vandyke_RJafroc.json")["DBM_RRRC"]["ANOVA"]

    found = dbm(van_dyke(), **VAN_DYKE)

    for row, table in zip(found.pseudovalue_anova, expected["TRCanova"], strict=True):
        assert (row.source, row.df) == (table["row"], table["DF"])
        assert row.ss == close(table["SS"])
        assert np.isnan(row.ms) if table["MS"] is None else row.ms == close(table["MS"])
    for table in expected["VarCom"]:
        if table["row"] in COMPONENTS:
            assert found.components[COMPONENTS[table["row"]]] == close(table["Estimates"])


@pytest.mark.parametrize("label", ["RRRC", "RRFC"])
def test_with_random_readers_dbm_is_or_with_the_jackknife(label):
    frame = study()

    one = dbm(frame, margin=0.05, **SIMULATED, **EFFECTS[label])
    other = obuchowski_rockette(
        frame, margin=0.05, covariance="jackknife", **SIMULATED, **EFFECTS[label]
    )

    assert one.omnibus == other.omnibus
    assert one.differences == other.differences


def test_intervals_of_means_are_those_of_the_model_and_not_cut_at_1():
    easy = {"means": (2.5, 2.5), "variances": {"R": 0.5, "TR": 0.5, "C": 0.3, "TRC": 0.3}}
    frame = roe_metz(readers=3, healthy=8, diseased=8, seed=2, **easy)

    found = dbm(frame, **SIMULATED)
    other = obuchowski_rockette(frame, covariance="jackknife", **SIMULATED)

    wide = [
        (one, two) for one, two in zip(found.means, other.means, strict=True) if one.ci_high > 1
    ]
    assert wide
    for one, two in wide:
        assert one.ci_high - one.estimate == pytest.approx(one.estimate - one.ci_low)
        assert (two.se, two.ci_high) == (one.se, 1.0)


def test_with_fixed_readers_dbm_differs_and_says_how():
    frame = study()

    one = dbm(frame, readers="fixed", **SIMULATED)
    other = obuchowski_rockette(frame, covariance="jackknife", readers="fixed", **SIMULATED)

    assert one.differences[0].se == pytest.approx(other.differences[0].se)
    assert one.differences[0].p_value > other.differences[0].p_value
    assert "F and t with (t − 1)(K − 1) df" in one.method


def test_the_sums_of_squares_of_any_table_add_up():
    draw = np.random.Generator(np.random.Philox(4))

    *rows, total = anova(draw.standard_normal((6, 3, 2)))

    assert sum(row.ss for row in rows) == pytest.approx(total.ss)
    assert sum(row.df for row in rows) == total.df == 35


def test_one_modality_has_no_mean_square_of_modalities():
    rows = anova(np.arange(6.0).reshape(3, 2, 1))

    assert rows[0].source == "T"
    assert np.isnan(rows[0].ms)


def test_binary_scores_need_no_threshold():
    frame = study()
    calls = frame.with_columns(score=(frame["score"] >= 1).cast(int))

    found = dbm(calls, figure_of_merit="sensitivity", **SIMULATED)

    assert found.n_cases == found.n_diseased == 15


def test_only_crossed_reads_have_pseudovalues():
    with pytest.raises(DesignError, match="split_plot"):
        dbm(study()[1:], **SIMULATED)
    with pytest.raises(InvalidArgumentError, match="both fixed"):
        dbm(study(), readers="fixed", cases="fixed", **SIMULATED)
