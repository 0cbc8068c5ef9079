"""Pixel data goes through untouched; bytes behind the last pixel are no pixels and are cut off."""

from collections.abc import Sequence
from typing import Final

from deid.elements import PIXEL_DATA, PIXEL_TAGS, Element, Syntax

ROWS, COLUMNS, SAMPLES, FRAMES, BITS, PHOTOMETRIC = (
    0x00280010, 0x00280011, 0x00280002, 0x00280008, 0x00280100, 0x00280004,
)  # fmt: skip
# In these a pixel has fewer samples than (0028,0002) says (PS3.5 section 8.1.1).
SUBSAMPLED: Final = frozenset({"YBR_FULL_422", "YBR_PARTIAL_422", "YBR_PARTIAL_420"})


def without_excess(root: Sequence[Element], syntax: Syntax) -> tuple[list[Element], int]:
    """Return the pixel elements without what follows the last pixel, and how much that was."""
    pixels = [element for element in root if element.tag in PIXEL_TAGS]
    expected = _expected_length(root, syntax)
    cut = 0
    for index, element in enumerate(pixels):
        if element.tag == PIXEL_DATA and not element.encapsulated and expected:
            cut = max(0, len(element.value) - expected)
            pixels[index] = element._replace(value=element.value[:expected]) if cut else element
    return pixels, cut


def _expected_length(root: Sequence[Element], syntax: Syntax) -> int:
    """Return the padded length of native pixel data, 0 when the object does not say it plainly."""
    values = {element.tag: element for element in root if element.tag >> 16 == 0x0028}
    photometric = values.get(PHOTOMETRIC)
    if photometric is not None and _text(photometric) in SUBSAMPLED:
        return 0
    rows, columns, samples, bits = (
        _number(values.get(tag), syntax) for tag in (ROWS, COLUMNS, SAMPLES, BITS)
    )
    text = _text(values[FRAMES]) if FRAMES in values else "1"
    frames = int(text) if text.isdecimal() else 0
    length = (rows * columns * (samples or 1) * frames * bits + 7) // 8
    return length + (length & 1)


def _number(element: Element | None, syntax: Syntax) -> int:
    if element is None or element.vr != "US" or len(element.value) != 2:
        return 0
    return int.from_bytes(element.value, "little" if syntax.little else "big")


def _text(element: Element) -> str:
    return bytes(element.value).decode("latin-1").strip(" \x00")
