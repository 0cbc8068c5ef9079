"""A stored object as DICOMweb needs it: its header, and its frames by range reads alone."""

import io
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import ExplicitVRLittleEndian

from api.errors import FramesUnavailable, NoSuchThing
from ingest.check import BIG_ENDIAN, DEFLATED, data_set_start, inflated
from ingest.frames import EncapsulatedFrames, FrameIndex, NativeFrames
from lake.location import Lake
from lake.objects import read_object

DEFLATED_FRAMES = "1.2.840.10008.1.2.8.1"
MAX_HEADER_BYTES = 64 << 20
MEDIA_TYPES = {
    "1.2.840.10008.1.2.5": "image/dicom-rle",
    "1.2.840.10008.1.2.4.50": "image/jpeg",
    "1.2.840.10008.1.2.4.51": "image/jpeg",
    "1.2.840.10008.1.2.4.57": "image/jpeg",
    "1.2.840.10008.1.2.4.70": "image/jpeg",
    "1.2.840.10008.1.2.4.80": "image/jls",
    "1.2.840.10008.1.2.4.81": "image/jls",
    "1.2.840.10008.1.2.4.90": "image/jp2",
    "1.2.840.10008.1.2.4.91": "image/jp2",
    "1.2.840.10008.1.2.4.92": "image/jpx",
    "1.2.840.10008.1.2.4.93": "image/jpx",
    "1.2.840.10008.1.2.4.201": "image/jphc",
    "1.2.840.10008.1.2.4.202": "image/jphc",
    "1.2.840.10008.1.2.4.203": "image/jphc",
}
OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class StoredImage:
    """One stored instance: where its bytes are and where in them its frames are."""

    lake: Lake
    project: str
    sha256: str
    transfer_syntax: str
    header_length: int
    frames: FrameIndex | None

    def header(self) -> Dataset:
        """Read everything before the pixel data."""
        whole = self.transfer_syntax == DEFLATED
        data = read_object(
            self.lake, self.project, self.sha256, length=None if whole else self.header_length
        )
        return pydicom.dcmread(io.BytesIO(data), stop_before_pixels=True)

    def stored_frame(self, frame: int) -> bytes:
        """Return a frame's bytes as they are stored, counted from 1."""
        index = self.frames
        if index is None:
            raise FramesUnavailable("the frames of this object cannot be addressed one by one")
        if not 1 <= frame <= index.count:
            raise NoSuchThing(f"there is no frame {frame}; frames count from 1 to {index.count}")
        if self.transfer_syntax == DEFLATED:
            whole = read_object(self.lake, self.project, self.sha256)
            plain = inflated(whole, data_set_start(whole))
            return b"".join(plain[start : start + size] for start, size in index.spans(frame))
        return b"".join(
            read_object(self.lake, self.project, self.sha256, offset=start, length=size)
            for start, size in index.spans(frame)
        )

    def native_frame(self, frame: int) -> bytes:
        """Return a frame as Explicit VR Little Endian holds it, decoded where it must be."""
        data = self.stored_frame(frame)
        if isinstance(self.frames, EncapsulatedFrames):
            header = self.header()
            return decoded(single_frame(self, header, frame), header).tobytes()
        assert isinstance(self.frames, NativeFrames)
        if self.frames.frame_bits % 8:
            return _aligned(data, self.frames, frame)
        return _little_endian(data, self.frames.word) if self._swapped else data

    def client_frame(self, frame: int) -> bytes:
        """Return a frame as clients can take it: compressed as stored, or plain little endian."""
        return self.native_frame(frame) if self.is_native else self.stored_frame(frame)

    @property
    def _swapped(self) -> bool:
        return self.transfer_syntax == BIG_ENDIAN

    @property
    def is_native(self) -> bool:
        """Whether frames are stored uncompressed, so that any client can show them."""
        return isinstance(self.frames, NativeFrames)

    @property
    def client_syntax(self) -> str:
        """Return the transfer syntax of `client_frame`."""
        return ExplicitVRLittleEndian if self.is_native else self.transfer_syntax

    @property
    def media_type(self) -> str:
        """Return the media type of a frame as it is stored."""
        return OCTETS if self.is_native else MEDIA_TYPES.get(self.transfer_syntax, OCTETS)


def single_frame(image: StoredImage, header: Dataset, frame: int) -> Dataset:
    """Return a data set that holds this one frame, for decoders that want a data set."""
    single = Dataset()
    single.update({tag: header.get_item(tag) for tag in list(header.keys())})
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        if keyword in single:
            del single[keyword]
    single.file_meta = header.file_meta
    single.NumberOfFrames = 1
    data = image.stored_frame(frame)
    if image.transfer_syntax == DEFLATED_FRAMES:
        native = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, MAX_HEADER_BYTES * 16)
        return _native_data_set(single, native)
    if isinstance(image.frames, EncapsulatedFrames):
        single.PixelData = encapsulate([data])
        single["PixelData"].VR = "OB"
        single["PixelData"].is_undefined_length = True
        return single
    return _native_data_set(single, image.native_frame(frame))


def decoded(single: Dataset, header: Dataset) -> NDArray[Any]:
    """Decode a single-frame data set to its sample values."""
    if "BitsStored" not in header and header.get("BitsAllocated") in (32, 64):
        kind = f"<f{int(header.BitsAllocated) // 8}"  # Float and Double Float Pixel Data
        floats = np.frombuffer(single.PixelData, dtype=kind)
        return floats.reshape(int(header.Rows), int(header.Columns))
    try:
        return single.pixel_array
    except (RuntimeError, ValueError, AttributeError, NotImplementedError) as problem:
        raise FramesUnavailable(
            f"the frame cannot be decoded from {header.file_meta.TransferSyntaxUID.name}"
        ) from problem


def _native_data_set(single: Dataset, data: bytes) -> Dataset:
    """Attach native little-endian pixel data, padded to the even length that DICOM asks for."""
    file_meta = FileMetaDataset()
    file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    single.file_meta = file_meta
    bits = int(single.get("BitsAllocated") or 0)
    single.PixelData = data + bytes(len(data) % 2)
    single["PixelData"].VR = "OW" if bits > 8 else "OB"
    return single


def _aligned(data: bytes, index: NativeFrames, frame: int) -> bytes:
    """Shift a single-bit frame that begins inside a byte to a byte of its own (PS3.5 8.1.1)."""
    bits = np.unpackbits(np.frombuffer(data, dtype=np.uint8), bitorder="little")
    start = index.bit_offset(frame)
    return np.packbits(bits[start : start + index.frame_bits], bitorder="little").tobytes()


def _little_endian(data: bytes, word: int) -> bytes:
    """Turn the words of the retired big-endian syntax, which DICOMweb does not carry."""
    if len(data) % word:
        raise FramesUnavailable("the frame does not end where a big-endian word ends")
    return np.frombuffer(data, dtype=f">u{word}").astype(f"<u{word}").tobytes()
