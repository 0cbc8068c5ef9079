from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

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

    assert names[-1] == "note"
    assert [kind.takes_answers for kind in KINDS] == [True] * 7 + [False]
    assert [kind.lake_column for kind in KINDS] == [
        "text", "integer", "decimal", "boolean", "text", "integer", "text", "text",
    ]  # fmt: skip
