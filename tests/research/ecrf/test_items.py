from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from research.ecrf.items import KINDS, Item
from research.ecrf.items.item import AnswerRefused, ItemDefinition

ADAPTER: TypeAdapter[ItemDefinition] = TypeAdapter(Item)


def item(**definition: object) -> ItemDefinition:
    return ADAPTER.validate_python({"oid": "I", "label": "I", **definition})


CODES = [{"code": "0", "label": "None"}, {"code": "1", "label": "Some"}]

ACCEPTED = [
    ({"kind": "text"}, "as typed ", "as typed "),
    ({"kind": "text", "multiline": True}, "two\nlines", "two\nlines"),
    ({"kind": "integer"}, " +007 ", "7"),
    ({"kind": "integer", "min": -1}, "-1", "-1"),
    ({"kind": "decimal"}, "30.10", "30.10"),
    ({"kind": "decimal"}, "+0.5", "0.5"),
    ({"kind": "decimal", "min": "0", "max": "500"}, "500", "500"),
    ({"kind": "boolean"}, "false", "false"),
    ({"kind": "choice", "code_list": CODES}, "0", "0"),
    ({"kind": "scale", "min": 0, "max": 100, "step": 25}, "75", "75"),
    ({"kind": "text", "pattern": r"[A-Z]{2}-\d+"}, "AB-12", "AB-12"),
    ({"kind": "long_text"}, "one\r\ntwo", "one\ntwo"),
    ({"kind": "decimal", "significant_digits": 3}, "0.0301", "0.0301"),
    ({"kind": "decimal", "significant_digits": 3}, "1200", "1200"),
    ({"kind": "date"}, " 2024-02-29 ", "2024-02-29"),
    ({"kind": "date", "least": "month"}, "2026-03", "2026-03"),
    ({"kind": "date", "least": "year"}, "2026", "2026"),
    ({"kind": "date", "least": "month", "min": "2026-03-15"}, "2026-03", "2026-03"),
    ({"kind": "time"}, "9:05", "09:05"),
    ({"kind": "time"}, "23:59:59", "23:59:59"),
    ({"kind": "datetime"}, "2026-03-01 9:05", "2026-03-01T09:05"),
    ({"kind": "datetime"}, "2026-03-01T09:05Z", "2026-03-01T09:05Z"),
    ({"kind": "choices", "code_list": CODES}, "1 0 1", "0 1"),
    ({"kind": "file"}, "a" * 64, "a" * 64),
]

REFUSED = [
    ({"kind": "text", "max_length": 3}, "four"),
    ({"kind": "text"}, "two\nlines"),
    ({"kind": "integer"}, "1.0"),
    ({"kind": "integer"}, "1e3"),
    ({"kind": "integer"}, "٣"),
    ({"kind": "integer"}, ""),
    ({"kind": "integer"}, "9" * 400),
    ({"kind": "integer", "max": 9}, "10"),
    ({"kind": "decimal"}, "12,5"),
    ({"kind": "decimal"}, "1e400"),
    ({"kind": "decimal"}, "NaN"),
    ({"kind": "decimal"}, "Infinity"),
    ({"kind": "decimal"}, "."),
    ({"kind": "decimal"}, "1_0"),
    ({"kind": "decimal", "decimals": 1}, "0.25"),
    ({"kind": "decimal", "max": "36.11"}, "36.12"),
    ({"kind": "boolean"}, "True"),
    ({"kind": "choice", "code_list": CODES}, "Some"),
    ({"kind": "scale", "min": 0, "max": 100, "step": 25}, "80"),
    ({"kind": "scale", "min": 1, "max": 5}, "0"),
    ({"kind": "note"}, "anything"),
    ({"kind": "section"}, "anything"),
    ({"kind": "text", "pattern": "[a-z]+"}, "ab1"),
    ({"kind": "text", "pattern": "[a-z]*"}, "a" * 201),
    ({"kind": "long_text", "max_length": 3}, "four"),
    ({"kind": "decimal"}, "\uff11\uff12"),
    ({"kind": "decimal"}, "1" * 19),
    ({"kind": "decimal", "significant_digits": 3}, "30.10"),
    ({"kind": "date"}, "2026-02-30"),
    ({"kind": "date"}, "2025-02-29"),
    ({"kind": "date"}, "2026-03"),
    ({"kind": "date"}, "2026-3-1"),
    ({"kind": "date"}, "01.03.2026"),
    ({"kind": "date", "least": "year"}, "2026-13"),
    ({"kind": "date", "least": "year"}, "0000"),
    ({"kind": "date", "max": "2026-03-01"}, "2026-03-02"),
    ({"kind": "date", "min": "2026-03-01"}, "2026-02-28"),
    ({"kind": "date", "least": "month", "min": "2026-03-15"}, "2026-02"),
    ({"kind": "date", "least": "year"}, "\uff12\uff10\uff12\uff16"),
    ({"kind": "time"}, "24:00"),
    ({"kind": "time"}, "9"),
    ({"kind": "datetime"}, "2026-02-30T10:00"),
    ({"kind": "datetime"}, "2026-02-03T10:00+25:00"),
    ({"kind": "choices", "code_list": CODES}, "0 2"),
    ({"kind": "choices", "code_list": CODES}, " "),
    ({"kind": "choices", "code_list": CODES, "most": 1}, "0 1"),
    ({"kind": "choices", "code_list": CODES, "least": 2}, "0"),
    ({"kind": "file"}, "report.pdf"),
]

REFUSED_IN_WORDS = [
    ("decimal", "12,5", "write the decimals after a point"),
    ("decimal", "1e400", "without an exponent"),
    ("decimal", "NaN", "say instead why there is none"),
    ("decimal", "\uff11\uff12", "digits other than 0 to 9"),
    ("decimal", "9" * 30, "at most 18 digits"),
    ("date", "2026-02-30", "the calendar has no 2026-02-30"),
]


@pytest.mark.parametrize(("definition", "typed", "canonical"), ACCEPTED)
def test_an_answer_has_one_spelling(
    definition: dict[str, object], typed: str, canonical: str
) -> None:
    assert item(**definition).canonical(typed) == canonical


@pytest.mark.parametrize(("definition", "typed"), REFUSED)
def test_what_is_no_answer_is_refused(definition: dict[str, object], typed: str) -> None:
    with pytest.raises(AnswerRefused):
        item(**definition).canonical(typed)


@pytest.mark.parametrize(("kind", "typed", "words"), REFUSED_IN_WORDS)
def test_a_refusal_says_what_to_type_instead(kind: str, typed: str, words: str) -> None:
    with pytest.raises(AnswerRefused, match=words):
        item(kind=kind).canonical(typed)


@pytest.mark.parametrize("pattern", ["(a+)+b", "a|b", r"(a)\1", "a*b*c*d*", "[", "a" * 201])
def test_a_pattern_that_could_take_long_is_no_pattern(pattern: str) -> None:
    with pytest.raises(ValidationError):
        item(kind="text", pattern=pattern)


@given(st.text(max_size=40))
def test_a_canonical_answer_is_its_own_canonical_answer(typed: str) -> None:
    for definition, _, _ in ACCEPTED:
        kind = item(**definition)
        try:
            canonical = kind.canonical(typed)
        except AnswerRefused:
            continue
        assert kind.canonical(canonical) == canonical


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_decimal_keeps_its_exact_value(number: Decimal) -> None:
    typed = f"{number:f}"

    assert Decimal(item(kind="decimal").canonical(typed)) == number


def test_every_kind_knows_its_name_its_column_and_whether_it_takes_answers() -> None:
    names = [kind.model_fields["kind"].annotation.__args__[0] for kind in KINDS]  # type: ignore[union-attr]

    assert names == [
        "text", "long_text", "integer", "decimal", "date", "time", "datetime", "boolean",
        "choice", "choices", "scale", "computed", "file", "annotation", "measurement",
        "segmentation", "image_link", "section", "note",
    ]  # fmt: skip
    assert [name for name, kind in zip(names, KINDS, strict=True) if not kind.takes_answers] == [
        "section", "note",
    ]  # fmt: skip
    columns = dict(zip(names, (kind.lake_column for kind in KINDS), strict=True))
    assert {name: column for name, column in columns.items() if column != "text"} == {
        "integer": "integer", "scale": "integer", "decimal": "decimal", "measurement": "decimal",
        "boolean": "boolean", "date": "date",
    }  # fmt: skip
