"""Target lesions over time: counted values, nadirs of complete sums only, explanations."""

from decimal import Decimal

import pytest

from stats.errors import DuplicateRowsError, InvalidArgumentError, MissingValueError
from stats.target_lesions import TargetLesion, assess_targets, counted_diameter


def lesions(nodes=(), **sizes):
    return [
        TargetLesion(lesion=name, diameter=size, node=name in nodes) for name, size in sizes.items()
    ]


@pytest.mark.parametrize(
    ("status", "measured", "counted"),
    [
        ("present", "12.5", Decimal("12.5")),
        ("present", "3.2", Decimal("3.2")),
        ("absent", None, Decimal(0)),
        ("too small", None, Decimal(5)),
        ("not evaluable", None, None),
    ],
)
def test_a_status_counts_for_its_millimetres(status, measured, counted):
    assert counted_diameter(status, measured) == counted


def test_an_unknown_status_or_a_present_lesion_without_a_size_is_refused():
    with pytest.raises(InvalidArgumentError):
        counted_diameter("gone")
    with pytest.raises(MissingValueError):
        counted_diameter("present")


def test_a_too_small_lesion_counts_five_millimetres():
    rows = assess_targets(
        [
            ("Baseline", lesions(T1="30", T2="12")),
            ("W6", lesions(T1="21", T2=counted_diameter("too small"))),
        ]
    )

    assert rows[1].sum == Decimal(26)
    assert rows[1].explanation == "PR: 26 mm against baseline 42 mm at Baseline, -16 mm, -38.1 %"


def test_the_explanation_of_progression_names_the_nadir_and_its_visit():
    rows = assess_targets(
        [("Baseline", lesions(T1="80")), ("W12", lesions(T1="55")), ("W18", lesions(T1="69"))]
    )

    assert rows[2].response == "PD"
    assert rows[2].explanation == "PD: 69 mm against nadir 55 mm at W12, +14 mm, +25.5 %"


def test_nodes_below_ten_millimetres_are_a_complete_response():
    history = [
        ("Baseline", lesions(nodes=["T2"], T1="20", T2="18")),
        ("W6", lesions(T1="0", T2="9.9")),
        ("W12", lesions(T1="0", T2="10")),
    ]

    rows = assess_targets(history)

    assert [row.response for row in rows] == [None, "CR", "PR"]


def test_an_incomplete_sum_is_not_evaluable_and_never_the_nadir():
    history = [
        ("Baseline", lesions(T1="40", T2="20")),
        ("W6", lesions(T1="10", T2=None)),
        ("W12", lesions(T1="40")),
        ("W18", lesions(T1="75", T2=None)),
        ("W24", lesions(T1=None, T2=None)),
    ]

    rows = assess_targets(history)

    assert [row.response for row in rows] == [None, "NE", "NE", "PD", "NE"]
    assert [row.nadir for row in rows] == [Decimal(60)] * 5
    assert rows[2].not_evaluable == ("T2",)
    assert rows[3].explanation.endswith("; T2 not evaluable")
    assert rows[4].explanation == "NE: no target evaluable"
    assert rows[4].sum is None


def test_a_lesion_that_is_back_after_complete_response_is_progression():
    history = [
        ("Baseline", lesions(T1="40")),
        ("W6", lesions(T1="0")),
        ("W12", lesions(T1="4")),
    ]

    rows = assess_targets(history)

    assert [row.response for row in rows] == [None, "CR", "PD"]
    assert rows[2].explanation == "PD: T1 is back after complete response of the targets"


def test_growth_from_a_nadir_of_zero_is_told_without_a_percentage():
    history = [
        ("Baseline", lesions(nodes=["T1"], T1="20")),
        ("W6", lesions(T1="0")),
        ("W12", lesions(T1="12")),
    ]

    rows = assess_targets(history)

    assert rows[2].explanation == "PD: 12 mm against nadir 0 mm at W6, +12 mm"


@pytest.mark.parametrize(
    ("visits", "error"),
    [
        ([], MissingValueError),
        ([("Baseline", [])], MissingValueError),
        ([("Baseline", lesions(T1=None))], MissingValueError),
        ([("Baseline", lesions(T1="9") * 2)], DuplicateRowsError),
        ([("Baseline", lesions(T1="9")), ("W6", lesions(T9="3"))], InvalidArgumentError),
        ([("Baseline", lesions(T1=30.1))], InvalidArgumentError),
    ],
)
def test_a_history_that_does_not_fit_is_refused(visits, error):
    with pytest.raises(error):
        assess_targets(visits)


def test_an_assessment_becomes_plain_values_and_a_table():
    row = assess_targets([("Baseline", lesions(T1="43.0"))])[0]

    assert row.to_dict()["sum"] == "43.0"
    assert "Baseline" in str(row)
