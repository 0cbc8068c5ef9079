"""RECIST 1.1: worked numbers, the tables of the paper, best responses with and without confirming.

The tables are of Eisenhauer et al. 2009, Eur J Cancer 45:228.
"""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.criteria.assessments import Assessment, difference
from research.criteria.best_response import BestRule, best_of
from research.criteria.errors import HistoryRefused
from research.criteria.lesions import History, Visit
from research.criteria.recist import Recist
from stats.target_lesions import TargetLesion, assess_targets
from tests.research.criteria.histories import history
from tests.shared import stats_csv, stats_json

R1 = {"T1": ["50", "37", "31", "40"], "T2": ["38", "27", "24", "29"], "NT1": ["10"] * 4}
R2 = {"T1": ["40", "31", "28", "32"], "T2": ["27", "21", "19", "21"], "NT1": ["10"] * 4}


def responses(rows, **more):
    return [one.response for one in Recist().assess(history(rows, **more))][1:]


def test_the_first_reader_sees_response_and_then_progression_over_the_nadir():
    course = Recist().course(history(R1))

    assert [one.explanation for one in course.assessments] == [
        "baseline 88 mm",
        "SD: 64 against baseline 88 at BL, -24 mm, -27.3 %",
        "PR: 55 against baseline 88 at BL, -33 mm, -37.5 %",
        "PD: 69 against nadir 55 at W12, +14 mm, +25.5 %",
    ]
    assert (course.best.response, course.best.visit) == ("PR", "W12")
    assert course.best.progression_visit == "W18"


def test_the_second_reader_stays_a_tenth_of_a_millimetre_short_of_a_response():
    course = Recist().course(history(R2))

    assert [one.response for one in course.assessments] == [None, "SD", "SD", "SD"]
    assert course.assessments[2].explanation.endswith("-20 mm, -29.9 %")
    assert course.assessments[3].explanation == "SD: 53 against nadir 47 at W12, +6 mm, +12.8 %"
    assert course.best.response == "SD"
    assert course.best.progression_visit is None


def test_a_corrected_measurement_moves_the_nadir_and_takes_the_progression_back():
    course = Recist().course(history(R1 | {"T1": ["50", "37", "36", "40"]}))

    assert course.assessments[2].explanation == "PR: 60 against baseline 88 at BL, -28 mm, -31.8 %"
    assert course.assessments[3].explanation == "SD: 69 against nadir 60 at W12, +9 mm, +15.0 %"
    assert course.best.progression_visit is None


def test_an_unconfirmed_response_is_stable_disease_where_the_charter_asks_for_confirmation():
    best = Recist(confirmation_days=28).course(history(R1)).best

    assert (best.response, best.progression_visit) == ("SD", "W18")


def test_a_confirmed_response_is_dated_at_its_first_sight():
    confirmed = Recist(confirmation_days=28).course(history({"T1": ["50", "30", "30"]})).best
    too_soon = Recist(confirmation_days=28).course(
        history({"T1": ["50", "30", "30"]}, days=[0, 42, 60])
    )

    assert (confirmed.response, confirmed.visit) == ("PR", "W6")
    assert too_soon.best.explanation == "SD: PR at W6 is not confirmed after 28 days"


def test_too_small_to_measure_counts_five_millimetres_and_keeps_its_words():
    seen = history({"T1": ["30", "21"], "T2": ["12", "too small"]})

    found = Recist().evaluate(seen)

    assert found.explanation == "PR: 26 against baseline 42 at BL, -16 mm, -38.1 %"
    assert found.measures["sum_mm"] == 26
    assert seen.visits[1].by_lesion["T2"].stated == "too small"


def test_exact_boundaries_count():
    assert responses({"T1": ["43.0", "30.1", "36.12"]}) == ["PR", "PD"]
    assert responses({"T1": ["43.0", "30.11", "36.12"]}) == ["SD", "SD"]
    assert responses({"T1": ["25.0", "20.0", "24.5"]}) == ["SD", "SD"]
    assert responses({"T1": ["25.0", "20.0", "25.0"]}) == ["SD", "PD"]


TENTHS = [Decimal(tenths) / 10 for tenths in range(100, 3001)]


def test_each_of_2901_boundaries_of_20_percent_is_progression_if_it_is_5_mm():
    wrong = [
        size
        for size in TENTHS
        if responses({"T1": [str(size), str(size * 12 / 10)]}) != ["PD" if size / 5 >= 5 else "SD"]
    ]

    assert wrong == []


def test_each_of_2901_boundaries_of_30_percent_is_a_response_and_a_hundredth_above_is_not():
    wrong = [
        size
        for size in TENTHS
        if responses({"T1": [str(size), str(size * 7 / 10)]}) != ["PR"]
        or responses({"T1": [str(size), str(size * 7 / 10 + Decimal("0.01"))]}) != ["SD"]
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("target", "non_target", "new", "expected"),
    [
        ("absent", "absent", "-", "CR"),
        ("absent", "10", "-", "PR"),
        ("absent", "NE", "-", "PR"),
        ("20", "10", "-", "PR"),
        ("20", "NE", "-", "PR"),
        ("40", "10", "-", "SD"),
        ("40", "NE", "-", "SD"),
        ("NE", "10", "-", "NE"),
        ("60", "absent", "-", "PD"),
        ("60", "absent", "12", "PD"),
        ("20", "progressed", "-", "PD"),
        ("absent", "absent", "12", "PD"),
        ("NE", "10", "12", "PD"),
    ],
)
def test_overall_response_with_targets_is_that_of_table_1(target, non_target, new, expected):
    rows = {"T1": ["50", target], "NT1": ["10", non_target], "NEW1": ["-", new]}

    assert responses(rows) == [expected]


@pytest.mark.parametrize(
    ("non_target", "new", "expected"),
    [
        ("absent", "-", "CR"),
        ("10", "-", "NON-CR/NON-PD"),
        ("NE", "-", "NE"),
        ("progressed", "-", "PD"),
        ("10", "12", "PD"),
    ],
)
def test_overall_response_without_targets_is_that_of_table_2(non_target, new, expected):
    assert responses({"NT1": ["10", non_target], "NEW1": ["-", new]}) == [expected]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("CR", "CR", "CR"),
        ("CR", "PR", "SD"),
        ("CR", "SD", "SD"),
        ("CR", "PD", "SD"),
        ("CR", "NE", "SD"),
        ("PR", "CR", "PR"),
        ("PR", "PR", "PR"),
        ("PR", "SD", "SD"),
        ("PR", "PD", "SD"),
        ("PR", "NE", "SD"),
        ("NE", "NE", "NE"),
    ],
)
def test_confirmed_best_response_is_that_of_table_3(first, second, expected):
    """CR then PR is left to the protocol by footnote a: SD if the least duration is met."""
    assert best([first, second], BestRule(28, 42)).response == expected


def best(words, rule, days=(50, 100, 150, 200, 250)):
    visits = tuple(
        Visit(f"V{at}", date.fromordinal(730_000 + day))
        for at, day in enumerate((0, *days[: len(words)]))
    )
    found = [
        Assessment(visit.code, visit.date, word, f"{word}: so")
        for visit, word in zip(visits[1:], words, strict=True)
    ]
    return best_of(History((), visits), found, rule)


@pytest.mark.parametrize("test", ["test1", "test4_no_pd_source"])
def test_confirmed_best_responses_are_those_of_admiralonco(test):
    rows = stats_csv("recist_confirmed_overall_response.csv").to_dicts()
    starts = {row["USUBJID"]: row for row in stats_csv("recist_confirmed_adsl.csv").to_dicts()}
    wrong = []

    for expected in stats_json("recist_confirmed_bor.json")[test]["expected"]:
        who = int(expected["USUBJID"])
        own = [row for row in rows if row["USUBJID"] == who]
        if who == 9 and test == "test4_no_pd_source":
            continue  # There progression is not taken from the responses, here it always is.
        start = date.fromisoformat(str(starts[who]["TRTSDT"]))
        found = best_of(
            History((), (Visit("BL", start),)),
            [
                Assessment(row["ADT"], date.fromisoformat(row["ADT"]), row["AVALC"], "")
                for row in own
            ],
            BestRule(28, 28),
        )
        word = "NE" if expected["AVALC"] == "MISSING" else expected["AVALC"]
        if (found.response, found.visit) != (word, expected["ADT"]):
            wrong.append((who, found, expected))

    assert wrong == []


def test_nodes_below_ten_millimetres_are_a_complete_response_though_the_sum_is_not_0():
    rows = {"T1": ["20", "absent"], "T2": ["18", "9.9"], "NT1": ["12", "9"]}

    found = Recist().evaluate(history(rows, nodes=("T2", "NT1")))

    assert found.response == "CR"
    assert found.measures["sum_mm"] == Decimal("9.9")
    assert responses(rows | {"T2": ["18", "10"]}, nodes=("T2", "NT1")) == ["PR"]


def test_a_target_that_is_back_after_all_were_gone_is_progression():
    assert responses({"T1": ["20", "absent", "3"]}) == ["CR", "PD"]
    assert Recist().evaluate(history({"T1": ["20", "absent", "3"]})).explanation == (
        "PD: 3 against nadir 0 at W6, +3 mm; a target is back after all were gone"
    )
    assert responses({"T1": ["20", "9", "10"]}, nodes=("T1",)) == ["CR", "PR"]
    with_node = history({"T1": ["20", "absent", "3"], "T2": ["18", "8", "8"]}, nodes=("T2",))
    assert Recist().evaluate(with_node).explanation == (
        "PD: 11 against nadir 8 at W6, +3 mm, +37.5 %; a target is back after all were gone"
    )


def test_a_target_not_evaluable_makes_no_response_unless_the_others_alone_progress():
    rows = {"T1": ["30", "25", "40"], "T2": ["20", "-", "NE"]}

    found = Recist().assess(history(rows))

    assert [one.response for one in found[1:]] == ["NE", "NE"]
    assert found[1].explanation == (
        "NE: 25 against baseline 50 at BL, -25 mm, -50.0 %; T2 not evaluable"
    )
    assert found[1].measures["sum_mm"] is None
    assert responses({"T1": ["30", "60"], "T2": ["20", "NE"]}) == ["PD"]


def test_an_incomplete_sum_is_no_nadir():
    rows = {"T1": ["30", "10", "30"], "T2": ["20", "NE", "20"]}

    assert responses(rows) == ["NE", "SD"]


def test_a_split_lesion_counts_the_sum_of_its_parts():
    rows = {
        "T1": ["40", "split", "split"],
        "T1a": ["-", "12", "12"],
        "T1b": ["-", "10", "NE"],
    }

    found = Recist().assess(history(rows, parents={"T1a": "T1", "T1b": "T1"}))

    assert [one.response for one in found[1:]] == ["PR", "NE"]
    assert found[1].measures["sum_mm"] == 22


def test_merged_lesions_count_their_common_diameter_once():
    found = Recist().evaluate(history({"T1": ["20", "36"], "T2": ["15", "merged"]}))

    assert found.measures["sum_mm"] == 36
    assert found.response == "SD"


def test_a_part_of_a_split_non_target_lesion_that_progresses_is_progression():
    rows = {"T1": ["50", "50"], "NT1": ["10", "split"], "NT1a": ["-", "progressed"]}

    found = Recist().evaluate(history(rows, parents={"NT1a": "NT1"}))

    assert found.explanation == "PD: unequivocal progression of NT1a"


def test_only_non_target_lesions_progress_by_word():
    assert responses({"T1": ["50", "progressed 50"]}) == ["SD"]


def test_an_equivocal_new_lesion_is_followed_and_once_confirmed_dates_the_progression():
    rows = {"T1": ["50", "30", "30", "30"], "NEW1": ["-", "-", "maybe 6", "9"]}

    course = Recist().course(history(rows))

    assert [one.response for one in course.assessments[1:]] == ["PR", "PR", "PD"]
    assert course.assessments[2].notes == ("new lesion NEW1 is equivocal and followed",)
    assert course.assessments[3].explanation == "PD: new lesion NEW1"
    assert (course.best.response, course.best.progression_visit) == ("PR", "W12")


def test_an_equivocal_new_lesion_that_goes_away_is_no_progression():
    rows = {"T1": ["50", "30", "30"], "NEW1": ["-", "maybe 6", "absent"]}

    assert Recist().course(history(rows)).best.progression_visit is None


def test_every_cause_of_progression_is_named():
    rows = {"T1": ["50", "70"], "NT1": ["10", "progressed"], "NEW1": ["-", "12"]}

    assert Recist().evaluate(history(rows)).explanation == (
        "PD: 70 against nadir 50 at BL, +20 mm, +40.0 %; "
        "unequivocal progression of NT1; new lesion NEW1"
    )


def test_stable_disease_before_the_least_duration_does_not_count():
    best = Recist(sd_days=60).course(history({"T1": ["50", "50"]})).best

    assert best.explanation == "NE: SD at W6 is before day 60"


def test_a_baseline_alone_has_no_response():
    course = Recist().course(history({"T1": ["50"]}))

    assert course.assessments[0].response is None
    assert course.best.explanation == "NE: no visit after the baseline"


def test_a_stated_response_that_differs_is_noted_with_the_computed_reason():
    computed = Recist().evaluate(history(R1))

    assert difference("PD", computed) is None
    assert difference(None, computed) is None
    assert difference("SD", computed) == (
        "W18: stated SD, computed PD (PD: 69 against nadir 55 at W12, +14 mm, +25.5 %); "
        "say why they differ"
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ({"T1": ["NE", "20"]}, "BL: T1 has no size at baseline"),
        ({"T1": ["absent", "20"]}, "the sum of the targets is 0"),
        ({"T1": ["20", "-5"]}, "is no size"),
        ({"T1": ["20", "NaN"]}, "is no size"),
        ({"T1": ["20", "split"]}, "T1 is split: number its parts"),
    ],
)
def test_a_history_that_cannot_be_judged_is_refused(rows, words):
    with pytest.raises(HistoryRefused, match=words):
        Recist().assess(history(rows))


sizes = st.decimals(min_value=1, max_value=80, places=1).map(str)
later = sizes | st.sampled_from(["absent", "too small", "NE"])


@given(st.lists(st.lists(later, min_size=2, max_size=2), min_size=1, max_size=6), sizes, sizes)
def test_target_responses_are_those_of_the_statistics(visits, first, second):
    rows = {
        "T1": [first, *(visit[0] for visit in visits)],
        "T2": [second, *(visit[1] for visit in visits)],
    }
    seen = history(rows, nodes=("T2",))
    counted = {"absent": Decimal(0), "too small": Decimal(5), "NE": None}
    peer = assess_targets(
        [
            (
                visit.code,
                [
                    TargetLesion(
                        lesion=one.lesion,
                        diameter=counted.get(one.stated, one.mm),
                        node=one.lesion == "T2",
                    )
                    for one in visit.findings
                ],
            )
            for visit in seen.visits
        ]
    )

    found = Recist().assess(seen)

    assert [one.parts.get("target") for one in found] == [one.response for one in peer]
