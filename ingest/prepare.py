"""The part of taking in an image that needs no database: check, digest, object in the lake.

Objects are stored before any row names them: a crash in between leaves an object without a row,
which a resend finds and uses, never a row without its object.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from pydantic import JsonValue
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from ingest.check import DEFAULT_MAX_BYTES, Checked, check, declared
from ingest.errors import Refused, TooLarge, WrongStudy
from ingest.frames import FrameIndex, frames_from_json, frames_to_json
from lake.location import Lake
from lake.objects import put_object
from research.images import ReceivedInstance

Source = bytes | Path | BinaryIO
Deidentify = Callable[[bytes], bytes]
AT_ONCE, BYTES_AT_ONCE = 4, 64 << 20
LARGEST_INTEGER = 2**31 - 1
MODALITY_LENGTH, TEXT_LENGTH = 16, 64
DICOM_DATE = re.compile(r"[0-9]{8}", re.ASCII)


@dataclass(frozen=True)
class Prepared:
    """An instance whose bytes are safe in the lake, and what it says of whom it shows."""

    part: int
    instance: ReceivedInstance
    received_sha256: str
    patient_id: str
    time_point: str


@dataclass(frozen=True)
class NotTaken:
    """An instance that was refused before anything was stored."""

    part: int
    error: Refused
    sop_class_uid: str = ""
    sop_instance_uid: str = ""


def prepare(
    lake: Lake,
    project: str,
    files: Iterable[Source],
    *,
    deidentify: Deidentify | None = None,
    max_bytes: int = DEFAULT_MAX_BYTES,
    study_uid: str | None = None,
) -> tuple[Prepared | NotTaken, ...]:
    """Check each file and store its object; one refused file does not touch the others.

    A few at once, because most of the time is waiting for the disk to confirm; in bounded memory.
    """

    def one(numbered: tuple[int, Source]) -> Prepared | NotTaken:
        return _prepare_one(lake, project, *numbered, deidentify, max_bytes, study_uid)

    done: list[Prepared | NotTaken] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for batch in _batches(enumerate(files, start=1)):
            done.extend(pool.map(one, batch))
    return tuple(done)


def _batches(files: Iterable[tuple[int, Source]]) -> Iterator[list[tuple[int, Source]]]:
    """Take as many files as are worked on at once, fewer where they are large."""
    batch: list[tuple[int, Source]] = []
    for part, file in files:
        batch.append((part, file))
        held = sum(len(data) for _, data in batch if isinstance(data, bytes))
        if len(batch) == AT_ONCE or held > BYTES_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def where_frames_are(checked: Checked) -> dict[str, JsonValue]:
    """Write where header and frames lie, as it is kept beside the instance."""
    frames = frames_to_json(checked.frames) if checked.frames else None
    return {"header_length": checked.header_length, "frames": frames}


def where_frames_were(kept: JsonValue) -> tuple[int, FrameIndex | None]:
    """Read it back: the header's length and the frames."""
    assert isinstance(kept, dict)
    length, frames = kept["header_length"], kept["frames"]
    assert isinstance(length, int)
    return length, frames_from_json(frames) if isinstance(frames, dict) else None


def _prepare_one(
    lake: Lake,
    project: str,
    part: int,
    file: Source,
    deidentify: Deidentify | None,
    max_bytes: int,
    study_uid: str | None,
) -> Prepared | NotTaken:
    received = b""
    try:
        received = _read(file, max_bytes)
        checked = check(received, max_bytes=max_bytes)
        if study_uid not in (None, str(checked.header.StudyInstanceUID)):
            raise WrongStudy(f"the instance belongs to another study than {study_uid}")
        kept = check(deidentify(received), max_bytes=max_bytes) if deidentify else checked
    except Refused as error:
        return NotTaken(part, error, *declared(received))
    stored = put_object(lake, project, kept.data)
    return Prepared(
        part=part,
        instance=_instance(kept, stored.sha256, stored.size, checked.received_sha256),
        received_sha256=checked.received_sha256,
        patient_id=_text(kept.header, "PatientID"),
        time_point=_text(kept.header, "ClinicalTrialTimePointID"),
    )


def _read(file: Source, max_bytes: int) -> bytes:
    """Read a file whole, but never more than the limit and one byte."""
    if isinstance(file, bytes):
        return file
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _read(opened, max_bytes)
    data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise TooLarge(f"the instance has more than {max_bytes} bytes, which is the limit")
    return data


def _instance(checked: Checked, sha256: str, size: int, received: str) -> ReceivedInstance:
    header = checked.header
    return ReceivedInstance(
        study_uid=str(header.StudyInstanceUID),
        series_uid=str(header.SeriesInstanceUID),
        sop_instance_uid=str(header.SOPInstanceUID),
        sop_class_uid=str(header.SOPClassUID),
        transfer_syntax=checked.transfer_syntax,
        sha256=sha256,
        size=size,
        modality=_text(header, "Modality")[:MODALITY_LENGTH],
        original_digest=received if received != sha256 else None,
        study_description=_text(header, "StudyDescription"),
        acquired_on=_acquired_on(header),
        series_description=_text(header, "SeriesDescription"),
        series_number=_integer(header, "SeriesNumber"),
        body_part=_text(header, "BodyPartExamined")[:TEXT_LENGTH],
        instance_number=_integer(header, "InstanceNumber"),
        rows=_integer(header, "Rows"),
        columns=_integer(header, "Columns"),
        frames=checked.frames.count if checked.frames else 0,
        frame_offsets=where_frames_are(checked),
    )


def _acquired_on(header: Dataset) -> str | None:
    """Return the day of the images as 2026-01-05; a date that is none counts as absent."""
    for keyword in ("AcquisitionDate", "StudyDate"):
        text = _text(header, keyword)
        if DICOM_DATE.fullmatch(text):
            try:
                return date.fromisoformat(text).isoformat()
            except ValueError:
                continue
    return None


def _text(header: Dataset, keyword: str) -> str:
    """Read a short text; a value that cannot be read counts as empty."""
    try:
        value = header.get(keyword)
    except (ValueError, TypeError, NotImplementedError, LookupError):
        return ""
    if isinstance(value, MultiValue):
        value = "\\".join(str(part) for part in value)
    return "" if value is None else str(value).replace("\0", "").strip()


def _integer(header: Dataset, keyword: str) -> int | None:
    """Read a number; one that is no integer of the database's size counts as absent."""
    try:
        value = int(header[keyword].value)
    except (ValueError, TypeError, NotImplementedError, LookupError):
        return None
    return value if abs(value) <= LARGEST_INTEGER else None
