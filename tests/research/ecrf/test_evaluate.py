from research.ecrf.answer import Answer, ItemKey
from research.ecrf.evaluate import evaluate
from research.forms import parse_form
from tests.examples.trials import READ_FORM

FORM = parse_form(READ_FORM)
PRESENT = ItemKey("OVERALL", "", "PRESENT")
DIAMETER_10 = ItemKey("LESION", "10", "DIAMETER")
SLICES_2 = ItemKey("LESION", "2", "SLICES")


def test_an_empty_form_misses_what_is_required_and_has_no_repeats() -> None:
    evaluation = evaluate(FORM, {})

    assert evaluation.missing_required == (PRESENT,)
    assert {key.repeat for key in evaluation.visible} == {""}
    assert not evaluation.may_be_submitted


def test_each_repeat_that_was_begun_needs_its_required_items_in_number_order() -> None:
    answers = {
        PRESENT: Answer("true"),
        DIAMETER_10: Answer("12.5"),
        SLICES_2: Answer("3"),
    }

    evaluation = evaluate(FORM, answers)

    assert evaluation.missing_required == (ItemKey("LESION", "2", "DIAMETER"),)
    repeats = [key.repeat for key in evaluation.visible if key.item == "DIAMETER"]
    assert repeats == ["2", "10"]


def test_a_complete_form_may_be_submitted() -> None:
    evaluation = evaluate(FORM, {PRESENT: Answer(missing="unknown", reason="not said")})

    assert evaluation.may_be_submitted
    assert evaluation.checks == ()


def test_a_stored_answer_the_form_cannot_take_blocks() -> None:
    evaluation = evaluate(FORM, {PRESENT: Answer("maybe")})

    assert [(check.key, check.severity) for check in evaluation.checks] == [(PRESENT, "block")]
    assert not evaluation.may_be_submitted
