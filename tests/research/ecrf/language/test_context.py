"""From answers as typed to values of their kind; what is unfinished is null."""

from decimal import Decimal

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.language.context import Column, Place, answers_of

FORM = FormDefinition.model_validate(
    {
        "oid": "F",
        "version": "1.0.0",
        "title": "Form",
        "groups": [
            {
                "oid": "R",
                "label": "R",
                "items": [
                    {"kind": "decimal", "oid": "SOD", "label": "Sum"},
                    {"kind": "boolean", "oid": "NEW", "label": "New"},
                    {"kind": "text", "oid": "WHY", "label": "Why"},
                    {"kind": "scale", "oid": "SURE", "label": "Sure", "min": 1, "max": 5},
                ],
            },
            {
                "oid": "T",
                "label": "T",
                "repeats": True,
                "items": [
                    {"kind": "decimal", "oid": "MM", "label": "mm"},
                    {"kind": "integer", "oid": "SLICE", "label": "Slice"},
                ],
            },
        ],
    }
)


def test_answers_become_values_of_their_kind():
    found = answers_of(
        FORM,
        {
            ItemKey("R", "", "SOD"): Answer("30.10"),
            ItemKey("R", "", "NEW"): Answer("true"),
            ItemKey("R", "", "WHY"): Answer("seen"),
            ItemKey("R", "", "SURE"): Answer("4"),
        },
        visit="W6",
    )

    assert found.visit == "W6"
    assert str(found.items[Place("R", "SOD")]) == "30.10"
    assert found.items[Place("R", "NEW")] is True
    assert found.items[Place("R", "WHY")] == "seen"
    assert found.items[Place("R", "SURE")] == Decimal(4)


def test_every_row_has_a_value_in_every_column():
    found = answers_of(
        FORM,
        {ItemKey("T", "10", "MM"): Answer("9.5"), ItemKey("T", "2", "SLICE"): Answer("7")},
    )

    assert found.rows == {"T": ("2", "10")}
    assert found.column(Place("T", "MM")) == Column({"2": None, "10": Decimal("9.5")})
    assert found.column(Place("T", "GONE")) == Column({"2": None, "10": None})


def test_what_is_unfinished_or_missing_is_null_and_never_guessed():
    typed = {"SOD": "12,5", "NEW": "yes", "SURE": "9"}
    answers = {ItemKey("R", "", item): Answer(text) for item, text in typed.items()}
    answers[ItemKey("R", "", "WHY")] = Answer(missing="not_applicable")

    found = answers_of(FORM, answers)

    assert set(found.items.values()) == {None}
