"""Why an image is not taken in.

IngestError
└── Refused                  this instance is not stored; the others of the upload are not touched
    ├── NotDicom             no PS3.10 file: no preamble and prefix, or no file meta information
    ├── Truncated            the file ends before its own lengths say
    ├── Malformed            lengths or nesting contradict each other
    ├── MissingUid           a UID that names study, series, instance or class is absent or not one
    ├── UnsupportedObject    a DICOM file that is no composite instance, such as a DICOMDIR
    ├── TooLarge             larger than the platform takes
    ├── UidCollision         another content is stored under the same SOP Instance UID
    └── SubjectUnknown       nobody with this code, and the project refuses what it does not know

`reason` is the word of the receipt; `dicom_code` is the failure reason (0008,1197) of
PS3.18 Table 10.5.3-1 and PS3.7 Annex C.
"""

from typing import ClassVar


class IngestError(Exception):
    """The parent of everything that ingest refuses."""


class Refused(IngestError):
    """One instance that is not stored."""

    reason: ClassVar[str] = "refused"
    dicom_code: ClassVar[int] = 0x0110


class NotDicom(Refused):
    """The bytes are no DICOM file."""

    reason = "not_dicom"
    dicom_code = 0xC000


class Truncated(Refused):
    """The file ends too early."""

    reason = "truncated"
    dicom_code = 0xC000


class Malformed(Refused):
    """The structure contradicts itself."""

    reason = "malformed"
    dicom_code = 0xC000


class MissingUid(Refused):
    """A UID without which the instance cannot be told from others is absent."""

    reason = "missing_uid"
    dicom_code = 0xA900


class UnsupportedObject(Refused):
    """The file is DICOM but no composite instance."""

    reason = "unsupported_object"
    dicom_code = 0x0122


class TooLarge(Refused):
    """The instance is larger than the platform takes."""

    reason = "too_large"
    dicom_code = 0xA700


class UidCollision(Refused):
    """Other bytes are stored under this SOP Instance UID; the stored object stays."""

    reason = "uid_collision"
    dicom_code = 0x0111


class WrongStudy(Refused):
    """The request names another study than the instance does."""

    reason = "wrong_study"
    dicom_code = 0xA900
