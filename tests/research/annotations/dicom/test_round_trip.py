"""What leaves as DICOM and comes back is the very same: coordinates, voxels, kinds and names."""

import io
import shutil
import subprocess
from pathlib import Path

import highdicom as hd
import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from research.annotations.dicom.document import Document, NotRead, NotWritten, Observer
from research.annotations.dicom.read_back import annotations_in
from research.annotations.dicom.report import report
from research.annotations.dicom.segments import segmentation, series_of
from research.annotations.dicom.structures import structure_set
from research.annotations.geometry import Geometry, Part
from research.annotations.masks import mask_of, runs_of
from research.annotations.rows import Annotation
from tests.examples.drawn import (
    FRAME_OF_REFERENCE,
    NOW,
    annotation,
    geometry,
    headers,
    planes,
)

READER = Observer("human", "Reader^1a2b3c4d", "2.25.1")
SLICES = headers(4)
PLANES = planes(SLICES)
pixel = st.tuples(st.floats(0, 63), st.floats(0, 63))


def document(*drawn: Annotation, observer: Observer = READER) -> Document:
    return Document(
        annotations=drawn,
        headers=SLICES,
        planes=PLANES,
        observer=observer,
        series_uid="2.25.1001",
        instance_uid="2.25.1002",
        series_number=900,
        made_at=NOW,
        build="0.1.0",
    )


def through_bytes(data: Dataset) -> Dataset:
    written = io.BytesIO()
    data.save_as(written, enforce_file_format=True)
    written.seek(0)
    return pydicom.dcmread(written)


def every_kind() -> list[Annotation]:
    shapes = [
        geometry("point", SLICES, [(3, 4)]),
        geometry("length", SLICES, [(3, 4), (30, 41.3)]),
        geometry("bidirectional", SLICES, [(3, 4), (30, 41.3), (10, 20), (16, 15.7)]),
        geometry("angle", SLICES, [(3, 4), (30, 41.3), (50, 2)]),
        geometry("box", SLICES, [(5, 5), (25, 5), (25, 15), (5, 15)]),
        geometry("ellipse", SLICES, [(10, 20), (50, 20), (30, 15), (30, 25)]),
        geometry("polyline", SLICES, [(1, 1), (2, 5), (9, 9), (60, 60)]),
        geometry("polygon", SLICES, [(1, 1), (20, 5), (9, 29)]),
        geometry("polygon", SLICES, [(1, 1), (20, 5), (9, 29)], [(2, 2), (30, 5), (9, 29)]),
    ]
    return [annotation(one, SLICES, label=f"{one.kind} mark") for one in shapes]


def test_a_report_read_back_is_every_annotation_again() -> None:
    drawn = every_kind()

    found = annotations_in(through_bytes(report(document(*drawn))), PLANES.get)

    assert [one.geometry for one in found] == [one.geometry for one in drawn]
    assert [one.label for one in found] == [one.label for one in drawn]
    assert [one.tracking_uid for one in found] == [one.tracking_uid for one in drawn]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(start=pixel, end=pixel)
def test_a_line_keeps_every_coordinate_through_a_report(
    start: tuple[float, float], end: tuple[float, float]
) -> None:
    if np.hypot(start[0] - end[0], start[1] - end[1]) < 0.1:
        return
    drawn = annotation(geometry("length", SLICES, [start, end]), SLICES)

    (found,) = annotations_in(through_bytes(report(document(drawn))), PLANES.get)

    assert found.geometry == drawn.geometry


@settings(max_examples=30, deadline=None)
@given(st.lists(pixel, min_size=3, max_size=40, unique=True))
def test_an_outline_keeps_every_coordinate_through_a_structure_set(
    corners: list[tuple[float, float]],
) -> None:
    spread = np.linalg.matrix_rank(np.array(corners) - corners[0], tol=0.5)
    if spread < 2:
        return
    drawn = annotation(geometry("polygon", SLICES, corners), SLICES, label="edge")

    (found,) = annotations_in(through_bytes(structure_set(document(drawn))), PLANES.get)

    assert found.geometry == drawn.geometry
    assert (found.label, found.tracking_uid) == ("edge", drawn.tracking_uid)


def mask(voxels: dict[str, np.ndarray]) -> Annotation:
    parts = tuple(Part(uid, 1, runs=runs_of(each)) for uid, each in voxels.items())
    return annotation(Geometry("mask", "patient", FRAME_OF_REFERENCE, parts), SLICES, label="gland")


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_mask_that_is_nowhere_symmetric_keeps_every_voxel(seed: int, descending: bool) -> None:
    noise = np.random.default_rng(seed)
    uids = list(SLICES)[::-1] if descending else list(SLICES)
    voxels = {uid: noise.random((64, 64)) < 0.1 for uid in uids[:3]}
    for each in voxels.values():
        each[0, 0] = True
    drawn = mask(voxels)

    made = segmentation(document(drawn), series_of(document(drawn))[0])
    (found,) = annotations_in(through_bytes(made), PLANES.get)

    back = {
        part.sop_instance_uid: mask_of(part.runs, rows=64, columns=64)
        for part in found.geometry.parts
    }
    assert back.keys() == voxels.keys()
    assert all(np.array_equal(back[uid], voxels[uid]) for uid in uids[:3])
    assert found.label == "gland"


def test_an_outline_becomes_the_voxels_it_encloses_on_its_own_slices() -> None:
    square = [(9.5, 19.5), (19.5, 19.5), (19.5, 24.5), (9.5, 24.5)]
    drawn = annotation(geometry("polygon", SLICES, square, square), SLICES)

    made = through_bytes(segmentation(document(drawn), series_of(document(drawn))[0]))
    (found,) = annotations_in(made, PLANES.get)

    for part in found.geometry.parts:
        voxels = mask_of(part.runs, rows=64, columns=64)
        assert voxels.sum() == 50
        assert voxels[20:25, 10:20].all()
    assert [part.sop_instance_uid for part in found.geometry.parts] == sorted(SLICES)[:2]


def test_highdicom_reads_the_report_and_the_segmentation_as_their_templates() -> None:
    drawn = every_kind()
    made = through_bytes(report(document(*drawn)))
    square = annotation(geometry("polygon", SLICES, [(1, 1), (20, 5), (9, 29)]), SLICES)
    voxels = through_bytes(segmentation(document(square), series_of(document(square))[0]))

    content = hd.sr.Comprehensive3DSR.from_dataset(made).content
    segments = hd.seg.Segmentation.from_dataset(voxels)

    lines = content.get_image_measurement_groups()
    regions = content.get_planar_roi_measurement_groups()
    assert len(lines) == 4
    assert len(regions) == 6
    assert str(drawn[1].metrics.values["length"]) == str(lines[0].get_measurements()[0].value)
    assert segments.get_segment_description(1).tracking_uid == square.tracking_uid


@pytest.mark.parametrize("make", [report, structure_set])
def test_an_independent_reader_takes_the_objects(make: object, tmp_path: Path) -> None:
    path = tmp_path / "object.dcm"
    assert callable(make)
    make(document(*every_kind())).save_as(path, enforce_file_format=True)
    program = "dsrdump" if make is report else "dcmdump"
    assert shutil.which(program), f"{program} of dcmtk is missing: install dcmtk"

    read = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)

    assert read.returncode == 0, read.stderr
    assert "E:" not in read.stderr, read.stderr


def test_no_object_names_the_reader() -> None:
    drawn = every_kind()

    for made in (report(document(*drawn)), structure_set(document(*drawn))):
        text = str(made)
        assert "Reader^1a2b3c4d" in text
        assert "someone" not in text


def test_a_model_stands_in_the_report_as_a_device() -> None:
    drawn = annotation(geometry("point", SLICES, [(3, 4)]), SLICES, author="ai")

    made = report(document(drawn, observer=Observer("ai", "finder 1.2.0", "2.25.77")))

    assert "2.25.77" in str(made)
    assert "finder 1.2.0" in str(made)


def test_nothing_to_write_is_refused_in_words() -> None:
    with pytest.raises(NotWritten, match="no annotation"):
        report(document())
    with pytest.raises(NotWritten, match="no outline"):
        structure_set(document())
    with pytest.raises(NotWritten, match="no mask"):
        segmentation(document(), "2.25.5")


def test_a_mask_on_another_grid_than_its_image_is_refused() -> None:
    uid = next(iter(SLICES))
    voxels = np.zeros((64, 64), dtype=bool)
    voxels[3, 4] = True
    made = through_bytes(
        segmentation(document(mask({uid: voxels})), str(SLICES[uid].SeriesInstanceUID))
    )
    made.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0].ImageOrientationPatient = [
        -1, 0, 0, 0, 1, 0,
    ]  # fmt: skip

    with pytest.raises(NotRead, match="does not lie on the pixels"):
        annotations_in(made, PLANES.get)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: setattr(data, "SOPClassUID", "1.2.840.10008.5.1.4.1.1.2"),
        lambda data: data.__delitem__("ContentSequence"),
        lambda data: setattr(data.ContentSequence[-1], "ContentSequence", []),
    ],
)
def test_an_object_that_is_none_of_these_is_refused(change: object) -> None:
    made = through_bytes(report(document(*every_kind())))
    assert callable(change)
    change(made)

    with pytest.raises(NotRead):
        annotations_in(made, PLANES.get)
