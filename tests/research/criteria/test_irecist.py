"""iRECIST: progression confirmed by a later visit, or taken back.

Tables 2 and 3 are of Seymour et al. 2017, Lancet Oncol 18:e143; the cases marked EORTC are answers
of the RECIST working group's questions and clarifications on recist.eortc.org.
"""

import pytest

from research.criteria.irecist import ImmuneRecist
from tests.research.criteria.histories import DAY_0, history

MONTHLY = [0, 42, 84, 126, 168, 210]


def responses(rows, **more):
    n = max(map(len, rows.values()))
    more.setdefault("days", MONTHLY[:n])
    return [one.response for one in ImmuneRecist().assess(history(rows, **more))][1:]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({"T1": ["50", "absent"], "NT1": ["10", "absent"]}, ["iCR"]),
        ({"T1": ["50", "absent"], "NT1": ["10", "10"]}, ["iPR"]),
        ({"T1": ["50", "30"], "NT1": ["10", "10"]}, ["iPR"]),
        ({"T1": ["50", "50"], "NT1": ["10", "10"]}, ["iSD"]),
        ({"T1": ["50", "60", "60"]}, ["iUPD", "iUPD"]),
        ({"T1": ["50", "60", "64.9"]}, ["iUPD", "iUPD"]),
        ({"T1": ["50", "60", "65"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50", "50", "50"], "NT1": ["10", "progressed", "progressed"]}, ["iUPD", "iUPD"]),
        ({"T1": ["50", "60", "60"], "NT1": ["10", "10", "progressed"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50", "60", "60"], "NEW1": ["-", "-", "10"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50", "50", "50"], "NEW1": ["-", "10", "10"]}, ["iUPD", "iUPD"]),
        ({"T1": ["50", "50", "50"], "NEW1": ["-", "10", "15"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50"] * 3, "NEW1": ["-", "10", "10"], "NEW2": ["-", "-", "10"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50"] * 3, "NEW1": ["-", "6", "worse 8"]}, ["iUPD", "iCPD"]),
        ({"T1": ["50"] * 3, "NEW1": ["-", "6", "8"]}, ["iUPD", "iUPD"]),
        ({"T1": ["50", "60", "55"]}, ["iUPD", "iSD"]),
        ({"T1": ["50", "60", "NE"]}, ["iUPD", "NE"]),
    ],
)
def test_a_visit_after_progression_confirms_it_as_table_2_says(rows, expected):
    assert responses(rows) == expected


def test_growth_is_additive_over_visits():
    """EORTC: 4 mm at one visit and 2 mm at the next confirm the progression."""
    rows = {"T1": ["50"] * 4, "NEW1": ["-", "12", "16", "18"]}

    assert responses(rows) == ["iUPD", "iUPD", "iCPD"]
    assert responses({"T1": ["50", "60", "64", "66"]}) == ["iUPD", "iUPD", "iCPD"]


def test_a_scan_after_two_weeks_does_not_confirm_and_one_after_four_and_a_half_does():
    """EORTC: new liver lesion, another at day 14, growth and a further one at day 32."""
    rows = {
        "T1": ["50"] * 4,
        "NEW1": ["-", "12", "12", "18"],
        "NEW2": ["-", "-", "10", "10"],
        "NEW3": ["-", "-", "-", "10"],
    }

    assert responses(rows, days=[0, 84, 98, 116]) == ["iUPD", "iUPD", "iCPD"]


def test_targets_that_shrink_after_a_new_lesion_respond_although_it_persists():
    """EORTC, scenario B: the new lesion does not preclude iPR at the next visit."""
    rows = {"T1": ["50", "50", "30", "30", "30"], "NEW1": ["-", "12", "12", "12", "17"]}

    assert responses(rows) == ["iUPD", "iPR", "iPR", "iUPD"]


def test_progression_of_targets_that_then_shrink_is_taken_back():
    """EORTC, scenario D: targets grow at the third visit and respond at the fourth."""
    assert responses({"T1": ["50", "50", "50", "62", "30"]}) == ["iSD", "iSD", "iUPD", "iPR"]


def test_a_response_before_the_new_lesion_and_no_change_after_it_stays_unconfirmed():
    """EORTC, scenario F: PR, then a new lesion, then no change at all."""
    rows = {"T1": ["50", "30", "30", "30"], "NEW1": ["-", "-", "12", "12"]}

    assert responses(rows) == ["iPR", "iUPD", "iUPD"]


BAR = {"T1": ["50", "60", "50", "60", "65"]}


def test_the_bar_is_reset_by_a_visit_without_progression():
    assert responses(BAR) == ["iUPD", "iSD", "iUPD", "iCPD"]


@pytest.mark.parametrize(
    ("sizes", "best", "progression"),
    [
        (["50", "absent", "absent", "5", "11"], "iCR", "W18"),
        (["50", "60", "30", "absent"], "iCR", None),
        (["50", "60", "30", "30"], "iPR", None),
        (["50", "60", "50", "30"], "iPR", None),
        (["50", "60", "55", "55"], "iSD", None),
        (["50", "60", "66", "70"], "iCPD", "W6"),
        (["50", "60", "60", "66"], "iCPD", "W6"),
        (["50", "60", "NE", "NE"], "iUPD", None),
    ],
)
def test_the_best_response_is_that_of_table_3(sizes, best, progression):
    days = MONTHLY[: len(sizes)]

    found = ImmuneRecist().course(history({"T1": sizes}, days=days)).best

    assert (found.response, found.progression_visit) == (best, progression)


def test_progression_is_dated_to_the_visit_that_was_confirmed_and_explained():
    course = ImmuneRecist().course(history({"T1": ["50", "60", "66"]}, days=MONTHLY[:3]))

    assert course.best.explanation == "iCPD at W12, confirmed progression since W6"
    assert course.assessments[2].explanation == (
        "iCPD: further progression of target lesions confirms the iUPD of "
        f"{DAY_0.replace(month=2, day=23)}; "
        "RECIST 1.1 PD: 66 against nadir 50 at BL, +16 mm, +32.0 %"
    )
    assert course.assessments[2].parts["recist"] == "PD"


def test_a_late_confirmation_counts_and_says_so():
    found = ImmuneRecist().evaluate(history({"T1": ["50", "60", "66"]}, days=[0, 42, 120]))

    assert found.response == "iCPD"
    assert "later than 56 days" in found.explanation


def test_no_more_than_two_new_lesions_of_an_organ_are_measured():
    rows = {"T1": ["50"] * 3} | {f"NEW{n}": ["-", "10", "12"] for n in (1, 2, 3)}

    apart = responses(rows, organs={"NEW1": "lung", "NEW2": "liver", "NEW3": "bone"})

    assert responses(rows) == ["iUPD", "iUPD"]
    assert apart == ["iUPD", "iCPD"]
