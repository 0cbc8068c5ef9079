"""What every DICOM object of annotations is made from, and how its making is refused."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pydicom
from pydicom.dataset import Dataset

from research.annotations.planes import ImagePlane
from research.annotations.rows import Annotation, AuthorKind

MANUFACTURER = "Readout"
SCHEME = "99READOUT"


class NotWritten(ValueError):
    """None of the annotations can be held by an object of this kind; the message says why."""


class NotRead(ValueError):
    """The object cannot be taken in as annotations; the message says why and names no content."""


@dataclass(frozen=True)
class Observer:
    """Who stands in the object as observer: never a name, for a person is known by a pseudonym."""

    kind: AuthorKind
    name: str
    uid: str

    @property
    def person_name(self) -> str:
        """The name where DICOM wants a person's (PS3.5 6.2.1.2)."""
        return self.name if "^" in self.name else f"{self.name}^"


@dataclass(frozen=True, kw_only=True)
class Document:
    """The annotations of one read with the images they lie on, as this caller may see those."""

    annotations: tuple[Annotation, ...]
    headers: Mapping[str, Dataset]
    planes: Mapping[str, tuple[ImagePlane, ...]]
    observer: Observer
    series_uid: str
    instance_uid: str
    series_number: int
    made_at: datetime
    build: str

    def plane(self, sop_instance_uid: str, frame: int) -> ImagePlane:
        """Return the plane of a frame."""
        return self.planes[sop_instance_uid][frame - 1]


def reader_pseudonym(salt: str, reader_id: str) -> str:
    """Return a name for a reader that fits one read alone and cannot be turned back."""
    return f"Reader^{hashlib.sha256(f'{salt}/{reader_id}'.encode()).hexdigest()[:8]}"


def completed(header: Dataset) -> Dataset:
    """Return a header with the empty attributes that a derived object must copy (type 2)."""
    whole = Dataset()
    whole.update(header)
    for keyword in (
        "PatientID", "PatientName", "PatientBirthDate", "PatientSex", "AccessionNumber", "StudyID",
        "StudyDate", "StudyTime", "ReferringPhysicianName",
    ):  # fmt: skip
        if keyword not in whole:
            setattr(whole, keyword, None)
    if whole.PatientName and "^" not in str(whole.PatientName):
        # One word is a family name, which ends so where it is said to be one (PS3.5 6.2.1.2).
        whole.PatientName = f"{whole.PatientName}^"
    if "file_meta" not in whole.__dict__:
        whole.file_meta = pydicom.dataset.FileMetaDataset()
    if "TransferSyntaxUID" not in whole.file_meta:
        whole.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    return whole
