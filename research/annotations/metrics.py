"""What an annotation measures: the server's numbers, exact decimals from the kept coordinates.

Coordinates are decimals and sums, products and roots are taken with 34 digits; the result is
rounded once, half up, to 0.01 of its unit. The same geometry gives the same digits everywhere.
Only an angle goes through a float, whose error is far below its rounding.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from itertools import pairwise
from typing import Literal

import numpy as np

from research.annotations.geometry import Geometry, GeometryRefused, Part, Point, as_array
from research.annotations.planes import NO_MILLIMETRE, Calibration, ImagePlane

MetricName = Literal["length", "long_axis", "short_axis", "area", "volume", "angle"]
LengthUnit = Literal["mm", "px"]

EXACT = Context(prec=34, rounding=ROUND_HALF_UP)
HUNDREDTH = Decimal("0.01")
PI = Decimal("3.141592653589793238462643383279503")
# A stack whose planes are this far from parallel, or slices nearer than this, has no volume.
PARALLEL = 0.999
SAME_PLANE_MM = 0.01

# The unit of each metric, in UCUM, where lengths are in millimetres and where in pixels.
UNITS: Mapping[LengthUnit, Mapping[MetricName, str]] = {
    "mm": {
        "length": "mm", "long_axis": "mm", "short_axis": "mm", "area": "mm2", "volume": "mm3",
        "angle": "deg",
    },
    "px": {
        "length": "{pixels}", "long_axis": "{pixels}", "short_axis": "{pixels}",
        "area": "{pixels}2", "volume": "", "angle": "deg",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Metrics:
    """The numbers of one annotation, the unit of its lengths, and what that unit rests on."""

    values: Mapping[MetricName, Decimal]
    unit: LengthUnit
    calibration: Calibration


def measured(geometry: Geometry, planes: Mapping[tuple[str, int], ImagePlane]) -> Metrics:
    """Return what a geometry measures on the planes it lies on."""
    used = [planes[part.sop_instance_uid, part.frame] for part in geometry.parts]
    calibration = used[0].calibration
    if any(plane.calibration != calibration for plane in used):
        raise GeometryRefused("spans images that are not calibrated alike")
    unit: LengthUnit = "px" if calibration in NO_MILLIMETRE else "mm"
    with localcontext(EXACT):
        if geometry.kind == "mask":
            values = _of_mask(geometry.parts, used, unit)
        else:
            outlines = [
                _scaled(part, plane, unit) for part, plane in zip(geometry.parts, used, strict=True)
            ]
            values = _of_points(geometry.kind, outlines, used)
        rounded = {name: value.quantize(HUNDREDTH) for name, value in values.items()}
    return Metrics(rounded, unit, calibration)


def _scaled(part: Part, plane: ImagePlane, unit: LengthUnit) -> tuple[Point, ...]:
    """Return points in the unit they are measured in; pixels become sizes where they have one."""
    if plane.is_placed or unit == "px":
        return part.points
    assert plane.spacing is not None
    between_rows, between_columns = plane.spacing
    return tuple((x * between_columns, y * between_rows) for x, y in part.points)


def _of_points(
    kind: str, outlines: Sequence[tuple[Point, ...]], planes: Sequence[ImagePlane]
) -> dict[MetricName, Decimal]:
    points = outlines[0]
    if kind == "length" or kind == "polyline":
        return {"length": sum((_distance(a, b) for a, b in pairwise(points)), Decimal(0))}
    if kind == "angle":
        return {"angle": _angle(points)}
    if kind == "polygon":
        return _of_polygons(outlines, planes)
    if kind == "box":
        sides = _distance(points[0], points[1]), _distance(points[0], points[3])
        return _axes(*sides) | {"area": sides[0] * sides[1]}
    if kind == "point":
        return {}
    axes = _distance(points[0], points[1]), _distance(points[2], points[3])
    if kind == "bidirectional":
        return _axes(*axes)
    return _axes(*axes) | {"area": PI * axes[0] * axes[1] / 4}


def _axes(one: Decimal, other: Decimal) -> dict[MetricName, Decimal]:
    return {"long_axis": max(one, other), "short_axis": min(one, other)}


def _of_polygons(
    outlines: Sequence[tuple[Point, ...]], planes: Sequence[ImagePlane]
) -> dict[MetricName, Decimal]:
    areas = [_area(points) for points in outlines]
    longest = max(_longest(points) for points in outlines)
    values: dict[MetricName, Decimal] = {"area": max(areas), "long_axis": longest}
    volume = _volume(areas, planes)
    return values if volume is None else values | {"volume": volume}


def _of_mask(
    parts: Sequence[Part], planes: Sequence[ImagePlane], unit: LengthUnit
) -> dict[MetricName, Decimal]:
    areas = []
    for part, plane in zip(parts, planes, strict=True):
        voxels = Decimal(sum(part.runs[1::2]))
        size = plane.spacing if unit == "mm" and plane.spacing else (Decimal(1), Decimal(1))
        areas.append(voxels * size[0] * size[1])
    values: dict[MetricName, Decimal] = {"area": max(areas)}
    volume = _volume(areas, planes)
    return values if volume is None else values | {"volume": volume}


def _volume(areas: Sequence[Decimal], planes: Sequence[ImagePlane]) -> Decimal | None:
    """Return area times thickness, slice by slice; None on a single slice, which has none.

    A slice reaches half way to its neighbours, an outermost one as far out as in.
    """
    if not all(plane.is_placed for plane in planes):
        return None
    normal = planes[0].normal
    if any(float(plane.normal @ normal) < PARALLEL for plane in planes):
        return None
    slices: dict[Decimal, Decimal] = {}
    for area, plane in zip(areas, planes, strict=True):
        depth = Decimal(str(round(float(np.array(plane.position) @ normal), 6)))
        known = next((at for at in slices if abs(at - depth) < Decimal(str(SAME_PLANE_MM))), depth)
        slices[known] = slices.get(known, Decimal(0)) + area
    if len(slices) < 2:
        return None
    depths = sorted(slices)
    gaps = [after - before for before, after in pairwise(depths)]
    thickness = [
        (before + after) / 2
        for before, after in zip([gaps[0], *gaps], [*gaps, gaps[-1]], strict=True)
    ]
    return sum(
        (slices[at] * thick for at, thick in zip(depths, thickness, strict=True)), Decimal(0)
    )


def _distance(one: Point, other: Point) -> Decimal:
    return sum(((a - b) ** 2 for a, b in zip(one, other, strict=True)), Decimal(0)).sqrt()


def _area(points: Sequence[Point]) -> Decimal:
    """Return the area within a closed line, wherever its plane lies: half of |Σ p × q|."""
    total = [Decimal(0)] * 3
    start = points[0]
    moved = [_three([a - b for a, b in zip(each, start, strict=True)]) for each in points]
    for p, q in pairwise([*moved, moved[0]]):
        for axis, value in enumerate(_cross(p, q)):
            total[axis] += value
    return sum((value * value for value in total), Decimal(0)).sqrt() / 2


def _longest(points: Sequence[Point]) -> Decimal:
    """Return the greatest distance between two corners; floats only choose which two."""
    array = as_array(points)
    best, pair = -1.0, (0, 0)
    for at, corner in enumerate(array):
        squares = np.einsum("ij,ij->i", array - corner, array - corner)
        other = int(np.argmax(squares))
        if squares[other] > best:
            best, pair = float(squares[other]), (at, other)
    return _distance(points[pair[0]], points[pair[1]])


def _angle(points: Sequence[Point]) -> Decimal:
    one = _three([a - b for a, b in zip(points[0], points[1], strict=True)])
    other = _three([a - b for a, b in zip(points[2], points[1], strict=True)])
    across = sum((value * value for value in _cross(one, other)), Decimal(0)).sqrt()
    along = sum((a * b for a, b in zip(one, other, strict=True)), Decimal(0))
    return Decimal(math.degrees(math.atan2(float(across), float(along))))


def _three(vector: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    return vector[0], vector[1], vector[2] if len(vector) == 3 else Decimal(0)


def _cross(
    p: tuple[Decimal, Decimal, Decimal], q: tuple[Decimal, Decimal, Decimal]
) -> tuple[Decimal, Decimal, Decimal]:
    return (
        p[1] * q[2] - p[2] * q[1],
        p[2] * q[0] - p[0] * q[2],
        p[0] * q[1] - p[1] * q[0],
    )
