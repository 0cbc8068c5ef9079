"""Synthetic chest CT phantoms of known geometry, said to be synthetic in every header.

A phantom is an elliptic body with two lungs and spheres of known diameter in them, with noise from
a stated seed: the same arguments give the same bytes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

AIR_HU, LUNG_HU, TISSUE_HU, NODULE_HU, NOISE_HU = -1000, -850, 40, 60, 12
INTERCEPT = -1024
UID_ROOT = "2.25."


@dataclass(frozen=True)
class Nodule:
    """A sphere: centre in millimetres from the middle of the phantom (x, y, z) and diameter."""

    x_mm: float
    y_mm: float
    z_mm: float
    diameter_mm: float


@dataclass(frozen=True)
class Phantom:
    """One synthetic CT: its subject code, its nodules, its seed and its sampling."""

    subject: str
    nodules: Sequence[Nodule]
    seed: int
    timepoint: str = "BL"
    day: str = "20260105"
    slices: int = 40
    size: int = 256
    pixel_mm: float = 1.4
    slice_mm: float = 3.0


def instances(phantom: Phantom) -> Iterator[bytes]:
    """Yield the phantom's DICOM files, one per slice, from the lowest to the highest."""
    volume = hounsfield(phantom)
    for number, plane in enumerate(volume, start=1):
        yield _file(phantom, number, plane)


def hounsfield(phantom: Phantom) -> NDArray[np.int16]:
    """Return the phantom's values, slices × rows × columns, in Hounsfield units."""
    rng = np.random.Generator(np.random.Philox(phantom.seed))
    z = (np.arange(phantom.slices) - (phantom.slices - 1) / 2) * phantom.slice_mm
    y = (np.arange(phantom.size) - (phantom.size - 1) / 2) * phantom.pixel_mm
    zz, yy, xx = np.meshgrid(z, y, y, indexing="ij", sparse=True)
    values = np.full((phantom.slices, phantom.size, phantom.size), AIR_HU, dtype=np.float32)
    values[np.broadcast_to((xx / 165) ** 2 + (yy / 115) ** 2 <= 1, values.shape)] = TISSUE_HU
    for side in (-1, 1):
        lung = ((xx - side * 75) / 58) ** 2 + (yy / 82) ** 2 + (zz / 140) ** 2 <= 1
        values[lung] = LUNG_HU
    spine = (xx / 18) ** 2 + ((yy - 85) / 18) ** 2 <= 1
    values[np.broadcast_to(spine, values.shape)] = 400
    for nodule in phantom.nodules:
        sphere = ((xx - nodule.x_mm) ** 2 + (yy - nodule.y_mm) ** 2 + (zz - nodule.z_mm) ** 2) <= (
            nodule.diameter_mm / 2
        ) ** 2
        values[sphere] = NODULE_HU
    values += rng.normal(0, NOISE_HU, values.shape).astype(np.float32)
    return np.clip(values, INTERCEPT, 3071).astype(np.int16)


def _uid(phantom: Phantom, kind: int, number: int = 0) -> str:
    """Return a UID that only these arguments give (2.25 and a number, PS3.5 B.2)."""
    parts = f"{phantom.subject}/{phantom.timepoint}/{phantom.seed}"
    stem = int.from_bytes(parts.encode()[:10].ljust(10, b"\0"), "big")
    return f"{UID_ROOT}{(stem << 40) | (kind << 24) | number}"


def _file(phantom: Phantom, number: int, plane: NDArray[np.int16]) -> bytes:
    half = phantom.size * phantom.pixel_mm / 2
    z_mm = (number - 1 - (phantom.slices - 1) / 2) * phantom.slice_mm
    image = Dataset()
    image.SOPClassUID = CTImageStorage
    image.SOPInstanceUID = _uid(phantom, 3, number)
    image.StudyInstanceUID = _uid(phantom, 1)
    image.SeriesInstanceUID = _uid(phantom, 2)
    image.FrameOfReferenceUID = _uid(phantom, 4)
    image.PatientName = "SYNTHETIC^PHANTOM"
    image.PatientID = phantom.subject
    image.PatientBirthDate = ""
    image.PatientSex = "O"
    image.ClinicalTrialTimePointID = phantom.timepoint
    image.StudyDate, image.StudyTime, image.StudyID = phantom.day, "090000", "1"
    image.AccessionNumber, image.ReferringPhysicianName = "", ""
    image.StudyDescription = "SYNTHETIC PHANTOM CHEST"
    image.SeriesDescription = "SYNTHETIC 3 mm lung"
    image.Modality, image.Manufacturer, image.BodyPartExamined = "CT", "Readout", "CHEST"
    image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    image.PatientIdentityRemoved, image.BurnedInAnnotation = "YES", "NO"
    image.SeriesNumber, image.AcquisitionNumber, image.InstanceNumber = 1, 1, number
    image.KVP = 120
    image.SliceThickness = phantom.slice_mm
    image.PixelSpacing = [phantom.pixel_mm, phantom.pixel_mm]
    image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    image.ImagePositionPatient = [
        round(-half + phantom.pixel_mm / 2, 4),
        round(-half + phantom.pixel_mm / 2, 4),
        round(z_mm, 4),
    ]
    image.SliceLocation = round(z_mm, 4)
    image.PositionReferenceIndicator = ""
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows, image.Columns = plane.shape
    image.BitsAllocated, image.BitsStored, image.HighBit = 16, 12, 11
    image.PixelRepresentation = 0
    image.RescaleIntercept, image.RescaleSlope, image.RescaleType = INTERCEPT, 1, "HU"
    image.WindowCenter, image.WindowWidth = -600, 1500
    image.PixelData = (plane.astype(np.int32) - INTERCEPT).astype("<u2").tobytes()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta = meta
    out = BytesIO()
    image.save_as(out, enforce_file_format=True)
    return out.getvalue()
