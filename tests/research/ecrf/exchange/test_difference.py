from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from research.ecrf.definition import FormDefinition
from research.ecrf.exchange.difference import difference
from tests.research.ecrf.exchange.forms import everything


def form(*oids: str, labels: dict[str, str] | None = None, **head: Any) -> FormDefinition:
    items = [{"kind": "text", "oid": oid, "label": (labels or {}).get(oid, oid)} for oid in oids]
    groups = [{"oid": "G", "label": "G", "items": items}]
    return FormDefinition.model_validate(
        {"oid": "F", "version": "1.0.0", "title": "F", "groups": groups} | head
    )


def told(old: FormDefinition, new: FormDefinition) -> list[tuple[str, str, str]]:
    return [(change.part, change.oid, change.change) for change in difference(old, new)]


def test_a_form_does_not_differ_from_itself() -> None:
    assert difference(everything(), everything()) == ()


def test_a_changed_field_is_told_with_old_and_new() -> None:
    (change,) = difference(form("A", "B"), form("A", "B", labels={"B": "Better"}))

    assert (change.part, change.oid, change.change) == ("item", "G.B", "changed")
    assert (change.before, change.after) == ({"label": "B"}, {"label": "Better"})


def test_what_came_and_what_went_are_told() -> None:
    assert told(form("A", "B"), form("A", "C")) == [
        ("item", "G.C", "added"),
        ("item", "G.B", "removed"),
    ]


def test_one_item_that_moved_is_told_alone() -> None:
    assert told(form("A", "B", "C", "D"), form("A", "C", "D", "B")) == [("item", "G.B", "moved")]


def test_the_head_and_the_checks_are_compared_too() -> None:
    check = {"item": "A", "when": "A == 'x'", "severity": "block", "message": "No."}
    later = form("A", version="1.1.0", checks=[check])

    assert told(form("A"), later) == [
        ("form", "F", "changed"),
        ("check", "A: A == 'x'", "added"),
    ]


@given(st.permutations("ABCDEFG"), st.permutations("ABCDEFG"))
def test_as_few_items_as_can_be_have_moved(old: list[str], new: list[str]) -> None:
    moved = {oid[-1] for _, oid, _ in told(form(*old), form(*new))}

    assert [oid for oid in old if oid not in moved] == [oid for oid in new if oid not in moved]
    assert len(moved) < 7
