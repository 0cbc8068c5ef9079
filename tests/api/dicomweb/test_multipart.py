"""multipart/related: read however it is cut, written so that others can read it."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.dicomweb.multipart import MAX_PARTS, RelatedReader, related_type, write_related
from api.errors import BadMultipart, BodyTooLarge

BOUNDARY = "b-0-u-n-d"
TYPE = related_type("application/dicom", boundary=BOUNDARY)


def body_of(parts: list[bytes]) -> bytes:
    return b"".join(
        write_related((("application/dicom", (part,)) for part in parts), boundary=BOUNDARY)
    )


def read(body: bytes, *, step: int = 1 << 16, max_bytes: int = 1 << 20) -> list[bytes]:
    reader = RelatedReader(TYPE, io.BytesIO(), max_bytes=max_bytes)
    for start in range(0, len(body), step):
        reader.feed(body[start : start + step])
    return [reader.read(part) for part in reader.close()]


@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=5), step=st.integers(1, 700))
def test_parts_survive_being_written_and_read_in_any_pieces(parts: list[bytes], step: int) -> None:
    assert read(body_of(parts), step=step) == parts


@given(cut=st.integers(0, 200))
def test_a_body_that_ends_early_is_refused(cut: int) -> None:
    body = body_of([b"first part" * 5, b"second part" * 5])
    kept = min(cut, len(body) - len(f"--{BOUNDARY}--\r\n") - 1)

    with pytest.raises(BadMultipart):
        read(body[:kept])


def test_parts_that_look_like_a_boundary_are_kept_whole() -> None:
    parts = [f"\r\n--{BOUNDARY[:-1]}x\r\n".encode(), b"--", b"\r\n\r\n", b"\r"]

    assert read(body_of(parts)) == parts


def test_no_more_is_spooled_than_the_limit() -> None:
    spool = io.BytesIO()
    reader = RelatedReader(TYPE, spool, max_bytes=1000)

    reader.feed(body_of([b"x" * 600])[:-20])

    with pytest.raises(BodyTooLarge):
        reader.feed(b"x" * 600)
    assert len(spool.getvalue()) <= 1000


def test_a_request_of_endless_small_parts_is_refused() -> None:
    with pytest.raises(BodyTooLarge):
        read(body_of([b""] * (MAX_PARTS + 1)), max_bytes=1 << 30)


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(BadMultipart):
        read(f"--{BOUNDARY}\r\nX-Long: {'x' * 100_000}".encode())
