"""The summary of a metric: patients are resampled, undefined values are counted, strata stand."""

import math

import numpy as np
import polars as pl
import pytest

from stats.errors import DuplicateRowsError, MissingValueError
from stats.segmentation_summary import segmentation_summary

COLUMNS = {"case": "case", "metric": "metric", "value": "value"}


def test_the_interval_of_a_mean_is_that_of_the_normal_for_many_cases():
    values = np.random.Generator(np.random.Philox(3)).normal(0.8, 0.05, 400)
    data = pl.DataFrame({"case": range(400), "metric": "dice", "value": values})

    estimate = segmentation_summary(data, **COLUMNS, seed=7)[0].estimate

    se = values.std(ddof=1) / 20
    assert estimate.value == pytest.approx(values.mean())
    assert estimate.se == pytest.approx(se, rel=0.03)
    assert estimate.ci_low == pytest.approx(values.mean() - 1.96 * se, abs=0.1 * se)
    assert estimate.ci_high == pytest.approx(values.mean() + 1.96 * se, abs=0.1 * se)


def test_lesions_of_one_patient_are_resampled_together():
    data = {
        "case": list(range(40)),
        "metric": ["dice"] * 40,
        "value": [0.5, 0.9] * 20,
        "patient": [0] * 1 + [1] * 1 + list(range(2, 40)),
    }
    alone = segmentation_summary(data, **COLUMNS, seed=1)[0].estimate
    data["value"] = sorted(data["value"])
    data["patient"] = [index // 4 for index in range(40)]

    together = segmentation_summary(data, **COLUMNS, cluster="patient", seed=1)[0].estimate

    assert together.value == alone.value
    assert together.se > 1.5 * alone.se
    assert "10 patients" in together.method


def test_undefined_values_are_counted_and_left_out_with_a_warning():
    data = {"case": [1, 2, 3], "metric": ["hd95"] * 3, "value": [2.0, math.inf, math.nan]}

    row = segmentation_summary(data, **COLUMNS, seed=1)[0]

    assert (row.estimate.value, row.estimate.n, row.n_undefined) == (2.0, 1, 2)
    assert math.isnan(row.estimate.se)
    assert len(row.estimate.warnings) == 2


def test_a_metric_without_any_value_is_nan():
    row = segmentation_summary(
        {"case": [1], "metric": ["dice"], "value": [math.nan]}, **COLUMNS, seed=1
    )[0]

    assert math.isnan(row.estimate.value)


def test_each_metric_and_stratum_has_its_row_and_only_where_there_are_cases():
    data = {
        "case": [1, 2, 1, 2],
        "metric": ["dice", "dice", "iou", "iou"],
        "value": [0.5, 0.7, 0.3, 0.6],
        "site": ["B", "A", "B", "B"],
    }

    rows = segmentation_summary(data, **COLUMNS, stratum="site", seed=1)

    found = [(row.metric, row.stratum, row.estimate.value) for row in rows]
    assert found == [("dice", "A", 0.7), ("dice", "B", 0.5), ("iou", "B", pytest.approx(0.45))]
    assert rows[0].estimate.manifest()["seed"] == 1


def test_the_same_seed_gives_the_same_interval_in_any_order_of_rows():
    data = pl.DataFrame({"case": range(9), "metric": "dice", "value": np.linspace(0, 1, 9)})

    first = segmentation_summary(data, **COLUMNS, seed=5)[0].estimate
    again = segmentation_summary(data.reverse(), **COLUMNS, seed=5)[0].estimate
    other = segmentation_summary(data, **COLUMNS, seed=6)[0].estimate

    assert (first.ci_low, first.ci_high) == (again.ci_low, again.ci_high)
    assert first.se != other.se


@pytest.mark.parametrize(
    ("data", "error"),
    [
        ({"case": [1, 1], "metric": ["dice"] * 2, "value": [0.5, 0.6]}, DuplicateRowsError),
        ({"case": [], "metric": [], "value": []}, MissingValueError),
    ],
)
def test_rows_that_cannot_be_summarised_are_refused(data, error):
    with pytest.raises(error):
        segmentation_summary(data, **COLUMNS, seed=1)
