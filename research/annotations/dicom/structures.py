"""The structure set: DICOM RTSTRUCT with outlines, lines and points as contours in the patient.

highdicom writes none, so the modules of PS3.3 A.19 are filled here. An ellipse has no contour of
its own kind and a mask has no line: both are left to the report and the segmentation.
"""

from collections.abc import Sequence

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence as DicomSequence
from pydicom.uid import UID, ExplicitVRLittleEndian, RTStructureSetStorage
from pydicom.valuerep import format_number_as_ds

from research.annotations.dicom.document import MANUFACTURER, Document, NotWritten, completed
from research.annotations.geometry import AnnotationKind, Part
from research.annotations.rows import Annotation

CONTOURS: dict[AnnotationKind, str] = {
    "point": "POINT",
    "length": "OPEN_PLANAR",
    "polyline": "OPEN_PLANAR",
    "angle": "OPEN_PLANAR",
    "box": "CLOSED_PLANAR",
    "polygon": "CLOSED_PLANAR",
}
COPIED = (
    "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyID",
    "StudyDate", "StudyTime", "AccessionNumber", "ReferringPhysicianName",
)  # fmt: skip


def structure_set(document: Document) -> Dataset:
    """Return the structure set of a read: one region of interest for each annotation."""
    drawn = [
        one
        for one in document.annotations
        if one.geometry.kind in CONTOURS and one.geometry.space == "patient"
    ]
    if not drawn:
        raise NotWritten("there is no outline, line or point on images that have a place")
    used = list(
        dict.fromkeys(part.sop_instance_uid for one in drawn for part in one.geometry.parts)
    )
    headers = {uid: completed(document.headers[uid]) for uid in used}
    whole = _heading(document, headers[used[0]])
    whole.ReferencedFrameOfReferenceSequence = _frames_of_reference(document, drawn, headers)
    whole.StructureSetROISequence = DicomSequence(
        [_region(document, number, one) for number, one in enumerate(drawn, 1)]
    )
    whole.ROIContourSequence = DicomSequence(
        [_contours(number, one, headers) for number, one in enumerate(drawn, 1)]
    )
    whole.RTROIObservationsSequence = DicomSequence(
        [_observation(document, number) for number, _ in enumerate(drawn, 1)]
    )
    return whole


def _heading(document: Document, source: Dataset) -> Dataset:
    whole = Dataset()
    whole.file_meta = FileMetaDataset()
    whole.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    whole.file_meta.MediaStorageSOPClassUID = RTStructureSetStorage
    whole.file_meta.MediaStorageSOPInstanceUID = UID(document.instance_uid)
    if "SpecificCharacterSet" in source:
        whole.SpecificCharacterSet = "ISO_IR 192"
    for keyword in COPIED:
        setattr(whole, keyword, source.get(keyword))
    whole.SOPClassUID = RTStructureSetStorage
    whole.SOPInstanceUID = document.instance_uid
    whole.Modality = "RTSTRUCT"
    whole.Manufacturer = whole.ManufacturerModelName = MANUFACTURER
    whole.SoftwareVersions = document.build
    whole.OperatorsName = None
    whole.SeriesInstanceUID = document.series_uid
    whole.SeriesNumber = document.series_number
    whole.SeriesDescription = "Annotations"
    whole.InstanceNumber = 1
    whole.StructureSetLabel = "ANNOTATIONS"
    whole.StructureSetDate = whole.InstanceCreationDate = document.made_at.strftime("%Y%m%d")
    whole.StructureSetTime = whole.InstanceCreationTime = document.made_at.strftime("%H%M%S")
    whole.ApprovalStatus = "UNAPPROVED"
    return whole


def _frames_of_reference(
    document: Document, drawn: Sequence[Annotation], headers: dict[str, Dataset]
) -> DicomSequence:
    """Name each frame of reference with the studies, series and images drawn on (C.8.8.5)."""
    found: dict[str, Dataset] = {}
    for uid, header in headers.items():
        frame_of_reference = str(header.FrameOfReferenceUID)
        entry = found.setdefault(frame_of_reference, _item(FrameOfReferenceUID=frame_of_reference))
        studies = _within(entry, "RTReferencedStudySequence")
        study = _named(studies, "ReferencedSOPInstanceUID", str(header.StudyInstanceUID))
        study.ReferencedSOPClassUID = "1.2.840.10008.3.1.2.3.1"
        series = _named(
            _within(study, "RTReferencedSeriesSequence"),
            "SeriesInstanceUID",
            str(header.SeriesInstanceUID),
        )
        images = _within(series, "ContourImageSequence")
        frames = sorted(
            {
                part.frame
                for one in drawn
                for part in one.geometry.parts
                if part.sop_instance_uid == uid
            }
        )
        images.append(_image(header, frames))
    return DicomSequence(list(found.values()))


def _region(document: Document, number: int, annotation: Annotation) -> Dataset:
    part = annotation.geometry.parts[0]
    shown = document.plane(part.sop_instance_uid, part.frame).frame_of_reference_uid
    region = _item(
        ROINumber=number,
        ReferencedFrameOfReferenceUID=shown,
        ROIName=(annotation.label or f"{annotation.geometry.kind} {number}")[:64],
        ROIDescription=annotation.label,
        ROIGenerationAlgorithm="AUTOMATIC" if annotation.author_kind == "ai" else "MANUAL",
        ROIGenerationDescription=annotation.geometry.kind,
    )
    # The lesion that the region is of: the same concept in every object that outlines it.
    region.ConceptualVolumeIdentificationSequence = DicomSequence(
        [_item(ConceptualVolumeUID=annotation.tracking_uid)]
    )
    return region


def _contours(number: int, annotation: Annotation, headers: dict[str, Dataset]) -> Dataset:
    return _item(
        ReferencedROINumber=number,
        ContourSequence=DicomSequence(
            [
                _contour(CONTOURS[annotation.geometry.kind], part, headers[part.sop_instance_uid])
                for part in annotation.geometry.parts
            ]
        ),
    )


def _contour(geometric_type: str, part: Part, header: Dataset) -> Dataset:
    contour = _item(
        ContourImageSequence=DicomSequence([_image(header, [part.frame])]),
        ContourGeometricType=geometric_type,
        NumberOfContourPoints=len(part.points),
    )
    # Single precision needs nine digits at most, and 16 characters hold them.
    contour.ContourData = [
        format_number_as_ds(float(value)) for point in part.points for value in point
    ]
    return contour


def _observation(document: Document, number: int) -> Dataset:
    return _item(
        ObservationNumber=number,
        ReferencedROINumber=number,
        RTROIInterpretedType="",
        ROIInterpreter=document.observer.person_name,
    )


def _image(header: Dataset, frames: Sequence[int]) -> Dataset:
    image = _item(
        ReferencedSOPClassUID=header.SOPClassUID, ReferencedSOPInstanceUID=header.SOPInstanceUID
    )
    if int(header.get("NumberOfFrames") or 1) > 1:
        image.ReferencedFrameNumber = list(frames)
    return image


def _item(**values: object) -> Dataset:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return item


def _within(item: Dataset, keyword: str) -> DicomSequence:
    if keyword not in item:
        setattr(item, keyword, DicomSequence())
    sequence: DicomSequence = item[keyword].value
    return sequence


def _named(sequence: DicomSequence, keyword: str, value: str) -> Dataset:
    """Return the item of that name, a new one where there is none."""
    for item in sequence:
        if item.get(keyword) == value:
            return item
    made = _item(**{keyword: value})
    sequence.append(made)
    return made
