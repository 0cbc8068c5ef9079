import pyarrow as pa

from assets.bronze.answers import answers_of, twice_or_torn
from lake.schemas import conformed
from lake.tables import ANSWERS
from tests.assets.exported import answer


def test_an_exported_answer_becomes_one_row_of_the_contract() -> None:
    rows = conformed(ANSWERS, answers_of([answer("1", "10.50", kind="decimal")]))

    (row,) = rows.to_pylist()
    assert (row["subject"], row["visit"], row["reader"]) == ("001", "BL", "reader-1")
    assert (row["value_text"], row["value_decimal"]) == ("10.50", "10.50")
    assert row["ledger_sequence"] == 10


def test_no_answers_are_an_empty_table() -> None:
    assert conformed(ANSWERS, answers_of([])).num_rows == 0


def test_answers_once_each_are_in_order() -> None:
    assert twice_or_torn(answers_of([answer("1"), answer("2", None, missing="not_done")])) == ()


def test_an_answer_that_stands_twice_or_is_torn_is_found() -> None:
    torn = answer("1", "3", missing="not_done")

    assert twice_or_torn(pa.concat_tables([answers_of([torn]), answers_of([torn])])) == (
        "1 answers stand more than once",
        "2 answers have both a value and a reason for having none",
    )
