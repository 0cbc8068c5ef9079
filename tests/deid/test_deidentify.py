import hashlib
from datetime import date
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset, Sequence

from deid.deidentify import deidentify, deidentify_file
from deid.errors import BurnedInText, DeidError, IdentifierLeft, MissingUid, UnsupportedObject
from deid.profile import Option, basic_profile
from deid.pseudonyms import SiteKey
from tests.deid.planting import bytes_of, planted_objects
from tests.examples.ct import PLANTED, SERIES_UID, STUDY_UID, ct_object
from tests.shared import shared_path

PIXEL_DATA = 0x7FE00010
KEY = SiteKey(bytes(range(32)))
PROFILE = basic_profile()


def done(dataset: Dataset) -> Dataset:
    """Return a data set as it comes out."""
    return pydicom.dcmread(
        BytesIO(deidentify_file(bytes_of(dataset), profile=PROFILE, key=KEY).data)
    )


@given(planted_objects())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@pytest.mark.req("R-DEID")
def test_no_planted_identifier_survives_anywhere_in_the_bytes(planted: tuple[bytes, str]) -> None:
    file, canary = planted

    try:
        result = deidentify_file(file, profile=PROFILE, key=KEY)
    except DeidError:
        return

    out = result.data.upper()
    for word in (canary, canary[::-1]):
        assert word.encode() not in out
    for text in PLANTED[2:]:
        assert text.encode() not in result.data
    assert STUDY_UID.encode() not in result.data
    assert canary not in repr(result.report)


@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damaged_bytes_are_refused_or_cleaned_but_never_crash(data: st.DataObject) -> None:
    file = bytearray(bytes_of(ct_object(1, side=4)))
    for _ in range(data.draw(st.integers(1, 6))):
        file[data.draw(st.integers(132, len(file) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(file)))

    for damaged in (bytes(file), bytes(file[:cut])):
        try:
            assert deidentify_file(damaged, profile=PROFILE, key=KEY).size > 0
        except DeidError:
            continue


def test_the_pixel_data_goes_through_byte_for_byte() -> None:
    dataset = ct_object(1)

    out = done(dataset)

    assert out.PixelData == dataset.PixelData


def test_equal_objects_give_equal_bytes() -> None:
    file = bytes_of(ct_object(1))

    first, second = (deidentify_file(file, profile=PROFILE, key=KEY) for _ in range(2))

    assert first.data == second.data
    assert first.sha256 == hashlib.sha256(first.data).hexdigest()
    assert first.size == len(first.data)


@pytest.mark.req("R-DEID")
def test_a_late_series_joins_its_study_and_its_patient() -> None:
    early, late = ct_object(1), ct_object(2)
    late.SeriesInstanceUID = f"{SERIES_UID}.7"
    late.SeriesDate = "20240302"

    first, second = done(early), done(late)

    assert first.StudyInstanceUID == second.StudyInstanceUID
    assert first.SeriesInstanceUID != second.SeriesInstanceUID
    assert first.PatientID == second.PatientID == first.PatientName
    assert _days(second.SeriesDate) - _days(first.SeriesDate) == 2
    assert first.StudyDate != early.StudyDate


def test_two_projects_cannot_be_linked() -> None:
    file = bytes_of(ct_object(1))

    one, other = (
        deidentify_file(file, profile=PROFILE, key=KEY.for_project(project)) for project in "ab"
    )

    assert one.sop_instance_uid != other.sop_instance_uid
    first, second = (pydicom.dcmread(BytesIO(result.data)) for result in (one, other))
    assert first.PatientID != second.PatientID


def test_references_point_to_the_new_uids() -> None:
    image, later = ct_object(1), ct_object(2)
    item = Dataset()
    item.ReferencedSOPClassUID = image.SOPClassUID
    item.ReferencedSOPInstanceUID = image.SOPInstanceUID
    later.ReferencedImageSequence = Sequence([item])

    reference = done(later).ReferencedImageSequence[0]

    assert reference.ReferencedSOPInstanceUID == done(image).SOPInstanceUID
    assert reference.ReferencedSOPClassUID == image.SOPClassUID


def test_private_attributes_overlays_and_curves_go() -> None:
    dataset = ct_object(1)
    dataset.private_block(0x0029, "SOMEBODY", create=True).add_new(1, "LO", "kept nowhere")
    dataset.add_new(0x60000010, "US", 4)
    dataset.add_new(0x60003000, "OW", b"\x00" * 4)
    dataset.add_new(0x60024000, "LT", "comment")
    dataset.add_new(0x50003000, "OW", b"\x00" * 4)

    out = done(dataset)

    groups = {element.tag.group for element in out}
    assert not [group for group in groups if group & 1 or group & 0xFF00 in (0x5000, 0x6000)]


def test_a_name_in_a_kept_text_is_found_in_any_order_and_case() -> None:
    for text in (
        "ottoline quillfeather",
        "QUILLFEATHER, O.",
        "OttolineQuillfeather",
        "mrn-7741-0093",
    ):
        dataset = ct_object(1)
        dataset.SoftwareVersions = ["VB42", text]

        out = done(dataset)

        assert list(out.SoftwareVersions) == ["VB42", "REMOVED"]


@pytest.mark.parametrize(
    ("character_set", "name", "text"),
    [
        ("ISO_IR 100", "Äneas^Rüdiger", "Rüdiger"),
        ("ISO_IR 192", "王^小東", "小東"),
        ("ISO_IR 144", "Люкceмбypг", "Люкceмбypг"),
        (["", "ISO 2022 IR 149"], "김^희중", "희중"),
    ],
)
def test_names_are_found_in_their_character_set(character_set: str, name: str, text: str) -> None:
    dataset = ct_object(1)
    dataset.SpecificCharacterSet = character_set
    dataset.PatientName = name
    dataset.ManufacturerModelName = text

    out = done(dataset)

    assert out.ManufacturerModelName == "REMOVED"


def test_technical_attributes_stay() -> None:
    dataset = ct_object(1)
    dataset.ConvolutionKernel, dataset.KVP, dataset.BodyPartExamined = "B30f", "120", "HEAD"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]

    out = done(dataset)

    for keyword in (
        "ConvolutionKernel", "KVP", "BodyPartExamined", "ImageType", "Manufacturer", "Modality",
        "ImagePositionPatient", "PixelSpacing", "SliceThickness", "InstanceNumber", "Rows",
        "StudyTime", "SOPClassUID",
    ):  # fmt: skip
        assert out[keyword].value == dataset[keyword].value


def test_the_object_says_how_it_was_deidentified() -> None:
    out = done(ct_object(1))

    assert out.PatientIdentityRemoved == "YES"
    assert out.DeidentificationMethod == PROFILE.name
    codes = [item.CodeValue for item in out.DeidentificationMethodCodeSequence]
    assert codes == ["113100", "113107"]
    assert out.LongitudinalTemporalInformationModified == "MODIFIED"


def test_preamble_meta_and_tail_are_made_anew() -> None:
    file = bytes_of(ct_object(1))
    file = b"MZ secret".ljust(128, b"!") + file[128:] + b"trailing secret "

    result = deidentify_file(file, profile=PROFILE, key=KEY)

    out = pydicom.dcmread(BytesIO(result.data))
    assert result.data[:128] == bytes(128)
    assert b"secret" not in result.data
    assert out.file_meta.MediaStorageSOPInstanceUID == out.SOPInstanceUID
    assert result.report.tail_bytes == 16


def test_bytes_behind_the_last_pixel_are_cut_off() -> None:
    dataset = ct_object(1)
    pixels = dataset.PixelData
    dataset.PixelData = pixels + b"hidden message!!"

    result = deidentify_file(bytes_of(dataset), profile=PROFILE, key=KEY)

    assert pydicom.dcmread(BytesIO(result.data)).PixelData == pixels
    assert result.report.excess_pixel_bytes == 16


@pytest.mark.req("R-DEID")
def test_an_identifier_as_text_in_the_pixels_is_refused() -> None:
    dataset = ct_object(1)
    dataset.PixelData = b"QUILLFEATHER^OTTOLINE!".ljust(len(dataset.PixelData), b"\x00")

    with pytest.raises(IdentifierLeft):
        done(dataset)


def test_what_says_that_text_is_burned_in_is_refused() -> None:
    dataset = ct_object(1)
    dataset.BurnedInAnnotation = "YES"

    with pytest.raises(BurnedInText):
        done(dataset)


@pytest.mark.parametrize(
    "sop_class", ["1.2.840.10008.5.1.4.1.1.104.1", "1.3.46.670589.11.0.0.12.1"]
)
def test_objects_that_rules_cannot_clean_are_refused(sop_class: str) -> None:
    dataset = ct_object(1)
    dataset.SOPClassUID = sop_class

    with pytest.raises(UnsupportedObject):
        done(dataset)


def test_an_object_without_a_class_is_refused() -> None:
    dataset = ct_object(1)
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    del dataset.SOPClassUID

    with pytest.raises(UnsupportedObject, match="absent"):
        done(dataset)


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_an_object_without_a_uid_is_refused(keyword: str) -> None:
    dataset = ct_object(1)
    delattr(dataset, keyword)

    with pytest.raises(MissingUid, match="absent"):
        done(dataset)


def test_without_a_patient_id_the_study_is_the_patient() -> None:
    one, other = ct_object(1), ct_object(1, study_uid=f"{STUDY_UID}.9")
    one.PatientID = other.PatientID = ""

    assert done(one).PatientID != done(other).PatientID


def test_retained_uids_stay() -> None:
    profile = basic_profile([Option.RETAIN_UIDS])
    dataset = ct_object(1)

    result = deidentify_file(bytes_of(dataset), profile=profile, key=KEY)

    assert result.sop_instance_uid == dataset.SOPInstanceUID
    out = pydicom.dcmread(BytesIO(result.data))
    assert out.StudyInstanceUID == STUDY_UID
    assert out.StudyDate == ""


def test_retained_dates_and_uids_hold_no_other_text() -> None:
    profile = basic_profile([Option.RETAIN_UIDS, Option.RETAIN_FULL_DATES])
    file = bytes_of(ct_object(1)).replace(b"20240229", b"Jane Doe")
    file = file.replace(f"{STUDY_UID}.1\x00".encode(), b"Jane Doe".ljust(len(STUDY_UID) + 3))

    out = deidentify_file(file, profile=profile, key=KEY).data

    assert b"Jane Doe" not in out


def test_full_dates_stay_as_they_are() -> None:
    profile = basic_profile([Option.RETAIN_FULL_DATES])

    result = deidentify_file(bytes_of(ct_object(1)), profile=profile, key=KEY)

    out = pydicom.dcmread(BytesIO(result.data))
    assert out.StudyDate == "20240229"
    assert out.LongitudinalTemporalInformationModified == "UNMODIFIED"


def test_a_data_set_can_be_given_instead_of_a_file() -> None:
    dataset = ct_object(1)

    result = deidentify(dataset, profile=PROFILE, key=KEY)

    assert result.dataset.PatientName != dataset.PatientName
    assert dataset.PatientID == PLANTED[2]
    assert result.report.counts()["pseudonym"] == 2


def test_the_report_names_tags_and_rules() -> None:
    result = deidentify_file(bytes_of(ct_object(1)), profile=PROFILE, key=KEY)

    found = {finding.path: (finding.action, finding.rule) for finding in result.report.findings}
    assert found[(0x00080050,)] == ("Z", "E.1-1")
    assert found[(0x00081030,)] == ("X", "E.1-1")


@pytest.fixture(params=["wheel", "shared"])
def real_files(request: pytest.FixtureRequest) -> list[Path]:
    """Every object in pydicom's wheel, which is always there, or in the shared data."""
    if request.param == "wheel":
        folder = Path(pydicom.__file__).parent / "data" / "test_files"
        return sorted(folder.rglob("*.dcm"))
    return sorted(path for path in shared_path("data", "dicom").rglob("*") if path.is_file())


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_real_objects_keep_what_no_rule_touched_and_their_pixels(real_files: list[Path]) -> None:
    compared = 0
    for path in real_files:
        source = path.read_bytes()
        try:
            result = deidentify_file(source, profile=PROFILE, key=KEY)
        except DeidError:
            continue
        before, after = pydicom.dcmread(BytesIO(source)), pydicom.dcmread(BytesIO(result.data))
        touched = {finding.path[0] for finding in result.report.findings}
        for element in after:
            skipped = element.VR in ("SQ", "UI") or element.tag == PIXEL_DATA
            if skipped or element.tag in touched or _written(element.tag):
                continue
            assert element.value == before[element.tag].value, (path.name, element.tag)
            compared += 1
        if "PixelData" in before and not result.report.excess_pixel_bytes:
            assert after.PixelData == before.PixelData, path.name
    assert compared > 1_000


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
def test_real_objects_lose_their_names_ids_and_uids(real_files: list[Path]) -> None:
    cleaned = 0
    for path in real_files:
        source = path.read_bytes()
        try:
            out = deidentify_file(source, profile=PROFILE, key=KEY).data
        except DeidError:
            continue
        before = pydicom.dcmread(BytesIO(source), stop_before_pixels=True)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            assert before[keyword].value.encode() not in out, path.name
        name = str(before.get("PatientName", ""))
        if len(name) > 8:
            assert name.encode(errors="replace") not in out, path.name
        after = pydicom.dcmread(BytesIO(out), stop_before_pixels=True)
        assert after.get("PatientID") != before.get("PatientID") or "PatientID" not in before
        cleaned += 1
    assert cleaned > 60


def _written(tag: int) -> bool:
    return tag in (0x00120062, 0x00120063, 0x00120064, 0x00280303) or tag >> 16 == 2


def _days(text: str) -> int:
    return date(int(text[:4]), int(text[4:6]), int(text[6:])).toordinal()
