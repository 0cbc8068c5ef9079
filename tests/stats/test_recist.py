"""RECIST 1.1 at one visit: every row of the paper's tables, and the boundaries floats get wrong."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stats.errors import InvalidArgumentError
from stats.recist import exact_mm, overall_response, target_response

SIZES = st.integers(min_value=0, max_value=20_000).map(lambda tenths: Decimal(tenths) / 100)


@pytest.mark.parametrize(
    ("baseline", "nadir", "now", "response"),
    [
        ("43.0", "43.0", "30.1", "PR"),  # exactly −30 %
        ("43.0", "43.0", "30.11", "SD"),
        ("43.0", "30.1", "36.12", "PD"),  # exactly +20 % and +6.02 mm
        ("43.0", "30.1", "36.11", "SD"),  # +19.97 %, and above 30.1
        ("25.0", "25.0", "20.0", "SD"),
        ("25.0", "20.0", "24.5", "SD"),  # +22.5 % but only +4.5 mm
        ("25.0", "20.0", "25.0", "PD"),  # +25 % and exactly +5 mm
        ("100", "100", "119.9", "SD"),
        ("100", "100", "120", "PD"),
        ("100", "50", "60", "PD"),  # PD is judged before PR
        ("42", "42", "26", "PR"),  # 30 + 12 becomes 21 + too small
        ("42", "42", "0", "CR"),
        ("40", "0", "5", "PD"),
        (Decimal("30.0"), 30, "21", "PR"),
    ],
)
def test_the_target_response_is_exact_at_its_boundaries(baseline, nadir, now, response):
    assert target_response(baseline, nadir, now) == response


def test_normal_nodes_are_a_complete_response_although_the_sum_is_not_zero():
    assert target_response("40", "40", "9", all_nodes_normal=True) == "CR"
    assert target_response("40", "40", "9") == "PR"


@pytest.mark.parametrize(
    ("now", "response"), [("20", "NE"), ("0", "NE"), ("48", "PD"), (None, "NE")]
)
def test_a_target_that_is_not_evaluable_makes_ne_unless_the_others_make_pd(now, response):
    found = target_response("40", "40", now, not_evaluable=True, all_nodes_normal=True)

    assert found == response


@pytest.mark.parametrize(
    ("baseline", "nadir", "now"),
    [
        (43.0, "43", "30"),
        ("43", "43", 30.1),
        ("0", "0", "5"),
        ("40", "41", "30"),
        ("40", "40", "-1"),
        ("40", "40", "NaN"),
        ("40", "40", "about 3"),
        (True, "40", "3"),
    ],
)
def test_a_size_that_is_not_an_exact_number_of_millimetres_is_refused(baseline, nadir, now):
    with pytest.raises(InvalidArgumentError):
        target_response(baseline, nadir, now)


@given(baseline=SIZES.filter(bool), now=SIZES, share=st.integers(0, 100))
def test_the_response_follows_the_fractions_exactly(baseline, now, share):
    nadir = baseline * share / 100

    found = target_response(baseline, nadir, now)

    grown = Fraction(now) - Fraction(nadir)
    progressed = grown >= 5 and grown >= Fraction(nadir) / 5
    shrunk = Fraction(now) <= Fraction(baseline) * 7 / 10
    expected = "CR" if now == 0 else "PD" if progressed else "PR" if shrunk else "SD"
    assert found == expected


@given(now=SIZES)
def test_the_response_does_not_change_when_trailing_zeros_are_written(now):
    plain = target_response("100", "80", now)

    assert target_response("100.00", Decimal("80.000"), f"{now:.4f}") == plain


@pytest.mark.parametrize(
    ("target", "non_target", "new", "overall"),
    [
        ("CR", "CR", False, "CR"),
        ("CR", None, False, "CR"),
        ("CR", "NON-CR/NON-PD", False, "PR"),
        ("CR", "NE", False, "PR"),
        ("PR", "CR", False, "PR"),
        ("PR", "NON-CR/NON-PD", False, "PR"),
        ("PR", "NE", False, "PR"),
        ("PR", None, False, "PR"),
        ("SD", "CR", False, "SD"),
        ("SD", "NON-CR/NON-PD", False, "SD"),
        ("SD", "NE", False, "SD"),
        ("NE", "CR", False, "NE"),
        ("NE", "NON-CR/NON-PD", False, "NE"),
        ("NE", None, False, "NE"),
        ("NE", "PD", False, "PD"),
        ("NE", "NE", True, "PD"),
        ("PD", "CR", False, "PD"),
        ("PD", None, True, "PD"),
        ("CR", "PD", False, "PD"),
        ("CR", "CR", True, "PD"),
        (None, "CR", False, "CR"),
        (None, "NON-CR/NON-PD", False, "NON-CR/NON-PD"),
        (None, "NE", False, "NE"),
        (None, "PD", False, "PD"),
        (None, "CR", True, "PD"),
        (None, None, True, "PD"),
        ("none", "Non-CR/Non-PD", False, "NON-CR/NON-PD"),
    ],
)
def test_the_overall_response_is_the_paper_s_tables(target, non_target, new, overall):
    assert overall_response(target, non_target, new) == overall


@pytest.mark.parametrize(
    ("target", "non_target", "new"),
    [
        ("PX", "CR", False),
        ("CR", "SD", False),
        ("CR", "CR", "no"),
        ("CR", "CR", None),
        ("CR", "CR", 2),
        (None, None, False),
    ],
)
def test_an_overall_response_of_unknown_words_or_of_no_lesion_is_refused(target, non_target, new):
    with pytest.raises(InvalidArgumentError):
        overall_response(target, non_target, new)


def test_an_integer_is_an_exact_size():
    assert exact_mm(5) == Decimal(5)
