"""A frame becomes one array; designs are recognised, and what does not fit is refused by name."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from stats.errors import (
    DesignError,
    DuplicateRowsError,
    InvalidArgumentError,
    MissingValueError,
    OneClassError,
)
from stats.readings import check_design, design_of, missing_reads, readings
from stats.simulate import ROE_METZ_1997, roe_metz
from tests.stats.studies import SIMULATED


def study(design="crossed", **options):
    sizes = {"readers": 4, "healthy": 6, "diseased": 6} | options
    return roe_metz(seed=1, design=design, **sizes, **ROE_METZ_1997["LL0.75"])


def test_rows_in_any_order_and_any_frame_give_the_same_readings():
    frame = study()
    shuffled = frame.sample(fraction=1.0, shuffle=True, seed=3)
    text = frame.with_columns(pl.all().cast(pl.String))

    found = readings(frame, **SIMULATED)

    for other in (shuffled, pd.DataFrame(frame.to_dict(as_series=False)), text, frame.to_arrow()):
        same = readings(other, **SIMULATED)
        np.testing.assert_array_equal(same.scores, found.scores)
        np.testing.assert_array_equal(same.truth, found.truth)
        assert same.readers == found.readers == ("r1", "r2", "r3", "r4")


@pytest.mark.parametrize(
    ("design", "options"),
    [
        ("crossed", {}),
        ("cases_in_readers", {}),
        ("cases_in_modalities", {}),
        ("split_plot", {"blocks": 2}),
    ],
)
def test_each_design_is_recognised(design, options):
    found = readings(study(design, **options), **SIMULATED)

    assert design_of(found) == design
    assert check_design(found, "auto") == design
    assert check_design(found, design) == design


def test_nested_data_with_a_missing_read_is_a_split_plot():
    for design in ("cases_in_readers", "cases_in_modalities"):
        found = readings(study(design)[1:], **SIMULATED)

        assert design_of(found) == "split_plot"


def test_a_design_that_is_not_there_is_refused():
    crossed = readings(study(), **SIMULATED)
    with pytest.raises(DesignError, match="are crossed, not cases_in_readers"):
        check_design(crossed, "cases_in_readers")
    with pytest.raises(DesignError, match="are crossed, not split_plot"):
        check_design(crossed, "split_plot")

    missing = readings(study()[1:], **SIMULATED)
    with pytest.raises(DesignError, match="are split_plot, not crossed"):
        check_design(missing, "crossed")


def test_nested_data_may_be_treated_as_a_split_plot():
    assert check_design(readings(study("cases_in_readers"), **SIMULATED), "split_plot") == (
        "split_plot"
    )


def test_a_reader_without_reads_in_a_modality_is_named():
    frame = study()
    found = readings(
        frame.filter((frame["reader"] != "r2") | (frame["modality"] == "m1")), **SIMULATED
    )

    with pytest.raises(DesignError, match="reader r2 has no read in modality m2"):
        check_design(found, "auto")


def test_missing_reads_are_counted():
    found = readings(study()[1:], **SIMULATED)

    assert "1 of 96 possible reads" in next(iter(missing_reads(found, "split_plot")))
    assert not list(missing_reads(readings(study(), **SIMULATED), "crossed"))


def test_a_reader_of_one_class_is_left_out_with_a_warning():
    frame = study()
    found = readings(frame.filter((frame["reader"] != "r2") | (frame["truth"] == 1)), **SIMULATED)

    assert found.readers == ("r1", "r3", "r4")
    assert found.warnings == ("reader r2 has read cases of one class only and is left out",)
    assert found.exclusions == found.warnings


def test_a_category_without_reads_is_said():
    names = pl.Enum(["r1", "r2", "r3", "r4", "r5"])
    frame = study().with_columns(pl.col("reader").cast(names))

    assert readings(frame, **SIMULATED).warnings == ("reader r5 has no reads and is left out",)


def test_when_nobody_saw_both_classes_there_is_nothing_to_analyse():
    frame = study()
    halves = frame.filter((frame["truth"] == 1) == frame["reader"].is_in(["r1", "r2"]))

    with pytest.raises(OneClassError, match="no reader has read both"):
        readings(halves, **SIMULATED)
    with pytest.raises(OneClassError, match="no healthy"):
        readings(frame.filter(frame["truth"] == 1), **SIMULATED)


def test_a_case_of_two_truths_is_named():
    frame = study()
    first = frame["case"][0]
    wrong = frame.with_columns(
        truth=pl.when((pl.col("case") == first) & (pl.col("reader") == "r1"))
        .then(1 - pl.col("truth"))
        .otherwise(pl.col("truth"))
    )

    with pytest.raises(InvalidArgumentError, match=f"case {first} is diseased in one row"):
        readings(wrong, **SIMULATED)


def test_duplicates_and_missing_scores_are_refused():
    frame = study()
    with pytest.raises(DuplicateRowsError, match="reader r1, modality m1"):
        readings(pl.concat([frame, frame[:1]]), **SIMULATED)
    with pytest.raises(MissingValueError, match="score"):
        readings(frame.with_columns(score=pl.lit(None, dtype=pl.Float64)), **SIMULATED)


def test_an_empty_frame_is_refused():
    with pytest.raises(OneClassError):
        readings(study()[:0], **SIMULATED)
