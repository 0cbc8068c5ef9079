from dataclasses import replace

import pytest

from assets.agreement import agreement_of
from assets.bronze.answers import answers_of
from assets.bronze.subjects import subjects_of
from assets.gold.results import results_of
from assets.silver.reads import reads_of
from assets.suites import SUITES, unmet
from lake.tables import table_named
from tests.assets.exported import SUBJECT, answer

# Great Expectations imports modules of Python's own that are deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")


def _results(*answers: object) -> object:
    return results_of(reads_of(answers_of(answers)), subjects_of([SUBJECT]), project="P")  # type: ignore[arg-type]


def test_rows_that_keep_the_contract_break_no_promise() -> None:
    rows = _results(answer("1", "-10.50", kind="decimal"), answer("2"))

    assert unmet("results", rows) == ()
    assert unmet("reader_agreement", agreement_of(rows)) == ()


def test_each_broken_promise_is_named_with_how_many_rows_break_it() -> None:
    rows = _results(
        answer("1", value_decimal="1e3"), replace(answer("2"), reader_kind="ghost", repeat=-1)
    )

    assert sorted(unmet("results", rows)) == [
        "reader_kind is one of human, machine: 1 of 2 rows break this",
        "repeat is at least 0: 1 of 2 rows break this",
        "value_decimal is a plain decimal number: 1 of 2 rows break this",
    ]


def test_a_promise_that_cannot_be_judged_is_not_kept() -> None:
    rows = _results(answer("1")).drop_columns(["repeat"])  # type: ignore[attr-defined]

    assert unmet("results", rows) == ("repeat is at least 0: this could not be judged",)


def test_an_empty_table_breaks_no_promise() -> None:
    assert unmet("results", _results().slice(0, 0)) == ()  # type: ignore[attr-defined]


def test_every_promise_is_about_a_column_of_its_table() -> None:
    for name, suite in SUITES.items():
        columns = set(table_named(name).column_names)
        for each in suite:
            named = {
                value
                for key, value in each.arguments.items()
                if key.startswith("column") and isinstance(value, str)
            }
            assert named <= columns
