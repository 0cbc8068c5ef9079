"""Annotations on the wire: geometry in patient millimetres, or in pixels where there are none."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.schemas.wire import Wire
from research.annotations.drafts import Drawing
from research.annotations.geometry import (
    MAX_PARTS,
    MAX_POINTS,
    MAX_RUNS,
    AnnotationKind,
    Geometry,
    GeometryRefused,
    Part,
    Space,
    point,
)
from research.annotations.planes import Calibration
from research.annotations.rows import Annotation
from research.annotations.uids import RootUids
from research.ecrf.answer import ItemKey
from research.errors import Invalid, Problem

Coordinate = Annotated[float, Field(allow_inf_nan=False)]
Uid = Annotated[str, Field(pattern=r"^[0-9.]{1,64}$")]


class AnnotationPart(Wire):
    """What lies on one frame: points, or for a mask runs of clear and set voxels, row by row."""

    instance: Uid = Field(description="SOP Instance UID, as the task's DICOMweb root shows it")
    frame: int = Field(default=1, ge=1, le=1_000_000)
    points: tuple[tuple[Coordinate, ...], ...] = Field(default=(), max_length=MAX_POINTS)
    runs: tuple[int, ...] = Field(default=(), max_length=MAX_RUNS)


class AnnotationItemKey(Wire):
    """The form item that an annotation answers."""

    group: str = Field(max_length=64)
    repeat: str = Field(default="", max_length=36)
    item: str = Field(max_length=64)


class AnnotationGeometry(Wire):
    """A kind, a space, and what lies on each image."""

    kind: AnnotationKind
    space: Space = "patient"
    frame_of_reference: Uid | None = None
    parts: tuple[AnnotationPart, ...] = Field(min_length=1, max_length=MAX_PARTS)


class AnnotationChange(Wire):
    """One annotation to put, change or, without a geometry, remove."""

    id: str = Field(max_length=36, description="a random UUID that the client makes")
    geometry: AnnotationGeometry | None = None
    label: str = Field(default="", max_length=500)
    tracking_uid: str = Field(default="", max_length=64, description="the lesion's; else our own")
    item: AnnotationItemKey | None = None
    viewer_build: str = Field(default="", max_length=100)


class AnnotationView(Wire):
    """One annotation with the server's own numbers; nothing of another reader's."""

    id: str
    geometry: AnnotationGeometry
    label: str
    tracking_uid: str
    item: AnnotationItemKey | None
    author_kind: Literal["human", "ai"]
    viewer_build: str
    revision: int
    metrics: dict[str, str] = Field(description="exact decimals, rounded half up to 0.01")
    unit: Literal["mm", "px"]
    calibration: Calibration
    changed_at: datetime


class ByHandView(Wire):
    """Why a measurement was typed and not drawn."""

    group: str
    repeat: str
    item: str
    reason: str


class AnnotationsView(Wire):
    """What a read has drawn, at the draft that the next save must name."""

    draft: int
    annotations: tuple[AnnotationView, ...]
    by_hand: tuple[ByHandView, ...]


class AnnotationsDelivered(Wire):
    """What was taken in of a model's object."""

    read: str
    annotations: int


def drawing(change: AnnotationChange, uids: RootUids) -> Drawing:
    """Return what a client sent, under the UIDs that are stored."""
    item = change.item
    return Drawing(
        id=change.id,
        geometry=_geometry(change.id, change.geometry, uids) if change.geometry else None,
        label=change.label,
        tracking_uid=change.tracking_uid,
        item=ItemKey(item.group, item.repeat, item.item) if item else None,
        viewer_build=change.viewer_build,
    )


def annotation_view(annotation: Annotation, uids: RootUids) -> AnnotationView:
    """Return an annotation under the UIDs that its root shows."""
    geometry, item = annotation.geometry, annotation.item
    frame_of_reference = geometry.frame_of_reference_uid
    return AnnotationView(
        id=annotation.id,
        geometry=AnnotationGeometry(
            kind=geometry.kind,
            space=geometry.space,
            frame_of_reference=uids.to_shown(frame_of_reference) if frame_of_reference else None,
            parts=tuple(
                AnnotationPart(
                    instance=uids.to_shown(part.sop_instance_uid),
                    frame=part.frame,
                    points=tuple(tuple(float(v) for v in each) for each in part.points),
                    runs=part.runs,
                )
                for part in geometry.parts
            ),
        ),
        label=annotation.label,
        tracking_uid=annotation.tracking_uid,
        item=AnnotationItemKey(group=item.group, repeat=item.repeat, item=item.item)
        if item
        else None,
        author_kind=annotation.author_kind,
        viewer_build=annotation.viewer_build,
        revision=annotation.revision,
        metrics={name: str(value) for name, value in annotation.metrics.values.items()},
        unit=annotation.metrics.unit,
        calibration=annotation.metrics.calibration,
        changed_at=annotation.changed_at,
    )


def _geometry(id: str, sent: AnnotationGeometry, uids: RootUids) -> Geometry:
    try:
        return Geometry(
            kind=sent.kind,
            space=sent.space,
            frame_of_reference_uid=uids.to_stored(sent.frame_of_reference)
            if sent.frame_of_reference
            else None,
            parts=tuple(
                Part(
                    sop_instance_uid=uids.to_stored(part.instance),
                    frame=part.frame,
                    points=tuple(point(each) for each in part.points),
                    runs=part.runs,
                )
                for part in sent.parts
            ),
        )
    except GeometryRefused as refusal:
        raise Invalid(
            "some annotations are not acceptable: nothing was saved",
            (Problem(f"annotations/{id}", str(refusal)),),
        ) from refusal
