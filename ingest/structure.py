"""The outer structure of a DICOM data set: where each top-level element lies, and that none is cut.

Values are pydicom's business. This walk only follows lengths (PS3.5 7.1 to 7.5 and A.4), because
a receipt must not be given for a file whose end is missing.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import Malformed, Truncated

ITEM = 0xFFFEE000
ITEM_END = 0xFFFEE00D
SEQUENCE_END = 0xFFFEE0DD
UNDEFINED = 0xFFFFFFFF
MAX_DEPTH = 64
LONG_VRS = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)


@dataclass(frozen=True)
class Encoding:
    """How tags and lengths are written in one transfer syntax."""

    implicit: bool
    big_endian: bool

    @property
    def order(self) -> str:
        """The byte order as `struct` writes it."""
        return ">" if self.big_endian else "<"


IMPLICIT_LITTLE = Encoding(implicit=True, big_endian=False)
EXPLICIT_LITTLE = Encoding(implicit=False, big_endian=False)


@dataclass(frozen=True)
class Element:
    """One element: where it begins, where its value lies, where the next one begins."""

    tag: int
    vr: bytes | None
    start: int
    value: int
    length: int
    end: int


@dataclass(frozen=True)
class Fragment:
    """One item of encapsulated pixel data: its item tag's place and its value's span."""

    start: int
    offset: int
    length: int


def elements(
    data: bytes, encoding: Encoding, start: int, *, while_group: int | None = None
) -> Iterator[Element]:
    """Give the top-level elements from `start` to the end of the data, or of a group."""
    position = start
    while position < len(data):
        if while_group is not None and data[position : position + 2] != struct.pack(
            f"{encoding.order}H", while_group
        ):
            return
        if len(data) - position < 8 and not any(data[position:]):
            return  # some writers fill the last block with zeros
        element = _element(data, encoding, position, 0)
        yield element
        position = element.end


def fragments(data: bytes, element: Element, encoding: Encoding) -> tuple[Fragment, ...]:
    """List the items of an encapsulated pixel data element, the basic offset table first."""
    found: list[Fragment] = []
    position = element.value
    while True:
        tag, length = _item_header(data, encoding, position)
        if tag == SEQUENCE_END:
            return tuple(found)
        found.append(Fragment(position, position + 8, length))
        position += 8 + length


def _element(data: bytes, encoding: Encoding, position: int, depth: int) -> Element:
    """Read one element header and find its end."""
    tag, vr, value, length = _header(data, encoding, position)
    if length == UNDEFINED:
        inside = IMPLICIT_LITTLE if vr == b"UN" else encoding
        end = _undefined_end(data, inside, value, depth + 1, pixels=tag == 0x7FE00010)
    else:
        end = value + length
    if end > len(data):
        raise Truncated(
            f"the file ends at byte {len(data)}, but element {_name(tag)} at byte {position} "
            f"reaches to byte {end}: send the whole file again"
        )
    return Element(tag, vr, position, value, length, end)


def _header(data: bytes, encoding: Encoding, position: int) -> tuple[int, bytes | None, int, int]:
    """Return tag, VR, place of the value and length of the element at this place."""
    _need(data, position, 8)
    group, number = struct.unpack_from(f"{encoding.order}HH", data, position)
    tag = group << 16 | number
    vr = data[position + 4 : position + 6]
    # Some writers fall back to implicit elements inside explicit data sets; two capitals tell.
    if encoding.implicit or group == 0xFFFE or not (vr.isalpha() and vr.isupper()):
        (length,) = struct.unpack_from(f"{encoding.order}L", data, position + 4)
        return tag, None, position + 8, length
    if vr in LONG_VRS:
        _need(data, position, 12)
        (length,) = struct.unpack_from(f"{encoding.order}L", data, position + 8)
        return tag, vr, position + 12, length
    (length,) = struct.unpack_from(f"{encoding.order}H", data, position + 6)
    return tag, vr, position + 8, length


def _undefined_end(
    data: bytes, encoding: Encoding, position: int, depth: int, *, pixels: bool
) -> int:
    """Find the end of a sequence, or of encapsulated pixel data, that gives no length."""
    if depth > MAX_DEPTH:
        raise Malformed(f"sequences are nested deeper than {MAX_DEPTH}")
    while True:
        tag, length = _item_header(data, encoding, position, undefined=not pixels)
        position += 8
        if tag == SEQUENCE_END:
            return position
        if length == UNDEFINED:
            position = _item_end(data, encoding, position, depth)
        else:
            position += length


def _item_end(data: bytes, encoding: Encoding, position: int, depth: int) -> int:
    """Find the end of an item that gives no length."""
    while True:
        element = _element(data, encoding, position, depth)
        position = element.end
        if element.tag == ITEM_END:
            return position


def _item_header(
    data: bytes, encoding: Encoding, position: int, *, undefined: bool = False
) -> tuple[int, int]:
    """Read an item tag and its length, and refuse anything else in its place."""
    _need(data, position, 8)
    group, number, length = struct.unpack_from(f"{encoding.order}HHL", data, position)
    tag = group << 16 | number
    if tag not in (ITEM, SEQUENCE_END):
        raise Malformed(f"byte {position} should begin an item, not {_name(tag)}")
    if tag == ITEM and length == UNDEFINED and not undefined:
        raise Malformed(f"the fragment at byte {position} gives no length")
    if length != UNDEFINED:
        _need(data, position, 8 + length)
    return tag, length


def _need(data: bytes, position: int, n_bytes: int) -> None:
    if position + n_bytes > len(data):
        raise Truncated(
            f"the file ends at byte {len(data)} inside what begins at byte {position}: "
            "send the whole file again"
        )


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
