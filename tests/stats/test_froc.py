"""Free-response figures of merit and their analysis: the reference study, brute force, refusals."""

import itertools
import math

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import stats.froc
from stats import froc
from stats.errors import (
    DegenerateError,
    DesignError,
    DuplicateRowsError,
    InvalidArgumentError,
    MissingColumnError,
    MissingValueError,
    OneClassError,
    UnknownLevelError,
)
from stats.figure_tables import FigureTable
from stats.froc_figures import FIGURES, check_leave_one_out, froc_table
from stats.froc_marks import EXAMPLE_CASES, EXAMPLE_MARKS, froc_study
from tests.shared import stats_csv, stats_json

NAMES = {
    "wAFROC": "wafroc",
    "AFROC": "afroc",
    "wAFROC1": "wafroc1",
    "AFROC1": "afroc1",
    "HrAuc": "hr_auc",
    "HrSe": "hr_sensitivity",
    "HrSp": "hr_specificity",
    "MaxLLF": "max_llf",
    "MaxNLF": "max_nlf",
}
TESTS = [
    f"{figure}_{method}_{analysis}"
    for figure, method in (("wAFROC", "OR"), ("wAFROC", "DBM"), ("HrAuc", "OR"), ("AFROC", "OR"))
    for analysis in ("RRRC", "FRRC", "RRFC")
]
COLUMNS = ["modality", "reader", "case", "mark_type", "lesion", "rating"]


@st.composite
def studies(draw):
    """A small study with ties, unmarked lesions, unmarked cases and several noise marks."""
    lesions = draw(st.lists(st.integers(0, 3), min_size=4, max_size=8))
    lesions = [0, 0, 1, 2, *lesions]
    shares = [[1 / n + (0.1 if i == 0 else -0.1 / (n - 1)) for i in range(n)] for n in (2, 3)]
    texts = ["", "1", *(";".join(map(str, share)) for share in shares)]
    cases = {
        "case": [f"c{i:02d}" for i in range(len(lesions))],
        "diseased": [int(n > 0) for n in lesions],
        "n_lesions": lesions,
        "weights": [texts[n] for n in lesions],
    }
    rating = st.integers(1, 4)
    rows = []
    for reader, modality in itertools.product("AB", "12"):
        for case, n in zip(cases["case"], lesions, strict=True):
            for _ in range(draw(st.integers(0, 2))):
                rows.append([modality, reader, case, "NL", None, draw(rating)])
            for lesion in range(1, n + 1):
                if draw(st.booleans()):
                    rows.append([modality, reader, case, "LL", lesion, draw(rating)])
    rows.append(["2", "B", "c00", "NL", None, 1])
    marks = dict(zip(COLUMNS, map(list, zip(*rows, strict=True)), strict=True))
    return marks, cases


def by_hand(marks, cases, reader, modality):
    """All nine figures of one reader, by loops over pairs."""
    table = zip(*(marks[name] for name in COLUMNS), strict=True)
    rows = [row for row in table if row[0] == modality and row[1] == reader]
    noise = dict.fromkeys(cases["case"], -math.inf)
    hits, highest, n_noise = {}, dict(noise), dict.fromkeys(cases["case"], 0)
    for _, _, case, kind, lesion, rating in rows:
        highest[case] = max(highest[case], rating)
        if kind == "NL":
            noise[case] = max(noise[case], rating)
            n_noise[case] += 1
        else:
            hits[case, lesion] = rating
    healthy = [c for c, y in zip(cases["case"], cases["diseased"], strict=True) if not y]
    sick, weighted, equal = [], [], []
    for case, n, text in zip(cases["case"], cases["n_lesions"], cases["weights"], strict=True):
        weights = [float(word) for word in text.split(";")] if text else [1.0] * n
        for lesion, weight in zip(range(1, n + 1), weights, strict=True):
            weighted.append((hits.get((case, lesion), -math.inf), weight))
            equal.append((hits.get((case, lesion), -math.inf), 1.0))
        sick += [case] if n else []

    def area(noises, signals):
        won = sum(w * (0.5 * (s >= x) + 0.5 * (s > x)) for x in noises for s, w in signals)
        return won / len(noises) / sum(w for _, w in signals)

    clean, everywhere = [noise[case] for case in healthy], list(noise.values())
    return {
        "wafroc": area(clean, weighted),
        "afroc": area(clean, equal),
        "wafroc1": area(everywhere, weighted),
        "afroc1": area(everywhere, equal),
        "hr_auc": area([highest[c] for c in healthy], [(highest[c], 1.0) for c in sick]),
        "hr_sensitivity": np.mean([highest[c] > -math.inf for c in sick]),
        "hr_specificity": np.mean([highest[c] == -math.inf for c in healthy]),
        "max_llf": np.mean([s > -math.inf for s, _ in equal]),
        "max_nlf": np.mean([n_noise[c] for c in healthy]),
    }


def without(frame, case):
    keep = [label != case for label in frame["case"]]
    return {name: list(itertools.compress(column, keep)) for name, column in frame.items()}


def reference():
    return stats_csv("froc_tony_marks.csv"), stats_csv("froc_tony_cases.csv")


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_figures_of_merit_are_reproduced(name):
    expected = stats_json("froc_tony_RJafroc.json")["fom"][name]["values"]

    rows = getattr(froc, NAMES[name])(*reference())

    found = {(row.modality, row.reader): row.value for row in rows}
    for modality, values in zip(("BT", "DM"), expected, strict=True):
        for reader, value in zip(range(1, 6), values, strict=True):
            assert found[modality, reader] == pytest.approx(value, rel=1e-8)


@pytest.mark.parametrize("name", TESTS)
def test_the_reference_analyses_are_reproduced(name):
    figure, method, analysis = name.split("_")
    expected = stats_json("froc_tony_RJafroc.json")["tests"][name]
    effect = {"R": "random", "F": "fixed"}

    found = froc.froc_mrmc(
        *reference(),
        figure_of_merit=NAMES[figure],
        method=method.lower(),
        readers=effect[analysis[0]],
        cases_effect=effect[analysis[2]],
    )

    near = {"rel": 1e-8}
    test, tables = expected[analysis]["FTests"], expected[analysis]
    statistic = next(test[0][key] for key in ("FStat", "F", "Chisq") if key in test[0])
    assert found.omnibus.statistic == pytest.approx(statistic, **near)
    assert found.omnibus.p_value == pytest.approx(test[0]["p"], **near)
    if method == "OR":
        components = {row["row"]: row["Estimates"] for row in expected["ANOVA"]["VarCom"]}
        assert found.components.var_reader == pytest.approx(components["VarR"], **near)
        assert found.components.var_treatment_reader == pytest.approx(components["VarTR"], **near)
    else:
        squares = {row["row"]: row["SS"] for row in expected["ANOVA"]["TRCanova"]}
        mine = {row.source: row.ss for row in found.pseudovalue_anova}
        assert {key: mine[key] for key in squares if key in mine} == pytest.approx(
            {key: value for key, value in squares.items() if key in mine}, **near
        )
        assert len(set(squares) & set(mine)) >= 7
    difference, row = found.differences[0], tables["ciDiffTrt"][0]
    assert difference.estimate == pytest.approx(row["Estimate"], **near)
    assert difference.se == pytest.approx(row["StdErr"], **near)
    assert difference.ci_low == pytest.approx(row["CILower"], **near)
    assert difference.ci_high == pytest.approx(row["CIUpper"], **near)
    for mean, expected_mean in zip(found.means, tables["ciAvgRdrEachTrt"], strict=True):
        assert mean.estimate == pytest.approx(expected_mean["Estimate"], **near)
        assert mean.se == pytest.approx(expected_mean["StdErr"], **near)
        assert mean.ci_low == pytest.approx(expected_mean["CILower"], **near)


@settings(max_examples=25, deadline=None)
@given(study=studies())
def test_every_figure_is_what_loops_over_pairs_give(study):
    marks, cases = study

    for name in NAMES.values():
        rows = getattr(froc, name)(marks, cases, readers=["A", "B"], modalities=["1", "2"])
        for row in rows:
            expected = by_hand(marks, cases, row.reader, row.modality)[name]
            assert row.value == pytest.approx(expected, abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(study=studies())
def test_the_jackknife_is_the_figure_without_each_case(study):
    marks, cases = study
    names = {"readers": ["A", "B"], "modalities": ["1", "2"]}
    diseased = np.array(cases["diseased"], dtype=bool)

    for key, figure in FIGURES.items():
        table = froc_table(froc_study(marks, cases, **names), figure)
        used = [c for c, u in zip(cases["case"], figure.uses(diseased), strict=True) if u]
        for at, case in enumerate(used):
            left = getattr(froc, key)(without(marks, case), without(cases, case), **names)
            expected = np.array([row.value for row in left]).reshape(2, 2)
            assert np.allclose(table.leave_one_out[at], expected, rtol=0, atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(study=studies(), seed=st.integers(0, 99))
def test_figures_do_not_depend_on_the_order_of_rows_or_on_the_scale_of_ratings(study, seed):
    marks, cases = study
    order = np.random.Generator(np.random.Philox(seed)).permutation(len(marks["case"]))
    shuffled = {name: [column[i] for i in order] for name, column in marks.items()}
    shuffled["rating"] = [math.exp(rating) - 7 for rating in shuffled["rating"]]
    back = {name: column[::-1] for name, column in cases.items()}

    for name in NAMES.values():
        first, second = getattr(froc, name)(marks, cases), getattr(froc, name)(shuffled, back)
        assert [row.value for row in first] == pytest.approx([row.value for row in second])


def test_frames_of_every_kind_and_dtype_give_the_same_figures():
    marks, cases = pl.DataFrame(EXAMPLE_MARKS), pl.DataFrame(EXAMPLE_CASES)
    text = {name: [None if v is None else str(v) for v in EXAMPLE_MARKS[name]] for name in COLUMNS}
    text_cases = {name: [str(v) for v in column] for name, column in EXAMPLE_CASES.items()}
    listed = EXAMPLE_CASES | {"weights": [[], [], [1.0], [0.3, 0.7]]}
    expected = froc.wafroc(EXAMPLE_MARKS, EXAMPLE_CASES)

    assert froc.wafroc(marks, cases) == expected
    assert froc.wafroc(pd.DataFrame(EXAMPLE_MARKS), pd.DataFrame(EXAMPLE_CASES)) == expected
    assert froc.wafroc(text, text_cases) == expected
    assert froc.wafroc(marks, pl.DataFrame(listed)) == expected


def test_weights_may_be_numbers_or_nothing():
    numbers = EXAMPLE_CASES | {"n_lesions": [0, 0, 1, 1], "weights": [None, math.nan, 1.0, 1]}
    equal = EXAMPLE_CASES | {"weights": [None] * 4}
    marks = EXAMPLE_MARKS | {"lesion": [None, 1, 1, 1, None]}

    assert froc.wafroc(marks, numbers)[3].value == pytest.approx(0.625)
    halves = EXAMPLE_CASES | {"weights": ["0", "", "1", "0.5;0.5"]}
    assert froc.wafroc(EXAMPLE_MARKS, equal) == froc.wafroc(EXAMPLE_MARKS, halves)


def test_a_named_reader_without_marks_has_a_row():
    rows = froc.max_llf(EXAMPLE_MARKS, EXAMPLE_CASES, readers=["Ana", "Ben", "Cy"])

    assert [(row.reader, row.value) for row in rows][-2:] == [("Cy", 0.0), ("Cy", 0.0)]


@pytest.mark.parametrize(
    ("marks", "cases", "error"),
    [
        ({"case": [1, 3, 3, 4, 9]}, {}, UnknownLevelError),
        ({"lesion": [None, 1, 1, 3, None]}, {}, UnknownLevelError),
        ({"lesion": [None, 0, 1, 2, None]}, {}, UnknownLevelError),
        ({"lesion": [None, 1.5, 1, 2, None]}, {}, UnknownLevelError),
        ({"lesion": [None, None, 1, 2, None]}, {}, MissingValueError),
        ({"rating": [1, 2, 3, None, 1]}, {}, MissingValueError),
        ({"rating": [1, 2, 3, -math.inf, 1]}, {}, InvalidArgumentError),
        ({"mark_type": ["NL", "TP", "LL", "LL", "NL"]}, {}, InvalidArgumentError),
        ({"reader": ["Ben"] * 5, "modality": ["CT"] * 5}, {}, DuplicateRowsError),
        ({}, {"case": [1, 1, 3, 4]}, DuplicateRowsError),
        ({}, {"n_lesions": [0, 1, 1, 2]}, InvalidArgumentError),
        ({}, {"n_lesions": [0, 0, 0, 2]}, InvalidArgumentError),
        ({}, {"n_lesions": [0, 0, 1.5, 2]}, InvalidArgumentError),
        ({}, {"weights": ["", "", "1", "0.3;0.6"]}, InvalidArgumentError),
        ({}, {"weights": ["", "", "1", "1"]}, InvalidArgumentError),
        ({}, {"weights": ["", "", "1", "1;0"]}, InvalidArgumentError),
        ({}, {"weights": ["", "", "1", "a;b"]}, InvalidArgumentError),
        ({}, {"diseased": [1, 1, 1, 1]}, OneClassError),
        ({}, {"diseased": [0, 0, 0, 0]}, OneClassError),
        ({}, {"diseased": [0, 0, 2, 1]}, InvalidArgumentError),
    ],
)
def test_a_study_that_contradicts_itself_is_refused(marks, cases, error):
    with pytest.raises(error):
        froc.wafroc(EXAMPLE_MARKS | marks, EXAMPLE_CASES | cases)


def test_a_missing_column_or_no_mark_at_all_is_refused():
    nothing = {name: [] for name in COLUMNS}

    with pytest.raises(MissingColumnError):
        froc.wafroc({"reader": []}, EXAMPLE_CASES)
    with pytest.raises(MissingValueError):
        froc.wafroc(nothing, EXAMPLE_CASES)
    rows = froc.wafroc(nothing, EXAMPLE_CASES, readers=["Ana"], modalities=["CT"])
    assert rows[0].value == 0.5


def test_readers_must_be_named_once_and_all():
    with pytest.raises(UnknownLevelError):
        froc.wafroc(EXAMPLE_MARKS, EXAMPLE_CASES, readers=["Ana"])
    with pytest.raises(DesignError):
        froc.wafroc(EXAMPLE_MARKS, EXAMPLE_CASES, readers=["Ana", "Ana", "Ben"])


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"figure_of_merit": "auc"}, InvalidArgumentError),
        ({"method": "OR"}, InvalidArgumentError),
        ({"readers": "fixed", "cases_effect": "fixed"}, InvalidArgumentError),
        ({"alpha": 2}, InvalidArgumentError),
        ({"margin": -1}, InvalidArgumentError),
        ({"method": "dbm", "clip": True}, InvalidArgumentError),
    ],
)
def test_options_that_do_not_exist_are_refused(options, error):
    with pytest.raises(error):
        froc.froc_mrmc(EXAMPLE_MARKS, EXAMPLE_CASES, **options)


def test_a_figure_that_uses_one_class_is_analysed_over_that_class():
    marks, cases = reference()

    found = froc.froc_mrmc(marks, cases, figure_of_merit="hr_sensitivity", margin=0.1)

    assert (found.n_cases, found.n_diseased) == (89, 89)
    assert found.differences[0].p_noninferiority < 0.025
    assert found.manifest()["data_hash"] is not None
    assert "HrSe" in str(found)


def test_one_case_of_a_class_has_no_jackknife():
    marks, cases = without(EXAMPLE_MARKS, 4), without(EXAMPLE_CASES, 4)

    with pytest.raises(DegenerateError):
        froc.froc_mrmc(marks, cases)
    with pytest.raises(DegenerateError):
        froc.froc_mrmc(marks, cases, figure_of_merit="max_llf")
    with pytest.raises(DegenerateError):
        check_leave_one_out(FigureTable((1,), (1,), np.zeros((1, 1)), 2, 1, ""))


def test_every_name_that_the_module_promises_is_there():
    assert all(hasattr(stats.froc, name) for name in stats.froc.__all__)
