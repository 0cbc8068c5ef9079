"""DICOM objects of annotations taken in: ours, another viewer's or a model's, into one schema."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
from pydicom.dataset import Dataset

from research.annotations.dicom.document import SCHEME, NotRead
from research.annotations.dicom.report import COMMENT, KIND
from research.annotations.geometry import (
    KINDS,
    MAX_PARTS,
    AnnotationKind,
    Geometry,
    GeometryRefused,
    Part,
    Point,
    checked,
    point,
)
from research.annotations.masks import runs_of
from research.annotations.planes import ImagePlane

MAX_OBJECTS = 5_000
MAX_DEPTH = 12
MAX_VOXELS = 1 << 29
TRACKING_ID, TRACKING_UID = ("112039", "DCM"), ("112040", "DCM")
MEASUREMENT_GROUP = ("125007", "DCM")
LINE_METRICS = {"103339001": "long", "103340004": "short", "131187009": "long"}
CLOSING = {"POLYGON", "POLYLINE"}
CONTOUR_KINDS: dict[str, AnnotationKind] = {
    "POINT": "point",
    "OPEN_PLANAR": "polyline",
    "CLOSED_PLANAR": "polygon",
    "CLOSEDPLANAR_XOR": "polygon",
}
SR_CLASSES = frozenset(f"1.2.840.10008.5.1.4.1.1.88.{last}" for last in ("22", "33", "34", "35"))
SEG_CLASSES = frozenset(("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"))
RTSTRUCT_CLASS = "1.2.840.10008.5.1.4.1.1.481.3"
OFF_GRID_MM = 0.01

# The planes of an instance of the visit; None for one that it has not.
Planes = Callable[[str], tuple[ImagePlane, ...] | None]


@dataclass(frozen=True)
class Found:
    """One annotation as an object holds it; measured and judged like any that is drawn."""

    geometry: Geometry
    label: str
    tracking_uid: str
    name: str


def annotations_in(data: Dataset, planes: Planes) -> tuple[Found, ...]:
    """Return every annotation of an SR, SEG or RTSTRUCT, or raise `NotRead`."""
    kind = str(data.get("SOPClassUID", ""))
    try:
        if kind in SR_CLASSES:
            found = _of_report(data)
        elif kind in SEG_CLASSES:
            found = _of_segmentation(data, planes)
        elif kind == RTSTRUCT_CLASS:
            found = _of_structures(data)
        else:
            raise NotRead("the object is no measurement report, segmentation or structure set")
    except (AttributeError, KeyError, IndexError, TypeError, OverflowError) as problem:
        raise NotRead(
            "the object lacks a part that it must have: nothing was taken in"
        ) from problem
    except GeometryRefused as refusal:
        raise NotRead(f"an annotation of the object {refusal}") from refusal
    if not found:
        raise NotRead("the object holds no annotation with a geometry")
    if len(found) > MAX_OBJECTS:
        raise NotRead(f"the object holds {len(found)} annotations, at most {MAX_OBJECTS} are taken")
    return tuple(found)


def _of_report(data: Dataset) -> list[Found]:
    groups = [item for item in _tree(data) if _code(item) == MEASUREMENT_GROUP]
    found: dict[tuple[str, str, str], Found] = {}
    for number, group in enumerate(groups):
        one = _of_group(group, number)
        if one is None:
            continue
        name = (one.name, one.tracking_uid, one.geometry.kind)
        before = found.get(name)
        if before is None or one.geometry.kind != "polygon":
            key = name if before is None else (f"{one.name}#{number}", *name[1:])
            found[key] = one
        else:
            # The outlines of one annotation on several slices are groups of one tracking name.
            parts = before.geometry.parts + one.geometry.parts
            if len(parts) > MAX_PARTS:
                raise NotRead(f"an annotation of the object spans more than {MAX_PARTS} images")
            found[name] = replace(before, geometry=replace(before.geometry, parts=parts))
    return [replace(one, geometry=checked(one.geometry)) for one in found.values()]


def _of_group(group: Dataset, number: int) -> Found | None:
    """Read one measurement group; one without coordinates is no annotation."""
    items = group.get("ContentSequence") or ()
    shapes = [item for item in _tree(group) if item.ValueType in ("SCOORD", "SCOORD3D")]
    if not shapes:
        return None
    image = next((item for item in items if item.ValueType == "IMAGE"), None)
    first = shapes[0]
    kind = _kind(items, shapes)
    if first.ValueType == "SCOORD3D":
        dimensions, frame_of_reference = 3, str(first.ReferencedFrameOfReferenceUID)
    else:
        dimensions, frame_of_reference = 2, None
        image = next((item for item in _tree(first) if item.ValueType == "IMAGE"), image)
    if image is None:
        raise NotRead("a measurement group of the report names no image")
    reference = image.ReferencedSOPSequence[0]
    points = _points(kind, shapes, dimensions)
    return Found(
        geometry=Geometry(
            kind=kind,
            space="patient" if dimensions == 3 else "image",
            frame_of_reference_uid=frame_of_reference,
            parts=(
                Part(
                    sop_instance_uid=str(reference.ReferencedSOPInstanceUID),
                    frame=_frame_number(reference.get("ReferencedFrameNumber")),
                    points=points,
                ),
            ),
        ),
        label=_text(items, (COMMENT.value, "DCM")),
        tracking_uid=_text(items, TRACKING_UID),
        name=_text(items, TRACKING_ID) or f"group {number}",
    )


def _kind(items: Sequence[Dataset], shapes: Sequence[Dataset]) -> AnnotationKind:
    """Return the kind our own code names, else the one that the coordinates show."""
    for item in items:
        if item.ValueType == "CODE" and _code(item) == (KIND.value, SCHEME):
            named = str(item.ConceptCodeSequence[0].CodeValue)
            if named in KINDS:
                return named
    graphic = str(shapes[0].GraphicType)
    count = len(shapes[0].GraphicData) // (3 if shapes[0].ValueType == "SCOORD3D" else 2)
    if graphic == "POLYLINE" and len(shapes) == 2 and count == 2:
        return "bidirectional"
    if graphic == "POLYLINE":
        closed = count > 3 and _closes(shapes[0])
        return "polygon" if closed else ("length" if count == 2 else "polyline")
    simple: dict[str, AnnotationKind] = {
        "POINT": "point", "POLYGON": "polygon", "ELLIPSE": "ellipse",
    }  # fmt: skip
    if graphic not in simple:
        raise NotRead(f"the report holds coordinates of the graphic type {graphic[:16]}")
    return simple[graphic]


def _points(kind: AnnotationKind, shapes: Sequence[Dataset], dimensions: int) -> tuple[Point, ...]:
    wanted = list(shapes[:2]) if kind == "bidirectional" else list(shapes[:1])
    points = [each for shape in wanted for each in _grouped(shape.GraphicData, dimensions)]
    if kind in ("polygon", "box") and len(points) > 3 and points[0] == points[-1]:
        points.pop()
    return tuple(points)


def _grouped(data: Sequence[float], dimensions: int) -> Iterator[Point]:
    if len(data) % dimensions:
        raise NotRead("the report holds coordinates that are not whole points")
    for at in range(0, len(data), dimensions):
        yield point(float(value) for value in data[at : at + dimensions])


def _closes(shape: Dataset) -> bool:
    dimensions = 3 if shape.ValueType == "SCOORD3D" else 2
    return list(shape.GraphicData[:dimensions]) == list(shape.GraphicData[-dimensions:])


def _of_structures(data: Dataset) -> list[Found]:
    regions = {int(region.ROINumber): region for region in data.StructureSetROISequence}
    found = []
    for contours in data.get("ROIContourSequence") or ():
        region = regions.get(int(contours.ReferencedROINumber))
        sequence = contours.get("ContourSequence") or ()
        if region is None or not sequence:
            continue
        kind = _structure_kind(region, str(sequence[0].ContourGeometricType))
        parts = tuple(_structure_part(contour) for contour in sequence)
        tracking = region.get("ConceptualVolumeIdentificationSequence")
        geometry = Geometry(kind, "patient", str(region.ReferencedFrameOfReferenceUID), parts)
        found.append(
            Found(
                geometry=checked(geometry),
                label=str(region.get("ROIDescription") or ""),
                tracking_uid=str(tracking[0].ConceptualVolumeUID) if tracking else "",
                name=str(region.get("ROIName") or ""),
            )
        )
    return found


def _structure_kind(region: Dataset, geometric_type: str) -> AnnotationKind:
    said = str(region.get("ROIGenerationDescription") or "")
    if geometric_type not in CONTOUR_KINDS:
        raise NotRead(f"the structure set holds contours of the type {geometric_type[:16]}")
    if said in KINDS:
        return said
    return CONTOUR_KINDS[geometric_type]


def _structure_part(contour: Dataset) -> Part:
    images = contour.get("ContourImageSequence")
    if not images:
        raise NotRead("a contour of the structure set names no image")
    return Part(
        sop_instance_uid=str(images[0].ReferencedSOPInstanceUID),
        frame=_frame_number(images[0].get("ReferencedFrameNumber")),
        points=tuple(_grouped(contour.ContourData, 3)),
    )


def _of_segmentation(data: Dataset, planes: Planes) -> list[Found]:
    kind = str(data.SegmentationType)
    if kind not in ("BINARY", "LABELMAP"):
        raise NotRead("a fractional segmentation is no mask: send it binary")
    rows, columns, frames = int(data.Rows), int(data.Columns), int(data.NumberOfFrames)
    if rows * columns * frames > MAX_VOXELS:
        raise NotRead("the segmentation holds more voxels than are taken at once")
    voxels = np.asarray(data.pixel_array).reshape(frames, rows, columns)
    segments = {int(segment.SegmentNumber): segment for segment in data.SegmentSequence}
    parts: dict[int, list[Part]] = {number: [] for number in segments}
    frame_of_reference = str(data.FrameOfReferenceUID)
    for at, group in enumerate(data.PerFrameFunctionalGroupsSequence):
        source, frame = _source_of(data, group)
        _check_grid(data, group, planes, source, frame)
        for number, mask in _masks_of(kind, data, group, voxels[at], segments):
            if mask.any():
                parts[number].append(Part(source, frame, runs=runs_of(mask)))
    return [
        Found(
            geometry=checked(Geometry("mask", "patient", frame_of_reference, tuple(parts[number]))),
            label=str(segment.get("SegmentLabel") or ""),
            tracking_uid=str(segment.get("TrackingUID") or ""),
            name=str(segment.get("TrackingID") or number),
        )
        for number, segment in segments.items()
        if parts[number]
    ]


def _masks_of(
    kind: str, data: Dataset, group: Dataset, voxels: np.ndarray, segments: dict[int, Dataset]
) -> Iterator[tuple[int, np.ndarray]]:
    if kind == "LABELMAP":
        for number in segments:
            yield number, voxels == number
        return
    named = _macro(data, group, "SegmentIdentificationSequence")
    number = int(named.ReferencedSegmentNumber)
    if number not in segments:
        raise NotRead(f"a frame of the segmentation is of segment {number}, which it has not")
    yield number, voxels != 0


def _source_of(data: Dataset, group: Dataset) -> tuple[str, int]:
    """Return the image a frame was made from."""
    for groups in (group, *(data.get("SharedFunctionalGroupsSequence") or ())):
        for derivation in groups.get("DerivationImageSequence") or ():
            for image in derivation.get("SourceImageSequence") or ():
                frame = _frame_number(image.get("ReferencedFrameNumber"))
                return str(image.ReferencedSOPInstanceUID), frame
    raise NotRead("a frame of the segmentation does not say which image it is of")


def _check_grid(data: Dataset, group: Dataset, planes: Planes, source: str, frame: int) -> None:
    """Refuse a frame whose pixels are not those of its image: it would come out shifted."""
    found = planes(source)
    if found is None or not 1 <= frame <= len(found):
        return  # judged with every other annotation: the image is not one of these
    plane = found[frame - 1]
    position = _macro(data, group, "PlanePositionSequence")
    orientation = _macro(data, group, "PlaneOrientationSequence")
    if not plane.is_placed:
        raise NotRead("a frame of the segmentation is of an image that has no place")
    corner = np.array([float(value) for value in position.ImagePositionPatient])
    axes = np.array([float(value) for value in orientation.ImageOrientationPatient])
    expected = np.array([*(plane.row_direction or ()), *(plane.column_direction or ())])
    if (
        (int(data.Rows), int(data.Columns)) != (plane.rows, plane.columns)
        or not math.isclose(float(np.abs(axes - expected).max()), 0, abs_tol=1e-4)
        or float(np.abs(corner - np.array(plane.position)).max()) > OFF_GRID_MM
    ):
        raise NotRead("a frame of the segmentation does not lie on the pixels of its image")


def _macro(data: Dataset, group: Dataset, name: str) -> Dataset:
    """Return what a functional group says of a frame: of it alone, or of all frames alike."""
    for groups in (group, *(data.get("SharedFunctionalGroupsSequence") or ())):
        if name in groups:
            return cast("Dataset", groups[name].value[0])
    raise NotRead(f"the segmentation has no {name} for one of its frames")


def _tree(item: Dataset, depth: int = 0) -> Iterator[Dataset]:
    """Yield the content items below one, each before its own."""
    if depth > MAX_DEPTH:
        raise NotRead(f"the report is nested deeper than {MAX_DEPTH} levels")
    for child in item.get("ContentSequence") or ():
        yield child
        yield from _tree(child, depth + 1)


def _code(item: Dataset) -> tuple[str, str] | None:
    names = item.get("ConceptNameCodeSequence")
    if not names:
        return None
    return str(names[0].get("CodeValue", "")), str(names[0].get("CodingSchemeDesignator", ""))


def _text(items: Sequence[Dataset], code: tuple[str, str]) -> str:
    for item in items:
        if _code(item) == code:
            return str(item.get("TextValue") or item.get("UID") or "")
    return ""


def _frame_number(value: object) -> int:
    if value is None or value == "":
        return 1
    first = value[0] if isinstance(value, Sequence) and not isinstance(value, str) else value
    return int(str(first))
