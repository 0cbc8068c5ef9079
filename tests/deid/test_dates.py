from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deid.dates import is_time, shift_date, shift_date_time


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 4000), st.integers(1, 3650))
def test_the_days_between_two_dates_stay(first: date, apart: int, days: int) -> None:
    second = first + timedelta(days=apart)

    moved = [shift_date(f"{moment:%Y%m%d}", days) for moment in (first, second)]

    one, other = (date(int(text[:4]), int(text[4:6]), int(text[6:])) for text in moved)
    assert (other - one).days == apart
    assert (first - one).days == days


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20240301", "20240229"),
        ("2024.03.01", "2024.02.29"),
        ("20240301 ", "20240229"),
        ("00010101", ""),
        ("20241301", ""),
        ("next week", ""),
        ("", ""),
        ("20240301Doe", ""),
    ],
)
def test_a_date_moves_or_goes(text: str, moved: str) -> None:
    assert shift_date(text, 1) == moved


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("20240301120000.123456+0100", "20240229120000.123456+0100"),
        ("20240301", "20240229"),
        ("202403", "202403"),
        ("2024", "2024"),
        ("20240301T12", ""),
        ("Doe", ""),
    ],
)
def test_a_date_with_a_time_moves_in_its_own_precision(text: str, moved: str) -> None:
    assert shift_date_time(text, 1) == moved


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("101112", True), ("10", True), ("101112.5", True), ("10:11:12", True), ("", True),
     ("noon", False), ("101112Doe", False)],
)  # fmt: skip
def test_only_a_time_is_a_time(text: str, is_one: bool) -> None:
    assert is_time(text) is is_one
