"""mRECIST: only the enhancing part counts (Lencioni & Llovet 2010, Semin Liver Dis 30:52)."""

from decimal import Decimal

import pytest

from research.criteria.mrecist import ModifiedRecist
from tests.research.criteria.histories import history


def responses(rows, **more):
    return [one.response for one in ModifiedRecist().assess(history(rows, **more))][1:]


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("absent", "absent", "-", "CR"),
        ("absent", "10", "-", "PR"),
        ("35", "10", "-", "PR"),
        ("35", "absent", "-", "PR"),
        ("40", "10", "-", "SD"),
        ("60", "10", "-", "PD"),
        ("60", "10", "12", "PD"),
        ("35", "progressed", "-", "PD"),
        ("absent", "absent", "12", "PD"),
    ],
)
def test_the_overall_response_is_that_of_table_3(target, non_target, new, expected):
    rows = {"T1": ["50", target], "NT1": ["10", non_target], "NEW1": ["-", new]}

    assert responses(rows) == [expected]


def test_what_persists_is_called_incomplete_response_or_stable_disease():
    course = ModifiedRecist().course(history({"NT1": ["10", "10"]}))

    assert course.assessments[1].response == "IR/SD"
    assert course.best.response == "IR/SD"
    assert course.best.explanation == "IR/SD at W6"


def test_necrosis_is_a_response_although_the_whole_lesion_keeps_its_size():
    """The viable part shrinks from 52 to 20 mm; RECIST would measure 52 mm both times."""
    found = ModifiedRecist().evaluate(history({"T1": ["52", "20"]}))

    assert found.explanation == "PR: 20 against baseline 52 at BL, -32 mm, -61.5 %"


def test_twenty_percent_of_growth_needs_no_least_millimetres():
    assert responses({"T1": ["12", "12", "14.4"]}) == ["SD", "PD"]
    assert responses({"T1": ["12", "12", "14.3"]}) == ["SD", "SD"]


def test_a_new_lesion_below_ten_millimetres_is_followed_until_it_reaches_them():
    rows = {"T1": ["50", "50", "50"], "NEW1": ["-", "8", "10"]}

    course = ModifiedRecist().course(history(rows))

    assert [one.response for one in course.assessments[1:]] == ["SD", "PD"]
    assert course.assessments[1].notes == ("new lesion NEW1 is equivocal and followed",)
    assert course.best.progression_visit == "W6"


def test_each_of_2901_boundaries_of_growth_is_progression():
    tenths = [Decimal(tenths) / 10 for tenths in range(100, 3001)]

    wrong = [
        size for size in tenths if responses({"T1": [str(size), str(size * 12 / 10)]}) != ["PD"]
    ]

    assert wrong == []
