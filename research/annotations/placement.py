"""Whether geometry lies on the images it names: their frame of reference, plane and bounds."""

from collections.abc import Callable, Mapping

import numpy as np

from research.annotations.geometry import Geometry, GeometryRefused, Part, as_array
from research.annotations.planes import ImagePlane

# The planes of one instance, frame 1 first; None where the instance is not one of the task's.
Planes = Callable[[str], tuple[ImagePlane, ...] | None]
PlaneOf = Mapping[tuple[str, int], ImagePlane]

# Headers give positions as decimal text; what is drawn on a slice is off it by their rounding.
OFF_PLANE_MM = 0.05
# Half a pixel reaches from the centre of the outermost pixel to the edge; the rest is rounding.
OUTSIDE_PIXELS = 0.51


def placed(geometry: Geometry, planes: Planes) -> dict[tuple[str, int], ImagePlane]:
    """Return the plane of each part, or raise `GeometryRefused`: it does not lie there."""
    found: dict[tuple[str, int], ImagePlane] = {}
    for part in geometry.parts:
        frames = planes(part.sop_instance_uid)
        if frames is None:
            raise GeometryRefused("lies on an image that is not one of this task's")
        if not 1 <= part.frame <= len(frames):
            raise GeometryRefused(
                f"lies on frame {part.frame}, its image has frames 1 to {len(frames)}"
            )
        plane = frames[part.frame - 1]
        _check(geometry, part, plane)
        found[part.sop_instance_uid, part.frame] = plane
    return found


def _check(geometry: Geometry, part: Part, plane: ImagePlane) -> None:
    if plane.rows < 1 or plane.columns < 1:
        raise GeometryRefused("lies on an object that holds no picture")
    if geometry.space == "patient" and not plane.is_placed:
        raise GeometryRefused(
            "is in patient space, but its image has no place in the patient: send it in pixels"
        )
    if geometry.space == "image" and plane.is_placed:
        raise GeometryRefused(
            "is in pixels, but its image has a place in the patient: send it in millimetres"
        )
    if geometry.frame_of_reference_uid != plane.frame_of_reference_uid:
        raise GeometryRefused("names another frame of reference than its image")
    if geometry.kind == "mask":
        if sum(part.runs) != plane.rows * plane.columns:
            raise GeometryRefused(
                f"has {sum(part.runs)} voxels on a frame of {plane.rows} × {plane.columns}"
            )
        return
    points = as_array(part.points)
    if geometry.space == "patient":
        pixels = plane.pixels_of(points)
        off = float(np.max(np.abs(pixels[:, 2])))
        if off > OFF_PLANE_MM:
            raise GeometryRefused(
                f"lies {off:.2f} mm off the plane of its image, at most {OFF_PLANE_MM} is rounding"
            )
    else:
        pixels = points - 0.5
    low = -OUTSIDE_PIXELS
    high = np.array([plane.columns, plane.rows]) - 1 + OUTSIDE_PIXELS
    if np.any(pixels[:, :2] < low) or np.any(pixels[:, :2] > high):
        raise GeometryRefused("lies outside its image")
