"""The washout to the minute."""

from datetime import UTC, datetime, timedelta

import pytest

from research.allocation.opening import opening, opens_rule
from research.errors import Invalid

SIGNED = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
OPENS = SIGNED + timedelta(days=28)
RULE = opens_rule(5, 28)


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (OPENS - timedelta(minutes=1), False),
        (OPENS - timedelta(microseconds=1), False),
        (OPENS, True),
        (OPENS + timedelta(days=400), True),
    ],
)
def test_a_row_opens_exactly_28_times_24_hours_after_the_signature(now, is_open):
    found = opening(RULE, {5: SIGNED}, now)

    assert (found.is_open, found.opens_at) == (is_open, OPENS)


def test_what_was_signed_three_days_later_opens_three_days_later():
    later = opening(RULE, {5: SIGNED + timedelta(days=3)}, OPENS)

    assert not later.is_open
    assert later.opens_at == OPENS + timedelta(days=3)


def test_before_the_signature_a_row_is_closed_without_a_date():
    assert not opening(RULE, {4: SIGNED}, OPENS).is_open
    assert opening(RULE, {}, OPENS).opens_at is None


def test_a_row_without_a_rule_is_open_and_a_strange_rule_is_refused():
    assert opening("", {}, SIGNED).is_open
    with pytest.raises(Invalid, match="no rule of opening"):
        opening("tomorrow", {}, SIGNED)
