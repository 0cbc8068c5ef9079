"""Geometry as it is kept: a kind, a space, and the points or voxels on each image it touches.

A coordinate is kept in single precision, written with the fewest digits that name it: that is what
a DICOM report can hold (SCOORD3D is FL, PS3.3 C.18.9), so what leaves as a report and comes back is
the very same geometry. Below 512 mm a step of it is 0.00003 mm.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal, NamedTuple, get_args

import numpy as np
from pydantic import JsonValue

AnnotationKind = Literal[
    "point", "length", "bidirectional", "angle", "box", "ellipse", "circle", "polyline", "polygon",
    "mask",
]  # fmt: skip
Space = Literal["patient", "image"]
Point = tuple[Decimal, ...]

KINDS: tuple[AnnotationKind, ...] = get_args(AnnotationKind)
TWO_AXES: frozenset[AnnotationKind] = frozenset({"bidirectional", "ellipse", "circle"})
MAX_POINTS = 10_000
MAX_PARTS = 2_000
MAX_RUNS = 200_000
MAX_COORDINATE = 100_000
# Nearer to zero than this a coordinate is zero: a millionth of a millimetre is nobody's finding.
LEAST_COORDINATE = 1e-6
ALMOST_PARALLEL = 0.02
ALMOST_EQUAL_MM = 0.05


class GeometryRefused(ValueError):
    """No geometry of that kind was sent; the message reads on from the annotation's name."""


class Shape(NamedTuple):
    """How many points each part of a kind has, and whether it may span several images."""

    least: int
    most: int
    many_parts: bool = False


SHAPES: Mapping[AnnotationKind, Shape] = {
    "point": Shape(1, 1),
    "length": Shape(2, 2),
    "bidirectional": Shape(4, 4),
    "angle": Shape(3, 3),
    "box": Shape(4, 4),
    "ellipse": Shape(4, 4),
    "circle": Shape(4, 4),
    "polyline": Shape(2, MAX_POINTS),
    "polygon": Shape(3, MAX_POINTS, many_parts=True),
    "mask": Shape(0, 0, many_parts=True),
}


@dataclass(frozen=True)
class Part:
    """What lies on one frame: points, or for a mask the runs of clear and set voxels, row by row.

    Runs begin with the clear voxels before the first set one, so the first may be 0.
    """

    sop_instance_uid: str
    frame: int = 1
    points: tuple[Point, ...] = ()
    runs: tuple[int, ...] = ()


@dataclass(frozen=True)
class Geometry:
    """One annotation's geometry: in patient millimetres, or on images without a place in pixels.

    In image space a coordinate is (column, row) from the outer corner of the first pixel, whose
    centre is therefore (0.5, 0.5) (PS3.3 C.18.6.1.2).
    """

    kind: AnnotationKind
    space: Space
    frame_of_reference_uid: str | None
    parts: tuple[Part, ...]


def single(value: float | str | Decimal) -> Decimal:
    """Return a coordinate as it is kept, or raise `GeometryRefused`."""
    number = float(value)
    if not math.isfinite(number) or abs(number) > MAX_COORDINATE:
        raise GeometryRefused(f"has a coordinate that is no number within {MAX_COORDINATE}")
    if abs(number) < LEAST_COORDINATE:
        return Decimal("0")
    return Decimal(np.format_float_positional(np.float32(number), unique=True, trim="-"))


def point(values: Iterable[float | str | Decimal]) -> Point:
    """Return a point as it is kept."""
    return tuple(single(value) for value in values)


def checked(geometry: Geometry) -> Geometry:
    """Return the geometry if it is one of its kind, whatever images it lies on."""
    shape = SHAPES[geometry.kind]
    if not geometry.parts:
        raise GeometryRefused("lies on no image")
    if len(geometry.parts) > (MAX_PARTS if shape.many_parts else 1):
        raise GeometryRefused(
            f"spans {len(geometry.parts)} images, at most {MAX_PARTS if shape.many_parts else 1} "
            f"hold a {geometry.kind}"
        )
    if (geometry.space == "patient") != (geometry.frame_of_reference_uid is not None):
        raise GeometryRefused("names a frame of reference exactly where it is in patient space")
    if sum(len(part.points) for part in geometry.parts) > MAX_POINTS:
        raise GeometryRefused(f"has more than {MAX_POINTS} points")
    if geometry.kind == "mask":
        _check_masks(geometry.parts)
        in_order = sorted(geometry.parts, key=lambda part: (part.sop_instance_uid, part.frame))
        return replace(geometry, parts=tuple(in_order))
    for part in geometry.parts:
        _check_points(geometry, shape, part)
    return _long_axis_first(geometry) if geometry.kind in TWO_AXES else geometry


def _long_axis_first(geometry: Geometry) -> Geometry:
    """Return two axes with the longer one first, as DICOM wants an ellipse (PS3.3 C.18.9.1.2)."""
    (part,) = geometry.parts
    first, second = part.points[:2], part.points[2:]
    if _squared(second) <= _squared(first):
        return geometry
    return replace(geometry, parts=(replace(part, points=second + first),))


def _squared(ends: Sequence[Point]) -> Decimal:
    return sum(((a - b) ** 2 for a, b in zip(ends[0], ends[1], strict=True)), Decimal(0))


def _check_points(geometry: Geometry, shape: Shape, part: Part) -> None:
    if part.runs:
        raise GeometryRefused("has voxels, which only a mask has")
    if not shape.least <= len(part.points) <= shape.most:
        wanted = str(shape.least) if shape.least == shape.most else f"at least {shape.least}"
        raise GeometryRefused(f"has {len(part.points)} points, a {geometry.kind} has {wanted}")
    dimensions = 3 if geometry.space == "patient" else 2
    if any(len(each) != dimensions for each in part.points):
        raise GeometryRefused(f"has points that are not of {dimensions} coordinates each")
    array = as_array(part.points)
    check = FORMS.get(geometry.kind)
    if check is not None:
        check(array)


def _check_masks(parts: Sequence[Part]) -> None:
    frames = {(part.sop_instance_uid, part.frame) for part in parts}
    if len(frames) < len(parts):
        raise GeometryRefused("has two masks on one frame: make it one")
    if sum(len(part.runs) for part in parts) > MAX_RUNS:
        raise GeometryRefused(f"has more than {MAX_RUNS} runs of voxels")
    for part in parts:
        if part.points:
            raise GeometryRefused("has points, which a mask has not")
        if any(run < 0 for run in part.runs) or 0 in part.runs[1:]:
            raise GeometryRefused("has a run of no voxels")
        if len(part.runs) < 2:
            raise GeometryRefused("has no voxel on one of its frames: leave that frame out")


def _extent(points: np.ndarray) -> None:
    if not np.any(np.ptp(points, axis=0) > 0):
        raise GeometryRefused("has no extent: its points are one")


def _two_axes(points: np.ndarray) -> None:
    for first in (0, 2):
        _extent(points[first : first + 2])


def _angle(points: np.ndarray) -> None:
    _extent(points[[0, 1]])
    _extent(points[[1, 2]])


def _box(points: np.ndarray) -> None:
    along, across = points[1] - points[0], points[3] - points[0]
    _extent(points[[0, 1]])
    _extent(points[[0, 3]])
    if np.linalg.norm(points[0] + points[2] - points[1] - points[3]) > ALMOST_EQUAL_MM:
        raise GeometryRefused("has corners that are not those of a box, in their order")
    _perpendicular(along, across)


def _ellipse(points: np.ndarray) -> None:
    _two_axes(points)
    centres = np.linalg.norm(points[0] + points[1] - points[2] - points[3]) / 2
    if centres > ALMOST_EQUAL_MM:
        raise GeometryRefused("has two axes that do not cross in the middle")
    _perpendicular(points[1] - points[0], points[3] - points[2])


def _circle(points: np.ndarray) -> None:
    _ellipse(points)
    one = np.linalg.norm(points[1] - points[0])
    other = np.linalg.norm(points[3] - points[2])
    if abs(one - other) > ALMOST_EQUAL_MM:
        raise GeometryRefused("has two diameters that differ: it is no circle")


def _perpendicular(one: np.ndarray, other: np.ndarray) -> None:
    cosine = abs(one @ other) / (np.linalg.norm(one) * np.linalg.norm(other))
    if cosine > ALMOST_PARALLEL:
        raise GeometryRefused("has two axes that do not stand upright on each other")


def _polygon(points: np.ndarray) -> None:
    flat = points - points[0]
    if np.linalg.matrix_rank(flat, tol=1e-4) < 2:
        raise GeometryRefused("encloses nothing: its points lie on one line")


FORMS = {
    "length": _extent,
    "polyline": _extent,
    "bidirectional": _two_axes,
    "angle": _angle,
    "box": _box,
    "ellipse": _ellipse,
    "circle": _circle,
    "polygon": _polygon,
}


def as_array(points: Sequence[Point]) -> np.ndarray:
    """Return points as numbers; only where exactness is not the matter."""
    return np.array([[float(value) for value in each] for each in points], dtype=np.float64)


def parts_to_json(parts: Iterable[Part]) -> list[JsonValue]:
    """Return parts as plain JSON, coordinates as decimal text."""
    return [
        {
            "instance": part.sop_instance_uid,
            "frame": part.frame,
            **({"points": [[str(v) for v in each] for each in part.points]} if part.points else {}),
            **({"runs": list(part.runs)} if part.runs else {}),
        }
        for part in parts
    ]


def parts_from_json(value: JsonValue) -> tuple[Part, ...]:
    """Read parts that `parts_to_json` wrote."""
    assert isinstance(value, list)
    found = []
    for each in value:
        assert isinstance(each, dict)
        points, runs = each.get("points", []), each.get("runs", [])
        assert isinstance(points, list)
        assert isinstance(runs, list)
        found.append(
            Part(
                sop_instance_uid=str(each["instance"]),
                frame=int(str(each["frame"])),
                points=tuple(
                    tuple(Decimal(str(value)) for value in one)
                    for one in points
                    if isinstance(one, list)
                ),
                runs=tuple(int(str(run)) for run in runs),
            )
        )
    return tuple(found)
