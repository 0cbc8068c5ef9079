"""What is refused before an image is taken in, and what is found in one that is not."""

import hashlib
import zlib

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.check import check, declared
from ingest.errors import (
    Malformed,
    MissingUid,
    NotDicom,
    Refused,
    TooLarge,
    Truncated,
    UnsupportedObject,
)
from tests.examples.files import WHEEL, ct_file, wheel_file
from tests.shared import shared_path

CT = wheel_file("CT_small.dcm")
WHOLE = (
    "CT_small.dcm", "MR_small.dcm", "MR_small_RLE.dcm", "JPEG2000.dcm", "image_dfl.dcm",
    "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "test-SR.dcm", "rtplan.dcm", "rtdose.dcm",
    "SC_rgb_rle_2frame.dcm", "liver_1frame.dcm", "waveform_ecg.dcm", "reportsi.dcm",
)  # fmt: skip


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_taken_as_it_is(name: str) -> None:
    data = wheel_file(name)

    checked = check(data)

    assert checked.received_sha256 == hashlib.sha256(data).hexdigest()
    assert checked.data[128:] == data[128:]
    assert checked.sop_instance_uid == pydicom.dcmread(WHEEL / name).SOPInstanceUID


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("MR_truncated.dcm", Truncated),
        ("rtplan_truncated.dcm", Truncated),
        ("no_meta.dcm", NotDicom),
        ("meta_missing_tsyntax.dcm", NotDicom),
        ("UN_sequence.dcm", MissingUid),
        ("JPEGLSNearLossless_08.dcm", MissingUid),
        ("dicomdirtests/DICOMDIR", UnsupportedObject),
        ("test1.json", NotDicom),
        ("zipMR.gz", NotDicom),
    ],
)
def test_a_real_file_that_cannot_be_taken_says_why(name: str, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        check(wheel_file(name))


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_short_anywhere_is_refused(name: str) -> None:
    data = wheel_file(name)
    has_pixels = check(data).header_length < len(data)
    # Where the last element happens to be whole, only an image can miss what should follow.
    ends = set() if has_pixels else element_ends(name)

    for kept in range(0, len(data) - 1, max(1, len(data) // 150)):
        if kept not in ends:
            with pytest.raises(Refused):
                check(data[:kept])


def element_ends(name: str) -> set[int]:
    dataset = pydicom.dcmread(WHEEL / name)
    elements = [dataset.get_item(tag) for tag in list(dataset.keys())]
    starts = [element.value_tell for element in elements if hasattr(element, "value_tell")]
    lengths = [getattr(element, "length", 0) for element in elements]
    ends = {start + length for start, length in zip(starts, lengths, strict=False)}
    return ends | {start - back for start in starts for back in (8, 12)}


def test_a_file_cut_between_two_elements_lacks_its_frames() -> None:
    checked = check(CT)

    with pytest.raises(Truncated):
        check(CT[: checked.header_length])


@given(st.data())
def test_no_bytes_whatever_break_the_check(data: st.DataObject) -> None:
    spoiled = bytearray(CT[:4000])
    for _ in range(data.draw(st.integers(1, 8))):
        spoiled[data.draw(st.integers(128, len(spoiled) - 1))] = data.draw(st.integers(0, 255))

    with pytest.raises(Refused):
        check(bytes(spoiled))


@pytest.mark.parametrize(
    "keyword", ["SOPInstanceUID", "SOPClassUID", "StudyInstanceUID", "SeriesInstanceUID"]
)
def test_a_missing_uid_is_named(keyword: str) -> None:
    meta_kept = pydicom.dcmread(WHEEL / "CT_small.dcm")
    del meta_kept[keyword]
    written = pydicom.filebase.DicomBytesIO()
    pydicom.dcmwrite(written, meta_kept)

    with pytest.raises(MissingUid, match=keyword):
        check(written.getvalue())


@pytest.mark.parametrize("uid", ["1.2.x", "1..2", "01.2", "1." + "2" * 64])
def test_a_text_that_is_no_uid_is_refused(uid: str) -> None:
    with pytest.raises(MissingUid, match="StudyInstanceUID"):
        check(_with_study_uid(uid))


def test_the_preamble_is_zeroed_because_it_can_hide_another_file() -> None:
    dressed = b"MZ" + bytes(126) + CT[128:]

    checked = check(dressed)

    assert checked.data[:128] == bytes(128)
    assert checked.received_sha256 == hashlib.sha256(dressed).hexdigest()


def test_an_instance_over_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        check(CT, max_bytes=1000)


def test_a_deflated_data_set_may_not_inflate_beyond_the_limit() -> None:
    data = wheel_file("image_dfl.dcm")
    start = data.index(b"1.2.840.10008.1.2.1.99")
    bomb = data[: start + 22] + _deflated(bytes(50_000_000))

    with pytest.raises(Refused):
        check(bomb, max_bytes=1_000_000)


def test_sequences_nested_without_end_are_refused() -> None:
    item = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    head = ct_file(1)[: check(ct_file(1)).header_length]

    with pytest.raises((Malformed, Truncated)):
        check(head + item * 2000)


def test_a_refused_file_is_still_named_where_its_meta_information_can_be_read() -> None:
    whole = ct_file(7)

    assert declared(whole[:-500])[1].endswith(".1.7")
    assert declared(b"nothing") == ("", "")


@pytest.mark.filterwarnings("ignore:Incorrect value for Specific Character Set")
def test_every_shared_file_is_taken_or_refused_by_name() -> None:
    folder = shared_path("data", "dicom")
    outcomes = {}

    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix not in (".csv", ".md", ".json", ".txt"):
            try:
                check(path.read_bytes())
            except Refused as error:
                outcomes[path.name] = error.reason

    assert outcomes == {
        "DICOMDIR": "unsupported_object",
        "FreezePattern.dcm": "missing_uid",
        "GH487.dcm": "missing_uid",
        "HTJ2KLossless_08_RGB.dcm": "missing_uid",
        "chrKoreanMulti.dcm": "truncated",
    }


def _with_study_uid(uid: str) -> bytes:
    """Write a UID that pydicom itself would refuse to write."""
    whole = ct_file(1, study="1.2.3.4.5.6.7.8.9.10.11.12")
    value = uid.encode() + bytes(len(uid) % 2)
    tag = whole.index(b"\x20\x00\x0d\x00UI")
    length = int.from_bytes(whole[tag + 6 : tag + 8], "little")
    return whole[: tag + 6] + len(value).to_bytes(2, "little") + value + whole[tag + 8 + length :]


def _deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(data) + deflater.flush()
