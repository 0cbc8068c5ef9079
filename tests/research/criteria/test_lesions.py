"""The lesion register: what it refuses, and what it counts."""

from decimal import Decimal

import pytest

from research.criteria.errors import HistoryRefused
from research.criteria.lesions import Finding, History, Lesion, Visit, counted, diameter, product
from tests.research.criteria.histories import DAY_0, history


@pytest.mark.parametrize(
    ("text", "mm", "square"),
    [
        ("12.5 x 10", "12.5", "125.0"),
        ("3.2 x 2", "3.2", "6.4"),
        ("absent", "0", "0"),
        ("too small", "5", "25"),
        ("merged", "0", "0"),
    ],
)
def test_a_status_counts_for_its_size(text, mm, square):
    seen = history({"T1": ["20 x 10", text]})
    visit, lesion = seen.visits[1], seen.lesions[0]

    assert counted(seen, visit, lesion, diameter) == Decimal(mm)
    assert counted(seen, visit, lesion, product) == Decimal(square)


@pytest.mark.parametrize("text", ["NE", "-"])
def test_what_nobody_could_see_counts_for_nothing_known(text):
    seen = history({"T1": ["20 x 10", text]})

    assert counted(seen, seen.visits[1], seen.lesions[0]) is None


def test_a_lesion_that_is_present_needs_its_diameters():
    with pytest.raises(HistoryRefused, match="T1 is present: give its diameter"):
        diameter(Finding(lesion="T1"))
    with pytest.raises(HistoryRefused, match="give both diameters"):
        product(Finding(lesion="T1", mm=Decimal(10)))


TARGET = Lesion(number="T1", role="target")


@pytest.mark.parametrize(
    ("lesions", "visits", "words"),
    [
        ((), (), "there is no visit"),
        ((TARGET, TARGET), (Visit("BL", DAY_0),), "two lesions have one number"),
        ((), (Visit("BL", DAY_0), Visit("W6", DAY_0)), "W6 is not after BL"),
        ((), (Visit("BL", DAY_0, (Finding(lesion="T9"),)),), "T9 is not in the lesion register"),
        (
            (Lesion(number="T1a", role="target", parent="T1"),),
            (Visit("BL", DAY_0),),
            "T1a split from T1, which is no target lesion",
        ),
        (
            (TARGET, Lesion(number="NT1a", role="non_target", parent="T1")),
            (Visit("BL", DAY_0),),
            "NT1a split from T1, which is no non_target lesion",
        ),
        (
            (TARGET,),
            (Visit("BL", DAY_0, (Finding(lesion="T1"), Finding(lesion="T1"))),),
            "BL: a lesion stands there twice",
        ),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(lesions, visits, words):
    with pytest.raises(HistoryRefused, match=words):
        History(lesions, visits)


def test_parts_of_a_split_lesion_are_no_targets_of_their_own():
    seen = history({"T1": ["40", "split"], "T1a": ["-", "12"]}, parents={"T1a": "T1"})

    assert [one.number for one in seen.targets] == ["T1"]
    assert counted(seen, seen.visits[1], seen.lesions[0]) == 12
