"""Localisation ROC: hand-worked curves, and the ROC area when every location is right."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.errors import InvalidArgumentError, MissingValueError, OneClassError
from stats.lroc import lroc

COLUMNS = {
    "reader": "reader",
    "modality": "modality",
    "case": "case",
    "truth": "truth",
    "score": "score",
    "correct": "correct",
}


def reads(healthy, diseased, located):
    n, m = len(healthy), len(diseased)
    return {
        "reader": ["Ana"] * (n + m),
        "modality": ["CT"] * (n + m),
        "case": list(range(n + m)),
        "truth": [0] * n + [1] * m,
        "score": [*healthy, *diseased],
        "correct": [None] * n + list(located),
    }


@pytest.mark.parametrize(
    ("fpf", "pcl"), [(0, 0.25), (0.2, 0.25), (0.25, 0.5), (0.5, 0.5), (0.75, 0.625), (1, 0.75)]
)
def test_the_curve_by_hand(fpf, pcl):
    # Thresholds 5, 4, 3, 2, 1: FPF 0, .25, .25, .5, 1; located .25, .25, .5, .5, .75.
    data = reads([4, 2, 1, 1], [5, 4, 3, 1], [1, 0, 1, 1])

    found = lroc(data, **COLUMNS, fpf=fpf)[0]

    assert found.pcl == pytest.approx(pcl)
    assert found.alroc == pytest.approx(0.25 * 0.25 + 0.5 * 0.25 + 0.5 * (0.5 + 0.75) / 2)


@given(
    healthy=st.lists(st.integers(0, 4), min_size=1, max_size=8),
    diseased=st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=8),
)
def test_the_area_counts_pairs_of_rightly_located_cases(healthy, diseased):
    scores, located = zip(*diseased, strict=True)

    found = lroc(reads(healthy, scores, located), **COLUMNS)[0]

    wins = [
        ok * ((y > x) + 0.5 * (y == x))
        for x in healthy
        for y, ok in zip(scores, located, strict=True)
    ]
    assert found.alroc == pytest.approx(np.mean(wins))
    assert 0 <= found.alroc <= np.mean(located) + 1e-12
    assert found.pcl <= np.mean(located) + 1e-12


def test_the_whole_fraction_gives_all_that_was_located():
    assert lroc(reads([1, 2], [1, 3, 4], [1, 0, 1]), **COLUMNS, fpf=1)[0].pcl == pytest.approx(
        2 / 3
    )


def test_a_modality_that_a_reader_did_not_read_has_no_row():
    first, second = reads([1, 2], [3], [1]), reads([1, 2], [0], [1])
    second |= {"reader": ["Ben"] * 3, "modality": ["MR"] * 3}
    data = {name: first[name] + second[name] for name in first}

    rows = lroc(data, **COLUMNS)

    assert [(row.reader, row.modality, row.alroc) for row in rows] == [
        ("Ana", "CT", 1.0),
        ("Ben", "MR", 0.0),
    ]


@pytest.mark.parametrize(
    ("data", "options", "error"),
    [
        (reads([1], [2], [1]), {"fpf": 1.5}, InvalidArgumentError),
        (reads([1], [2], [3]), {}, InvalidArgumentError),
        (reads([1], [2], [math.nan]), {}, MissingValueError),
        (reads([1, 2], [], []), {}, OneClassError),
        (reads([], [1, 2], [1, 1]), {}, OneClassError),
    ],
)
def test_reads_that_have_no_curve_are_refused(data, options, error):
    with pytest.raises(error):
        lroc(data, **COLUMNS, **options)
