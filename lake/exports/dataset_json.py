"""CDISC Dataset-JSON 1.1: one data set as JSON, rows in order, decimals digit for digit.

Source: CDISC Dataset-JSON v1.1 specification (2024): attributes, data types and target data types.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

from lake.errors import ExportRefused

VERSION: Final = "1.1.0"
DataType = Literal[
    "string", "integer", "decimal", "float", "double", "boolean", "date", "datetime", "time", "URI"
]


@dataclass(frozen=True)
class DatasetColumn:
    """One column; a decimal's `target` is how programs are to hold it."""

    name: str
    label: str
    data_type: DataType
    length: int | None = None
    key_sequence: int | None = None


@dataclass(frozen=True)
class Dataset:
    """One data set with what the standard wants said about it."""

    name: str
    label: str
    oid: str
    columns: Sequence[DatasetColumn]
    rows: Sequence[Sequence[object]]
    study_oid: str
    metadata_version_oid: str
    created: datetime
    file_oid: str
    system: str = "Readout"
    system_version: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def write_dataset_json(dataset: Dataset) -> Iterator[bytes]:
    """Yield the document in parts; it is valid JSON when all are joined.

    Raises
    ------
    ExportRefused
        A row of another length, or a value that its column's type does not take.
    """
    head = _head(dataset)
    text = json.dumps(head, ensure_ascii=False, indent=1)
    yield text.removesuffix("\n}").encode() + b',\n "rows": [\n'
    last = len(dataset.rows) - 1
    for number, row in enumerate(dataset.rows):
        values = _row(dataset, number, row)
        end = "\n" if number == last else ",\n"
        yield f"  {json.dumps(values, ensure_ascii=False)}{end}".encode()
    yield b" ]\n}\n"


def _head(dataset: Dataset) -> dict[str, Any]:
    return {
        "datasetJSONCreationDateTime": dataset.created.isoformat(timespec="seconds"),
        "datasetJSONVersion": VERSION,
        "fileOID": dataset.file_oid,
        "dbLastModifiedDateTime": dataset.created.isoformat(timespec="seconds"),
        "originator": dataset.system,
        "sourceSystem": {"name": dataset.system, "version": dataset.system_version},
        "studyOID": dataset.study_oid,
        "metaDataVersionOID": dataset.metadata_version_oid,
        **dataset.attributes,
        "itemGroupOID": dataset.oid,
        "records": len(dataset.rows),
        "name": dataset.name,
        "label": dataset.label,
        "columns": [_column(dataset, column) for column in dataset.columns],
    }


def _column(dataset: Dataset, column: DatasetColumn) -> dict[str, object]:
    described: dict[str, object] = {
        "itemOID": f"IT.{dataset.name}.{column.name}",
        "name": column.name,
        "label": column.label,
        "dataType": column.data_type,
    }
    if column.data_type == "decimal":
        described["targetDataType"] = "decimal"
    if column.length is not None:
        described["length"] = column.length
    if column.key_sequence is not None:
        described["keySequence"] = column.key_sequence
    return described


def _row(dataset: Dataset, number: int, row: Sequence[object]) -> list[object]:
    if len(row) != len(dataset.columns):
        raise ExportRefused(
            f"data set {dataset.name}, row {number + 1}: {len(row)} values for "
            f"{len(dataset.columns)} columns"
        )
    return [
        _value(dataset, number, column, value)
        for column, value in zip(dataset.columns, row, strict=True)
    ]


def _value(dataset: Dataset, number: int, column: DatasetColumn, value: object) -> object:
    """Return a value as JSON: a decimal is text, as the standard says, so no digit is lost."""
    if value is None:
        return None
    kind = column.data_type
    if kind == "decimal" and isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    fits = {
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "boolean": isinstance(value, bool),
        "float": isinstance(value, float),
        "double": isinstance(value, float),
        "decimal": False,
    }.get(kind, isinstance(value, str))
    if not fits:
        raise ExportRefused(
            f"data set {dataset.name}, row {number + 1}, column {column.name}: "
            f"a {type(value).__name__} is no {kind}"
        )
    return value
