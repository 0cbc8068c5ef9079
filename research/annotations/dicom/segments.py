"""The segmentation object: DICOM SEG of the masks and outlines of a read, one for each series."""

from collections.abc import Iterator, Sequence

import highdicom as hd
import numpy as np
from highdicom import seg
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from research.annotations.dicom.document import MANUFACTURER, Document, NotWritten, completed
from research.annotations.geometry import Part
from research.annotations.masks import Mask, enclosed, mask_of
from research.annotations.rows import Annotation

REGION = Code("113076", "DCM", "Segmentation")
TISSUE = Code("85756007", "SCT", "Tissue")
# Bits of one object: more than any series of a reader's outlines, less than a server's memory.
MAX_VOXELS = 1 << 31


def segmentation(document: Document, series_uid: str, *, from_outlines: bool = True) -> Dataset:
    """Return the masks (and outlines, filled) that lie on one series, a segment for each."""
    drawn = _on_series(document, series_uid, from_outlines=from_outlines)
    if not drawn:
        raise NotWritten("there is no mask and no outline on images that have a place")
    frames = sorted({_frame(part) for one in drawn for part in one.geometry.parts})
    sources, planes = _sources(document, frames)
    first = document.plane(*frames[0])
    if len(planes) * first.rows * first.columns * len(drawn) > MAX_VOXELS:
        raise NotWritten("there are more voxels than one object holds: outline less at once")
    at = {frame: number for number, frame in enumerate(planes)}
    voxels = np.zeros((len(planes), first.rows, first.columns, len(drawn)), dtype=np.uint8)
    for number, one in enumerate(drawn):
        for part in one.geometry.parts:
            voxels[at[_frame(part)], :, :, number] |= voxels_of(document, one, part)
    return seg.Segmentation(
        source_images=sources,
        pixel_array=voxels,
        segmentation_type=seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _segment(document, number, one) for number, one in enumerate(drawn, 1)
        ],
        series_instance_uid=document.series_uid,
        series_number=document.series_number,
        sop_instance_uid=document.instance_uid,
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MANUFACTURER,
        software_versions=document.build,
        device_serial_number=document.build,
        content_creator_name=document.observer.person_name,
        series_description="Annotations",
    )


def series_of(document: Document) -> tuple[str, ...]:
    """Return the series that masks or outlines lie on, in their order."""
    found = {
        str(document.headers[part.sop_instance_uid].SeriesInstanceUID): None
        for one in _regions(document)
        for part in one.geometry.parts
    }
    return tuple(found)


def voxels_of(document: Document, annotation: Annotation, part: Part) -> Mask:
    """Return the voxels of one part: those of a mask, or those an outline encloses."""
    plane = document.plane(part.sop_instance_uid, part.frame)
    if annotation.geometry.kind == "mask":
        return mask_of(part.runs, rows=plane.rows, columns=plane.columns)
    return enclosed(part, plane)


def _regions(document: Document, *, from_outlines: bool = True) -> Iterator[Annotation]:
    kinds = ("mask", "polygon") if from_outlines else ("mask",)
    for one in document.annotations:
        geometry = one.geometry
        if geometry.kind in kinds and all(
            document.plane(part.sop_instance_uid, part.frame).is_placed for part in geometry.parts
        ):
            yield one


def _on_series(document: Document, series_uid: str, *, from_outlines: bool) -> list[Annotation]:
    return [
        one
        for one in _regions(document, from_outlines=from_outlines)
        if all(
            document.headers[part.sop_instance_uid].SeriesInstanceUID == series_uid
            for part in one.geometry.parts
        )
    ]


def _frame(part: Part) -> tuple[str, int]:
    return part.sop_instance_uid, part.frame


def _sources(
    document: Document, frames: Sequence[tuple[str, int]]
) -> tuple[list[Dataset], list[tuple[str, int]]]:
    """Return the source images, and the frames of the voxels in the order they are to have."""
    instances = list(dict.fromkeys(uid for uid, _ in frames))
    headers = [completed(document.headers[uid]) for uid in instances]
    if len(instances) == 1 and len(document.planes[instances[0]]) > 1:
        many = len(document.planes[instances[0]])
        return headers, [(instances[0], number) for number in range(1, many + 1)]
    return headers, [(uid, 1) for uid in instances]


def _segment(document: Document, number: int, annotation: Annotation) -> seg.SegmentDescription:
    is_ai = annotation.author_kind == "ai"
    return seg.SegmentDescription(
        segment_number=number,
        segment_label=(annotation.label or f"Region {number}")[:64],
        segmented_property_category=TISSUE,
        segmented_property_type=REGION,
        algorithm_type="AUTOMATIC" if is_ai else "MANUAL",
        algorithm_identification=_algorithm(document) if is_ai else None,
        tracking_uid=annotation.tracking_uid,
        tracking_id=annotation.id,
    )


def _algorithm(document: Document) -> hd.AlgorithmIdentificationSequence:
    return hd.AlgorithmIdentificationSequence(
        name=document.observer.name,
        family=Code("123110", "DCM", "Artificial Intelligence"),
        version=document.build,
    )
