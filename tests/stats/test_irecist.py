"""iRECIST: the rows of the paper's table of time-point responses, and the best response."""

from datetime import date, timedelta

import pytest

from stats.errors import InvalidArgumentError
from stats.irecist import ImmuneAssessment, irecist_best_response, irecist_responses

FIRST = date(2024, 3, 1)


def visit(day, target, non_target="NON-CR/NON-PD", **more):
    return ImmuneAssessment(
        date=FIRST + timedelta(day), target=target, non_target=non_target, **more
    )


def responses(*visits, **options):
    return [row.response for row in irecist_responses(visits, **options)]


@pytest.mark.parametrize(
    ("target", "non_target", "response"),
    [
        ("CR", "CR", "iCR"),
        ("CR", "NON-CR/NON-PD", "iPR"),
        ("PR", "NON-CR/NON-PD", "iPR"),
        ("SD", "NON-CR/NON-PD", "iSD"),
        ("NE", "NON-CR/NON-PD", "NE"),
        (None, "NON-CR/NON-PD", "NON-iCR/NON-iUPD"),
    ],
)
@pytest.mark.parametrize("progressed_before", [False, True])
def test_a_visit_without_progression_has_its_recist_response(
    target, non_target, response, progressed_before
):
    earlier = [visit(0, "PD", target_sum="60")] if progressed_before else []

    assert responses(*earlier, visit(30, target, non_target))[-1] == response


@pytest.mark.parametrize(
    ("second", "response"),
    [
        (visit(30, "PD", target_sum="65"), "iCPD"),
        (visit(30, "PD", target_sum="64.9"), "iUPD"),
        (visit(30, "PD"), "iUPD"),  # without a sum growth is not known
        (visit(30, "PD", target_sum="60", new_lesions=True), "iCPD"),  # another kind progresses
        (visit(30, "PD", "PD", target_sum="60"), "iCPD"),
        (visit(20, "PD", target_sum="80"), "iUPD"),  # before four weeks
        (visit(70, "PD", target_sum="80"), "iCPD"),
        (visit(30, "SD", target_sum="58"), "iSD"),
    ],
)
def test_target_progression_is_confirmed_by_five_millimetres_or_another_kind(second, response):
    assert responses(visit(0, "PD", target_sum="60"), second) == ["iUPD", response]


@pytest.mark.parametrize(("worse", "response"), [(True, "iCPD"), (False, "iUPD")])
def test_non_target_progression_is_confirmed_by_any_growth(worse, response):
    found = responses(visit(0, "SD", "PD"), visit(30, "SD", "PD", non_target_worse=worse))

    assert found == ["iUPD", response]


@pytest.mark.parametrize(("worse", "response"), [(True, "iCPD"), (False, "iUPD")])
def test_new_lesions_are_confirmed_when_they_grow_in_size_or_number(worse, response):
    found = responses(
        visit(0, "SD", new_lesions=True),
        visit(30, "PR", new_lesions=True, new_lesions_worse=worse),
    )

    assert found == ["iUPD", response]


def test_a_visit_without_progression_closes_the_bar_and_the_next_opens_it_again():
    rows = irecist_responses(
        [
            visit(0, "PD", target_sum="60"),
            visit(30, "PR", target_sum="40"),
            visit(60, "PD", target_sum="70"),
            visit(90, "NE"),
            visit(120, "PD", target_sum="75"),
            visit(150, "SD"),
        ]
    )

    assert [row.response for row in rows] == ["iUPD", "iPR", "iUPD", "NE", "iCPD", "iCPD"]
    assert rows[4].unconfirmed_since == FIRST + timedelta(60)
    assert rows[4].explanation.endswith(", later than 56 days")
    assert rows[1].explanation.endswith("is closed")


def test_a_sum_that_was_missing_at_the_first_visit_is_taken_from_the_next():
    found = responses(
        visit(0, "SD", "PD"),
        visit(10, "PD", "PD", target_sum="60"),
        visit(40, "PD", "PD", target_sum="66"),
    )

    assert found == ["iUPD", "iUPD", "iCPD"]


def test_not_evaluable_before_any_progression_opens_nothing():
    assert irecist_responses([visit(0, "NE")])[0].unconfirmed_since is None


def test_the_best_response_may_follow_an_unconfirmed_progression():
    rows = irecist_responses(
        [visit(0, "PD", target_sum="60"), visit(30, "PR"), visit(60, "PD", target_sum="60")]
    )

    best = irecist_best_response(rows)

    assert (best.response, best.date) == ("iPR", FIRST + timedelta(30))
    assert best.progression is None


def test_a_subject_without_visits_is_not_evaluable():
    best = irecist_best_response(())

    assert (best.response, best.date, best.progression) == ("NE", None, None)


def test_a_confirmed_progression_dates_from_the_visit_that_raised_it():
    rows = irecist_responses([visit(0, "PD", target_sum="60"), visit(30, "PD", target_sum="70")])

    best = irecist_best_response(rows)

    assert (best.response, best.progression) == ("iCPD", FIRST)


@pytest.mark.parametrize(
    ("visits", "options"),
    [
        ([visit(30, "SD"), visit(0, "SD")], {}),
        ([visit(0, "SD")], {"confirm_days": 60}),
        ([visit(0, "good")], {}),
    ],
)
def test_visits_or_days_that_do_not_fit_are_refused(visits, options):
    with pytest.raises(InvalidArgumentError):
        irecist_responses(visits, **options)
