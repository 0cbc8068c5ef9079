"""Where frames lie: compared with pydicom's own reading, for every way of storing them."""

import io
import json

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.encaps import encapsulate, encapsulate_extended, generate_frames
from pydicom.uid import JPEG2000Lossless, RLELossless

from ingest.check import DEFLATED, check, data_set_start, inflated
from ingest.frames import (
    EncapsulatedFrames,
    NativeFrames,
    frames_from_json,
    frames_to_json,
)
from tests.examples.ct import ct_object
from tests.examples.files import as_bytes, wheel_file
from tests.shared import shared_path

NAMES = (
    "CT_small.dcm", "MR_small_RLE.dcm", "SC_rgb_rle_2frame.dcm", "SC_rgb_rle_16bit_2frame.dcm",
    "JPEG2000.dcm", "JPEG2000-embedded-sequence-delimiter.dcm", "SC_rgb_jpeg_dcmtk.dcm",
    "SC_rgb_jpeg_gdcm.dcm", "rtdose.dcm", "rtdose_rle.dcm", "MR_small_padded.dcm",
    "SC_ybr_full_422_uncompressed.dcm", "examples_ybr_color.dcm", "examples_palette.dcm",
    "image_dfl.dcm", "MR_small_jpeg_ls_lossless.dcm",
)  # fmt: skip


def frames_of(data: bytes) -> list[bytes]:
    """Cut the frames out of a file by the index alone."""
    checked = check(data)
    assert checked.frames is not None
    plain = data
    if checked.transfer_syntax == DEFLATED:
        plain = inflated(data, data_set_start(data))
    return [
        b"".join(plain[start : start + size] for start, size in checked.frames.spans(number))
        for number in range(1, checked.frames.count + 1)
    ]


def pydicom_frames(data: bytes) -> list[bytes]:
    """Let pydicom cut them."""
    dataset = pydicom.dcmread(io.BytesIO(data))
    count = int(dataset.get("NumberOfFrames") or 1)
    if dataset["PixelData"].is_undefined_length:
        return list(generate_frames(dataset.PixelData, number_of_frames=count))
    size = len(frames_of(data)[0])
    return [dataset.PixelData[size * n : size * (n + 1)] for n in range(count)]


@pytest.mark.parametrize("name", NAMES)
def test_frames_are_those_that_pydicom_reads(name: str) -> None:
    data = wheel_file(name)

    assert frames_of(data) == pydicom_frames(data)


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")
def test_the_shared_files_frames_are_those_that_pydicom_reads() -> None:
    folder = shared_path("data", "dicom")

    for path in sorted(p for p in folder.rglob("*.dcm") if p.is_file()):
        data = path.read_bytes()
        dataset = pydicom.dcmread(io.BytesIO(data))
        named = all(dataset.get(uid) for uid in ("SOPInstanceUID", "StudyInstanceUID"))
        if named and "PixelData" in dataset and check(data).frames is not None:
            assert frames_of(data) == pydicom_frames(data), path.name


def multi_frame(frames: int, transfer_syntax: str) -> Dataset:
    dataset = ct_object(1, side=8)
    dataset.NumberOfFrames = frames
    dataset.file_meta.TransferSyntaxUID = transfer_syntax
    return dataset


def test_a_filled_basic_offset_table_groups_fragments_into_frames() -> None:
    dataset = multi_frame(3, JPEG2000Lossless)
    bodies = [bytes([number]) * 400 for number in (1, 2, 3)]
    dataset.PixelData = encapsulate(bodies, fragments_per_frame=2, has_bot=True)

    assert frames_of(as_bytes(dataset)) == bodies


def test_an_extended_offset_table_is_followed() -> None:
    dataset = multi_frame(3, JPEG2000Lossless)
    bodies = [bytes([number]) * (100 * number) for number in (1, 2, 3)]
    pixels, offsets, lengths = encapsulate_extended(bodies)
    dataset.PixelData, dataset.ExtendedOffsetTable = pixels, offsets
    dataset.ExtendedOffsetTableLengths = lengths

    assert frames_of(as_bytes(dataset)) == bodies


def test_without_a_table_one_fragment_is_one_frame() -> None:
    dataset = multi_frame(2, RLELossless)
    bodies = [b"ab" * 50, b"cd" * 70]
    dataset.PixelData = encapsulate(bodies, has_bot=False)

    assert frames_of(as_bytes(dataset)) == bodies


def test_without_a_table_the_end_markers_of_the_images_tell_frames_apart() -> None:
    dataset = multi_frame(2, JPEG2000Lossless)
    bodies = [b"\xff\x4f" + bytes(301) + b"\xff\xd9\x00", b"\xff\x4f" + bytes(98) + b"\xff\xd9"]
    dataset.PixelData = encapsulate(bodies, fragments_per_frame=3, has_bot=False)

    assert frames_of(as_bytes(dataset)) == bodies


def test_a_table_that_points_between_fragments_is_not_believed() -> None:
    dataset = multi_frame(2, RLELossless)
    bodies = [b"ab" * 50, b"cd" * 70]
    pixels = bytearray(encapsulate(bodies, has_bot=True))
    pixels[12:16] = (7).to_bytes(4, "little")
    dataset.PixelData = bytes(pixels)

    assert frames_of(as_bytes(dataset)) == bodies


def test_frames_that_nothing_tells_apart_are_not_guessed() -> None:
    dataset = multi_frame(2, JPEG2000Lossless)
    dataset.PixelData = encapsulate([bytes(300), bytes(300)], fragments_per_frame=3, has_bot=False)

    assert check(as_bytes(dataset)).frames is None


def test_a_video_has_no_frames_that_could_be_served_one_by_one() -> None:
    dataset = multi_frame(20, "1.2.840.10008.1.2.4.102")
    dataset.PixelData = encapsulate([bytes(500)], has_bot=False)

    assert check(as_bytes(dataset)).frames is None


def test_an_object_without_pixels_has_no_frames() -> None:
    assert check(wheel_file("test-SR.dcm")).frames is None


@given(
    rows=st.integers(1, 9), columns=st.integers(1, 9), frames=st.integers(1, 6), seed=st.integers(0)
)
def test_single_bit_frames_are_found_at_their_bit(
    rows: int, columns: int, frames: int, seed: int
) -> None:
    bits = np.random.default_rng(seed).integers(0, 2, frames * rows * columns, dtype=np.uint8)
    packed = np.packbits(bits, bitorder="little").tobytes()
    index = NativeFrames(start=0, frame_bits=rows * columns, count=frames)

    for number in range(1, frames + 1):
        ((start, size),) = index.spans(number)
        unpacked = np.unpackbits(
            np.frombuffer(packed[start : start + size], np.uint8), bitorder="little"
        )
        first = index.bit_offset(number)
        expected = bits[(number - 1) * rows * columns : number * rows * columns]
        assert (unpacked[first : first + rows * columns] == expected).all()


@given(
    st.one_of(
        st.builds(
            NativeFrames,
            start=st.integers(0, 2**40),
            frame_bits=st.integers(1, 2**40),
            count=st.integers(1, 1000),
            word=st.sampled_from([1, 2, 4, 8]),
        ),
        st.builds(
            EncapsulatedFrames,
            st.lists(
                st.lists(st.tuples(st.integers(0), st.integers(0)), min_size=1).map(tuple),
                min_size=1,
            ).map(tuple),
        ),
    )
)
def test_an_index_survives_being_kept(index: NativeFrames | EncapsulatedFrames) -> None:
    assert frames_from_json(json.loads(json.dumps(frames_to_json(index)))) == index
