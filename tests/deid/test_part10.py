import zlib

import pytest

from deid.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, IMPLICIT_LITTLE, Element, write_elements
from deid.errors import DeidError, Malformed, NotDicom, TooLarge, UnsupportedSyntax
from deid.part10 import DEFLATED, read_part10, write_part10

MODALITY = Element(0x00080060, "CS", b"CT")


def file_of(syntax_uid: str, body: bytes) -> bytes:
    """Return a file with the least meta information."""
    meta = write_elements([Element(0x00020010, "UI", syntax_uid.encode())], EXPLICIT_LITTLE)
    return bytes(128) + b"DICM" + b"".join(meta) + body


@pytest.mark.parametrize(
    ("uid", "syntax"),
    [
        ("1.2.840.10008.1.2", IMPLICIT_LITTLE),
        ("1.2.840.10008.1.2.1", EXPLICIT_LITTLE),
        ("1.2.840.10008.1.2.2", EXPLICIT_BIG),
        ("1.2.840.10008.1.2.4.90", EXPLICIT_LITTLE),
        ("1.2.840.10008.1.2.8.1", EXPLICIT_LITTLE),
    ],
)
def test_the_meta_information_tells_the_syntax(uid: str, syntax: object) -> None:
    body = b"".join(write_elements([MODALITY], read_part10_syntax(uid)))

    part10 = read_part10(memoryview(file_of(uid, body)))

    assert part10.syntax == syntax
    assert part10.elements == (MODALITY,)


def read_part10_syntax(uid: str) -> object:
    known = {"1.2.840.10008.1.2": IMPLICIT_LITTLE, "1.2.840.10008.1.2.2": EXPLICIT_BIG}
    return known.get(uid, EXPLICIT_LITTLE)


def test_a_deflated_data_set_is_inflated_and_deflated_again() -> None:
    body = b"".join(write_elements([MODALITY], EXPLICIT_LITTLE))
    deflater = zlib.compressobj(wbits=-15)
    part10 = read_part10(memoryview(file_of(DEFLATED, deflater.compress(body) + deflater.flush())))

    written = write_part10(
        part10.elements, source=part10, sop_class_uid="1.2", sop_instance_uid="1.3"
    )

    again = read_part10(memoryview(b"".join(written)))
    assert again.elements == (MODALITY,)


def test_a_bomb_is_not_inflated() -> None:
    deflater = zlib.compressobj(wbits=-15)
    bomb = deflater.compress(bytes(1 << 22)) + deflater.flush()

    with pytest.raises(TooLarge):
        read_part10(memoryview(file_of(DEFLATED, bomb)))


@pytest.mark.parametrize(
    ("file", "error"),
    [
        (b"", NotDicom),
        (b"%PDF-1.7" + bytes(200), NotDicom),
        (file_of("1.2.840.10008.1.2.1", b""), NotDicom),
        (bytes(128) + b"DICM" + bytes(20), Malformed),
        (file_of("1.2.840.113619.5.2", b""), UnsupportedSyntax),
        (file_of("1.2.840.10008.1.2.4.94", b""), UnsupportedSyntax),
        (file_of("1.2.840.10008.5.1.4.1.1.2", b""), UnsupportedSyntax),
        (file_of(DEFLATED, b"no deflation"), Malformed),
    ],
)
def test_what_is_no_readable_file_is_refused(file: bytes, error: type[DeidError]) -> None:
    with pytest.raises(error):
        read_part10(memoryview(file))
