"""Where each frame lies in a stored object, so that serving one is a range read and no parsing.

Native pixel data is cut by arithmetic (PS3.5 8.1.1); encapsulated data by the extended offset
table (PS3.3 C.7.6.3.1.8), else the basic one (PS3.5 A.4), else by the fragments themselves.
"""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pydantic import JsonValue
from pydicom.dataset import Dataset

from ingest.errors import Truncated
from ingest.structure import Element, Encoding, Fragment, fragments

PIXEL_DATA = 0x7FE00010
PIXEL_TAGS = {PIXEL_DATA: None, 0x7FE00008: 32, 0x7FE00009: 64}
VIDEO_PREFIX = "1.2.840.10008.1.2.4.10"
SMPTE_PREFIX = "1.2.840.10008.1.2.7"
RLE = "1.2.840.10008.1.2.5"

Span = tuple[int, int]


@dataclass(frozen=True)
class NativeFrames:
    """Frames of equal size, one after the other, counted in bits as single-bit frames need.

    `word` is the number of bytes that big-endian writers swap together.
    """

    start: int
    frame_bits: int
    count: int
    word: int = 1

    def spans(self, frame: int) -> tuple[Span, ...]:
        """Return the byte range that holds a frame, counted from 1."""
        first = (frame - 1) * self.frame_bits
        last = first + self.frame_bits
        return ((self.start + first // 8, (last + 7) // 8 - first // 8),)

    def bit_offset(self, frame: int) -> int:
        """Return the bit of the range's first byte at which the frame begins."""
        return (frame - 1) * self.frame_bits % 8


@dataclass(frozen=True)
class EncapsulatedFrames:
    """The fragments of each frame; a frame's bytes are its fragments' values, joined."""

    fragments: tuple[tuple[Span, ...], ...]

    @property
    def count(self) -> int:
        """How many frames there are."""
        return len(self.fragments)

    def spans(self, frame: int) -> tuple[Span, ...]:
        """Return the byte ranges of a frame, counted from 1."""
        return self.fragments[frame - 1]


FrameIndex = NativeFrames | EncapsulatedFrames


def index_frames(
    data: bytes, header: Dataset, pixels: Element, *, encoding: Encoding, transfer_syntax: str
) -> FrameIndex | None:
    """Find the frames of an object; None where frames cannot be addressed, as in a video."""
    count = _number(header, "NumberOfFrames", absent=1)
    if not count:
        return None
    if pixels.length == 0xFFFFFFFF:
        if transfer_syntax.startswith((VIDEO_PREFIX, SMPTE_PREFIX)):
            return None
        return _encapsulated(data, header, fragments(data, pixels, encoding), count)
    return _native(header, pixels, count)


def frames_to_json(index: FrameIndex) -> dict[str, JsonValue]:
    """Write an index as the JSON that is kept beside the instance."""
    if isinstance(index, NativeFrames):
        return {
            "start": index.start,
            "frame_bits": index.frame_bits,
            "count": index.count,
            "word": index.word,
        }
    return {"fragments": [[list(span) for span in frame] for frame in index.fragments]}


def frames_from_json(value: Mapping[str, object]) -> FrameIndex:
    """Read an index back."""
    kept = value.get("fragments")
    if isinstance(kept, list):
        return EncapsulatedFrames(tuple(tuple((o, n) for o, n in frame) for frame in kept))
    numbers = [value[name] for name in ("start", "frame_bits", "count", "word")]
    return NativeFrames(*(number for number in numbers if isinstance(number, int)))


def _native(header: Dataset, pixels: Element, count: int) -> NativeFrames | None:
    """Cut native pixel data into equal frames, and see that all of them are there."""
    rows, columns = _number(header, "Rows"), _number(header, "Columns")
    bits = PIXEL_TAGS[pixels.tag] or _number(header, "BitsAllocated")
    samples = _number(header, "SamplesPerPixel", absent=1)
    if not (rows and columns and bits and samples):
        return None
    frame_bits = rows * columns * samples * bits
    if header.get("PhotometricInterpretation") == "YBR_FULL_422":
        frame_bits = frame_bits * 2 // 3  # two chrominance samples serve two pixels
    if frame_bits * count > pixels.length * 8:
        raise Truncated(
            f"the pixel data holds {pixels.length} bytes, but {count} frame(s) of {rows} × "
            f"{columns} need {(frame_bits * count + 7) // 8}: send the whole file again"
        )
    word = bits // 8 if bits > 8 else 2 if pixels.vr == b"OW" else 1
    return NativeFrames(pixels.value, frame_bits, count, word)


def _encapsulated(
    data: bytes, header: Dataset, items: Sequence[Fragment], count: int
) -> EncapsulatedFrames | None:
    """Group the fragments into frames by the first table that fits them, else by themselves."""
    if not items:
        raise Truncated("encapsulated pixel data without a basic offset table item")
    table, parts = items[0], items[1:]
    if len(parts) < count and count > 1:
        raise Truncated(f"{count} frames are announced, {len(parts)} fragment(s) are there")
    for offsets in (
        _words(header.get("ExtendedOffsetTable"), "Q"),
        _words(data[table.offset : table.offset + table.length], "L"),
    ):
        grouped = _by_offsets(parts, offsets, count)
        if grouped is not None:
            return grouped
    if count == 1:
        return EncapsulatedFrames((_spans(parts),)) if parts else None
    if len(parts) == count:
        return EncapsulatedFrames(tuple(_spans([part]) for part in parts))
    return _by_end_markers(data, parts, count)


def _number(header: Dataset, keyword: str, *, absent: int = 0) -> int | None:
    """Read a count; one that is not a positive number leaves the frames unaddressable."""
    try:
        value = int(header.get(keyword) or absent)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if value > 0 else None


def _words(table: bytes | None, kind: str) -> tuple[int, ...]:
    """Read an offset table; one that is no whole number of words counts as absent."""
    size = struct.calcsize(f"<{kind}")
    if not table or len(table) % size:
        return ()
    return struct.unpack(f"<{len(table) // size}{kind}", table)


def _by_offsets(
    parts: Sequence[Fragment], offsets: Sequence[int], count: int
) -> EncapsulatedFrames | None:
    """Group fragments by a table, unless the table points elsewhere than at their beginnings."""
    if len(offsets) != count or not parts:
        return None
    places = {part.start - parts[0].start: number for number, part in enumerate(parts)}
    firsts = [places.get(offset, -1) for offset in offsets]
    bounds = [*firsts, len(parts)]
    if firsts[0] != 0 or any(a >= b for a, b in pairwise(bounds)):
        return None
    return EncapsulatedFrames(tuple(_spans(parts[a:b]) for a, b in pairwise(bounds)))


def _by_end_markers(
    data: bytes, parts: Sequence[Fragment], count: int
) -> EncapsulatedFrames | None:
    """Group fragments by the end-of-image marker that JPEG and JPEG 2000 share (FF D9)."""
    frames: list[tuple[Span, ...]] = []
    open_parts: list[Fragment] = []
    for part in parts:
        open_parts.append(part)
        tail = data[max(part.offset, part.offset + part.length - 3) : part.offset + part.length]
        if b"\xff\xd9" in tail:
            frames.append(_spans(open_parts))
            open_parts = []
    return EncapsulatedFrames(tuple(frames)) if len(frames) == count and not open_parts else None


def _spans(parts: Sequence[Fragment]) -> tuple[Span, ...]:
    return tuple((part.offset, part.length) for part in parts)
