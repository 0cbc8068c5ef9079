from dataclasses import replace

from assets.bronze.subjects import ambiguous, subjects_of
from lake.schemas import conformed
from lake.tables import SUBJECTS
from tests.assets.exported import SUBJECT


def test_a_subject_becomes_one_row_and_no_cohort_is_absent() -> None:
    (row,) = conformed(SUBJECTS, subjects_of([SUBJECT])).to_pylist()

    assert row["subject"] == "001"
    assert row["cohort"] is None
    assert row["year_of_birth"] == 1960


def test_codes_and_ids_that_are_shared_are_found() -> None:
    same_code = subjects_of([SUBJECT, replace(SUBJECT, subject_id="s-002")])

    assert ambiguous(same_code) == ("1 rows share their subject with another",)
    assert ambiguous(subjects_of([SUBJECT])) == ()
