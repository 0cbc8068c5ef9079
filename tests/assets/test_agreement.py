import pyarrow as pa
import pytest

from assets.agreement import agreement_of
from assets.bronze.answers import answers_of
from assets.bronze.subjects import subjects_of
from assets.gold.results import results_of
from assets.silver.reads import reads_of
from lake.schemas import conformed
from lake.tables import READER_AGREEMENT
from research.export import AnswerExport
from stats.agreement import gwet_ac, krippendorff_alpha, percent_agreement
from stats.reliability import icc
from tests.assets.exported import SUBJECT, answer

RATINGS = [[1, 1, 2], [2, 2, 2], [3, 4, 3], [5, 5, 5], [2, 1, 2], [4, 4, 4]]


def _agreement(answers: list[AnswerExport]) -> pa.Table:
    subjects = {row.subject_code: row for row in answers}
    from dataclasses import replace

    exported = [replace(SUBJECT, code=code, subject_id=code) for code in subjects]
    results = results_of(reads_of(answers_of(answers)), subjects_of(exported), project="P")
    return conformed(READER_AGREEMENT, agreement_of(results))


def _rated(ratings: list[list[int]], kind: str, **changes: object) -> list[AnswerExport]:
    return [
        answer(str(reader), str(value), subject=f"{unit:03}", kind=kind, **changes)
        for unit, row in enumerate(ratings)
        for reader, value in enumerate(row, start=1)
    ]


def _values(table: pa.Table, reader_a: str, reader_b: str) -> dict[str, float]:
    return {
        row["coefficient"]: row["value"]
        for row in table.to_pylist()
        if (row["reader_a"], row["reader_b"]) == (reader_a, reader_b)
    }


def test_a_scale_has_four_coefficients_for_all_readers_and_each_pair() -> None:
    table = _agreement(_rated(RATINGS, "scale"))

    assert table.num_rows == 4 * 4
    assert _values(table, "all", "all") == pytest.approx(
        {
            "percent_agreement": percent_agreement(RATINGS).value,
            "gwet_ac": gwet_ac(RATINGS, weights="ordinal").value,
            "krippendorff_alpha": krippendorff_alpha(RATINGS, metric="ordinal").value,
            "icc": icc(RATINGS).value,
        }
    )
    pair = [[row[0], row[2]] for row in RATINGS]
    assert _values(table, "reader-1", "reader-3")["icc"] == pytest.approx(icc(pair).value)


def test_a_choice_is_judged_without_order_and_a_number_by_its_distance() -> None:
    answers = _rated(RATINGS, "choice", value_decimal=None) + _rated(
        RATINGS, "decimal", item_oid="DIAMETER"
    )

    table = _agreement(answers)

    found = {(row["item_oid"], row["coefficient"]) for row in table.to_pylist()}
    assert found == {
        ("CONFIDENCE", "percent_agreement"),
        ("CONFIDENCE", "gwet_ac"),
        ("CONFIDENCE", "krippendorff_alpha"),
        ("DIAMETER", "krippendorff_alpha"),
        ("DIAMETER", "icc"),
    }


def test_text_missing_values_repeats_and_superseded_revisions_do_not_count() -> None:
    base = _rated([[1, 2], [2, 2]], "scale")
    ignored = [
        answer("1", "words", subject="000", kind="text", value_decimal=None, item_oid="COMMENT"),
        answer("2", None, subject="002", kind="scale", missing="not_done"),
        answer("1", "5", subject="000", kind="scale", repeat=1, read_id="again"),
        answer("1", "1", subject="002", kind="scale"),
    ]
    old = answer("1", "5", subject="000", kind="scale", revision=0, read_id="old")

    table = _agreement([*base, *ignored, old])

    assert _values(table, "all", "all")["percent_agreement"] == 0.5
    assert set(table["n_units"].to_pylist()) == {2}
    assert table["item_oid"].unique().to_pylist() == ["CONFIDENCE"]


def test_what_is_undefined_says_why() -> None:
    table = _agreement(_rated([[1, 2]], "scale"))

    (row,) = [
        row for row in table.to_pylist() if (row["reader_a"], row["coefficient"]) == ("all", "icc")
    ]
    assert row["value"] is None
    assert row["method"].startswith("undefined: ")


def test_one_reader_has_nobody_to_agree_with() -> None:
    assert _agreement(_rated([[1], [2]], "scale")).num_rows == 0


def test_rows_of_a_repeating_group_are_units_of_their_own() -> None:
    answers = [
        *_rated([[1, 1]], "scale", repeat_key="1"),
        answer("1", "2", subject="000", kind="scale", repeat_key="2"),
        answer("2", "3", subject="000", kind="scale", repeat_key="2"),
    ]

    table = _agreement(answers)

    assert _values(table, "all", "all")["percent_agreement"] == 0.5
