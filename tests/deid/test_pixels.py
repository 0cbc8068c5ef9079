from struct import pack

import pytest

from deid.elements import EXPLICIT_BIG, EXPLICIT_LITTLE, Element, Syntax
from deid.pixels import without_excess


def image(
    length: int, *, frames: bytes = b"", photometric: bytes = b"MONOCHROME2"
) -> list[Element]:
    """Return the root of a 2 × 3 image of 16 bits with so many bytes of pixels."""
    numbers = ((0x00280002, 1), (0x00280010, 2), (0x00280011, 3), (0x00280100, 16))
    root = [Element(tag, "US", pack("<H", number)) for tag, number in numbers]
    root.append(Element(0x00280004, "CS", photometric))
    if frames:
        root.append(Element(0x00280008, "IS", frames))
    return [*root, Element(0x7FE00010, "OW", bytes(length))]


@pytest.mark.parametrize(
    ("root", "cut"),
    [
        (image(12), 0),
        (image(20), 8),
        (image(24, frames=b"2 "), 0),
        (image(26, frames=b"2 "), 2),
        (image(10), 0),
        (image(20, frames=b"two "), 0),
        (image(20, photometric=b"YBR_FULL_422"), 0),
        (image(20)[1:], 8),
        (image(20)[2:], 0),
    ],
)
def test_only_what_follows_the_last_pixel_is_cut(root: list[Element], cut: int) -> None:
    pixels, excess = without_excess(root, EXPLICIT_LITTLE)

    assert excess == cut
    assert len(pixels[0].value) == len(root[-1].value) - cut


@pytest.mark.parametrize("syntax", [EXPLICIT_BIG])
def test_numbers_are_read_in_the_byte_order_of_the_file(syntax: Syntax) -> None:
    root = [e._replace(value=bytes(e.value)[::-1]) if e.vr == "US" else e for e in image(20)]

    assert without_excess(root, syntax)[1] == 8


def test_compressed_pixels_are_never_cut() -> None:
    root = [*image(12)[:-1], Element(0x7FE00010, "OB", bytes(99), encapsulated=True)]

    assert without_excess(root, EXPLICIT_LITTLE)[1] == 0
