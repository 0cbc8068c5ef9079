"""Geometry on synthetic slices: planes that are oblique on purpose, and shapes that lie on them."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import numpy as np
from pydicom import Dataset

from research.annotations.drafts import tracking_uid_of
from research.annotations.geometry import AnnotationKind, Geometry, Part, checked, point
from research.annotations.metrics import measured
from research.annotations.planes import ImagePlane, planes_of
from research.annotations.rows import Annotation
from tests.examples.ct import ct_object

FRAME_OF_REFERENCE = "1.2.826.0.1.3680043.8.498.77"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
# A gantry tilted by 20 degrees about the patient's left-right axis.
TILT = [1.0, 0.0, 0.0, 0.0, float(np.cos(np.radians(20))), float(np.sin(np.radians(20)))]


def slice_at(number: int, *, tilted: bool = True, side: int = 64) -> Dataset:
    """Return a slice of a series that has a place; 0.7 by 0.5 mm pixels, 2.5 mm apart."""
    dataset = ct_object(number, side=side)
    dataset.FrameOfReferenceUID = FRAME_OF_REFERENCE
    dataset.ImageOrientationPatient = TILT if tilted else [1, 0, 0, 0, 1, 0]
    dataset.ImagePositionPatient = [-20.25, 13.5, 2.5 * number]
    dataset.PixelSpacing = [0.7, 0.5]
    return dataset


def headers(count: int = 3, *, tilted: bool = True) -> dict[str, Dataset]:
    """Return the headers of a series by their SOP Instance UIDs."""
    return {
        str(one.SOPInstanceUID): one
        for one in (slice_at(number, tilted=tilted) for number in range(1, count + 1))
    }


def planes(of: dict[str, Dataset]) -> dict[str, tuple[ImagePlane, ...]]:
    """Return the planes of headers."""
    return {uid: planes_of(header) for uid, header in of.items()}


def on_slice(plane: ImagePlane, *pixels: tuple[float, float]) -> list[tuple[Decimal, ...]]:
    """Return the places of (column, row) pairs of a slice, as they are kept."""
    return [point(place) for place in plane.points_of(np.array(pixels, dtype=float))]


def geometry(
    kind: AnnotationKind, of: dict[str, Dataset], *parts: list[tuple[float, float]]
) -> Geometry:
    """Return a geometry whose parts lie on the slices of a series, one after the other."""
    placed = planes(of)
    return checked(
        Geometry(
            kind,
            "patient",
            FRAME_OF_REFERENCE,
            tuple(
                Part(uid, 1, points=tuple(on_slice(placed[uid][0], *pixels)))
                for uid, pixels in zip(of, parts, strict=False)
            ),
        )
    )


def annotation(
    drawn: Geometry, of: dict[str, Dataset], *, label: str = "", author: str = "human"
) -> Annotation:
    """Return an annotation as a read keeps it."""
    placed = planes(of)
    by_frame = {(uid, n): plane for uid, each in placed.items() for n, plane in enumerate(each, 1)}
    id = str(uuid4())
    return Annotation(
        id=id,
        geometry=drawn,
        metrics=measured(drawn, by_frame),
        label=label,
        tracking_uid=tracking_uid_of(id),
        item=None,
        author_kind="ai" if author == "ai" else "human",
        author_id="someone",
        viewer_build="0.1.0",
        revision=1,
        created_at=NOW,
        changed_at=NOW,
    )
