"""multipart/related (RFC 2387) as DICOMweb uses it: read in bounded memory, written as a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from python_multipart import MultipartParser
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import parse_options_header

from api.errors import BadMultipart, BodyTooLarge, UnsupportedMediaType

MAX_PARTS = 5000


@dataclass(frozen=True)
class Part:
    """One part of a request that was spooled: what it says it is and where its bytes are."""

    content_type: str
    offset: int
    length: int


class RelatedReader:
    """Take a request body chunk by chunk, spool the parts to one file, remember where each lies."""

    def __init__(self, content_type: str, spool: BinaryIO, *, max_bytes: int) -> None:
        self.parts: list[Part] = []
        self._spool = spool
        self._left = max_bytes
        self._limit = max_bytes
        self._ended = False
        self._header: tuple[bytearray, bytearray] = (bytearray(), bytearray())
        self._content_type = ""
        self._offset = 0
        self._parser = MultipartParser(
            _boundary(content_type),
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_part_data": lambda data, start, end: self._write(data[start:end]),
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body."""
        self._left -= len(chunk)
        if self._left < 0:
            raise BodyTooLarge(f"the request is larger than {self._limit} bytes: send less at once")
        try:
            self._parser.write(chunk)
        except MultipartParseError as problem:
            raise BadMultipart(
                f"the multipart body breaks off its own form at part {len(self.parts) + 1}"
            ) from problem

    def close(self) -> tuple[Part, ...]:
        """Return the parts, or refuse a body whose closing boundary never came."""
        if not self._ended:
            raise BadMultipart(
                f"the multipart body ends inside part {len(self.parts) + 1}: send it again"
            )
        if not self.parts:
            raise BadMultipart("the multipart body has no parts: there is nothing to store")
        return tuple(self.parts)

    def read(self, part: Part) -> bytes:
        """Return the bytes of a part."""
        self._spool.seek(part.offset)
        return self._spool.read(part.length)

    def _begin(self) -> None:
        if len(self.parts) >= MAX_PARTS:
            raise BodyTooLarge(f"the request has more than {MAX_PARTS} parts: send less at once")
        self._content_type = ""
        self._offset = self._spool.tell()

    def _write(self, data: bytes) -> None:
        self._spool.write(data)

    def _end_header(self) -> None:
        field, value = self._header
        if field.lower() == b"content-type":
            self._content_type = value.decode("latin-1")
        self._header = (bytearray(), bytearray())

    def _end(self) -> None:
        length = self._spool.tell() - self._offset
        self.parts.append(Part(self._content_type, self._offset, length))

    def _finish(self) -> None:
        self._ended = True


def write_related(
    parts: Iterable[tuple[str, Iterable[bytes]]], *, boundary: str
) -> Iterator[bytes]:
    """Write parts, each a content type and its bytes, as they come."""
    for content_type, chunks in parts:
        yield f"--{boundary}\r\nContent-Type: {content_type}\r\n\r\n".encode()
        yield from chunks
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def related_type(part_type: str, *, boundary: str) -> str:
    """Return the Content-Type of a multipart/related answer."""
    return f'multipart/related; type="{part_type}"; boundary={boundary}'


def _boundary(content_type: str) -> bytes:
    """Return the boundary of a multipart/related request of DICOM files, or refuse it."""
    kind, options = parse_options_header(content_type)
    if kind.lower() != b"multipart/related":
        raise UnsupportedMediaType(
            "send Content-Type: multipart/related; type=application/dicom; boundary=…"
        )
    part_type = options.get(b"type", b"application/dicom").lower()
    if part_type != b"application/dicom":
        raise UnsupportedMediaType("only parts of type application/dicom are stored")
    boundary = options.get(b"boundary", b"")
    if not boundary:
        raise BadMultipart("the Content-Type of the request names no boundary")
    return boundary
