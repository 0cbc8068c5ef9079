"""The wanted elements of a DICOM header, found by walking its lengths (PS3.5 §7, PS3.10 §7).

Little-endian files are walked here, element by element, without decoding what nobody asked for;
everything rarer (big endian, deflated, no preamble, multi-frame functional groups) goes to pydicom.
"""

import struct
import warnings
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import pydicom
from pydicom.charset import convert_encodings, decode_bytes
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from lake.errors import NotDicom

_HEAD = 1 << 16
_META_GROUP_END = 0x00030000
_CHARSET = 0x00080005
_TRANSFER_SYNTAX = 0x00020010
_SHARED_GROUPS = 0x52009229
_ITEM_END, _SEQUENCE_END, _ITEM = 0xFFFEE00D, 0xFFFEE0DD, 0xFFFEE000
# Rows, Columns, BitsAllocated: the only wanted attributes that are not text (VR US).
_UNSIGNED = frozenset((0x00280010, 0x00280011, 0x00280100))
_UNDEFINED = 0xFFFFFFFF
_IMPLICIT = b"1.2.840.10008.1.2"
# Encodings whose data set is not little endian, or is compressed as a whole.
_RARE = (b"1.2.840.10008.1.2.2", b"1.2.840.10008.1.2.1.99")
_LONG_VRS = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)
_MOST_NESTING = 32
_SHORT = struct.Struct("<HH")
_LONG = struct.Struct("<HHL")


@dataclass(frozen=True)
class RawHeader:
    """The wanted elements as bytes, decoded when somebody asks."""

    values: dict[int, bytes]
    byte_order: str = "<"

    def text(self, tag: int) -> str | None:
        """Return a value as text without padding, or None when it is absent."""
        value = self.values.get(tag)
        if value is None:
            return None
        if value.isascii() and b"\x1b" not in value:
            decoded = value.decode("ascii")
        else:
            decoded = _decoded(value, self.values.get(_CHARSET, b""))
        return "\\".join(part.strip(" \0") for part in decoded.split("\\"))

    def unsigned(self, tag: int) -> int | None:
        """Return a two-byte number (VR US), or None for anything else."""
        value = self.values.get(tag)
        if value is None or len(value) != 2 or tag not in _UNSIGNED:
            return None
        return int(struct.unpack(self.byte_order + "H", value)[0])


class _End(Exception):
    """The bytes end where an element should go on."""


class _Walk:
    """A position in a file whose head is kept in memory."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.data = file.read(_HEAD)
        self.at = 0

    def need(self, n: int) -> None:
        while len(self.data) < self.at + n:
            more = self.file.read(max(_HEAD, self.at + n - len(self.data)))
            if not more:
                raise _End
            self.data += more

    def skip(self, n: int) -> None:
        self.at += n

    def element(self, *, implicit: bool) -> tuple[int, int]:
        """Return tag and value length of the next element, and stand at its value."""
        self.need(8)
        if implicit:
            group, number, length = _LONG.unpack_from(self.data, self.at)
            self.at += 8
            return group << 16 | number, length
        group, number = _SHORT.unpack_from(self.data, self.at)
        tag = group << 16 | number
        vr = self.data[self.at + 4 : self.at + 6]
        if group == 0xFFFE:
            length = int.from_bytes(self.data[self.at + 4 : self.at + 8], "little")
            self.at += 8
        elif vr in _LONG_VRS:
            self.need(12)
            length = int.from_bytes(self.data[self.at + 8 : self.at + 12], "little")
            self.at += 12
        else:
            length = int.from_bytes(self.data[self.at + 6 : self.at + 8], "little")
            self.at += 8
        return tag, length


def raw_header(file: BinaryIO, wanted: AbstractSet[int]) -> RawHeader:
    """Return the wanted elements of the file's header, or raise `NotDicom`."""
    walk = _Walk(file)
    if walk.data[128:132] != b"DICM":
        return _by_pydicom(file, wanted)
    values: dict[int, bytes] = {}
    try:
        if _walked(walk, wanted, values):
            return RawHeader(values)
    except _End as error:
        raise NotDicom("the file ends inside its header: fetch it again from its source") from error
    return _by_pydicom(file, wanted)


def _walked(walk: _Walk, wanted: AbstractSet[int], values: dict[int, bytes]) -> bool:
    """Collect the wanted elements; False when pydicom should do it instead."""
    walk.at = 132
    while _next_group(walk) == 2:
        _take(walk, wanted, values, implicit=False)
    syntax = values.get(_TRANSFER_SYNTAX, _IMPLICIT).rstrip(b"\0 ")
    if syntax in _RARE:
        return False
    implicit = syntax == _IMPLICIT
    last = max(*wanted, _SHARED_GROUPS)
    while _next_group(walk) is not None:
        tag = _take(walk, wanted, values, implicit=implicit)
        if tag == _SHARED_GROUPS:
            return False
        if tag > last:
            break
    return True


def _next_group(walk: _Walk) -> int | None:
    try:
        walk.need(8)
    except _End:
        if len(walk.data) > walk.at:
            raise
        return None
    return int.from_bytes(walk.data[walk.at : walk.at + 2], "little")


def _take(
    walk: _Walk, wanted: AbstractSet[int], values: dict[int, bytes], *, implicit: bool
) -> int:
    tag, length = walk.element(implicit=implicit)
    if tag >= _SHARED_GROUPS:
        return tag
    if length == _UNDEFINED:
        _skip_sequence(walk, implicit=implicit, depth=0)
        return tag
    if tag in wanted or tag in (_CHARSET, _TRANSFER_SYNTAX):
        walk.need(length)
        values[tag] = walk.data[walk.at : walk.at + length]
    walk.at += length
    return tag


def _skip_sequence(walk: _Walk, *, implicit: bool, depth: int) -> None:
    """Pass over a sequence of undefined length, item by item."""
    if depth > _MOST_NESTING:
        raise NotDicom(f"sequences are nested more than {_MOST_NESTING} deep")
    while True:
        tag, length = walk.element(implicit=implicit)
        if tag == _SEQUENCE_END:
            return
        if tag != _ITEM:
            raise NotDicom(f"element {tag:08X} stands where a sequence item should begin")
        if length != _UNDEFINED:
            walk.at += length
            continue
        while True:
            inner, inner_length = walk.element(implicit=implicit)
            if inner == _ITEM_END:
                break
            if inner_length == _UNDEFINED:
                _skip_sequence(walk, implicit=implicit, depth=depth + 1)
            else:
                walk.at += inner_length


def _by_pydicom(file: BinaryIO, wanted: AbstractSet[int]) -> RawHeader:
    file.seek(0)
    tags = [*wanted, _CHARSET, _SHARED_GROUPS]
    try:
        dataset = pydicom.dcmread(file, stop_before_pixels=True, specific_tags=tags)
    except InvalidDicomError as error:
        raise NotDicom("the bytes are no DICOM file: the DICM prefix is absent") from error
    except (EOFError, struct.error) as error:
        raise NotDicom("the file ends inside its header: fetch it again from its source") from error
    values: dict[int, bytes] = {}
    for part in (_functional_groups(dataset), dataset, dataset.file_meta):
        for tag in (*wanted, _CHARSET):
            if tag in part:
                values[tag] = _value_bytes(part.get_item(tag))
    little = dataset.original_encoding[1] is not False
    return RawHeader(values, "<" if little else ">")


def _value_bytes(element: RawDataElement | DataElement) -> bytes:
    if isinstance(element, RawDataElement):
        return element.value or b""
    parts = element.value if element.VM > 1 else [element.value]
    return "\\".join(str(part) for part in parts).encode()


def _functional_groups(dataset: Dataset) -> Dataset:
    """Return what all frames of a multi-frame image share (PS3.3 C.7.6.16), as one data set."""
    found = Dataset()
    if _SHARED_GROUPS not in dataset:
        return found
    for shared in dataset[_SHARED_GROUPS].value:
        for macro in shared:
            if macro.VR == "SQ" and macro.value:
                found.update({element.tag: element for element in macro.value[0]})
    return found


@lru_cache(maxsize=64)
def _encodings(charset: bytes) -> tuple[str, ...]:
    names = [
        part.strip().replace("ISO-IR", "ISO_IR")
        for part in charset.decode("ascii", "replace").split("\\")
    ]
    with warnings.catch_warnings():
        # A wrong character set is the site's mistake; the text stays readable as Latin-1.
        warnings.simplefilter("ignore")
        try:
            return tuple(convert_encodings(names))
        except LookupError:
            return ("latin-1",)


def _decoded(value: bytes, charset: bytes) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return decode_bytes(value, list(_encodings(charset)), {ord("\\")})
