"""From column contracts to Arrow, and the check that rows keep the contract."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from lake.errors import ContractBroken
from lake.tables import ColumnType, Table

_ROWS_A_BATCH = 20_000

ARROW_TYPES: dict[ColumnType, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
}


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table's contract, meanings and units as field metadata."""
    return pa.schema(
        [
            pa.field(
                column.name,
                ARROW_TYPES[column.type],
                nullable=column.nullable,
                metadata={
                    "comment": column.meaning,
                    **({"unit": column.unit} if column.unit else {}),
                },
            )
            for column in table.columns
        ]
    )


def arrow_rows(table: Table, records: Iterable[Mapping[str, object]]) -> pa.Table:
    """Return records as rows of a table; a column that a record does not name is absent."""
    schema = arrow_schema(table)
    batches = [
        pa.RecordBatch.from_pylist([dict(record) for record in batch], schema=schema)
        for batch in _batches(records)
    ]
    return pa.Table.from_batches(batches, schema=schema)


def conformed(table: Table, rows: pa.Table) -> pa.Table:
    """Return the rows in the contract's column order and types.

    Raises
    ------
    ContractBroken
        A column is missing, unknown or of a type that does not fit, a required value is absent,
        or two rows bear one key. Nothing is dropped or coerced silently.
    """
    if set(rows.column_names) != set(table.column_names) or len(rows.column_names) != len(
        table.columns
    ):
        missing = [name for name in table.column_names if name not in rows.column_names]
        unknown = [name for name in rows.column_names if name not in table.column_names]
        raise ContractBroken(
            f"table {table.name}: columns missing {missing}, unknown {unknown}; "
            "change lake/tables.py and the asset together"
        )
    schema = arrow_schema(table)
    columns = [_cast(table, rows[field.name], field) for field in schema]
    checked = pa.table(columns, schema=schema)
    _refuse_repeated_keys(table, checked)
    return checked


def _batches(
    records: Iterable[Mapping[str, object]],
) -> Iterator[tuple[Mapping[str, object], ...]]:
    """Split without end lists: a million rows are never a million Python objects at once."""
    remaining = iter(records)
    while batch := tuple(islice(remaining, _ROWS_A_BATCH)):
        yield batch


def _cast(table: Table, values: pa.ChunkedArray, field: pa.Field) -> pa.ChunkedArray:
    try:
        cast = values.cast(field.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise ContractBroken(
            f"table {table.name}, column {field.name}: {values.type} does not fit {field.type}"
        ) from error
    if not field.nullable and cast.null_count:
        raise ContractBroken(
            f"table {table.name}, column {field.name}: {cast.null_count} of {len(cast)} rows lack "
            "a required value"
        )
    return cast


def _refuse_repeated_keys(table: Table, rows: pa.Table) -> None:
    counts = rows.group_by(list(table.key)).aggregate([([], "count_all")])
    repeated = counts.filter(pc.greater(counts["count_all"], 1))
    if repeated.num_rows:
        example = repeated.select(list(table.key)).slice(0, 1).to_pylist()[0]
        raise ContractBroken(
            f"table {table.name}: {repeated.num_rows} keys stand more than once, e.g. {example}"
        )
