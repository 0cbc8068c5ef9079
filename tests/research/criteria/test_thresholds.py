"""Percentages by cross-multiplication: exact, bounds included."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from research.criteria.thresholds import change_in_words, is_grown, is_shrunk, percent_change

sizes = st.decimals(min_value=0, max_value=10_000, places=6)


@given(sizes, sizes, st.sampled_from([20, 25, 30, 50]), st.sampled_from([0, 5]))
def test_thresholds_agree_with_fractions(now, reference, percent, least):
    growth = Fraction(now) - Fraction(reference)
    share = Fraction(percent, 100) * Fraction(reference)

    grown = is_grown(now, reference, percent=Decimal(percent), least=Decimal(least))
    shrunk = is_shrunk(now, reference, percent=Decimal(percent))

    assert grown is (growth > 0 and growth >= least and growth >= share)
    assert shrunk is (growth < 0 and -growth >= share)


def test_a_change_is_shown_rounded_half_up_to_one_place():
    assert change_in_words(Decimal(69), Decimal(55), "mm") == "+14 mm, +25.5 %"
    assert change_in_words(Decimal("99.95"), Decimal(100), "mm") == "-0.05 mm, -0.1 %"
    assert change_in_words(Decimal(5), Decimal(0), "mm") == "+5 mm"


def test_there_is_no_percentage_of_nothing():
    assert percent_change(Decimal(5), Decimal(0)) is None
