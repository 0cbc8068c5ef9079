"""Values: exact decimals, null that propagates, three-valued logic, rows and earlier visits."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.ecrf.language.context import MAX_EARLIER, Context
from tests.research.ecrf.language.forms import value, visit

T, F, N = True, False, None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("10 - 4 - 3", "3"),
        ("12 / 4 / 3", "1"),
        ("-2 - -3", "1"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("1 / 0", None),
        ("0 / 0", None),
        ("1 / 0 * 0", None),
        ("null + 1", None),
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(0.125, 2)", "0.13"),
        ("round(-0.4)", "0"),
        ("round(1 / 0)", None),
        ("abs(-1234567890123456789012345678901234)", "1234567890123456789012345678901234"),
        ("min(3, 1, 2)", "1"),
        ("max(3, 1, 2)", "3"),
        ("min(3, null)", None),
        ("sum(1, 2, 3.5)", "6.5"),
        ("count(1, null, 3)", "2"),
        ("coalesce(null, null, 4)", "4"),
        ("if(true, 1, 2)", "1"),
        ("if(1 > 2, 1, 2)", "2"),
        ("if(null, 1, 2)", None),
        ("sum(TARGETS.MM)", None),
        ("count(TARGETS.MM)", "0"),
    ],
)
def test_arithmetic_is_exact_and_null_propagates(text, expected):
    assert value(text) == (None if expected is None else Decimal(expected))


def test_the_greatest_product_that_can_be_written_is_a_number_and_beyond_is_null():
    greatest = "*".join(["9" * 34] * 45)
    huge = Decimal("1e6000")

    assert value(f"{greatest} > 0") is True
    assert value("SOD * SOD", visit(SOD=huge)) is None
    assert value("SOD * SOD > 1", visit(SOD=huge)) is None


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, N, N, T),
        (F, T, F, T), (F, F, F, F), (F, N, F, N),
        (N, T, N, T), (N, F, F, N), (N, N, N, N),
    ],
)  # fmt: skip
def test_and_and_or_are_three_valued(left, right, both, either):
    now = visit(NEW=left, UNKNOWN=right)

    assert value("NEW and UNKNOWN", now) is both
    assert value("NEW or UNKNOWN", now) is either
    assert value("all(NEW, UNKNOWN)", now) is both
    assert value("any(NEW, UNKNOWN)", now) is either
    assert value("not NEW", now) is (None if left is None else not left)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.0 == 1.00", T),
        ("OVERALL == 'PR'", T),
        ("OVERALL != 'PR'", F),
        ("EMPTY == 1", N),
        ("EMPTY == null", N),
        ("EMPTY != EMPTY", N),
        ("OVERALL in ['CR', 'PR']", T),
        ("OVERALL not in ['CR', 'PR']", F),
        ("OVERALL in ['CR', null]", N),
        ("OVERALL in ['PR', null]", T),
        ("EMPTY in [1]", N),
        ("SOD in TARGETS.MM", F),
        ("31 in TARGETS.MM", T),
        ("is_missing(EMPTY)", T),
        ("is_missing(SOD)", F),
        ("is_missing(SOD / 0)", T),
        ("SCANNED < charter.therapy", T),
        ("days_between(SCANNED, charter.therapy) == 28", T),
        ("days_between(charter.therapy, SCANNED) == -28", T),
    ],
)
def test_comparisons(text, expected):
    now = visit(SOD=Decimal(55), OVERALL="PR", SCANNED=date(2026, 2, 1), mm=["31", "24"])
    constants = {"charter": {"therapy": date(2026, 3, 1)}}

    assert value(text, now, constants=constants) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(TARGETS.MM)", Decimal(55)),
        ("min(TARGETS.MM)", Decimal(0)),
        ("max(TARGETS.MM)", Decimal(31)),
        ("count(TARGETS.MM)", Decimal(3)),
        ("count(TARGETS.STATUS == 'absent')", Decimal(1)),
        ("any(TARGETS.MM > 30)", True),
        ("all(TARGETS.MM > 0)", False),
        ("sum(if(TARGETS.STATUS == 'present', TARGETS.MM * 2, 100))", Decimal(210)),
        ("sum(TARGETS.MM, 5)", Decimal(60)),
        ("any(OTHERS.GRADE > 1)", False),
        ("all(OTHERS.GRADE > 1)", True),
    ],
)
def test_columns_are_worked_on_row_by_row_and_brought_to_one_value(text, expected):
    assert value(text, visit(mm=["31", "24", "0"])) == expected


def test_a_row_without_a_value_makes_the_sum_unknown_but_not_the_count():
    now = visit(mm=["31", None])

    assert value("sum(TARGETS.MM)", now) is None
    assert value("count(TARGETS.MM)", now) == 1
    assert value("any(TARGETS.MM > 30)", now) is True
    assert value("any(TARGETS.MM > 40)", now) is None
    assert value("all(TARGETS.MM > 40)", now) is False
    assert value("sum(coalesce(TARGETS.MM, 5))", now) == 36


def test_earlier_visits_are_seen_by_prior_baseline_and_nadir():
    first = visit("BL", SOD=Decimal(88), mm=["50", "38"])
    second = visit("W12", SOD=Decimal(55), mm=["31", "24"])
    third = visit("W15", SOD=None, mm=["31", None])
    now = visit("W18", SOD=Decimal(69), mm=["40", "29"])
    seen = {"earlier": (first, second, third), "baseline": first}

    assert value("prior(SOD)", now, **seen) is None
    assert value("baseline(SOD)", now, **seen) == 88
    assert value("nadir(SOD)", now, **seen) == 55
    assert value("nadir(sum(TARGETS.MM))", now, **seen) == 55
    assert value("max(TARGETS.MM - nadir(TARGETS.MM))", now, **seen) == 9
    assert value("MM - nadir(MM)", now, **seen, row="2") == 5
    assert value("MM - prior(MM)", now, **seen, row="1") == 9
    assert value("MM - prior(MM)", now, **seen, row="2") is None
    assert value("(SOD - nadir(SOD)) * 100 >= 20 * nadir(SOD)", now, **seen) is True


def test_without_an_earlier_visit_there_is_nothing_to_look_back_to():
    now = visit(SOD=Decimal(69))

    assert [value(f"{word}(SOD)", now) for word in ("prior", "baseline", "nadir")] == [None] * 3


def test_a_context_holds_a_bounded_number_of_visits():
    with pytest.raises(AssertionError):
        Context(visit(), (visit(),) * (MAX_EARLIER + 1))


PROGRESSION = "(SOD - nadir(SOD)) * 100 >= 20 * nadir(SOD)"
RESPONSE = "(baseline(SOD) - SOD) * 100 >= 30 * baseline(SOD)"
TENTHS = [Decimal(tenths) / 10 for tenths in range(100, 3001)]


def test_each_of_2901_boundaries_of_20_percent_up_is_judged_right():
    wrong = [
        size
        for size in TENTHS
        for shift, expected in ((Decimal(0), True), (Decimal("-0.01"), False))
        if value(PROGRESSION, visit(SOD=size * 12 / 10 + shift), earlier=[visit(SOD=size)])
        is not expected
    ]

    assert len(TENTHS) == 2901
    assert wrong == []


def test_each_of_2901_boundaries_of_30_percent_down_is_judged_right():
    wrong = [
        size
        for size in TENTHS
        for shift, expected in ((Decimal(0), True), (Decimal("0.01"), False))
        if value(RESPONSE, visit(SOD=size * 7 / 10 + shift), baseline=visit(SOD=size))
        is not expected
    ]

    assert wrong == []


numbers = st.decimals(min_value=-10_000, max_value=10_000, places=3, allow_nan=False)


@given(numbers, numbers, numbers)
def test_arithmetic_agrees_with_fractions(a, b, c):
    now = visit(SOD=a, EMPTY=b, ODD_OID_1=c)

    found = value("(SOD + EMPTY) * `ODD-OID.1` - SOD", now)

    assert Fraction(found) == (Fraction(a) + Fraction(b)) * Fraction(c) - Fraction(a)


@given(st.lists(st.none() | numbers, max_size=8))
def test_a_sum_is_known_exactly_when_every_row_is(sizes):
    found = value("sum(TARGETS.MM)", visit(mm=sizes))

    assert found == (None if not sizes or None in sizes else sum(sizes))


@given(numbers, st.integers(0, 6))
def test_rounding_moves_a_number_by_half_a_step_at_most(number, places):
    found = value(f"round(SOD, {places})", visit(SOD=number))

    assert abs(Fraction(found) - Fraction(number)) <= Fraction(1, 2 * 10**places)


def test_an_item_that_was_of_another_kind_at_an_earlier_visit_is_missing_there():
    then = visit(SOD="large", NEW="yes", OVERALL=Decimal(1), mm=["1"])

    assert value("prior(SOD) > 1", visit(), earlier=[then]) is None
    assert value("prior(SOD) + 1", visit(), earlier=[then]) is None
    assert value("prior(OVERALL) == 'PR'", visit(), earlier=[then]) is None
    assert value("not prior(NEW)", visit(), earlier=[then]) is None
    assert value("prior(NEW) and true", visit(), earlier=[then]) is None
    assert value("if(prior(NEW), 1, 2)", visit(), earlier=[then]) is None
