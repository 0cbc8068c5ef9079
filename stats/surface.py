"""The surface between a mask and its outside: its elements, their areas, and their distances."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from stats.frames import Booleans, Floats

Corner = tuple[int, ...]


@dataclass(frozen=True)
class Surfaces:
    """Two surfaces seen from each other.

    Parameters
    ----------
    reference_distance, prediction_distance : ndarray, mm
        Distance of each element to the other surface, ascending; infinite when there is none.
    reference_area, prediction_area : ndarray, mm² (mm in two dimensions)
        Area of each element, in the same order.
    """

    reference_distance: Floats
    reference_area: Floats
    prediction_distance: Floats
    prediction_area: Floats


def surfaces(reference: Booleans, prediction: Booleans, spacing_mm: Sequence[float]) -> Surfaces:
    """Return the elements of both surfaces with their areas and their distances to the other one.

    Parameters
    ----------
    reference, prediction : ndarray of bool, two or three dimensions, one shape
        The masks; outside the array is outside the mask.
    spacing_mm : sequence of float
        Voxel size along each axis, in array order.

    Returns
    -------
    Surfaces

    Notes
    -----
    A surface passes between voxel centres, through every cell of 2 × 2 (× 2) centres that is
    neither all in nor all out. A cell's area is that of its marching-cubes triangles with corners
    at the midpoints of the cell's edges. Distances are between cell centres.

    References
    ----------
    Lorensen & Cline 1987, Computer Graphics 21:163; Nikolov et al. 2021, J Med Internet Res
    23:e26151.

    Examples
    --------
    >>> mask = np.zeros((4, 4), dtype=bool)
    >>> mask[1:3, 1:3] = True
    >>> float(surfaces(mask, mask, (1.0, 1.0)).reference_area.sum().round(4))
    6.8284
    """
    box = _bounding_box(reference | prediction)
    areas = element_areas(tuple(float(step) for step in spacing_mm))
    cells = [_cells(np.ascontiguousarray(mask[box])) for mask in (reference, prediction)]
    borders = [(code > 0) & (code < len(areas) - 1) for code in cells]
    sides = [
        _side(cells[own][borders[own]], areas, borders[own], borders[1 - own], spacing_mm)
        for own in (0, 1)
    ]
    return Surfaces(*sides[0], *sides[1])


@cache
def element_areas(spacing_mm: tuple[float, ...]) -> Floats:
    """Return the surface area inside a cell of voxel centres for each pattern of in and out.

    Parameters
    ----------
    spacing_mm : tuple of 2 or 3 float
        Cell size along each axis.

    Returns
    -------
    ndarray, shape (16,) or (256,)
        mm or mm². Bit k of a pattern is the k-th corner in the order of `itertools.product`.

    Examples
    --------
    >>> element_areas((2.0, 1.0))[[0b0011, 0b0001]].round(4).tolist()
    [1.0, 1.118]
    """
    corners = list(product((0, 1), repeat=len(spacing_mm)))
    of_set = _length_of_set if len(spacing_mm) == 2 else _area_of_set
    areas = np.zeros(2 ** len(corners))
    for pattern in range(len(areas)):
        inside = [corner for bit, corner in enumerate(corners) if pattern >> bit & 1]
        outside = [corner for corner in corners if corner not in inside]
        areas[pattern] = of_set(min(inside, outside, key=len), spacing_mm)
    areas.setflags(write=False)
    return areas


def _length_of_set(corners: list[Corner], spacing: tuple[float, ...]) -> float:
    """Contour length in a square: a diagonal for each lone corner, a side for two neighbours."""
    parts = _components(corners)
    if len(corners) == 2 and len(parts) == 1:
        return spacing[_axes_between(parts[0][0], parts[0][1])[0]]
    return len(corners) * 0.5 * float(np.hypot(spacing[0], spacing[1]))


def _area_of_set(corners: list[Corner], spacing: tuple[float, ...]) -> float:
    """Area in a cube of the surface around at most four corners: the sum over what hangs together.

    Each part of the surface is a few flat pieces. A piece is given by how much of each coordinate
    plane it covers in a unit cube; scaling those shadows gives its area for any spacing.
    """
    shadow = np.array([spacing[1] * spacing[2], spacing[0] * spacing[2], spacing[0] * spacing[1]])
    pieces = [piece for part in _components(corners) for piece in _pieces(part)]
    return sum(float(np.linalg.norm(np.asarray(piece) * shadow)) for piece in pieces)


def _pieces(part: list[Corner]) -> list[tuple[float, float, float]]:
    """Return the flat pieces around one connected set of one to four corners of a cube."""
    flat = [axis for axis in range(3) if len({corner[axis] for corner in part}) == 1]
    if len(part) == 1:
        return [(0.125, 0.125, 0.125)]
    if len(part) == 2:
        return [_shadow(0.5, without=_axes_between(part[0], part[1])[0])]
    if len(part) == 3:
        return [_shadow(0.5, only=flat[0]), (0.375, 0.375, 0.375)]
    if flat:
        return [_shadow(1.0, only=flat[0])]
    edges = [pair for pair in combinations(part, 2) if len(_axes_between(*pair)) == 1]
    ends = [corner for corner in part if sum(corner in edge for edge in edges) == 1]
    if len(ends) == 3:  # one corner and its three neighbours: a regular hexagon
        return [(0.75, 0.75, 0.75)]
    last = [_axes_between(*edge)[0] for edge in edges if edge[0] in ends or edge[1] in ends]
    return [(0.5, 0.5, 0.5), *(_shadow(0.25, without=axis) for axis in last)]


def _shadow(
    size: float, *, only: int | None = None, without: int | None = None
) -> tuple[float, float, float]:
    kept = [size if axis != without and only in (None, axis) else 0.0 for axis in range(3)]
    return (kept[0], kept[1], kept[2])


def _components(corners: list[Corner]) -> list[list[Corner]]:
    """Return the sets of corners that hang together along the cell's edges."""
    parts: list[list[Corner]] = []
    for corner in corners:
        touching = [p for p in parts if any(len(_axes_between(corner, o)) == 1 for o in p)]
        merged = [other for part in touching for other in part]
        parts = [part for part in parts if part not in touching] + [[*merged, corner]]
    return parts


def _axes_between(a: Corner, b: Corner) -> list[int]:
    return [axis for axis, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]


def _cells(mask: Booleans) -> NDArray[np.int16]:
    """Return the pattern of every cell of the mask, one more than voxels along each axis."""
    padded = np.pad(mask, 1).astype(np.int16)
    codes = np.zeros([size + 1 for size in mask.shape], dtype=np.int16)
    for bit, corner in enumerate(product((0, 1), repeat=mask.ndim)):
        window = tuple(
            slice(start, start + size) for start, size in zip(corner, codes.shape, strict=True)
        )
        codes += padded[window] << bit
    return codes


def _side(
    codes: NDArray[np.int16],
    areas: Floats,
    own: Booleans,
    other: Booleans,
    spacing_mm: Sequence[float],
) -> tuple[Floats, Floats]:
    area = areas[codes]
    if other.any():
        distance = distance_transform_edt(~other, sampling=tuple(spacing_mm))[own]
    else:
        distance = np.full(len(area), np.inf)
    order = np.lexsort((area, distance))
    return distance[order], area[order]


def _bounding_box(mask: Booleans) -> tuple[slice, ...]:
    box = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        found = np.flatnonzero(mask.any(axis=others))
        box.append(slice(int(found[0]), int(found[-1]) + 1) if len(found) else slice(0, 1))
    return tuple(box)
