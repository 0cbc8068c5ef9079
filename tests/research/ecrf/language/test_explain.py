"""A value in words: what was put together, from which visit, and why nothing came out."""

from decimal import Decimal

import pytest

from research.ecrf.language.context import Context
from research.ecrf.language.errors import TooCostly
from research.ecrf.language.explain import explain
from research.ecrf.language.programs import compiled
from tests.research.ecrf.language.forms import SCOPE, visit

BASELINE = visit("BL", SOD=Decimal(88), mm=["50", "38"])
NADIR = visit("W12", SOD=Decimal(55), mm=["31", "24"])
NOW = visit("W18", SOD=Decimal(69), OVERALL="PR", mm=["40", "29"])
CONTEXT = Context(NOW, (BASELINE, NADIR), BASELINE, {"criteria": {"overall": "PD"}})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sum(TARGETS.MM)", "sum of TARGETS.MM = 40 + 29 = 69"),
        ("max(TARGETS.MM)", "max of TARGETS.MM = 40 out of 40, 29"),
        ("nadir(SOD)", "nadir of SOD = 55 at W12"),
        ("nadir(sum(TARGETS.MM))", "nadir of sum of TARGETS.MM = 55 at W12"),
        (
            "(SOD - nadir(SOD)) * 100 >= 20 * nadir(SOD)",
            "(SOD - nadir of SOD) * 100 >= 20 * nadir of SOD: (69 - 55) * 100 >= 20 * 55 is true; "
            "SOD = 69; nadir of SOD = 55 at W12",
        ),
        (
            "OVERALL != criteria.overall",
            "OVERALL != criteria.overall: 'PR' != 'PD' is true; "
            "OVERALL = 'PR'; criteria.overall = 'PD'",
        ),
        (
            "sum(TARGETS.MM) - baseline(SOD)",
            "sum of TARGETS.MM - baseline of SOD = 69 - 88 = -19; "
            "sum of TARGETS.MM = 40 + 29 = 69; baseline of SOD = 88 at BL",
        ),
        (
            "if(SOD > prior(SOD), 'grown', 'not grown')",
            "because SOD > prior of SOD is true: 'grown'; SOD = 69; prior of SOD = 55 at W12",
        ),
        (
            "any(TARGETS.STATUS == 'absent')",
            "any(TARGETS.STATUS == 'absent'): false, false, so false",
        ),
        (
            "OVERALL in ['CR', 'PR'] and not is_missing(SOD)",
            "OVERALL in ['CR', 'PR'] and not is missing of SOD: "
            "'PR' in ['CR', 'PR'] and not false is true; "
            "OVERALL = 'PR'; is missing of SOD is false; SOD = 69",
        ),
        ("10 - (3 - 2)", "10 - (3 - 2) = 9"),
        ("10 / 3", "10 / 3 = 3.333333…"),
        ("'a'", "'a'"),
    ],
)
def test_a_value_is_explained(text, words):
    assert str(explain(compiled(text, SCOPE), CONTEXT)) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "EMPTY + 1",
            "EMPTY + 1 = missing + 1 = missing; EMPTY is missing",
        ),
        (
            "SOD / (SOD - 69)",
            "SOD / (SOD - 69) = 69 / (69 - 69) = missing; SOD = 69; "
            "SOD - 69 is 0, and a division by zero has no value",
        ),
        ("sum(OTHERS.GRADE)", "sum of OTHERS.GRADE = no rows = missing"),
        ("prior(EMPTY)", "prior of EMPTY is missing at W12"),
        ("EMPTY > 1", "EMPTY > 1: missing > 1 is not known; EMPTY is missing"),
    ],
)
def test_a_missing_value_says_what_is_missing(text, words):
    assert str(explain(compiled(text, SCOPE), CONTEXT)) == words


def test_a_missing_row_is_named():
    context = Context(visit(mm=["31", None, "2"]))

    found = explain(compiled("sum(TARGETS.MM)", SCOPE), context)

    assert found.value is None
    assert str(found) == (
        "sum of TARGETS.MM = 31 + missing + 2 = missing; TARGETS.MM is missing in row 2"
    )


def test_without_an_earlier_visit_the_words_say_so():
    found = explain(compiled("nadir(SOD)", SCOPE), Context(NOW))

    assert str(found) == "nadir of SOD is missing, there is no such visit"


@pytest.mark.parametrize(
    "level",
    ["-if(1 == 0 or 1 == 1 and 2 < 1 + 2 * {}, 1, 2)", "abs(1 + 2 * -({}))", "(1 + 2 * ({}))"],
)
def test_the_deepest_expression_is_evaluated_and_explained(level):
    text = "1"
    while True:
        deeper = level.format(text)
        try:
            compiled(deeper, SCOPE)
        except TooCostly:
            break
        text = deeper

    found = explain(compiled(text, SCOPE), CONTEXT)

    assert found.value is not None
    assert found.value == compiled(text, SCOPE).value(CONTEXT)
