"""What marks measure: known shapes to the last digit, and the same digits everywhere."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset

from research.annotations.geometry import Geometry, GeometryRefused, Part, checked, point, single
from research.annotations.masks import mask_of, runs_of
from research.annotations.metrics import measured
from research.annotations.planes import ImagePlane, planes_of
from tests.examples.ct import ct_object
from tests.examples.drawn import FRAME_OF_REFERENCE, annotation, geometry, headers, planes

FLAT = headers(4, tilted=False)
TILTED = headers(4)


def values(drawn: Geometry, of: dict[str, Dataset] = FLAT) -> dict[str, str]:
    return {name: str(value) for name, value in annotation(drawn, of).metrics.values.items()}


def test_known_shapes_measure_what_they_are() -> None:
    # Pixels are 0.7 mm high and 0.5 mm wide.
    assert values(geometry("length", FLAT, [(0, 0), (6, 0)])) == {"length": "3.00"}
    assert values(geometry("length", FLAT, [(0, 0), (8, 30)])) == {"length": "21.38"}
    assert values(geometry("angle", FLAT, [(10, 0), (0, 0), (0, 10)])) == {"angle": "90.00"}
    assert values(geometry("box", FLAT, [(0, 0), (20, 0), (20, 10), (0, 10)])) == {
        "long_axis": "10.00", "short_axis": "7.00", "area": "70.00",
    }  # fmt: skip
    assert values(geometry("ellipse", FLAT, [(10, 5), (10, 15), (0, 10), (20, 10)])) == {
        "long_axis": "10.00", "short_axis": "7.00", "area": "54.98",
    }  # fmt: skip
    assert values(geometry("polygon", FLAT, [(0, 0), (20, 0), (20, 10), (0, 10)])) == {
        "area": "70.00", "long_axis": "12.21",
    }  # fmt: skip


def test_an_outline_on_three_slices_has_a_volume() -> None:
    square = [(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)]

    drawn = values(geometry("polygon", FLAT, square, square, square))

    # 70 mm² on each of three slices that are 2.5 mm apart.
    assert drawn["volume"] == "525.00"
    assert drawn["area"] == "70.00"


def test_a_tilted_stack_is_measured_along_its_own_normal() -> None:
    square = [(0.0, 0.0), (20.0, 0.0), (20.0, 10.0), (0.0, 10.0)]

    drawn = values(geometry("polygon", TILTED, square, square), TILTED)

    # The table moves 2.5 mm, the planes are cos 20° of that apart.
    expected = 2 * 70 * 2.5 * np.cos(np.radians(20))
    assert float(drawn["volume"]) == pytest.approx(expected, abs=0.01)


def test_the_longer_axis_is_the_long_one_however_it_was_drawn() -> None:
    one = geometry("bidirectional", FLAT, [(0, 0), (4, 0), (2, 0), (2, 10)])

    assert values(one) == {"long_axis": "7.00", "short_axis": "2.00"}
    assert values(geometry("bidirectional", FLAT, [(2, 0), (2, 10), (0, 0), (4, 0)])) == values(one)


@pytest.mark.parametrize(
    ("changes", "unit", "calibration", "length"),
    [
        ({}, "px", "none", "10.00"),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, "px", "detector", "10.00"),
        ({"PixelSpacing": [0.2, 0.2], "ImagerPixelSpacing": [0.2, 0.2]}, "px", "detector", "10.00"),
        ({"PixelSpacing": [0.1, 0.15], "ImagerPixelSpacing": [0.2, 0.2],
          "PixelSpacingCalibrationType": "GEOMETRY"}, "mm", "geometry", "1.50"),
        ({"PixelSpacing": [0.1, 0.15], "ImagerPixelSpacing": [0.2, 0.2],
          "PixelSpacingCalibrationType": "FIDUCIAL"}, "mm", "fiducial", "1.50"),
        ({"PixelSpacing": [0.1, 0.15]}, "mm", "unstated", "1.50"),
        ({"PixelSpacing": [0, 0.15]}, "px", "none", "10.00"),
    ],
)  # fmt: skip
def test_a_projection_says_what_its_millimetres_rest_on(
    changes: dict[str, object], unit: str, calibration: str, length: str
) -> None:
    header = ct_object(1)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        del header[keyword]
    for keyword, value in changes.items():
        setattr(header, keyword, value)
    (plane,) = planes_of(header)
    drawn = Geometry("length", "image", None, (Part("1.2", 1, (point((0, 0)), point((10, 0)))),))

    metrics = measured(checked(drawn), {("1.2", 1): plane})

    assert (metrics.unit, metrics.calibration) == (unit, calibration)
    assert str(metrics.values["length"]) == length


def test_an_enhanced_image_has_a_plane_for_each_frame() -> None:
    header = ct_object(1)
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        del header[keyword]
    header.NumberOfFrames, header.FrameOfReferenceUID = 2, FRAME_OF_REFERENCE
    shared, measures, orientation = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, orientation.ImageOrientationPatient = [0.7, 0.5], [1, 0, 0, 0, 1, 0]
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    header.SharedFunctionalGroupsSequence = [shared]
    frames = []
    for depth in (0.0, 2.5):
        place, group = Dataset(), Dataset()
        place.ImagePositionPatient = [0, 0, depth]
        group.PlanePositionSequence = [place]
        frames.append(group)
    header.PerFrameFunctionalGroupsSequence = frames

    found = planes_of(header)

    assert [plane.position for plane in found] == [(0, 0, 0), (0, 0, 2.5)]
    assert all(plane.calibration == "patient" for plane in found)


def test_frames_without_groups_have_no_place_of_their_own() -> None:
    header = ct_object(1)
    header.NumberOfFrames, header.FrameOfReferenceUID = 3, FRAME_OF_REFERENCE

    assert [plane.is_placed for plane in planes_of(header)] == [False] * 3


def test_a_coordinate_is_kept_as_a_report_can_hold_it() -> None:
    assert single(0.1) == Decimal("0.1")
    assert single("200.123456789") == Decimal("200.12346")
    assert single(-1e-9) == 0
    assert single(single("63.1234567")) == single("63.1234567")
    for broken in (float("nan"), float("inf"), 1e6):
        with pytest.raises(GeometryRefused):
            single(broken)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 60), st.floats(0, 60), st.floats(0, 60), st.floats(0, 60))
def test_a_length_is_the_distance_of_its_ends_whichever_is_first(
    a: float, b: float, c: float, d: float
) -> None:
    if np.hypot(a - c, b - d) < 0.5:
        return
    there = geometry("length", TILTED, [(a, b), (c, d)])
    back = geometry("length", TILTED, [(c, d), (a, b)])

    expected = np.hypot((a - c) * 0.5, (b - d) * 0.7)

    assert values(there, TILTED) == values(back, TILTED)
    assert float(values(there, TILTED)["length"]) == pytest.approx(expected, abs=0.0051)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_runs_name_every_voxel(seed: int, share: float) -> None:
    mask = np.random.default_rng(seed).random((7, 9)) < share

    runs = runs_of(mask)

    assert np.array_equal(mask_of(runs, rows=7, columns=9), mask)
    assert sum(runs) == 63


def test_a_mask_measures_its_voxels() -> None:
    uids = list(FLAT)
    voxels = np.zeros((64, 64), dtype=bool)
    voxels[0:10, 0:20] = True
    parts = tuple(Part(uid, 1, runs=runs_of(voxels)) for uid in uids[:2])
    drawn = checked(Geometry("mask", "patient", FRAME_OF_REFERENCE, parts))

    # 200 voxels of 0.35 mm² on two slices that are 2.5 mm apart.
    assert values(drawn) == {"area": "70.00", "volume": "350.00"}


def test_a_stack_of_one_plane_has_no_volume() -> None:
    uid = next(iter(FLAT))
    (plane,) = planes(FLAT)[uid]
    assert isinstance(plane, ImagePlane)

    drawn = values(geometry("polygon", FLAT, [(0, 0), (20, 0), (20, 10), (0, 10)]))

    assert "volume" not in drawn
