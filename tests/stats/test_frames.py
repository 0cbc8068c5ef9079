"""Data enters from any frame, is checked once, and a refusal names the column."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    LengthError,
    MissingColumnError,
    MissingValueError,
    OneClassError,
)
from stats.frames import (
    check_alpha,
    check_option,
    column,
    is_missing,
    levels,
    numbers,
    refuse_duplicates,
    same_length,
    truth_vector,
    two_classes,
    vector,
)

VALUES = {"reader": ["b", "a", "b"], "score": [1.0, 2.0, 3.0]}
FRAMES = {
    "mapping": VALUES,
    "mapping of arrays": {name: np.array(values) for name, values in VALUES.items()},
    "polars": pl.DataFrame(VALUES),
    "pandas": pd.DataFrame(VALUES),
    "pyarrow": pa.table(VALUES),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_frame_gives_the_same_columns(kind):
    frame = FRAMES[kind]

    assert column(frame, "score").tolist() == [1.0, 2.0, 3.0]
    assert levels(frame, "reader").labels == ("a", "b")
    assert levels(frame, "reader").codes.tolist() == [1, 0, 1]


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(MissingColumnError, match=r"'rater'.*reader, score"):
        column(VALUES, "rater")


def test_what_is_no_frame_is_refused():
    with pytest.raises(InvalidArgumentError, match="no frame"):
        column(3, "reader")
    with pytest.raises(InvalidArgumentError, match="collect it first"):
        column(FRAMES["polars"].lazy(), "reader")


def test_enum_and_categorical_columns_keep_their_order_and_say_what_is_absent():
    enum = pl.DataFrame({"m": pl.Series(["b", "a"], dtype=pl.Enum(["c", "b", "a"]))})
    categorical = pd.DataFrame({"m": pd.Categorical(["a", "b"], categories=["b", "a"])})
    free = pl.DataFrame({"m": pl.Series(["b", "a"], dtype=pl.Categorical)})

    assert levels(enum, "m").labels == ("b", "a")
    assert levels(enum, "m").absent == ("c",)
    assert levels(categorical, "m").labels == ("b", "a")
    assert levels(free, "m").labels == ("a", "b")


def test_numbers_sort_as_numbers_and_mixed_names_as_text():
    assert levels({"case": [10, 9, 10]}, "case").labels == (9, 10)
    assert levels({"case": np.array([10, "x"], dtype=object)}, "case").labels == (10, "x")
    assert levels({"case": (2, 1)}, "case").labels == (1, 2)


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": ["a", None]}),
        pl.DataFrame({"x": [1, None]}),
        pd.DataFrame({"x": ["a", np.nan]}),
        pd.DataFrame({"x": ["a", pd.NA]}),
        pd.DataFrame({"x": pd.array([1, pd.NA], dtype="Int64")}),
        {"x": [1.0, float("nan")]},
    ],
)
def test_a_missing_name_is_refused(frame):
    with pytest.raises(MissingValueError, match="1 rows name no 'x'"):
        levels(frame, "x")


@pytest.mark.parametrize(
    "frame",
    [
        pl.DataFrame({"x": [1, None]}),
        pd.DataFrame({"x": pd.array([1, pd.NA], dtype="Int64")}),
        {"x": [1.0, None]},
    ],
)
def test_a_missing_number_is_refused_unless_it_may_be(frame):
    with pytest.raises(MissingValueError, match="1 of 2 values of 'x'"):
        numbers(frame, "x")

    assert np.isnan(numbers(frame, "x", missing=True)[1])


def test_text_that_spells_numbers_is_read_and_other_text_refused():
    assert numbers({"x": ["1", "2.5"]}, "x").tolist() == [1.0, 2.5]
    with pytest.raises(InvalidArgumentError, match="'x' holds a value that is no number"):
        numbers({"x": ["high"]}, "x")


def test_a_table_is_no_vector():
    with pytest.raises(LengthError, match="2 dimensions"):
        vector([[1.0, 2.0]], name="scores")


def test_truth_is_0_or_1():
    assert truth_vector(pl.Series([True, False])).tolist() == [True, False]
    with pytest.raises(InvalidArgumentError, match="must be 0"):
        truth_vector([0, 1, 2])


@pytest.mark.parametrize(
    ("truth", "absent"), [([True], "healthy"), ([False], "diseased"), ([], "")]
)
def test_both_classes_are_needed(truth, absent):
    with pytest.raises(OneClassError, match=f"no {absent}"):
        two_classes(np.array(truth, dtype=bool))


def test_sound_data_passes_every_check():
    keys = {"case": levels({"case": [1, 2]}, "case")}

    two_classes(np.array([True, False]))
    refuse_duplicates(keys)
    check_alpha(0.05)
    check_option("a", ("a",), name="ci")

    assert same_length(a=np.zeros(2), b=np.zeros(2)) == 2


def test_vectors_of_different_length_are_refused_with_their_lengths():
    with pytest.raises(LengthError, match="a 1, b 2"):
        same_length(a=np.zeros(1), b=np.zeros(2))


def test_a_duplicate_row_is_named():
    keys = {name: levels({"r": [1, 1, 1], "c": [7, 8, 8]}, name) for name in ("r", "c")}

    with pytest.raises(DuplicateRowsError, match="first: r 1, c 8"):
        refuse_duplicates(keys)


@pytest.mark.parametrize("alpha", [0.0, 1.0, -0.1, float("nan")])
def test_a_level_is_between_0_and_1(alpha):
    with pytest.raises(InvalidArgumentError, match="alpha"):
        check_alpha(alpha)


def test_an_unknown_option_is_answered_with_those_there_are():
    with pytest.raises(InvalidArgumentError, match="ci 'x' does not exist: one of a, b"):
        check_option("x", ("a", "b"), name="ci")


def test_missing_is_none_nan_and_na():
    assert all(map(is_missing, (None, float("nan"), pd.NA, pd.NaT)))
    assert not any(map(is_missing, (0, "", "nan")))


@given(st.lists(st.integers(-5, 5), min_size=1))
def test_codes_point_to_the_labels_of_their_rows(values):
    found = levels({"x": values}, "x")

    assert [found.labels[code] for code in found.codes] == values
    assert list(found.labels) == sorted(set(values))
