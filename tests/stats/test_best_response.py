"""Best and confirmed best overall response: the reference file, and each rule by hand."""

from datetime import date, datetime

import pandas as pd
import polars as pl
import pytest

from stats.best_response import (
    best_overall_response,
    confirmed_best_overall_response,
    dates,
    progression_dates,
)
from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    LengthError,
    MissingValueError,
    UnknownLevelError,
)
from tests.shared import stats_csv, stats_json

NAMES = {"subject": "id", "date": "day", "response": "overall", "start": "start"}
START = {"id": ["S1"], "start": ["2024-01-01"]}


def history(*visits):
    """One subject's visits as (day of 2024, response)."""
    days = [date(2024, 1, 1).toordinal() + day for day, _ in visits]
    return {
        "id": ["S1"] * len(visits),
        "day": [date.fromordinal(day) for day in days],
        "overall": [response for _, response in visits],
    }


def confirmed(*visits, **options):
    row = confirmed_best_overall_response(history(*visits), START, **NAMES, **options)[0]
    return row.response, None if row.date is None else (row.date - date(2024, 1, 1)).days


def best(*visits, **options):
    row = best_overall_response(history(*visits), START, **NAMES, **options)[0]
    return row.response, None if row.date is None else (row.date - date(2024, 1, 1)).days


@pytest.mark.parametrize(
    ("key", "pd_date"), [("test1", {"9": date(2020, 2, 16)}), ("test4_no_pd_source", None)]
)
@pytest.mark.parametrize("frame", ["polars", "pandas"])
def test_the_reference_confirmed_best_responses_are_reproduced(key, pd_date, frame):
    expected = stats_json("recist_confirmed_bor.json")[key]
    responses = stats_csv("recist_confirmed_overall_response.csv").with_columns(
        pl.col("USUBJID").cast(pl.String)
    )
    subjects = stats_csv("recist_confirmed_adsl.csv").with_columns(
        pl.col("USUBJID").cast(pl.String)
    )
    if frame == "pandas":
        responses = pd.DataFrame(responses.to_dict(as_series=False))
        responses["ADT"] = pd.to_datetime(responses["ADT"])
        subjects = pd.DataFrame(subjects.to_dict(as_series=False))

    found = confirmed_best_overall_response(
        responses,
        subjects,
        subject="USUBJID",
        date="ADT",
        response="AVALC",
        start="TRTSDT",
        pd_date=pd_date,
        sd_days=28,
        confirm_days=28,
    )

    rows = [
        {"USUBJID": row.subject, "ADT": row.date and row.date.isoformat(), "AVALC": row.response}
        for row in found
    ]
    assert rows == expected["expected"]


@pytest.mark.parametrize(
    ("pd_date", "expected"),
    [
        (None, ["CR 02-01", "CR 03-13", "CR 11-12", "PR 01-01", "PR 01-01", "CR 02-16"]),
        (
            {"2": date(2020, 3, 1), "6": date(2020, 2, 5), "9": date(2020, 2, 16)},
            ["CR 02-01", "PR 02-01", "CR 11-12", "PR 01-01", "PR 01-01", "MISSING"],
        ),
    ],
)
def test_published_unconfirmed_best_responses_are_reproduced(pd_date, expected):
    # The values of admiralonco's own tests (Apache-2.0), subjects 1 to 6.
    visits = [
        ("1", "2020-01-01", "PR"),
        ("1", "2020-02-01", "CR"),
        ("1", "2020-02-16", "NE"),
        ("1", "2020-03-01", "CR"),
        ("2", "2020-01-01", "SD"),
        ("2", "2020-02-01", "PR"),
        ("2", "2020-03-01", "SD"),
        ("2", "2020-03-13", "CR"),
        ("3", "2019-11-12", "CR"),
        ("3", "2019-12-02", "CR"),
        ("4", "2020-01-01", "PR"),
        ("4", "2020-03-01", "SD"),
        ("5", "2020-01-01", "PR"),
        ("5", "2020-05-15", "NON-CR/NON-PD"),
        ("6", "2020-02-06", "PR"),
        ("6", "2020-02-16", "CR"),
    ]
    data = dict(zip(("id", "day", "overall"), map(list, zip(*visits, strict=True)), strict=True))
    starts = ["2020-01-01", "2019-12-12", "2019-11-11", "2019-12-30", "2020-01-01", "2020-02-02"]
    subjects = {"id": list("123456"), "start": starts}

    rows = best_overall_response(data, subjects, **NAMES, pd_date=pd_date, sd_days=28)

    said = [f"{row.response} {row.date:%m-%d}" if row.date else row.response for row in rows]
    assert said == expected


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([(40, "CR"), (68, "CR")], ("CR", 40)),
        ([(40, "CR"), (67, "CR")], ("SD", 40)),  # a day too early
        ([(40, "CR"), (50, "NE"), (68, "CR")], ("CR", 40)),
        ([(40, "CR"), (50, "NE"), (55, "NE"), (68, "CR")], ("SD", 40)),
        ([(40, "CR"), (50, "PR"), (68, "CR")], ("SD", 40)),
        ([(40, "PR"), (68, "PR")], ("PR", 40)),
        ([(40, "PR"), (68, "CR")], ("PR", 40)),
        ([(40, "PR"), (50, "SD"), (68, "PR")], ("SD", 40)),
        ([(40, "PR"), (50, "CR"), (68, "PR")], ("SD", 40)),
        ([(40, "PR"), (50, "CR"), (68, "CR"), (78, "CR")], ("CR", 50)),
        ([(40, "PR"), (50, "PD"), (68, "PR")], ("SD", 40)),
        ([(40, "PR")], ("SD", 40)),
        ([(10, "PR")], ("NE", 10)),
        ([(10, "SD")], ("NE", 10)),
        ([(28, "SD")], ("SD", 28)),
        ([(10, "NON-CR/NON-PD")], ("NE", 10)),
        ([(30, "NON-CR/NON-PD")], ("NON-CR/NON-PD", 30)),
        ([(10, "PD")], ("PD", 10)),
        ([(10, "NE"), (20, "PD")], ("PD", 20)),
        ([(10, "ND")], ("ND", 10)),
    ],
)
def test_confirmation_follows_the_rules_of_table_3(visits, expected):
    assert confirmed(*visits) == expected


def test_one_stable_visit_may_stand_between_when_the_charter_says_so():
    visits = [(40, "PR"), (50, "SD"), (68, "PR")]

    assert confirmed(*visits, accept_sd=True) == ("PR", 40)
    assert confirmed((40, "PR"), (45, "SD"), *visits[1:], accept_sd=True) == ("SD", 40)
    assert confirmed((40, "CR"), (50, "SD"), (68, "CR"), accept_sd=True) == ("SD", 40)


def test_two_not_evaluable_visits_may_stand_between_when_the_charter_says_so():
    visits = [(40, "CR"), (50, "NE"), (55, "NE"), (68, "CR")]

    assert confirmed(*visits, max_not_evaluable=2) == ("CR", 40)


def test_a_subject_without_visits_is_missing_or_not_evaluable_as_asked():
    assert confirmed() == ("MISSING", None)
    assert confirmed(missing_as_ne=True) == ("NE", None)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ([(10, "PR"), (20, "CR"), (30, "PD")], ("CR", 20)),
        ([(41, "SD")], ("NE", 41)),
        ([(42, "SD")], ("SD", 42)),
        ([(41, "NON-CR/NON-PD"), (50, "PD")], ("PD", 50)),
        ([(60, "SD"), (50, "SD")], ("SD", 50)),
        ([], ("MISSING", None)),
    ],
)
def test_the_unconfirmed_best_is_the_first_of_the_best(visits, expected):
    assert best(*visits) == expected


def test_visits_after_progression_do_not_count_and_the_visit_of_that_day_does():
    visits = [(42, "SD"), (50, "PD"), (60, "CR")]
    dates_of_progression = progression_dates(
        history(*visits), subject="id", date="day", response="overall"
    )

    assert best(*visits, pd_date=dates_of_progression) == ("SD", 42)
    assert best(*visits[1:], pd_date=dates_of_progression) == ("PD", 50)
    assert best(*visits, pd_date={"S1": None}) == ("CR", 60)
    assert best(*visits) == ("CR", 60)


def test_a_subject_that_never_progresses_has_no_date():
    found = progression_dates(history((40, "SD")), subject="id", date="day", response="overall")

    assert found == {"S1": None}


@pytest.mark.parametrize(
    ("responses", "subjects", "options", "error"),
    [
        (history((1, "SD"), (1, "PR")), START, {}, DuplicateRowsError),
        (history((1, "SD")), {"id": ["S1", "S1"], "start": ["2024-01-01"] * 2}, {}, None),
        (history((1, "SD")), {"id": ["S2"], "start": ["2024-01-01"]}, {}, UnknownLevelError),
        (history((1, "SD")), START, {"pd_date": {"S9": "2024-01-01"}}, UnknownLevelError),
        (history((1, "iCR")), START, {}, InvalidArgumentError),
        (history((1, None)), START, {}, MissingValueError),
        (history((1, "SD")), {"id": ["S1"], "start": [None]}, {}, MissingValueError),
        (history((1, "SD")), {"id": ["S1"], "start": ["soon"]}, {}, InvalidArgumentError),
        (history((1, "SD")), {"id": ["S1"], "start": [20240101]}, {}, InvalidArgumentError),
        (history((1, "SD")), START, {"sd_days": -1}, InvalidArgumentError),
        ({"id": ["S1"], "day": [], "overall": ["SD"]}, START, {}, LengthError),
    ],
)
def test_bad_rows_are_refused_by_name(responses, subjects, options, error):
    with pytest.raises(error or DuplicateRowsError):
        best_overall_response(responses, subjects, **NAMES, **options)


def test_dates_are_read_from_every_kind_of_column():
    days = [date(2024, 2, 12)]
    as_pandas = pd.DataFrame({"day": pd.to_datetime(["2024-02-12"])})

    assert dates(pl.DataFrame({"day": days}), "day") == days
    assert dates(as_pandas, "day") == days
    assert dates({"day": [datetime(2024, 2, 12, 9, 30)]}, "day") == days
    assert dates({"day": ["2024-02-12T09:30"]}, "day") == days


def test_progression_dates_may_be_numpy_days():
    numpy_day = pd.Series(pd.to_datetime(["2024-01-11"])).to_numpy()[0]

    assert best((10, "PD"), (60, "SD"), pd_date={"S1": numpy_day}) == ("PD", 10)
