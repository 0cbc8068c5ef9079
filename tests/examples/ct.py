"""Synthetic CT objects with invented identifiers; the pixels are noise with a fixed seed."""

from pathlib import Path

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

STUDY_UID, SERIES_UID = "1.2.826.0.1.3680043.8.498.1001", "1.2.826.0.1.3680043.8.498.1001.1"
NAME, PATIENT_ID, BIRTH_DATE = "Quillfeather^Ottoline", "MRN-7741-0093", "19610417"
ACCESSION, INSTITUTION, STUDY_DATE = "ACC5519037", "Saint Zephyrine Infirmary", "20240229"
PLANTED = ("Quillfeather", "Ottoline", PATIENT_ID, BIRTH_DATE, ACCESSION, INSTITUTION, STUDY_DATE)


def ct_object(number: int, *, side: int = 64, study_uid: str = STUDY_UID) -> Dataset:
    """Return one CT object of a study."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = f"{study_uid}.1.{number}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = study_uid, f"{study_uid}.1"
    dataset.PatientName, dataset.PatientID = NAME, PATIENT_ID
    dataset.PatientBirthDate, dataset.PatientSex = BIRTH_DATE, "F"
    dataset.AccessionNumber, dataset.InstitutionName = ACCESSION, INSTITUTION
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = STUDY_DATE
    dataset.StudyTime, dataset.StudyID = "101112", "77"
    dataset.StudyDescription = f"CT of {NAME.split('^')[0]}"
    dataset.Modality, dataset.Manufacturer = "CT", "Imaginary Scanners"
    dataset.SeriesNumber, dataset.InstanceNumber = 1, number
    dataset.ImagePositionPatient, dataset.SliceThickness = [0, 0, float(number)], 1.0
    dataset.ImageOrientationPatient, dataset.PixelSpacing = [1, 0, 0, 0, 1, 0], [0.5, 0.5]
    dataset.Rows = dataset.Columns = side
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 12, 11
    dataset.PixelRepresentation, dataset.RescaleIntercept, dataset.RescaleSlope = 0, -1024, 1
    noise = np.random.default_rng(number).integers(0, 4096, (side, side), dtype=np.uint16)
    dataset.PixelData = noise.tobytes()
    return dataset


def write_study(folder: Path, *, instances: int, side: int = 64) -> Path:
    """Write a study as files and return its folder."""
    folder.mkdir(parents=True)
    for number in range(1, instances + 1):
        path = folder / f"{number:05d}.dcm"
        ct_object(number, side=side).save_as(path, enforce_file_format=True)
    return folder
