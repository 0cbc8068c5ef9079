"""PFS, duration and rate of response, and every censoring rule.

The censoring cases are those of FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and
Biologics (2018), appendix, table A.
"""

from datetime import timedelta

import pytest

from research.criteria.assessments import Assessment
from research.criteria.endpoints import (
    CensoringRules,
    Subject,
    disease_control_rate,
    duration_of_response,
    first_response,
    objective_response_rate,
    progression_free_survival,
)
from research.criteria.errors import HistoryRefused
from research.criteria.recist import Recist
from tests.research.criteria.histories import DAY_0, history

STRICT = CensoringRules(longest_gap_days=105)


def seen(**words):
    """Build assessments from `d42="SD"`: the day and its response."""
    return [
        Assessment(f"D{name[1:]}", DAY_0 + timedelta(int(name[1:])), word, "")
        for name, word in words.items()
    ]


def day(number):
    return None if number is None else DAY_0 + timedelta(number)


def subject(*, death=None, new_therapy=None):
    return Subject(start=DAY_0, death=day(death), new_therapy=day(new_therapy))


@pytest.mark.parametrize(
    ("visits", "ends", "expected"),
    [
        ({"d42": "SD", "d84": "PD"}, {}, (85, True, "progression at D84")),
        ({"d42": "SD", "d84": "SD"}, {}, (85, False, "neither progression nor death")),
        ({"d42": "SD", "d84": "NE"}, {}, (43, False, "neither progression nor death")),
        ({"d42": "SD"}, {"death": 60}, (61, True, "death")),
        ({"d42": "PD"}, {"death": 60}, (43, True, "progression at D42")),
        ({}, {"death": 60}, (61, True, "death")),
        ({}, {"death": 200}, (1, False, "no evaluable visit")),
        ({}, {}, (1, False, "no evaluable visit")),
        ({"d42": "NE"}, {}, (1, False, "no evaluable visit")),
        ({"d42": "SD", "d84": "PD"}, {"new_therapy": 50}, (43, False, "new therapy")),
        ({"d42": "SD", "d84": "PD"}, {"new_therapy": 84}, (85, True, "progression at D84")),
        ({"d42": "SD", "d84": "PD"}, {"new_therapy": 90}, (85, True, "progression at D84")),
        ({"d84": "SD"}, {"new_therapy": 50}, (1, False, "new therapy")),
        ({"d42": "SD", "d168": "PD"}, {}, (43, False, "after missed visits")),
        ({"d42": "SD", "d84": "NE", "d168": "PD"}, {}, (43, False, "after missed visits")),
        ({"d42": "SD", "d126": "PD"}, {}, (127, True, "progression at D126")),
        ({"d42": "SD"}, {"death": 300}, (43, False, "after missed visits")),
    ],
)
def test_progression_free_survival_and_its_censoring(visits, ends, expected):
    found = progression_free_survival(subject(**ends), seen(**visits), STRICT)

    assert (found.days, found.event) == expected[:2]
    assert expected[2] in found.why


def test_a_charter_may_count_every_event_whatever_was_missed_or_begun():
    rules = CensoringRules(new_therapy=False)
    who = subject(new_therapy=50)

    found = progression_free_survival(who, seen(d42="SD", d168="PD"), rules)

    assert (found.days, found.event) == (169, True)


def test_a_progression_that_was_dated_back_counts_from_its_first_sight():
    found = progression_free_survival(
        subject(), seen(d42="SD", d84="SD", d126="PD"), progression=day(84)
    )

    assert (found.days, found.event, found.why) == (85, True, "progression")


def test_confirmed_immune_progression_is_an_event_and_unconfirmed_is_not():
    open_end = progression_free_survival(subject(), seen(d42="iSD", d84="iUPD"))
    confirmed = progression_free_survival(
        subject(), seen(d42="iSD", d84="iUPD", d126="iCPD"), progression=day(84)
    )

    assert open_end.event is False
    assert (confirmed.days, confirmed.event) == (85, True)


def test_duration_of_response_runs_from_the_first_response():
    visits = seen(d42="SD", d84="PR", d126="PR", d168="PD")

    found = duration_of_response(subject(), visits, response_visit="D84")

    assert found is not None
    assert (found.days, found.event) == (85, True)
    assert duration_of_response(subject(), visits, response_visit=None) is None


def test_the_first_response_is_the_one_that_is_confirmed_where_that_is_asked():
    visits = seen(d42="PR", d56="SD", d84="SD", d126="PR", d168="CR")

    assert first_response(visits, best="PR") == "D42"
    assert first_response(visits, best="SD") is None
    assert first_response(seen(d42="SD", d84="PR", d126="PR"), best="PR", confirmation_days=28) == (
        "D84"
    )
    assert first_response(seen(d42="PR", d56="PR"), best="PR", confirmation_days=28) is None


def test_the_endpoints_of_a_whole_history():
    course = Recist().course(
        history({"T1": ["50", "37", "31", "40"], "T2": ["38", "27", "24", "29"]})
    )
    first = first_response(course.assessments, best=course.best.response)

    pfs = progression_free_survival(Subject(start=DAY_0), course.assessments)
    duration = duration_of_response(Subject(start=DAY_0), course.assessments, response_visit=first)

    assert (pfs.days, pfs.event) == (126, True)
    assert duration is not None
    assert (first, duration.days) == ("W12", 41)


def test_rates_keep_everybody_in_the_denominator():
    best = ["CR", "PR", "SD", "PD", "NE"]

    assert objective_response_rate(best).value == 0.4
    assert disease_control_rate(best).value == 0.6


def test_visits_out_of_order_or_before_the_start_are_refused():
    with pytest.raises(HistoryRefused, match="D42 is not after D84"):
        progression_free_survival(subject(), seen(d84="SD", d42="SD"))
    with pytest.raises(HistoryRefused, match="before the start"):
        progression_free_survival(subject(death=-5), [])
