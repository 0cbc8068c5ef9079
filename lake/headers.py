"""DICOM headers as typed columns: one quick pass over the bytes, which never touches pixels."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.errors import InvalidDicomError

from lake.dicom_scan import RawHeader, raw_header
from lake.errors import NotDicom
from lake.tables import HEADER_COLUMNS

HeaderValue = str | int | float | date | None
HeaderRow = Mapping[str, HeaderValue]

_PIXEL_SPACING = 0x00280030
_TRANSFER_SYNTAX = 0x00020010
_LARGEST_INTEGER = 2**63 - 1


def header_row(data: bytes | Path | BinaryIO) -> HeaderRow:
    """Return the typed header of one DICOM instance.

    Parameters
    ----------
    data : bytes, path or binary file
        The whole instance; only the bytes before the pixels are read.

    Returns
    -------
    mapping of str to value
        One entry for each of `lake.tables.HEADER_COLUMNS`; None where the attribute is absent,
        empty or not of its type. The header itself keeps what was not of its type.

    Raises
    ------
    NotDicom
        The bytes are no DICOM file, or end inside the header.
    """
    with _opened(data) as file:
        raw = raw_header(file, _WANTED)
    row = {name: read(raw, tag) for name, tag, read in _READERS}
    spacing = (raw.text(_PIXEL_SPACING) or "").split("\\")
    both = [_number_of(part) for part in spacing] if len(spacing) == 2 else [None, None]
    row["pixel_spacing_row_mm"], row["pixel_spacing_column_mm"] = both
    row["NumberOfFrames"] = row["NumberOfFrames"] or 1
    return row


def header_json(data: bytes | Path | BinaryIO) -> str:
    """Return the whole header as DICOM JSON (PS3.18 F), without bulk values over 1 KiB.

    Parameters
    ----------
    data : bytes, path or binary file
        The whole instance; only the bytes before the pixels are read.

    Returns
    -------
    str
        JSON; larger binary values are left out by the standard's BulkDataURI of the tag.

    Raises
    ------
    NotDicom
        The bytes are no DICOM file.
    """
    with _opened(data) as file:
        try:
            dataset = pydicom.dcmread(file, stop_before_pixels=True)
        except InvalidDicomError as error:
            raise NotDicom("the bytes are no DICOM file: the DICM prefix is absent") from error
    tree = dataset.to_json_dict(
        bulk_data_threshold=1024,
        bulk_data_element_handler=lambda element: f"#{element.tag:08X}",
    )
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _opened(data: bytes | Path | BinaryIO) -> BinaryIO:
    if isinstance(data, bytes):
        return BytesIO(data)
    return data.open("rb") if isinstance(data, Path) else data


def _text(raw: RawHeader, tag: int) -> str | None:
    return raw.text(tag) or None


def _integer(raw: RawHeader, tag: int) -> int | None:
    number = raw.unsigned(tag)
    if number is not None:
        return number
    try:
        value = int(Decimal(raw.text(tag) or ""))
    except (InvalidOperation, ValueError, OverflowError):
        return None
    return value if abs(value) <= _LARGEST_INTEGER else None


def _number(raw: RawHeader, tag: int) -> float | None:
    return _number_of(raw.text(tag) or "")


def _number_of(text: str) -> float | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return float(value) if value.is_finite() else None


def _date(raw: RawHeader, tag: int) -> date | None:
    text = (raw.text(tag) or "").replace(".", "")
    if len(text) != 8 or not text.isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


_BY_TYPE: dict[str, Callable[[RawHeader, int], HeaderValue]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "date": _date,
}
_READERS = tuple(
    (column.name, tag, _BY_TYPE[column.type])
    for column in HEADER_COLUMNS
    if (tag := tag_for_keyword(column.name)) is not None
)
_WANTED = frozenset({tag for _name, tag, _read in _READERS} | {_PIXEL_SPACING})
