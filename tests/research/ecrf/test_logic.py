"""A form's rules over its answers: hidden, required, computed, proposed and wrong."""

from decimal import Decimal
from typing import Any

import pytest

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.language.context import Context, answers_of
from research.ecrf.logic import RulesRefused, compiled_rules
from research.ecrf.outcome import Finding, apply_rules, shown

CODES = [{"code": code, "label": code} for code in ("CR", "PR", "SD", "PD")]
FORM = FormDefinition.model_validate(
    {
        "oid": "RECIST",
        "version": "1.0.0",
        "title": "Targets",
        "groups": [
            {
                "oid": "TARGETS",
                "label": "Targets",
                "repeats": True,
                "items": [
                    {"kind": "text", "oid": "STATUS", "label": "Status"},
                    {"kind": "decimal", "oid": "DIAM", "label": "Diameter", "unit": "mm"},
                    {"kind": "decimal", "oid": "COUNTED", "label": "Counted", "unit": "mm"},
                ],
            },
            {
                "oid": "RESPONSE",
                "label": "Response",
                "items": [
                    {"kind": "decimal", "oid": "SOD", "label": "Sum", "unit": "mm"},
                    {"kind": "decimal", "oid": "CHANGE", "label": "Change", "unit": "%"},
                    {"kind": "choice", "oid": "OVERALL", "label": "Overall", "code_list": CODES},
                    {"kind": "text", "oid": "WHY", "label": "Why"},
                ],
            },
        ],
    }
)
RULES: dict[str, Any] = {
    "visible_if": {"DIAM": "STATUS == 'present'", "WHY": "OVERALL != criteria.overall"},
    "required_if": {"DIAM": "STATUS == 'present'", "WHY": "OVERALL == 'PD'"},
    "computed": {
        "CHANGE": "(SOD - baseline(SOD)) * 100 / baseline(SOD)",
        "SOD": "sum(TARGETS.COUNTED)",
        "COUNTED": "if(STATUS == 'absent', 0, if(STATUS == 'too small', 5, DIAM))",
    },
    "default": {"OVERALL": "criteria.overall"},
    "checks": [
        {
            "item": "OVERALL",
            "when": "OVERALL != criteria.overall",
            "severity": "warn",
            "message": "Differs from the computed response; say why.",
        },
        {
            "item": "DIAM",
            "when": "DIAM < 2",
            "severity": "block",
            "message": "No lesion is that small.",
        },
    ],
}


def ruled(rules):
    """Return the form with some rules, each by the oid of its item."""
    definition = FORM.to_json() | {"checks": rules.get("checks", []), "criteria": "recist-1.1"}
    for group in definition["groups"]:
        for item in group["items"]:
            for rule in ("visible_if", "required_if", "default"):
                if item["oid"] in rules.get(rule, {}):
                    item[rule] = rules[rule][item["oid"]]
            if item["oid"] in rules.get("computed", {}):
                kept = {key: item[key] for key in ("oid", "label", "unit", "visible_if")
                        if key in item}  # fmt: skip
                value = rules["computed"][item["oid"]]
                item.clear()
                item.update(kept, kind="computed", value=value)
    return FormDefinition.model_validate(definition)


FORM_WITH_RULES = ruled(RULES)
LOGIC = compiled_rules(FORM_WITH_RULES)


def answered(*rows, **items):
    answers = {ItemKey("RESPONSE", "", oid): Answer(text) for oid, text in items.items()}
    for number, (status, size) in enumerate(rows, start=1):
        answers[ItemKey("TARGETS", str(number), "STATUS")] = Answer(status)
        if size is not None:
            answers[ItemKey("TARGETS", str(number), "DIAM")] = Answer(size)
    return answers_of(FORM_WITH_RULES, answers)


def outcome(now, *, earlier=(), overall="SD"):
    baseline = earlier[0] if earlier else None
    context = Context(now, tuple(earlier), baseline)
    return apply_rules(LOGIC, context, criteria=lambda _: {"overall": overall})


def test_computed_items_stand_after_those_they_need_in_whatever_order_they_are_written():
    found = outcome(answered(("present", "21"), ("too small", None), ("absent", None)))

    assert found.computed[ItemKey("TARGETS", "2", "COUNTED")] == 5
    assert found.computed[ItemKey("RESPONSE", "", "SOD")] == 26
    assert found.computed[ItemKey("RESPONSE", "", "CHANGE")] is None


def test_values_of_earlier_visits_are_those_that_were_computed_there():
    baseline = outcome(answered(("present", "30"), ("present", "12"))).answers

    found = outcome(answered(("present", "21"), ("too small", None)), earlier=[baseline])

    assert shown(found.computed[ItemKey("RESPONSE", "", "CHANGE")]).startswith("-38.0952380952")


def test_a_hidden_item_has_no_value_and_nothing_is_computed_from_it():
    found = outcome(answered(("not evaluable", "21")))

    assert ItemKey("TARGETS", "1", "DIAM") in found.hidden
    assert found.computed[ItemKey("TARGETS", "1", "COUNTED")] is None
    assert found.computed[ItemKey("RESPONSE", "", "SOD")] is None


def test_required_and_checked_are_only_visible_items():
    found = outcome(
        answered(("present", "1.5"), ("absent", "1"), OVERALL="PD"),
    )

    assert found.required == {ItemKey("TARGETS", "1", "DIAM"), ItemKey("RESPONSE", "", "WHY")}
    assert set(found.findings) == {
        Finding("check2", ItemKey("TARGETS", "1", "DIAM"), "block", "No lesion is that small."),
        Finding(
            "check1",
            ItemKey("RESPONSE", "", "OVERALL"),
            "warn",
            "Differs from the computed response; say why.",
        ),
    }


def test_a_default_is_proposed_and_changes_no_answer():
    found = outcome(answered(("present", "21")), overall="PR")

    key = ItemKey("RESPONSE", "", "OVERALL")
    assert found.proposed == {key: "PR"}
    assert found.answers.items[key.group, key.item] is None


def test_a_condition_that_is_not_known_hides_the_item_and_raises_no_check():
    found = outcome(answered((None, "1")))

    assert ItemKey("RESPONSE", "", "WHY") in found.hidden
    assert found.findings == ()


def test_every_problem_of_the_rules_is_named_with_item_place_and_remedy():
    form = ruled(
        {
            "visible_if": {"WHY": "SOD"},
            "computed": {"SOD": "sum(TARGETS.SIZE)", "CHANGE": "1 +"},
            "checks": [
                {"item": "GONE", "when": "true", "severity": "warn", "message": "Gone."},
                {"when": "sum(TARGETS.DIAM) > 1", "severity": "warn", "message": "Where?"},
            ],
        }
    )

    with pytest.raises(RulesRefused) as refused:
        compiled_rules(form)

    assert refused.value.problems == (
        "SOD, character 5: TARGETS.SIZE is not known here: name an item of the form or a constant",
        "CHANGE, character 4: a value is missing: an item, a number, a text in quotes or a "
        "function; the expression ends here",
        "WHY, character 1: here stands a yes or no, this yields a number",
        "check1: no such item in RECIST: GONE; name one, with its group if it stands in several",
        "check2: its condition names no item of the form outside of repeating groups: "
        "say with item at which one the message is shown",
    )


def test_items_that_need_one_another_in_a_circle_are_refused():
    form = ruled({"computed": {"SOD": "CHANGE + 1", "CHANGE": "SOD + 1"}})

    with pytest.raises(RulesRefused, match="no value can come first, break the circle"):
        compiled_rules(form)


def test_an_item_may_need_its_own_earlier_value():
    form = ruled({"computed": {"SOD": "coalesce(prior(SOD), 0) + 1"}})
    earlier = answered(SOD="7")

    found = apply_rules(compiled_rules(form), Context(answered(), (earlier,)))

    assert found.computed == {ItemKey("RESPONSE", "", "SOD"): Decimal(8)}


def test_the_answers_that_were_given_are_left_as_they_are():
    now = answered(("not evaluable", "21"), SOD="1")

    outcome(now)

    assert now.columns["TARGETS", "DIAM"] == {"1": Decimal(21)}
    assert now.items["RESPONSE", "SOD"] == 1


def test_all_rules_together_have_a_bounded_cost():
    dear = "nadir(sum(TARGETS.DIAM)) > nadir(sum(TARGETS.COUNTED))"
    check = {"item": "SOD", "when": dear, "severity": "warn", "message": "Dear."}

    with pytest.raises(RulesRefused, match="at most 2000000 are taken"):
        compiled_rules(ruled({"checks": [check] * 60}))
