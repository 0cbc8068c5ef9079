"""What is looked at before an image is taken in: is it DICOM, is it whole, can it be named.

Nothing here knows a project; the same bytes always get the same answer.
"""

import hashlib
import io
import re
import zlib
from dataclasses import dataclass

import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import UID

from ingest.errors import (
    Malformed,
    MissingUid,
    NotDicom,
    Refused,
    TooLarge,
    Truncated,
    UnsupportedObject,
)
from ingest.frames import PIXEL_TAGS, FrameIndex, index_frames
from ingest.structure import (
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Element,
    Encoding,
    elements,
)

# Values are judged here. pydicom's own warnings would quote them, and a quoted value may identify.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE

UID_FORM = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)+")
IMPLICIT = "1.2.840.10008.1.2"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
MEDIA_DIRECTORY = "1.2.840.10008.1.3.10"
NAMING_UIDS = ("SOPClassUID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID")
DEFAULT_MAX_BYTES = 2 << 30
META_TAGS = (0x00020002, 0x00020003, 0x00020010)
PREFIX_END = 132


@dataclass(frozen=True)
class Checked:
    """An instance that may be stored: its bytes, its header and where its frames are.

    Offsets count in the stored bytes, or in the inflated ones where the data set is deflated.
    """

    data: bytes
    received_sha256: str
    header: Dataset
    transfer_syntax: str
    header_length: int
    frames: FrameIndex | None

    @property
    def sop_instance_uid(self) -> str:
        """The UID that names this instance."""
        return str(self.header.SOPInstanceUID)


def check(data: bytes, *, max_bytes: int = DEFAULT_MAX_BYTES) -> Checked:
    """Return the instance with its digest and frames, or raise what is wrong with it."""
    if len(data) > max_bytes:
        raise TooLarge(f"the instance has {len(data)} bytes, the limit is {max_bytes}")
    transfer_syntax, data_set_start = _file_meta(data)
    plain = inflated(data, data_set_start, max_bytes) if transfer_syntax == DEFLATED else data
    encoding = _encoding(plain, transfer_syntax, data_set_start)
    pixels = _pixel_element(plain, encoding, data_set_start)
    header = _header(data)
    _check_uids(header)
    if pixels is None:
        _check_no_pixels_announced(header)
    return Checked(
        data=_with_blank_preamble(data),
        received_sha256=hashlib.sha256(data).hexdigest(),
        header=header,
        transfer_syntax=transfer_syntax,
        header_length=pixels.start if pixels else len(plain),
        frames=index_frames(
            plain, header, pixels, encoding=encoding, transfer_syntax=transfer_syntax
        )
        if pixels
        else None,
    )


def _with_blank_preamble(data: bytes) -> bytes:
    """Blank the preamble, which can make the file another kind of file as well (PS3.10 7.1)."""
    blank = bytes(PREFIX_END - 4)
    return data if data.startswith(blank) else blank + data[PREFIX_END - 4 :]


def inflated(data: bytes, data_set_start: int, max_bytes: int = DEFAULT_MAX_BYTES) -> bytes:
    """Return a deflated data set (PS3.5 A.5) as it reads, with its file meta information."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = inflater.decompress(data[data_set_start:], max_bytes)
    except zlib.error as problem:
        raise Malformed(f"the deflated data set cannot be inflated: {problem}") from problem
    if inflater.unconsumed_tail:
        raise TooLarge(f"the data set inflates to more than the limit of {max_bytes} bytes")
    if not inflater.eof:
        raise Truncated("the deflated data set ends too early: send the whole file again")
    return data[:data_set_start] + plain


def declared(data: bytes) -> tuple[str, str]:
    """Return the SOP class and instance that the file meta information names, or empty texts.

    A refused file should still be named in the receipt, as far as it can be read.
    """
    try:
        values, _ = _meta_values(data)
    except Refused:
        return "", ""
    return values.get(0x00020002, ""), values.get(0x00020003, "")


def data_set_start(data: bytes) -> int:
    """Return where the file meta information ends and the data set begins."""
    return _file_meta(data)[1]


def _file_meta(data: bytes) -> tuple[str, int]:
    """Read the transfer syntax and find the end of the file meta information (PS3.10 7.1)."""
    values, end = _meta_values(data)
    if values.get(0x00020002) == MEDIA_DIRECTORY:
        raise UnsupportedObject("a DICOMDIR lists files and is none itself: send those it lists")
    if not values.get(0x00020010):
        raise NotDicom("the file meta information names no transfer syntax (0002,0010)")
    return values[0x00020010], end


def _meta_values(data: bytes) -> tuple[dict[int, str], int]:
    if len(data) < PREFIX_END or data[PREFIX_END - 4 : PREFIX_END] != b"DICM":
        raise NotDicom("no DICOM file: the prefix DICM at byte 128 is absent")
    values: dict[int, str] = {}
    end = PREFIX_END
    for element in elements(data, EXPLICIT_LITTLE, PREFIX_END, while_group=0x0002):
        end = element.end
        if element.tag in META_TAGS:
            text = data[element.value : element.end]
            values[element.tag] = text.decode("ascii", "replace").rstrip("\0 ")
    return values, end


def _encoding(plain: bytes, transfer_syntax: str, start: int) -> Encoding:
    """Return how the data set is written, which some writers get wrong for implicit VR."""
    if transfer_syntax == IMPLICIT:
        vr = plain[start + 4 : start + 6]
        return EXPLICIT_LITTLE if vr.isalpha() and vr.isupper() else IMPLICIT_LITTLE
    return Encoding(implicit=False, big_endian=transfer_syntax == BIG_ENDIAN)


def _pixel_element(plain: bytes, encoding: Encoding, start: int) -> Element | None:
    """Walk the whole data set and return its pixel data element, if it has one."""
    pixels = None
    for element in elements(plain, encoding, start):
        if element.tag in PIXEL_TAGS:
            pixels = element
    return pixels


def _header(data: bytes) -> Dataset:
    """Parse everything before the pixel data."""
    try:
        return pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)
    except (InvalidDicomError, EOFError, ValueError, NotImplementedError) as problem:
        # pydicom's words can quote a value of the file, so only its class is passed on.
        raise Malformed(f"the header cannot be read ({type(problem).__name__})") from problem


def _check_uids(header: Dataset) -> None:
    """Refuse an instance that cannot be told from others."""
    for keyword in NAMING_UIDS:
        value = str(header.get(keyword) or "")
        if not value:
            raise MissingUid(f"{keyword} is absent: the instance cannot be named")
        if len(value) > 64 or not UID_FORM.fullmatch(value):
            raise MissingUid(f"{keyword} is no UID (PS3.5 9.1): the instance cannot be named")


def _check_no_pixels_announced(header: Dataset) -> None:
    """Refuse an image whose pixels are not there: it was cut between two elements (C.7.6.3)."""
    is_image = "Image Storage" in UID(header.SOPClassUID).name or "Rows" in header
    if is_image and "PixelDataProviderURL" not in header:
        raise Truncated("an image without pixel data: send the whole file again")
