"""The measurement report: DICOM SR, TID 1500, with every annotation of a read.

Closed shapes and points are planar regions of interest (TID 1410), lines and angles are numbers
inferred from coordinates (TID 1501). Each group names its image, its tracking UID and, in a code of
our own, the kind of annotation, so that reading it back gives the very same one.
"""

from collections.abc import Sequence

import highdicom as hd
import numpy as np
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from research.annotations.dicom.document import (
    MANUFACTURER,
    SCHEME,
    Document,
    NotWritten,
    completed,
)
from research.annotations.geometry import AnnotationKind, Part, Point, as_array
from research.annotations.metrics import UNITS, MetricName
from research.annotations.rows import Annotation

Group = sr.MeasurementsAndQualitativeEvaluations | sr.PlanarROIMeasurementsAndQualitativeEvaluations
Coordinates = sr.CoordinatesForMeasurement | sr.CoordinatesForMeasurement3D

METRIC_CODES: dict[MetricName, Code] = {
    "length": Code("410668003", "SCT", "Length"),
    "long_axis": Code("103339001", "SCT", "Long axis"),
    "short_axis": Code("103340004", "SCT", "Short axis"),
    "area": Code("42798000", "SCT", "Area"),
    "volume": Code("118565006", "SCT", "Volume"),
    "angle": Code("1483009", "SCT", "Angle"),
}
UNIT_CODES = {
    "mm": Code("mm", "UCUM", "millimeter"),
    "mm2": Code("mm2", "UCUM", "square millimeter"),
    "mm3": Code("mm3", "UCUM", "cubic millimeter"),
    "deg": Code("deg", "UCUM", "degree"),
    "{pixels}": Code("{pixels}", "UCUM", "pixels"),
    "{pixels}2": Code("{pixels}2", "UCUM", "square pixels"),
}
KIND = Code("annotation_kind", SCHEME, "Annotation kind")
COMMENT = Code("121106", "DCM", "Comment")
LINES: frozenset[AnnotationKind] = frozenset({"length", "polyline", "angle", "bidirectional"})
CLOSED: frozenset[AnnotationKind] = frozenset({"box", "polygon"})
MASKS_GO_ELSEWHERE = "masks alone: they are given as DICOM SEG"


def report(document: Document) -> Dataset:
    """Return the report of a read; masks are left to the segmentation object."""
    drawn = [one for one in document.annotations if one.geometry.kind != "mask"]
    if not drawn:
        raise NotWritten(
            "there is nothing a report can hold: "
            + (MASKS_GO_ELSEWHERE if document.annotations else "the read has no annotation")
        )
    groups = [group for one in drawn for group in _groups(document, one)]
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(_observer(document)),
        procedure_reported=Code("363679005", "SCT", "Imaging procedure"),
        imaging_measurements=groups,
        title=Code("126000", "DCM", "Imaging Measurement Report"),
    )
    used = {part.sop_instance_uid: None for one in drawn for part in one.geometry.parts}
    return sr.Comprehensive3DSR(
        evidence=[completed(document.headers[uid]) for uid in used],
        content=content[0],
        series_instance_uid=document.series_uid,
        series_number=document.series_number,
        sop_instance_uid=document.instance_uid,
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
        series_description="Annotations",
        content_date=document.made_at.date(),
        content_time=document.made_at.time(),
        software_versions=document.build,
    )


def _observer(document: Document) -> sr.ObserverContext:
    observer = document.observer
    if observer.kind == "ai":
        return sr.ObserverContext(
            hd.sr.CodedConcept("121007", "DCM", "Device"),
            sr.DeviceObserverIdentifyingAttributes(uid=observer.uid, name=observer.name),
        )
    return sr.ObserverContext(
        hd.sr.CodedConcept("121006", "DCM", "Person"),
        sr.PersonObserverIdentifyingAttributes(name=observer.person_name),
    )


def _groups(document: Document, annotation: Annotation) -> list[Group]:
    """Return the measurement groups of one annotation: one for each image it lies on."""
    return [
        _group(document, annotation, part, first=at == 0)
        for at, part in enumerate(annotation.geometry.parts)
    ]


def _group(document: Document, annotation: Annotation, part: Part, *, first: bool) -> Group:
    kind = annotation.geometry.kind
    tracking = sr.TrackingIdentifier(uid=annotation.tracking_uid, identifier=annotation.id)
    kind_said = [sr.QualitativeEvaluation(KIND, Code(kind, SCHEME, kind))]
    group: Group
    if kind in LINES:
        group = sr.MeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            measurements=_lines(document, annotation, part),
            qualitative_evaluations=kind_said,
        )
    else:
        group = sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            referenced_region=_region(document, annotation, part),
            measurements=[
                _number(annotation, name) for name in (annotation.metrics.values if first else ())
            ],
            qualitative_evaluations=kind_said,
        )
    container = group[0].ContentSequence
    container.append(_source(document, part))
    if annotation.label:
        container.append(
            sr.TextContentItem(
                name=COMMENT,
                value=annotation.label,
                relationship_type=sr.RelationshipTypeValues.CONTAINS,
            )
        )
    return group


def _lines(document: Document, annotation: Annotation, part: Part) -> list[sr.Measurement]:
    """Return one number for each line, inferred from the line's own points."""
    if annotation.geometry.kind != "bidirectional":
        (name,) = annotation.metrics.values
        return [_number(annotation, name, _coordinates(document, annotation, part, part.points))]
    lines: tuple[tuple[MetricName, tuple[Point, ...]], ...] = (
        ("long_axis", part.points[:2]),
        ("short_axis", part.points[2:]),
    )
    return [
        _number(annotation, name, _coordinates(document, annotation, part, points))
        for name, points in lines
    ]


def _number(
    annotation: Annotation, name: MetricName, coordinates: Coordinates | None = None
) -> sr.Measurement:
    return sr.Measurement(
        name=METRIC_CODES[name],
        value=float(annotation.metrics.values[name]),
        unit=UNIT_CODES[UNITS[annotation.metrics.unit][name]],
        referenced_coordinates=[coordinates] if coordinates is not None else None,
    )


def _coordinates(
    document: Document, annotation: Annotation, part: Part, points: Sequence[Point]
) -> Coordinates:
    if annotation.geometry.space == "patient":
        return sr.CoordinatesForMeasurement3D(
            "POLYLINE", as_array(points), _frame_of_reference(document, annotation, part)
        )
    return sr.CoordinatesForMeasurement("POLYLINE", as_array(points), _image(document, part))


def _region(
    document: Document, annotation: Annotation, part: Part
) -> sr.ImageRegion | sr.ImageRegion3D:
    kind, points = annotation.geometry.kind, as_array(part.points)
    if kind in CLOSED:
        points = np.vstack((points, points[:1]))
    if annotation.geometry.space == "patient":
        shape = {"point": "POINT", "box": "POLYGON", "polygon": "POLYGON"}.get(kind, "ELLIPSE")
        return sr.ImageRegion3D(shape, points, _frame_of_reference(document, annotation, part))
    shape = {"point": "POINT", "box": "POLYLINE", "polygon": "POLYLINE"}.get(kind, "ELLIPSE")
    return sr.ImageRegion(shape, points, _image(document, part))


def _frame_of_reference(document: Document, annotation: Annotation, part: Part) -> hd.UID:
    """Return the frame of reference as the images show it to this caller."""
    shown = document.plane(part.sop_instance_uid, part.frame).frame_of_reference_uid
    return hd.UID(shown or str(annotation.geometry.frame_of_reference_uid))


def _image(document: Document, part: Part) -> sr.SourceImageForRegion:
    return sr.SourceImageForRegion(*_reference(document, part))


def _source(document: Document, part: Part) -> sr.SourceImageForMeasurementGroup:
    return sr.SourceImageForMeasurementGroup(*_reference(document, part))


def _reference(document: Document, part: Part) -> tuple[str, str, list[int] | None]:
    header = document.headers[part.sop_instance_uid]
    many = int(header.get("NumberOfFrames") or 1) > 1
    return header.SOPClassUID, header.SOPInstanceUID, [part.frame] if many else None
