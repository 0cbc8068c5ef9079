import pyarrow as pa
import pytest

from lake.errors import ContractBroken
from lake.schemas import arrow_rows, arrow_schema, conformed
from lake.tables import LEDGER_ENTRIES, TABLES, Table
from tests.lake.entry_rows import entry_rows


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_schema_carries_names_types_meanings_and_units(table: Table) -> None:
    schema = arrow_schema(table)

    assert tuple(schema.names) == table.column_names
    for column, field in zip(table.columns, schema, strict=True):
        assert field.nullable == column.nullable
        assert field.metadata[b"comment"].decode() == column.meaning
        assert field.metadata.get(b"unit", b"").decode() == column.unit


def test_rows_come_back_in_the_order_and_types_of_the_contract() -> None:
    turned = entry_rows(0, 3).select(list(reversed(LEDGER_ENTRIES.column_names)))
    narrow = turned.set_column(
        turned.column_names.index("sequence"), "sequence", pa.array([0, 1, 2, 3], pa.int8())
    )

    assert conformed(LEDGER_ENTRIES, narrow).schema.equals(arrow_schema(LEDGER_ENTRIES))


def test_more_records_than_a_batch_are_all_there() -> None:
    rows = entry_rows(0, 45_000)

    assert rows.num_rows == 45_001
    assert len(rows["sequence"].chunks) == 3


def _with(name: str, values: pa.Array) -> pa.Table:
    rows = entry_rows(0, 1)
    return rows.set_column(rows.column_names.index(name), name, values)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (_with("sequence", pa.array(["a", "b"])), "column sequence: string does not fit int64"),
        (_with("at", pa.array([True, False])), "column at: bool does not fit timestamp"),
        (_with("action", pa.array(["x", None])), "column action: 1 of 2 rows lack"),
        (_with("sequence", pa.array([7, 7])), "1 keys stand more than once, e.g. {'sequence': 7}"),
        (entry_rows(0, 1).append_column("extra", pa.array([1, 2])), r"unknown \['extra'\]"),
    ],
)
def test_rows_that_break_the_contract_are_refused(rows: pa.Table, message: str) -> None:
    with pytest.raises(ContractBroken, match=message):
        conformed(LEDGER_ENTRIES, rows)


def test_a_column_that_a_record_does_not_name_is_absent() -> None:
    (row,) = arrow_rows(LEDGER_ENTRIES, [{"sequence": 1}]).to_pylist()

    assert row["sequence"] == 1
    assert row["entry"] is None
