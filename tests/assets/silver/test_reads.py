import pyarrow as pa

from assets.bronze.answers import answers_of
from assets.silver.reads import reads_of, wrongly_in_force
from lake.schemas import conformed
from lake.tables import READS
from tests.assets.exported import answer


def _states(reads: pa.Table) -> list[tuple[str, str, bool, int]]:
    columns = ("read_id", "read_status", "in_force", "ledger_sequence")
    return sorted(zip(*(reads[name].to_pylist() for name in columns), strict=True))


def test_the_first_revision_is_in_force() -> None:
    reads = conformed(READS, reads_of(answers_of([answer("1", "10.50", kind="decimal")])))

    assert _states(reads) == [("read-1-001", "signed", True, 10)]
    assert reads["value_number"].to_pylist() == [10.5]


def test_a_later_revision_supersedes_and_dates_the_earlier_one() -> None:
    first = answer("1", "3", read_id="a")
    second = answer("1", "4", read_id="b", revision=2, ledger_sequence=25)

    reads = reads_of(answers_of([first, second]))

    assert _states(reads) == [("a", "superseded", False, 25), ("b", "signed", True, 25)]


def test_another_reader_visit_session_or_repeat_supersedes_nothing() -> None:
    others = [
        answer("1", read_id="a"),
        answer("2", read_id="b", revision=2),
        answer("1", read_id="c", visit_code="W6", revision=2),
        answer("1", read_id="d", session=2, revision=2),
        answer("1", read_id="e", repeat=1, revision=2),
        answer("1", read_id="f", step_code="QC", revision=2),
    ]

    assert set(reads_of(answers_of(others))["in_force"].to_pylist()) == {True}


def test_text_is_no_number_and_missing_stays_missing() -> None:
    rows = [
        answer("1", "fine", kind="text", value_decimal=None),
        answer("2", None, missing="not_evaluable"),
    ]

    reads = reads_of(answers_of(rows))

    assert reads["value_number"].to_pylist() == [None, None]
    assert "not_evaluable" in reads["missing"].to_pylist()


def test_two_revisions_in_force_and_lost_answers_are_found() -> None:
    reads = reads_of(answers_of([answer("1", read_id="a"), answer("1", read_id="b", revision=2)]))
    forced = reads.set_column(
        reads.column_names.index("in_force"), "in_force", pa.array([True, True])
    )

    assert wrongly_in_force(reads, n_answers=2) == ()
    assert wrongly_in_force(forced, n_answers=3) == (
        "read a has 2 revisions in force",
        "there are 3 answers but 2 rows of reads",
    )
