"""The addresses below a DICOMweb root and the words its routes share."""

from typing import Annotated, Any

from fastapi import Path

Uid = Annotated[str, Path(pattern=r"^[0-9.]{1,64}$")]
Answers = dict[int | str, dict[str, Any]]

STUDY = "/studies/{study}"
SERIES = f"{STUDY}/series/{{series}}"
INSTANCE = f"{SERIES}/instances/{{instance}}"
DICOM_JSON = "application/dicom+json"
MATCHES: Answers = {
    200: {
        "description": "DICOM JSON, a list of objects",
        "content": {DICOM_JSON: {"schema": {"type": "array", "items": {"type": "object"}}}},
    }
}
