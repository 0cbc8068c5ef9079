"""DICOM files for tests: the ones of the pydicom wheel, and CT slices of our own making."""

import io
from collections.abc import Mapping
from pathlib import Path

import pydicom.data
from pydicom import Dataset

from tests.examples.ct import ct_object

WHEEL = Path(pydicom.data.__file__).parent / "test_files"


def wheel_file(name: str) -> bytes:
    """Return a real file that comes with pydicom."""
    return (WHEEL / name).read_bytes()


def ct_file(
    number: int,
    *,
    subject: str = "001",
    study: str = "1.2.826.0.1.3680043.8.498.1001",
    side: int = 16,
    changes: Mapping[str, object] | None = None,
) -> bytes:
    """Return a CT slice of a subject, as bytes."""
    dataset = ct_object(number, side=side, study_uid=study)
    dataset.PatientID = subject
    for keyword, value in (changes or {}).items():
        if value is None:
            del dataset[keyword]
        else:
            setattr(dataset, keyword, value)
    return as_bytes(dataset)


def as_bytes(dataset: Dataset) -> bytes:
    """Write a data set as a file."""
    written = io.BytesIO()
    dataset.save_as(written, enforce_file_format=True)
    return written.getvalue()
