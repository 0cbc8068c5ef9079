"""What an Accept header allows, best first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dicomweb.accept import accepted, choose
from api.errors import NotAcceptable

JPEG, PNG = "image/jpeg", "image/png"


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, JPEG),
        ("*/*", JPEG),
        ("image/*", JPEG),
        ("image/png", PNG),
        ("image/png;q=0.1, image/jpeg;q=0.9", JPEG),
        ("text/html, image/png;q=0.5", PNG),
        ('multipart/related; type="image/jpeg", image/png', PNG),
    ],
)
def test_the_best_allowed_form_is_chosen(header: str | None, chosen: str) -> None:
    assert choose(header, (JPEG, PNG)) == chosen


@pytest.mark.parametrize("header", ["text/html", "image/jpeg;q=0", "image/jpeg;q=x", ",", ";;"])
def test_what_cannot_be_given_is_refused(header: str) -> None:
    with pytest.raises(NotAcceptable):
        choose(header, (JPEG, PNG))


def test_a_viewers_header_is_understood() -> None:
    (wanted,) = accepted('multipart/related; type="application/octet-stream"; transfer-syntax=*')

    assert wanted.is_multipart
    assert wanted.named == "application/octet-stream"
    assert wanted.transfer_syntax == "*"


@given(st.text(st.characters(max_codepoint=255), max_size=200))
def test_no_header_whatever_breaks_the_reading(header: str) -> None:
    try:
        ranges = accepted(header)
    except NotAcceptable:
        return

    assert all(media_range.quality > 0 for media_range in ranges)


def test_a_header_as_long_as_a_book_is_refused() -> None:
    with pytest.raises(NotAcceptable):
        accepted('"' + "," * 10_000)
