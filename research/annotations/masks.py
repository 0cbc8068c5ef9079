"""Masks as runs of voxels, and the voxels that an outline encloses."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from research.annotations.geometry import Part, as_array
from research.annotations.planes import ImagePlane

Mask = NDArray[np.bool_]


def runs_of(mask: Mask) -> tuple[int, ...]:
    """Return the lengths of clear and set stretches, row by row; the first may be 0."""
    flat = np.asarray(mask, dtype=np.bool_).ravel()
    changes = np.flatnonzero(np.diff(flat)) + 1
    edges = np.concatenate(([0], changes, [flat.size]))
    runs = [int(length) for length in np.diff(edges)]
    return tuple([0, *runs] if flat.size and flat[0] else runs)


def mask_of(runs: Sequence[int], *, rows: int, columns: int) -> Mask:
    """Return the voxels that runs name."""
    values = np.arange(len(runs)) % 2 == 1
    return np.repeat(values, np.array(runs, dtype=np.int64)).reshape(rows, columns)


def enclosed(part: Part, plane: ImagePlane) -> Mask:
    """Return the pixels whose centre an outline encloses, by the even-odd rule.

    A centre on the outline belongs to the pixel below and to the right of it, so that two outlines
    that share an edge share no pixel.
    """
    corners = as_array(part.points)
    pixels = plane.pixels_of(corners)[:, :2] if plane.is_placed else corners - 0.5
    mask = np.zeros((plane.rows, plane.columns), dtype=np.bool_)
    starts, ends = pixels, np.roll(pixels, -1, axis=0)
    low = max(0, int(np.floor(pixels[:, 1].min())))
    high = min(plane.rows - 1, int(np.ceil(pixels[:, 1].max())))
    columns = np.arange(plane.columns)
    for row in range(low, high + 1):
        crossing = (starts[:, 1] <= row) != (ends[:, 1] <= row)
        a, b = starts[crossing], ends[crossing]
        at = a[:, 0] + (row - a[:, 1]) * (b[:, 0] - a[:, 0]) / (b[:, 1] - a[:, 1])
        mask[row] = (at[:, None] <= columns[None, :]).sum(axis=0) % 2 == 1
    return mask
