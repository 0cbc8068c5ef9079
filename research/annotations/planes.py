"""Where a frame lies: its place, its axes and what a pixel of it measures, read from a header."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

# What a pixel's size rests on; `detector` and `none` measure nothing in the patient.
Calibration = Literal["patient", "geometry", "fiducial", "unstated", "detector", "none"]
NO_MILLIMETRE: frozenset[Calibration] = frozenset({"detector", "none"})
UPRIGHT = 1e-3


@dataclass(frozen=True)
class ImagePlane:
    """One frame in space; without a place in the patient only rows and columns count."""

    rows: int
    columns: int
    spacing: tuple[Decimal, Decimal] | None
    calibration: Calibration
    frame_of_reference_uid: str | None = None
    position: tuple[float, ...] | None = None
    row_direction: tuple[float, ...] | None = None
    column_direction: tuple[float, ...] | None = None

    @property
    def is_placed(self) -> bool:
        """Whether the frame has a place in the patient."""
        return self.position is not None

    @property
    def normal(self) -> NDArray[np.float64]:
        """The direction upright on the plane."""
        assert self.row_direction is not None
        assert self.column_direction is not None
        row, column = self.row_direction, self.column_direction
        return np.array(
            (
                row[1] * column[2] - row[2] * column[1],
                row[2] * column[0] - row[0] * column[2],
                row[0] * column[1] - row[1] * column[0],
            )
        )

    def pixels_of(self, points: np.ndarray) -> np.ndarray:
        """Return (column, row) from the centre of the first pixel, and the distance from the plane.

        The columns of the answer are column, row and millimetres off the plane (PS3.3 C.7.6.2.1.1).
        """
        assert self.spacing is not None
        away = points - np.array(self.position)
        between_rows, between_columns = (float(size) for size in self.spacing)
        return np.column_stack(
            (
                away @ np.array(self.row_direction) / between_columns,
                away @ np.array(self.column_direction) / between_rows,
                away @ self.normal,
            )
        )

    def points_of(self, pixels: np.ndarray) -> np.ndarray:
        """Return the places of (column, row) pairs, counted from the centre of the first pixel."""
        assert self.spacing is not None
        between_rows, between_columns = (float(size) for size in self.spacing)
        along = pixels[:, :1] * between_columns * np.array(self.row_direction)
        down = pixels[:, 1:2] * between_rows * np.array(self.column_direction)
        places: NDArray[np.float64] = np.array(self.position) + along + down
        return places


def planes_of(header: Dataset) -> tuple[ImagePlane, ...]:
    """Return the plane of every frame of an image, those of enhanced objects by their groups."""
    frames = int(header.get("NumberOfFrames") or 1)
    shared = _first(header.get("SharedFunctionalGroupsSequence"))
    per_frame = header.get("PerFrameFunctionalGroupsSequence") or ()
    if shared is None and len(per_frame) == 0:
        # Many frames without groups (cine, nuclear medicine): one place cannot be that of all.
        return (_plane(header, (header,), may_be_placed=frames == 1),) * frames
    return tuple(
        _plane(header, tuple(each for each in (_at(per_frame, frame), shared) if each is not None))
        for frame in range(frames)
    )


def _plane(header: Dataset, groups: Sequence[Dataset], *, may_be_placed: bool = True) -> ImagePlane:
    measures = _group(groups, "PixelMeasuresSequence")
    spacing = _sizes(measures.get("PixelSpacing"))
    orientation = _numbers(_group(groups, "PlaneOrientationSequence"), "ImageOrientationPatient", 6)
    position = _numbers(_group(groups, "PlanePositionSequence"), "ImagePositionPatient", 3)
    frame_of_reference = str(header.get("FrameOfReferenceUID") or "") or None
    axes = _axes(orientation)
    placed = (
        may_be_placed
        and spacing is not None
        and position is not None
        and axes is not None
        and frame_of_reference is not None
    )
    return ImagePlane(
        rows=int(header.get("Rows") or 0),
        columns=int(header.get("Columns") or 0),
        spacing=spacing,
        calibration="patient" if placed else _calibration(header, spacing),
        frame_of_reference_uid=frame_of_reference if placed else None,
        position=position if placed else None,
        row_direction=axes[0] if placed and axes else None,
        column_direction=axes[1] if placed and axes else None,
    )


def _calibration(header: Dataset, spacing: tuple[Decimal, Decimal] | None) -> Calibration:
    """Say what PixelSpacing rests on where the frame has no place (PS3.3 10.7.1)."""
    at_detector = _sizes(header.get("ImagerPixelSpacing"))
    if spacing is None:
        return "detector" if at_detector else "none"
    stated = str(header.get("PixelSpacingCalibrationType") or "")
    if stated == "GEOMETRY":
        return "geometry"
    if stated == "FIDUCIAL":
        return "fiducial"
    # Equal to the detector's and not said to be calibrated: the magnification is not corrected.
    return "detector" if spacing == at_detector else "unstated"


def _group(groups: Sequence[Dataset], name: str) -> Dataset:
    """Return the macro of a frame: its own, the shared one, or the header itself."""
    for each in groups:
        found = _first(each.get(name))
        if found is not None:
            return found
    return groups[0] if groups else Dataset()


def _first(sequence: Sequence[Dataset] | None) -> Dataset | None:
    return sequence[0] if sequence else None


def _at(sequence: Sequence[Dataset], at: int) -> Dataset | None:
    return sequence[at] if at < len(sequence) else None


def _sizes(value: object) -> tuple[Decimal, Decimal] | None:
    """Return two sizes as they are written, if both are sizes."""
    if not isinstance(value, Sequence) and not hasattr(value, "__iter__"):
        return None
    try:
        sizes = [Decimal(str(each)) for each in value]
    except InvalidOperation:
        return None
    if len(sizes) != 2 or any(not size.is_finite() or size <= 0 for size in sizes):
        return None
    return sizes[0], sizes[1]


def _numbers(group: Dataset, keyword: str, count: int) -> tuple[float, ...] | None:
    value = group.get(keyword)
    if value is None or len(value) != count:
        return None
    numbers = tuple(float(each) for each in value)
    return numbers if all(math.isfinite(each) for each in numbers) else None


def _axes(
    orientation: tuple[float, ...] | None,
) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    """Return the two axes of unit length, if they are axes: upright on each other."""
    if orientation is None:
        return None
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    lengths = float(np.linalg.norm(row)), float(np.linalg.norm(column))
    if any(abs(length - 1) > UPRIGHT for length in lengths) or abs(row @ column) > UPRIGHT:
        return None
    row, column = row / lengths[0], column / lengths[1]
    return tuple(float(v) for v in row), tuple(float(v) for v in column)
