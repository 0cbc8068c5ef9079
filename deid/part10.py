"""The file around a data set (PS3.10 section 7): preamble, meta information, syntax, deflation."""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from struct import pack
from typing import Final

from pydicom._uid_dict import UID_dictionary
from pydicom.uid import UID

from deid.elements import (
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    PIXEL_TAGS,
    Element,
    Syntax,
    encoded_length,
    read_group_2,
    read_root,
    write_elements,
)
from deid.errors import Malformed, NotDicom, TooLarge, UnsupportedSyntax

TRANSFER_SYNTAX, MEDIA_STORAGE_CLASS = 0x00020010, 0x00020002
DEFLATED: Final = "1.2.840.10008.1.2.1.99"
SYNTAXES: Final = {
    "1.2.840.10008.1.2": IMPLICIT_LITTLE,
    "1.2.840.10008.1.2.2": EXPLICIT_BIG,
}
# Registered after the dictionary in use was made: Deflated Image Frame Compression.
NEWER: Final = frozenset({"1.2.840.10008.1.2.8.1"})
# With JPIP the pixels are elsewhere, behind an address that may name the hospital's server.
ELSEWHERE: Final = frozenset(f"1.2.840.10008.1.2.4.{number}" for number in (94, 95, 204, 205))
IMPLEMENTATION_UID: Final = b"2.25.75397048204928943064488267685791816863"
IMPLEMENTATION_NAME: Final = b"READOUT_1"
MAX_INFLATED: Final = 2 << 30
MAX_RATIO: Final = 1000


@dataclass(frozen=True)
class Part10:
    """A DICOM file taken apart; `tail` counts the bytes after the pixel data, which are dropped."""

    elements: tuple[Element, ...]
    syntax: Syntax
    transfer_syntax_uid: str
    tail: int


def read_part10(data: memoryview) -> Part10:
    """Take a DICOM file apart."""
    if bytes(data[128:132]) != b"DICM":
        raise NotDicom("there is no DICM mark at byte 128: send a DICOM file (PS3.10)")
    meta, start = read_group_2(data, 132)
    transfer_syntax_uid = _text(meta, TRANSFER_SYNTAX)
    if not transfer_syntax_uid:
        raise Malformed("the file meta information names no transfer syntax")
    syntax = _syntax(transfer_syntax_uid)
    if transfer_syntax_uid == DEFLATED:
        data, start = memoryview(_inflate(data[start:])), 0
    elements, end = read_root(data, start, syntax)
    if not elements:
        raise NotDicom("the file holds no data set")
    tail = len(data) - end if elements[-1].tag in PIXEL_TAGS else 0
    return Part10(elements, syntax, transfer_syntax_uid, tail)


def _text(elements: Sequence[Element], tag: int) -> str:
    for element in elements:
        if element.tag == tag:
            return bytes(element.value).decode("latin-1").strip(" \x00")
    return ""


def _syntax(transfer_syntax_uid: str) -> Syntax:
    if transfer_syntax_uid in NEWER:
        return EXPLICIT_LITTLE
    known = UID_dictionary.get(transfer_syntax_uid)
    if known is None or known[1] != "Transfer Syntax" or transfer_syntax_uid in ELSEWHERE:
        name = UID(transfer_syntax_uid).name if known else "not in the standard"
        raise UnsupportedSyntax(f"the transfer syntax ({name}) cannot be read safely")
    return SYNTAXES.get(transfer_syntax_uid, EXPLICIT_LITTLE)


def _inflate(data: memoryview) -> bytes:
    """Inflate a deflated data set (PS3.5 section A.5), within limits against bombs."""
    limit = min(MAX_INFLATED, max(1 << 20, len(data) * MAX_RATIO))
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        inflated = inflater.decompress(data, limit)
    except zlib.error as error:
        raise Malformed("the deflated data set cannot be inflated") from error
    if not inflater.eof and inflater.unconsumed_tail:
        raise TooLarge(f"the deflated data set is larger than {limit} bytes")
    return inflated


def write_part10(
    elements: Sequence[Element], *, source: Part10, sop_class_uid: str, sop_instance_uid: str
) -> list[bytes | memoryview]:
    """Return the chunks of a new file: zeroed preamble, our own meta information, the elements."""
    meta = write_elements(
        (
            Element(0x00020001, "OB", b"\x00\x01"),
            Element(MEDIA_STORAGE_CLASS, "UI", sop_class_uid.encode("ascii")),
            Element(0x00020003, "UI", sop_instance_uid.encode("ascii")),
            Element(TRANSFER_SYNTAX, "UI", source.transfer_syntax_uid.encode("ascii")),
            Element(0x00020012, "UI", IMPLEMENTATION_UID),
            Element(0x00020013, "SH", IMPLEMENTATION_NAME),
        ),
        EXPLICIT_LITTLE,
    )
    length = Element(0x00020000, "UL", pack("<I", encoded_length(meta)))
    head = b"\x00" * 128 + b"DICM" + b"".join(write_elements((length,), EXPLICIT_LITTLE))
    body = write_elements(elements, source.syntax)
    if source.transfer_syntax_uid == DEFLATED:
        body = [_deflate(body)]
    return [head, *meta, *body]


def _deflate(chunks: Sequence[bytes | memoryview]) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    deflated = b"".join([*map(deflater.compress, chunks), deflater.flush()])
    return deflated + b"\x00" * (len(deflated) & 1)
