import warnings
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path

import pydicom
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from lake.errors import NotDicom
from lake.headers import header_json, header_row
from lake.tables import HEADER_COLUMNS
from tests.examples.ct import ct_object
from tests.examples.files import ct_file, wheel_file
from tests.shared import shared_path


def _encoded(syntax: str, **changes: object) -> bytes:
    dataset = ct_object(1, side=16)
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID(syntax)
    file = BytesIO()
    with warnings.catch_warnings():
        # Writing a value that is against its VR is what these tests are about.
        warnings.simplefilter("ignore")
        pydicom.dcmwrite(
            file,
            dataset,
            implicit_vr=syntax == ImplicitVRLittleEndian,
            little_endian=syntax != ExplicitVRBigEndian,
            enforce_file_format=True,
        )
    return file.getvalue()


def test_a_header_has_every_column_and_their_types() -> None:
    row = header_row(ct_file(3))

    assert set(row) == {column.name for column in HEADER_COLUMNS}
    assert row["Modality"] == "CT"
    assert row["InstanceNumber"] == 3
    assert row["StudyDate"] == date(2024, 2, 29)
    assert row["SliceThickness"] == 1.0
    assert (row["pixel_spacing_row_mm"], row["pixel_spacing_column_mm"]) == (0.5, 0.5)
    assert (row["Rows"], row["NumberOfFrames"]) == (16, 1)
    assert row["KVP"] is None


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian,
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
    ],
)
def test_every_encoding_of_one_object_gives_one_header(syntax: str) -> None:
    expected = {**header_row(_encoded(ExplicitVRLittleEndian)), "TransferSyntaxUID": str(syntax)}

    assert header_row(_encoded(syntax)) == expected


def test_a_path_an_open_file_and_bytes_are_read_alike(tmp_path: Path) -> None:
    data = ct_file(1)
    path = tmp_path / "one.dcm"
    path.write_bytes(data)

    assert header_row(path) == header_row(data) == header_row(BytesIO(data))


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("SliceThickness", "thick"),
        ("StudyDate", "2024"),
        ("StudyDate", "20240231"),
        ("InstanceNumber", "9" * 30),
    ],
)
def test_a_value_that_is_not_of_its_type_is_absent(keyword: str, value: str) -> None:
    dataset = ct_object(1, side=16)
    dataset.add_new(keyword, "LO", value)
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)

    assert header_row(file.getvalue())[keyword] is None


def test_text_is_read_in_its_character_set() -> None:
    data = _encoded(
        ExplicitVRLittleEndian, SpecificCharacterSet="ISO_IR 100", SeriesDescription="Schädel"
    )

    assert header_row(data)["SeriesDescription"] == "Schädel"


def test_sequences_of_undefined_length_are_passed_over() -> None:
    inner = pydicom.Dataset()
    inner.CodeMeaning = "inner"
    inner.is_undefined_length_sequence_item = True
    outer = pydicom.Dataset()
    outer.PurposeOfReferenceCodeSequence = [inner]
    outer["PurposeOfReferenceCodeSequence"].is_undefined_length = True
    outer.is_undefined_length_sequence_item = True
    dataset = ct_object(1, side=16)
    dataset.ReferencedImageSequence = [outer, outer]
    dataset["ReferencedImageSequence"].is_undefined_length = True
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)

    assert header_row(file.getvalue())["Rows"] == 16


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 200, b"%PDF-1.7" + b" " * 300])
def test_what_is_no_dicom_is_refused(data: bytes) -> None:
    with pytest.raises(NotDicom):
        header_row(data)


def test_a_file_that_ends_in_its_header_is_refused() -> None:
    whole = ct_file(1)

    with pytest.raises(NotDicom, match="ends inside its header"):
        header_row(whole[:400])


@settings(max_examples=150, deadline=None)
@given(cut=st.integers(0, 1100))
def test_a_cut_file_is_refused_or_read_but_never_misread(cut: int) -> None:
    whole = ct_file(1)
    try:
        found = header_row(whole[:cut])
    except NotDicom:
        return

    expected = header_row(whole)
    assert all(value in (None, 1, expected[name]) for name, value in found.items())


@settings(max_examples=300, deadline=None)
@given(at=st.integers(132, 900), byte=st.integers(0, 255))
def test_a_changed_byte_never_breaks_the_reader(at: int, byte: int) -> None:
    data = bytearray(ct_file(1))
    data[at] = byte

    try:
        row = header_row(bytes(data))
    except NotDicom:
        return
    assert set(row) == {column.name for column in HEADER_COLUMNS}


def test_spacing_of_an_enhanced_image_is_found_in_its_functional_groups() -> None:
    measures = pydicom.Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.25, 0.75], 2.5
    shared = pydicom.Dataset()
    shared.PixelMeasuresSequence = [measures]
    dataset = ct_object(1, side=16)
    del dataset.PixelSpacing, dataset.SliceThickness
    dataset.SharedFunctionalGroupsSequence, dataset.NumberOfFrames = [shared], 1
    file = BytesIO()
    dataset.save_as(file, enforce_file_format=True)

    row = header_row(file.getvalue())

    assert (row["pixel_spacing_row_mm"], row["pixel_spacing_column_mm"]) == (0.25, 0.75)
    assert row["SliceThickness"] == 2.5


def test_a_real_file_of_another_maker_is_read() -> None:
    row = header_row(wheel_file("CT_small.dcm"))

    assert (row["Modality"], row["Rows"], row["Columns"]) == ("CT", 128, 128)


def test_the_json_holds_the_whole_header_and_no_pixels() -> None:
    found = pydicom.Dataset.from_json(header_json(ct_file(1)))

    assert found.PatientID == "001"
    assert found.Manufacturer == "Imaginary Scanners"
    assert "PixelData" not in found
    with pytest.raises(NotDicom):
        header_json(b"hello")


def _real_files() -> Iterator[Path]:
    yield from (path for path in shared_path("data", "dicom").rglob("*") if path.is_file())


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_real_headers_say_what_pydicom_says() -> None:
    compared = 0
    for path in sorted(_real_files()):
        try:
            row = header_row(path)
        except NotDicom:
            continue
        dataset = pydicom.dcmread(path, stop_before_pixels=True, force=True)
        for keyword in ("StudyInstanceUID", "SOPInstanceUID", "Modality", "SeriesDescription"):
            assert row[keyword] == (str(dataset.get(keyword, "")).strip() or None), path.name
        for keyword in ("Rows", "Columns", "BitsAllocated"):
            assert row[keyword] == dataset.get(keyword), path.name
        compared += 1

    assert compared > 200
