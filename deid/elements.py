"""Data elements as bytes (PS3.5 section 7): read into a tree and written again, values untouched.

Every byte that leaves comes from an element that a rule has judged: nothing is copied unread
except the value of the pixel data, and nothing after the pixel data is read at all.
"""

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import Final, NamedTuple

from pydicom._dicom_dict import DicomDictionary

from deid.errors import Malformed, TooLarge, Truncated

MAX_DEPTH: Final = 32
UNDEFINED: Final = 0xFFFFFFFF
ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD

PIXEL_DATA: Final = 0x7FE00010
PIXEL_TAGS: Final = frozenset({0x7FE00008, 0x7FE00009, PIXEL_DATA})

LONG_VRS: Final = frozenset(
    ("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV")
)
PADDED_VRS: Final = frozenset(
    ("AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UR", "UT")
)
SHORT_VRS: Final = PADDED_VRS - LONG_VRS | {"AT", "FD", "FL", "SL", "SS", "UI", "UL", "US"}


class Syntax(NamedTuple):
    """How elements are encoded: with explicit VR or not, in which byte order."""

    explicit: bool
    little: bool


IMPLICIT_LITTLE: Final = Syntax(explicit=False, little=True)
EXPLICIT_LITTLE: Final = Syntax(explicit=True, little=True)
EXPLICIT_BIG: Final = Syntax(explicit=True, little=False)


class Element(NamedTuple):
    """One data element: its value as it was encoded, or its items when it is a sequence."""

    tag: int
    vr: str
    value: bytes | memoryview = b""
    items: "tuple[tuple[Element, ...], ...] | None" = None
    encapsulated: bool = False


class _Codes(NamedTuple):
    tag: Struct
    u16: Struct
    u32: Struct


_LITTLE = _Codes(Struct("<HH"), Struct("<H"), Struct("<I"))
_BIG = _Codes(Struct(">HH"), Struct(">H"), Struct(">I"))


class _Header(NamedTuple):
    tag: int
    vr: str
    length: int
    start: int


def tag_text(tag: int) -> str:
    """Return a tag as it is printed in the standard."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


def dictionary_vr(tag: int) -> str:
    """Return the VR the standard gives to a tag, UN where it names none."""
    entry = DicomDictionary.get(tag)
    return "UN" if entry is None else entry[0][:2]


def read_root(data: memoryview, start: int, syntax: Syntax) -> tuple[tuple[Element, ...], int]:
    """Read the elements of a data set up to and with its pixel data; return where reading ended."""
    elements: list[Element] = []
    position = start
    while position < len(data):
        element, position = _read_element(data, position, len(data), syntax, 0)
        elements.append(element)
        if element.tag in PIXEL_TAGS:
            break
    return tuple(elements), position


def read_group_2(data: memoryview, start: int) -> tuple[tuple[Element, ...], int]:
    """Read the file meta information (PS3.10 section 7.1); return where the data set begins."""
    elements: list[Element] = []
    position = start
    while position + 4 <= len(data) and _LITTLE.u16.unpack_from(data, position)[0] == 2:
        element, position = _read_element(data, position, len(data), EXPLICIT_LITTLE, 0)
        elements.append(element)
    return tuple(elements), position


def _read_header(data: memoryview, at: int, end: int, syntax: Syntax) -> _Header:
    codes = _LITTLE if syntax.little else _BIG
    if at + 8 > end:
        raise Truncated(f"the file ends inside a data element header at byte {at}")
    group, number = codes.tag.unpack_from(data, at)
    tag = group << 16 | number
    if group == 0xFFFE:
        return _Header(tag, "", codes.u32.unpack_from(data, at + 4)[0], at + 8)
    if not syntax.explicit:
        length = codes.u32.unpack_from(data, at + 4)[0]
        return _Header(tag, dictionary_vr(tag), length, at + 8)
    vr = bytes(data[at + 4 : at + 6]).decode("latin-1")
    if vr in SHORT_VRS:
        return _Header(tag, vr, codes.u16.unpack_from(data, at + 6)[0], at + 8)
    if vr not in LONG_VRS:
        raise Malformed(f"the VR of {tag_text(tag)} at byte {at} is none of the standard's")
    if at + 12 > end:
        raise Truncated(f"the file ends inside the header of {tag_text(tag)}")
    return _Header(tag, vr, codes.u32.unpack_from(data, at + 8)[0], at + 12)


def _read_element(
    data: memoryview, at: int, end: int, syntax: Syntax, depth: int
) -> tuple[Element, int]:
    tag, vr, length, start = _read_header(data, at, end, syntax)
    if tag >> 16 == 0xFFFE:
        raise Malformed(f"an item tag stands alone at byte {at}")
    if length == UNDEFINED and vr in ("OB", "OW") and tag in PIXEL_TAGS:
        stop = _fragments_end(data, start, end, syntax)
        return Element(tag, vr, data[start:stop], encapsulated=True), stop
    if length == UNDEFINED and vr not in ("SQ", "UN"):
        raise Malformed(f"{tag_text(tag)} has no length, which only a sequence may lack")
    stop = end if length == UNDEFINED else start + length
    if stop > end:
        raise Truncated(f"the file ends inside the value of {tag_text(tag)}")
    private = tag >> 16 & 1
    if length == UNDEFINED or (vr == "SQ" and not private):
        # A sequence of VR UN is encoded with implicit VR (PS3.5 section 6.2.2, note 2).
        inner = IMPLICIT_LITTLE if vr == "UN" else syntax
        items, stop = _read_items(data, start, stop, inner, depth + 1, length == UNDEFINED)
        return Element(tag, vr, items=items), stop
    return Element(tag, vr, data[start:stop]), stop


def _read_items(
    data: memoryview, at: int, end: int, syntax: Syntax, depth: int, delimited: bool
) -> tuple[tuple[tuple[Element, ...], ...], int]:
    if depth > MAX_DEPTH:
        raise TooLarge(f"sequences are nested deeper than {MAX_DEPTH}")
    items: list[tuple[Element, ...]] = []
    while delimited or at < end:
        tag, _, length, start = _read_header(data, at, end, syntax)
        if tag == SEQUENCE_END and delimited:
            return tuple(items), start
        if tag != ITEM:
            raise Malformed(f"byte {at} should begin an item of a sequence")
        stop = end if length == UNDEFINED else start + length
        if stop > end:
            raise Truncated(f"the file ends inside the item at byte {at}")
        item, at = _read_item(data, start, stop, syntax, depth, length == UNDEFINED)
        items.append(item)
    return tuple(items), at


def _read_item(
    data: memoryview, at: int, end: int, syntax: Syntax, depth: int, delimited: bool
) -> tuple[tuple[Element, ...], int]:
    elements: list[Element] = []
    end_mark = (_LITTLE if syntax.little else _BIG).tag.pack(0xFFFE, 0xE00D)
    while delimited or at < end:
        if delimited and data[at : at + 4] == end_mark:
            return tuple(elements), at + 8
        element, at = _read_element(data, at, end, syntax, depth)
        elements.append(element)
    return tuple(elements), at


def _fragments_end(data: memoryview, at: int, end: int, syntax: Syntax) -> int:
    """Return the byte after the delimiter of encapsulated pixel data (PS3.5 section A.4)."""
    while True:
        tag, _, length, start = _read_header(data, at, end, syntax)
        if tag == SEQUENCE_END:
            return start
        if tag != ITEM or length == UNDEFINED:
            raise Malformed(f"byte {at} should begin a fragment of the pixel data")
        at = start + length
        if at > end:
            raise Truncated("the file ends inside a fragment of the pixel data")


def write_elements(elements: Sequence[Element], syntax: Syntax) -> list[bytes | memoryview]:
    """Return the encoded elements in the order of their tags, as chunks: large values uncopied."""
    chunks: list[bytes | memoryview] = []
    for element in sorted(elements, key=_tag_of):
        chunks.extend(_encoded(element, syntax))
    return chunks


def encoded_length(chunks: Sequence[bytes | memoryview]) -> int:
    """Return the number of bytes in chunks."""
    return sum(map(len, chunks))


def _tag_of(element: Element) -> int:
    return element.tag


def _encoded(element: Element, syntax: Syntax) -> Iterator[bytes | memoryview]:
    codes = _LITTLE if syntax.little else _BIG
    if element.items is None:
        length = UNDEFINED if element.encapsulated else len(element.value)
        # Pixel data of odd length is wrong, but it goes through as it came.
        odd = length != UNDEFINED and length & 1 and element.tag not in PIXEL_TAGS
        yield _header_bytes(element, length + odd, syntax, codes)
        yield element.value
        if odd:
            yield b" " if element.vr in PADDED_VRS else b"\x00"
        return
    body: list[bytes | memoryview] = []
    for item in element.items:
        chunks = write_elements(item, syntax)
        body.append(codes.tag.pack(0xFFFE, 0xE000) + codes.u32.pack(encoded_length(chunks)))
        body.extend(chunks)
    yield _header_bytes(element, encoded_length(body), syntax, codes)
    yield from body


def _header_bytes(element: Element, length: int, syntax: Syntax, codes: _Codes) -> bytes:
    tag = codes.tag.pack(element.tag >> 16, element.tag & 0xFFFF)
    if not syntax.explicit:
        return tag + codes.u32.pack(length)
    vr = element.vr.encode("ascii")
    if element.vr in LONG_VRS:
        return tag + vr + b"\x00\x00" + codes.u32.pack(length)
    return tag + vr + codes.u16.pack(length)
