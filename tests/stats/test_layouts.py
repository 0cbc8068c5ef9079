"""Layouts of other programs: there and back, and what they cannot hold."""

import pandas as pd
import polars as pl
import pytest

from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    MissingColumnError,
    MissingValueError,
    UnknownLevelError,
)
from stats.froc import wafroc
from stats.froc_marks import EXAMPLE_CASES, EXAMPLE_MARKS
from stats.layouts import from_imrmc, to_imrmc, to_rjafroc
from tests.shared import stats_csv

ROWS = {
    "readerID": ["truth", "truth", "Ana", "Ana", "Ben"],
    "caseID": ["a", "b", "b", "a", "a"],
    "modalityID": ["truth", "truth", "CT", "CT", "MR"],
    "score": [0, 1, 55, 12, 13],
}
NAMES = {name: name for name in ("reader", "modality", "case", "truth", "score")}


@pytest.mark.parametrize("frame", [dict, pl.DataFrame, pd.DataFrame])
def test_the_truth_is_joined_to_every_read(frame):
    found = from_imrmc(frame(ROWS))

    assert found.columns == ["reader", "modality", "case", "truth", "score"]
    assert found.rows() == [
        ("Ana", "CT", "b", 1, 55.0),
        ("Ana", "CT", "a", 0, 12.0),
        ("Ben", "MR", "a", 0, 13.0),
    ]


def test_integer_ids_and_minus_one_for_truth_are_read():
    rows = {"readerID": [-1, -1, 1], "caseID": [7, 8, 8], "modalityID": [0, 0, 1]}

    found = from_imrmc(rows | {"score": [0, 1, 5]})

    assert found.rows() == [(1, 1, 8, 1, 5.0)]


def test_an_order_of_categories_is_kept():
    kinds = pl.Enum(["truth", "MR", "CT"])
    rows = pl.DataFrame(ROWS).with_columns(pl.col("modalityID").cast(kinds))

    found = from_imrmc(rows)

    assert found["modality"].dtype == pl.Enum(["MR", "CT"])
    assert found["reader"].dtype == pl.String


def test_the_reference_study_goes_there_and_back():
    reads = from_imrmc(stats_csv("imrmc_example.csv"))

    again = from_imrmc(to_imrmc(reads, **NAMES))

    order = ["reader", "modality", "case"]
    assert again.sort(order).equals(reads.sort(order))
    assert len(reads) == 5 * 80 * 2
    assert reads["truth"].sum() == 5 * 40 * 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"readerID": ["Cy", "Di", "Ana", "Ana", "Ben"]}, MissingValueError),
        ({"caseID": ["a", "a", "a", "a", "a"]}, DuplicateRowsError),
        ({"caseID": ["a", "b", "c", "a", "a"]}, UnknownLevelError),
        ({"score": [0, 2, 55, 12, 13]}, InvalidArgumentError),
        ({"score": [0, 1, None, 12, 13]}, MissingValueError),
    ],
)
def test_rows_whose_truth_is_not_clear_are_refused(change, error):
    with pytest.raises(error):
        from_imrmc(ROWS | change)


def test_a_missing_column_is_named():
    with pytest.raises(MissingColumnError, match="modalityID"):
        from_imrmc({name: values for name, values in ROWS.items() if name != "modalityID"})


def test_the_sheets_of_rjafroc_hold_every_mark_and_lesion():
    sheets = to_rjafroc(EXAMPLE_MARKS, EXAMPLE_CASES)

    truth = sheets["Truth"]
    assert list(sheets) == ["Truth", "TP", "FP"]
    assert truth["Paradigm"].to_list() == ["FROC", "FCTRL", "", "", ""]
    assert set(truth["ReaderID"]) == {"Ana, Ben"}
    assert truth.select("CaseID", "LesionID", "Weight").rows() == [
        ("1", 0, 0.0),
        ("2", 0, 0.0),
        ("3", 1, 1.0),
        ("4", 1, 0.3),
        ("4", 2, 0.7),
    ]
    assert sheets["TP"].rows() == [
        ("Ana", "MR", "3", 1, 2.0),
        ("Ben", "CT", "3", 1, 3.0),
        ("Ben", "MR", "4", 2, 2.0),
    ]
    assert sheets["FP"].rows() == [("Ana", "CT", "1", 1.0), ("Ben", "MR", "2", 1.0)]


def test_the_sheets_carry_the_whole_reference_study():
    marks, cases = stats_csv("froc_tony_marks.csv"), stats_csv("froc_tony_cases.csv")

    sheets = to_rjafroc(marks, cases)

    assert len(sheets["TP"]) + len(sheets["FP"]) == len(marks)
    back = pl.concat(
        [
            sheets["TP"].rename({"TP_Rating": "rating"}).with_columns(mark_type=pl.lit("LL")),
            sheets["FP"]
            .rename({"FP_Rating": "rating"})
            .with_columns(mark_type=pl.lit("NL"), LesionID=pl.lit(None, pl.Int64)),
        ],
        how="diagonal",
    ).rename({"ReaderID": "reader", "ModalityID": "modality", "LesionID": "lesion"})
    back = back.rename({"CaseID": "case"}).with_columns(pl.col("case", "reader").cast(pl.Int64))
    assert [row.value for row in wafroc(back, cases)] == [row.value for row in wafroc(marks, cases)]
