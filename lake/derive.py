"""SQL over tables in memory: how an asset computes its rows from the rows of others."""

from collections.abc import Mapping

import pyarrow as pa

from lake.engine import private_connection
from lake.location import Lake
from lake.schemas import arrow_schema
from lake.tables import Table

_NOWHERE = Lake("/")


def derive(table: Table, sql: str, inputs: Mapping[str, pa.Table]) -> pa.Table:
    """Return the rows of a SQL query in the columns and types of a table.

    Parameters
    ----------
    table : Table
        Whose columns the query selects, by name and in any order.
    sql : str
        One SELECT over the inputs.
    inputs : mapping of name to pyarrow.Table
        The tables the query names; it sees nothing else of ours.

    Returns
    -------
    pyarrow.Table
        In the table's schema; `lake.write` checks the contract once more.
    """
    with private_connection(_NOWHERE) as connection:
        for name, rows in inputs.items():
            connection.register(name, rows)
        found = connection.sql(sql).to_arrow_table()
    return found.select(list(table.column_names)).cast(arrow_schema(table))
