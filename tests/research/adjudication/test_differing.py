"""What differs between two signed records, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.adjudication.differing import SignedRecord, Trigger, Value, differs, triggers
from research.adjudication.rules import AdjudicationRule, Tolerance
from tests.examples.adjudication import RULE

VALUES = st.one_of(
    st.none(), st.booleans(), st.sampled_from(["PR", "SD", ""]),
    st.decimals(allow_nan=False, allow_infinity=False, places=2),
)  # fmt: skip


def rule(*if_any: dict, unit: str = "subject") -> AdjudicationRule:
    return AdjudicationRule.model_validate({**RULE, "unit": unit, "if_any": if_any})


def course(position: str, best: str | None, progression: str | None) -> SignedRecord:
    return SignedRecord(position, {"best_overall_response": best, "progression_visit": progression})


def sums(position: str, **visits: str | None) -> SignedRecord:
    return SignedRecord(
        position,
        visits={
            visit: {"SOD": None if text is None else Decimal(text)}
            for visit, text in visits.items()
        },
    )


def test_both_endpoints_that_differ_are_named_in_the_order_of_the_rule() -> None:
    found = triggers(
        AdjudicationRule.model_validate(RULE),
        [course("R2", "SD", None), course("R1", "PR", "W18")],
    )

    assert found == (
        Trigger("best_overall_response", None, (("R1", "PR"), ("R2", "SD"))),
        Trigger("progression_visit", None, (("R1", "W18"), ("R2", None))),
    )


def test_readers_who_agree_trigger_nothing_and_a_third_reader_is_not_asked() -> None:
    records = [course("R1", "SD", None), course("R2", "SD", None), course("R3", "PD", "W6")]

    assert triggers(AdjudicationRule.model_validate(RULE), records) == ()


def test_a_value_against_a_missing_one_differs_and_two_missing_ones_are_equal() -> None:
    assert differs(Decimal("5"), None, Tolerance(absolute=Decimal(1000)))
    assert differs(False, None)
    assert differs("", None)
    assert not differs(None, None)
    assert not differs(None, None, Tolerance(percent=Decimal(0)))


@pytest.mark.parametrize(
    ("one", "other", "tolerance", "expected"),
    [
        ("43.0", "43", None, False),
        ("30.1", "30.10000000000000000000000000000000001", None, True),
        ("10", "15", {"absolute": "5"}, False),
        ("10", "15.0001", {"absolute": "5"}, True),
        ("0.1", "0.3", {"absolute": "0.2"}, False),
        ("45", "55", {"percent": "20"}, False),  # 10 of a mean of 50: exactly 20 %
        ("45", "55.01", {"percent": "20"}, True),
        ("0", "0", {"percent": "20"}, False),
        ("0", "1", {"percent": "20"}, True),
        ("-5", "5", {"percent": "100"}, True),
        ("1", "1.1", {"percent": "0"}, True),
    ],
)
def test_numbers_are_compared_exactly(
    one: str, other: str, tolerance: dict | None, *, expected: bool
) -> None:
    allowed = Tolerance.model_validate(tolerance) if tolerance else None

    assert differs(Decimal(one), Decimal(other), allowed) is expected


def test_each_visit_is_compared_and_one_that_a_single_reader_read_differs() -> None:
    each = rule({"differs": "SOD", "at_visit": "each", "more_than": {"percent": 20}})

    found = triggers(each, [sums("R1", BL="50", W6="45", W12="30"), sums("R2", BL="50", W6="60")])

    assert [(one.visit, dict(one.values)) for one in found] == [
        ("W6", {"R1": Decimal(45), "R2": Decimal(60)}),
        ("W12", {"R1": Decimal(30), "R2": None}),
    ]


def test_a_named_visit_alone_is_compared() -> None:
    last = rule({"differs": "SOD", "at_visit": "W6"})

    assert triggers(last, [sums("R1", BL="50", W6="45"), sums("R2", BL="51", W6="45")]) == ()
    assert triggers(last, [sums("R1", BL="50"), sums("R2", BL="51")]) == ()


def test_a_rule_per_visit_compares_the_fields_of_that_visit() -> None:
    per_visit = rule({"differs": "SOD"}, unit="visit")

    (found,) = triggers(per_visit, [sums("R1", W6="45"), sums("R2", W6="46")])

    assert (found.differs, found.visit) == ("SOD", "W6")


@given(VALUES, VALUES, st.none() | st.builds(Tolerance, percent=st.decimals(0, 200, places=1)))
def test_differing_has_no_direction(one: Value, other: Value, tolerance: Tolerance | None) -> None:
    assert differs(one, other, tolerance) == differs(other, one, tolerance)
    assert not differs(one, one, tolerance)
