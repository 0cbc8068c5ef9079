"""What holds of rules in every form: visibility is stable, the order of writing does not matter."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import evaluate
from research.errors import Invalid
from research.forms import checked_form

# Each shows the next; each total needs the one before; two of the items need nothing.
RULES = {
    "B": {"visible_if": "A > 0"},
    "C": {"visible_if": "B > 0", "required_if": "A > 5"},
    "D": {"visible_if": "C > B or is_missing(C)"},
    "TOTAL": {"kind": "computed", "value": "coalesce(A, 0) + coalesce(B, 0) + coalesce(C, 0)"},
    "TWICE": {"kind": "computed", "value": "TOTAL * 2", "visible_if": "TOTAL > 3"},
}
ITEMS = ("A", "B", "C", "D", "TOTAL", "TWICE")
NUMBERS = st.integers(-3, 9).map(str)


def form_of(order: tuple[str, ...]) -> FormDefinition:
    items = [{"oid": oid, "kind": "decimal", **RULES.get(oid, {})} for oid in order]
    return FormDefinition.model_validate(
        {"oid": "F", "version": "1.0.0", "groups": [{"oid": "G", "items": items}]}
    )


FORM = form_of(ITEMS)


def answered(values: Mapping[str, str]) -> dict[ItemKey, Answer]:
    return {ItemKey("G", "", oid): Answer(value) for oid, value in values.items()}


@given(st.dictionaries(st.sampled_from("ABCD"), NUMBERS))
def test_taking_hidden_answers_away_hides_and_computes_the_same(values: dict[str, str]) -> None:
    first = evaluate(FORM, answered(values))
    left = {key: answer for key, answer in answered(values).items() if first.visible[key]}

    second = evaluate(FORM, left)

    assert (second.visible, second.computed) == (first.visible, first.computed)
    assert second.required == first.required


@given(st.dictionaries(st.sampled_from("ABCD"), NUMBERS), st.randoms(use_true_random=False))
def test_the_order_in_which_items_are_written_changes_no_value(
    values: dict[str, str], order: random.Random
) -> None:
    shuffled = list(ITEMS)
    order.shuffle(shuffled)

    one, other = evaluate(FORM, answered(values)), evaluate(form_of(tuple(shuffled)),
                                                            answered(values))  # fmt: skip

    assert one.visible == other.visible
    assert one.computed == other.computed
    assert set(one.missing_required) == set(other.missing_required)


@given(st.dictionaries(st.sampled_from("ABCD"), NUMBERS))
def test_a_hidden_item_is_never_required_and_never_warned_of(values: dict[str, str]) -> None:
    found = evaluate(FORM, answered(values))

    hidden = {key for key, shown in found.visible.items() if not shown}
    assert not hidden & found.required
    assert not hidden & set(found.missing_required)
    assert not hidden & {check.key for check in found.checks}


@pytest.mark.parametrize("length", [1, 2, 5])
def test_a_circle_is_refused_by_the_names_in_it(length: int) -> None:
    names = [f"X{n}" for n in range(length)]
    items = [
        {"oid": oid, "kind": "computed", "value": f"{names[(at + 1) % length]} + 1"}
        for at, oid in enumerate(names)
    ]
    form = {"oid": "F", "version": "1.0.0", "groups": [{"oid": "G", "items": items}]}

    with pytest.raises(Invalid) as refused:
        checked_form(form)

    (problem,) = refused.value.problems
    assert all(name in problem.message for name in names)
    assert "break the circle" in problem.message


def test_a_group_that_is_hidden_hides_its_items() -> None:
    form = FormDefinition.model_validate(
        {
            "oid": "F",
            "version": "1.0.0",
            "groups": [
                {"oid": "G", "items": [{"oid": "A", "kind": "decimal"}]},
                {"oid": "H", "visible_if": "A > 1", "items": [{"oid": "B", "kind": "decimal"}]},
            ],
        }
    )

    shown = [evaluate(form, answered({"A": value})).visible[ItemKey("H", "", "B")]
             for value in ("1", "2")]  # fmt: skip

    assert shown == [False, True]
