"""SAS transport files, version 5 and 8, with guards of our own.

The format is older than Unicode: names of 8 characters, labels of 40 and text of 200 bytes in
version 5, and numbers in IBM's base-16 floating point. Writers cut what is longer in silence; here
it is refused with the column and the row, so that a person decides how to shorten it. Version 8
takes names of 32 and labels of 256 characters and longer text.

Source: SAS technical support note TS-140 (record layout of transport files) and its extension for
version 8; FDA Study Data Technical Conformance Guide (ASCII, 8/40/200).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
import pyarrow as pa
import pyreadstat

from lake.errors import ExportRefused

Version = Literal[5, 8]
# The largest and smallest magnitudes of an IBM double (16^±64), safely inside.
LARGEST, SMALLEST = 7.2e75, 5.4e-79


@dataclass(frozen=True)
class _Rules:
    name: re.Pattern[str]
    label: int
    text: int


RULES: Final[Mapping[int, _Rules]] = {
    5: _Rules(re.compile(r"[A-Z_][A-Z0-9_]{0,7}"), 40, 200),
    8: _Rules(re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,31}"), 256, 32_767),
}


def write_transport(
    table: pa.Table, path: Path, *, name: str, labels: Mapping[str, str], version: Version = 5
) -> None:
    """Write a table as a transport file of one data set.

    Parameters
    ----------
    table : pyarrow.Table
        Columns of text, integers, decimals, doubles, dates, instants (UTC) or booleans.
    path : Path
        The file to be written; an existing one is replaced.
    name : str
        Name of the data set.
    labels : mapping of column to label
        What each column means; every column has one.
    version : {5, 8}
        Of the format.

    Raises
    ------
    ExportRefused
        A name, label, text or number does not fit; the message names column and row (from 1).
    """
    rules = RULES[version]
    problems = [*_head_problems(table, name, labels, rules)]
    columns: dict[str, pd.Series[Any]] = {}
    for field, column in zip(table.schema, table.columns, strict=True):
        problems += _text_problems(field, column, rules)
        columns[field.name], refused = _series(field, column)
        problems += refused
        if len(problems) > 20:
            break
    if problems:
        raise ExportRefused("the transport file was not written: " + "; ".join(problems[:20]))
    frame = pd.DataFrame(columns)
    pyreadstat.write_xport(
        frame,
        path,
        column_labels=[labels[column] for column in table.column_names],
        table_name=name,
        file_format_version=version,
        variable_format={
            field.name: "DATE9" if pa.types.is_date(field.type) else "DATETIME20"
            for field in table.schema
            if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type)
        },
    )


def _head_problems(
    table: pa.Table, name: str, labels: Mapping[str, str], rules: _Rules
) -> Iterator[str]:
    for what, text in (("data set", name), *(("column", column) for column in table.column_names)):
        if not rules.name.fullmatch(text):
            yield f"the name of {what} {text} does not fit {rules.name.pattern}"
    folded = [column.upper() for column in table.column_names]
    for one in sorted({one for one in folded if folded.count(one) > 1}):
        yield f"two columns are called {one}"
    for column in table.column_names:
        label = labels.get(column, "")
        if not label or not label.isascii() or len(label) > rules.label:
            yield f"the label of {column} is not ASCII text of 1 to {rules.label} characters"


def _text_problems(field: pa.Field, column: pa.ChunkedArray, rules: _Rules) -> Iterator[str]:
    if not pa.types.is_string(field.type):
        return
    for row, text in enumerate(column.to_pylist(), 1):
        if text is None:
            continue
        if not text.isascii() or not text.isprintable():
            yield f"column {field.name}, row {row}: text that is not printable ASCII"
        elif len(text) > rules.text:
            yield f"column {field.name}, row {row}: {len(text)} characters, over {rules.text}"
        elif text != text.rstrip(" "):
            yield f"column {field.name}, row {row}: spaces at the end, which the format forgets"


def _series(field: pa.Field, column: pa.ChunkedArray) -> tuple["pd.Series[Any]", list[str]]:
    """Return a column as the writer wants it, and what of it does not fit."""
    values = column.to_pylist()
    if pa.types.is_string(field.type):
        # The format knows no missing text: it is empty there.
        return pd.Series([value or "" for value in values], dtype=object), []
    if pa.types.is_date(field.type):
        return pd.Series(values, dtype=object), []
    if pa.types.is_timestamp(field.type):
        naive = [None if value is None else value.replace(tzinfo=None) for value in values]
        return pd.Series(naive, dtype="datetime64[ms]"), []
    numbers = [None if value is None else float(value) for value in values]
    problems = [
        f"column {field.name}, row {row}: {value} is not the same number as an IBM double"
        for row, (value, number) in enumerate(zip(values, numbers, strict=True), 1)
        if number is not None and not _fits(value, number)
    ]
    return pd.Series(numbers, dtype="float64"), problems


def _fits(value: "Decimal | int | float | date | datetime", number: float) -> bool:
    """Return whether a number survives: exactly as an integer, to 15 digits as a decimal."""
    if number == 0.0:
        return True
    inside = SMALLEST < abs(number) < LARGEST
    if isinstance(value, int):
        return inside and abs(value) <= 2**53 and int(number) == value
    if isinstance(value, Decimal):
        return inside and len(value.normalize().as_tuple().digits) <= 15
    return inside
