import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.ecrf.exchange.odm_read import ReadForm
from research.ecrf.exchange.redcap import read_redcap
from research.ecrf.exchange.redcap_logic import NotTranslated, translated
from research.errors import Invalid
from research.forms import checked_form

HEADER = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note",
    "Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max",
    "Identifier?", "Branching Logic (Show field only if...)", "Required Field?",
    "Custom Alignment", "Question Number (surveys only)", "Matrix Group Name", "Matrix Ranking?",
    "Field Annotation",
)  # fmt: skip
KINDS = {
    "size": "number", "stage": "choice", "seen": "boolean", "sites": "choices", "why": "text",
    "day": "date",
}  # fmt: skip


def field(name: str, kind: str, **cells: str) -> list[str]:
    row = dict.fromkeys(HEADER, "")
    row |= {HEADER[0]: name, HEADER[1]: cells.pop("form", "visit_one"), HEADER[3]: kind}
    row |= {HEADER[4]: cells.pop("label", name.title())}
    columns = {
        "section": 2, "choices": 5, "note": 6, "validation": 7, "least": 8, "most": 9,
        "branching": 11, "required": 12,
    }  # fmt: skip
    row |= {HEADER[columns[key]]: value for key, value in cells.items()}
    return list(row.values())


def dictionary(*fields: list[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([HEADER, *fields])
    return out.getvalue().encode()


def one(*fields: list[str]) -> ReadForm:
    (found,) = read_redcap(dictionary(*fields))
    checked_form(dict(found.definition))
    return found


def test_every_type_of_field_becomes_its_kind() -> None:
    found = one(
        field("name_of_it", "text", required="y", note="As printed"),
        field("many", "text", validation="integer", least="0", most="10"),
        field("size", "text", validation="number_2dp", least="0", most="99.5"),
        field("day", "text", validation="date_dmy", least="2020-01-01"),
        field("moment", "text", validation="datetime_ymd"),
        field("clock", "text", validation="time"),
        field("words", "notes"),
        field("stage", "radio", choices="1, First | 2, Second, later"),
        field("sites", "checkbox", choices="lu, Lung | li, Liver"),
        field("seen", "yesno"),
        field("true_one", "truefalse"),
        field("sure", "slider", choices="not | half | wholly"),
        field("paper", "file"),
        field("read_this", "descriptive", label="<b>Read</b> this<br>first"),
    )

    items = {item["oid"]: item for item in found.definition["groups"][0]["items"]}
    assert [item["kind"] for item in items.values()] == [
        "text", "integer", "decimal", "date", "datetime", "time", "long_text", "choice", "choices",
        "boolean", "boolean", "scale", "file", "note",
    ]  # fmt: skip
    assert items["name_of_it"]["required"]
    assert items["name_of_it"]["help"] == "As printed"
    assert (items["many"]["min"], items["many"]["max"]) == (0, 10)
    assert (items["size"]["max"], items["size"]["decimals"]) == ("99.5", 2)
    assert items["stage"]["code_list"][1] == {"code": "2", "label": "Second, later"}
    assert (items["sure"]["min_label"], items["sure"]["max_label"]) == ("not", "wholly")
    assert items["read_this"]["label"] == "Read this first"
    assert found.notes == ()


def test_instruments_become_forms_and_sections_groups() -> None:
    found = read_redcap(
        dictionary(
            field("a", "text"),
            field("b", "text", section="Second part"),
            field("c", "text", form="visit_two"),
        )
    )

    assert [form.definition["oid"] for form in found] == ["visit_one", "visit_two"]
    assert [group["label"] for group in found[0].definition["groups"]] == [
        "visit_one",
        "Second part",
    ]


def test_branching_becomes_visibility() -> None:
    found = one(
        field("stage", "radio", choices="1, First | 2, Second"),
        field("why", "text", branching="[stage] = '2' or [stage] = ''"),
    )

    item = found.definition["groups"][0]["items"][1]
    assert item["visible_if"] == "stage == '2' or is_missing(stage)"


@pytest.mark.parametrize(
    ("logic", "expression"),
    [
        ("[size] >= '12.50'", "size >= 12.50"),
        ("[size] > 5 and [seen] = '1'", "size > 5 and seen == true"),
        ("([stage] <> '1') AND ([why] != \"\")", "(stage != '1') and (not is_missing(why))"),
        ("[sites(lu)] = '1'", "contains(sites, 'lu')"),
        ("[sites(lu)] = '0'", "not contains(sites, 'lu')"),
        ("[seen]='0'", "seen == false"),
    ],
)
def test_logic_is_translated_by_what_a_field_is(logic: str, expression: str) -> None:
    assert translated(logic, kinds=KINDS, known=set(KINDS)) == expression


@pytest.mark.parametrize(
    ("logic", "reason"),
    [
        ("[visit_1_arm_1][size] > 5", "is not of this form"),
        ("datediff([day], 'today', 'd') > 5", "not understood"),
        ("[stage] > '2'", "by its order"),
        ("[day] > '2020-01-01'", "by its order"),
        ("[sites] = '1'", "several answers"),
        ("[size] = 'large'", "is a number"),
        ("[size] = ", "too early"),
        ("([size] = 1", "not closed"),
        ("[size] = 1 1", "not expected"),
        ("[unknown] = 1", "not of this form"),
        ("[size] = 1 ; 2", "not understood"),
        ("(" * 30 + "[size] = 1" + ")" * 30, "too deep"),
        ('[why] = "o\'clock"', "quotation mark"),
    ],
)
def test_what_cannot_be_said_is_not_guessed(logic: str, reason: str) -> None:
    with pytest.raises(NotTranslated, match=reason):
        translated(logic, kinds=KINDS, known=set(KINDS))


def test_what_is_left_out_is_noted_by_field() -> None:
    found = one(
        field("a", "text", validation="ssn"),
        field("bmi", "calc", choices="[weight] / [height]^2"),
        field("b", "text", branching="[event_1][a] = '1'"),
        field("c", "text", validation="date_ymd", least="today"),
    )

    notes = "\n".join(found.notes)
    for said in (
        "a: the validation ssn",
        "bmi: a field of type calc",
        "b: its branching",
        "c: the",
    ):
        assert said in notes
    assert "[weight] / [height]^2" in notes


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff\xfe",
        b"a,b,c\n1,2,3",
        dictionary(field("Bad Name", "text")),
        dictionary(field("a", "text"), field("a", "text")),
        dictionary(field("a", "radio", choices="no comma")),
        dictionary(field("a", "radio", choices="")),
        dictionary(field("a", "calc")),
        b'"unclosed',
    ],
)
def test_what_is_no_dictionary_is_refused(document: bytes) -> None:
    with pytest.raises(Invalid):
        read_redcap(document)


@given(st.text(max_size=80))
def test_no_logic_does_more_than_be_refused(logic: str) -> None:
    try:
        found = translated(logic, kinds=KINDS, known=set(KINDS))
    except NotTranslated:
        return
    assert found
