"""The static check: names, kinds, rows, codes and cost, before any value is there."""

import pytest

from research.ecrf.definition import FormDefinition
from research.ecrf.language.check import MAX_COST, check
from research.ecrf.language.errors import KindRefused, TooCostly
from research.ecrf.language.parser import parse
from research.ecrf.language.programs import compiled
from research.ecrf.language.scope import Kind, Scope, Slot, scope_of
from tests.research.ecrf.language.forms import SCOPE


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SOD * 2", Kind.NUMBER),
        ("SOD > 2", Kind.BOOLEAN),
        ("if(NEW, 'a', 'b')", Kind.TEXT),
        ("if(NEW, null, SOD)", Kind.NUMBER),
        ("coalesce(null, OVERALL)", Kind.TEXT),
        ("days_between(SCANNED, charter.therapy)", Kind.NUMBER),
        ("SCANNED < charter.therapy", Kind.BOOLEAN),
        ("prior(OVERALL)", Kind.TEXT),
        ("count(TARGETS.STATUS)", Kind.NUMBER),
        ("any(TARGETS.MM > nadir(TARGETS.MM))", Kind.BOOLEAN),
        ("RESPONSE.SOD", Kind.NUMBER),
        ("`ODD-OID.1` + 1", Kind.NUMBER),
        ("null", Kind.NULL),
    ],
)
def test_the_kind_of_an_expression_is_known_beforehand(text, kind):
    assert check(parse(text), SCOPE).type.kind == kind


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("'5' = 5", 7, "a number does not go with a text"),
        ("SOD + 'a'", 7, "+ needs a number, this is a text"),
        ("-NEW", 2, "a sign needs a number"),
        ("not SOD", 5, "not needs a yes or no"),
        ("NEW and 1", 9, "and needs a yes or no"),
        ("if(SOD, 1, 2)", 4, "if needs a yes or no"),
        ("if(NEW, 1, 'a')", 12, "nothing is converted silently"),
        ("OVERALL < 'CR'", 1, "< needs numbers or dates"),
        ("NEW > true", 1, "> needs numbers or dates"),
        ("OVERALL == 'XX'", 12, "is not one of its codes: CR, PR, SD, PD, NE"),
        ("OVERALL in ['CR', 'XX']", 19, "is not one of its codes"),
        ("'XX' != OVERALL", 1, "is not one of its codes"),
        ("OVERALL in [1]", 13, "a number does not go with a text"),
        ("1 in []", 6, "nothing is in it"),
        ("1 in SOD", 6, "after in stands a list"),
        ("[1, 2]", 1, "a list in [ ] stands only after in"),
        ("sum(TARGETS.STATUS)", 5, "sum needs a number"),
        ("any(TARGETS.MM)", 5, "any needs a yes or no"),
        ("MM", 1, "write TARGETS.MM inside sum"),
        ("TARGETS", 1, "is a group: write TARGETS.ITEM"),
        ("TARGETS.MM + OTHERS.GRADE", 14, "do not pair up"),
        ("if(any(TARGETS.MM > 1), TARGETS.MM, OTHERS.GRADE)", 37, "do not pair up"),
        ("SODD", 1, "is SOD meant?"),
        ("TARGETS.M", 1, "is TARGETS.MM meant?"),
        ("charter.sd_day", 1, "is charter.sd_days meant?"),
        ("zzz", 1, "name an item of the form or a constant"),
        ("len(OVERALL)", 1, "there is no function len"),
        ("now()", 1, "there is no function now"),
        ("round(SOD, SOD)", 12, "a whole number from 0 to 15"),
        ("round(SOD, 16)", 12, "a whole number from 0 to 15"),
        ("round(SOD, true)", 12, "round needs a number, this is a yes or no"),
        ("round(SOD, 1.5)", 12, "a whole number from 0 to 15"),
        ("abs()", 1, "it is written abs(number)"),
        ("prior(nadir(SOD))", 7, "nadir stands inside prior"),
        ("nadir(OVERALL)", 7, "nadir needs a number"),
        ("days_between(SCANNED, SOD)", 23, "days_between needs a date"),
    ],
)
def test_what_does_not_go_together_is_refused_with_place_and_remedy(text, position, words):
    with pytest.raises(KindRefused) as refused:
        check(parse(text), SCOPE)

    assert words in str(refused.value)
    assert refused.value.position == position


def test_inside_a_row_its_own_items_are_single_values():
    found = check(parse("MM > 10 and STATUS == 'present'"), SCOPE.inside("TARGETS"))

    assert found.type.rows is None
    with pytest.raises(KindRefused, match=r"write TARGETS\.MM inside sum"):
        check(parse("MM"), SCOPE.inside("OTHERS"))


def test_a_refusal_names_the_item_whose_expression_it_is():
    with pytest.raises(KindRefused) as refused:
        compiled("SODD > 1", SCOPE, item="PROGRESSED")

    assert str(refused.value).startswith("PROGRESSED, character 1: SODD is not known here")


@pytest.mark.parametrize(
    ("text", "wants", "words"),
    [
        ("SOD", Kind.BOOLEAN, "here stands a yes or no, this yields a number"),
        ("TARGETS.MM", Kind.NUMBER, "one value for each row of TARGETS"),
    ],
)
def test_the_place_of_an_expression_says_what_it_needs(text, wants, words):
    with pytest.raises(KindRefused, match=words):
        compiled(text, SCOPE, wants=wants)


def test_the_worst_cost_is_known_and_bounded():
    dear = " + ".join(["nadir(sum(TARGETS.MM))"] * 5)

    assert check(parse("nadir(sum(TARGETS.MM))"), SCOPE).cost < MAX_COST
    with pytest.raises(TooCostly, match="more than 100000 steps"):
        check(parse(dear), SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        " or ".join(["any(TARGETS.MM in TARGETS.MM)"] * 4),
        " or ".join([f"any(TARGETS.MM in [{', '.join(['1'] * 100)}])"] * 5),
        f"nadir(sum({' + '.join(['TARGETS.MM', *['1'] * 20])}))",
    ],
    ids=["columns in columns", "columns in lists", "columns and a long sum"],
)
def test_what_is_done_for_every_row_is_counted_for_every_row(text):
    with pytest.raises(TooCostly):
        check(parse(text), SCOPE)


def test_a_group_named_like_a_constant_is_refused_where_both_have_the_name():
    scope = Scope((Slot("charter", "sd_days", Kind.NUMBER),), {"charter": {"sd_days": Kind.NUMBER}})

    with pytest.raises(KindRefused, match="give the group another oid"):
        check(parse("charter.sd_days"), scope)


def test_a_scope_is_drawn_from_a_form():
    form = FormDefinition.model_validate(
        {
            "oid": "F",
            "version": "1.0.0",
            "title": "Form",
            "groups": [
                {
                    "oid": "G",
                    "label": "G",
                    "repeats": True,
                    "items": [
                        {"kind": "decimal", "oid": "MM", "label": "mm"},
                        {"kind": "boolean", "oid": "NODE", "label": "Node"},
                        {
                            "kind": "choice",
                            "oid": "ORGAN",
                            "label": "Organ",
                            "code_list": [{"code": "LIVER", "label": "Liver"}],
                        },
                        {"kind": "note", "oid": "HINT", "label": "A hint"},
                    ],
                }
            ],
        }
    )

    scope = scope_of(form, more=[Slot("G", "counted_mm", Kind.NUMBER, repeats=True)])

    assert [str(slot) for slot in scope.slots] == ["G.MM", "G.NODE", "G.ORGAN", "G.counted_mm"]
    assert scope.by_item["ORGAN"].codes == ("LIVER",)
    assert scope.by_item["NODE"].kind == Kind.BOOLEAN
