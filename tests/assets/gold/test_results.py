from dataclasses import replace

from assets.bronze.answers import answers_of
from assets.bronze.subjects import subjects_of
from assets.gold.results import lost_or_foreign, results_of
from assets.silver.reads import reads_of
from lake.schemas import conformed
from lake.tables import RESULTS
from tests.assets.exported import SUBJECT, answer


def test_a_result_carries_the_subject_as_it_stands_and_the_project_code() -> None:
    moved = replace(SUBJECT, site_code="SE-02", cohort="B", ledger_sequence=44)

    rows = results_of(
        reads_of(answers_of([answer("1", "10.50", kind="decimal")])),
        subjects_of([moved]),
        project="ONC-1",
    )

    (row,) = conformed(RESULTS, rows).to_pylist()
    assert (row["project"], row["site"], row["cohort"]) == ("ONC-1", "SE-02", "B")
    assert (row["value_decimal"], row["value_number"]) == ("10.50", 10.5)
    assert row["ledger_sequence"] == 44
    assert row["accepted"] is None


def test_superseded_revisions_stay_and_say_so() -> None:
    reads = reads_of(answers_of([answer("1", read_id="a"), answer("1", read_id="b", revision=2)]))

    rows = results_of(reads, subjects_of([SUBJECT]), project="ONC-1")

    assert sorted(rows["read_status"].to_pylist()) == ["signed", "superseded"]


def test_test_subjects_stay_out() -> None:
    reads = reads_of(answers_of([answer("1"), answer("2", subject_kind="test")]))

    rows = results_of(reads, subjects_of([SUBJECT]), project="ONC-1")

    assert rows["reader"].to_pylist() == ["reader-1"]
    assert lost_or_foreign(rows, reads) == ()


def test_a_lost_answer_is_found() -> None:
    reads = reads_of(answers_of([answer("1"), answer("2")]))
    rows = results_of(reads, subjects_of([SUBJECT]), project="ONC-1")

    assert lost_or_foreign(rows.slice(0, 1), reads) == (
        "live subjects have 2 answers, the table has 1",
    )
