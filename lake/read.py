"""Reading tables: a page, a whole table or a SQL connection, always at one stated version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC

import duckdb
import pyarrow as pa

from lake.engine import new_connection, shared_connection
from lake.errors import QueryRefused
from lake.filters import Filter, Scalar, Sort, order_clause, where_clause
from lake.location import Lake
from lake.remembered import is_small
from lake.remembered import page as remembered_page
from lake.snapshots import (
    Snapshot,
    TableVersion,
    described,
    has_table,
    snapshot,
    versions,
)
from lake.tables import TABLES

__all__ = ["Filter", "Page", "Sort", "TableVersion", "arrow", "connect", "rows", "versions"]

MOST_ROWS_A_PAGE = 10_000


@dataclass(frozen=True)
class Page:
    """Some rows of one version of a table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    total: int
    version: int
    ledger_sequence: int


def rows(
    lake: Lake,
    project: str,
    table_name: str,
    *,
    version: int | None = None,
    columns: Sequence[str] | None = None,
    filters: Sequence[Filter] = (),
    sort: Sequence[Sort] = (),
    offset: int = 0,
    limit: int = 100,
) -> Page:
    """Return a page of a table.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    version : int, optional
        Which version; by default the newest.
    columns : sequence of str, optional
        Which columns, in which order; by default all.
    filters : sequence of Filter
        Rows must satisfy all of them.
    sort : sequence of Sort
        Order of the rows; without it, the order of writing. Ties keep key order.
    offset, limit : int
        Which rows; at most 10,000 at once.

    Returns
    -------
    Page
        `total` counts the rows that satisfy the filters.

    Raises
    ------
    TableMissing, VersionMissing, QueryRefused
        What was asked cannot be answered; the message says why.
    """
    if offset < 0 or not 0 <= limit <= MOST_ROWS_A_PAGE:
        raise QueryRefused(f"offset must be ≥ 0 and limit between 0 and {MOST_ROWS_A_PAGE}")
    found = snapshot(lake, project, table_name, version=version)
    chosen = _chosen(found, columns)
    where, values = where_clause(found, filters)
    order = order_clause(found, sort)
    if is_small(found):
        kept, total = remembered_page(
            lake, project, found,
            where=where, values=values, order=order, offset=offset, limit=limit,
        )  # fmt: skip
        page = kept.select(list(chosen))
    else:
        page, total = _page(
            lake, found, chosen,
            where=where, values=values, order=order, offset=offset, limit=limit,
        )  # fmt: skip
    return Page(
        columns=chosen,
        rows=_scalars(page),
        total=total,
        version=found.version,
        ledger_sequence=described(lake, project, table_name, found.version).ledger_sequence,
    )


def _page(
    lake: Lake,
    found: Snapshot,
    chosen: Sequence[str],
    *,
    where: str,
    values: Sequence[Scalar],
    order: str,
    offset: int,
    limit: int,
) -> tuple[pa.Table, int]:
    """Read a page of a large version from its files."""
    names = ", ".join(f'"{name}"' for name in chosen)
    with shared_connection(lake) as connection:
        total = found.rows
        if where and found.files:
            counted = connection.execute(f"SELECT count(*) FROM ({found.select()}){where}", values)
            total = int(counted.fetchall()[0][0])
        page = connection.sql(
            f"SELECT {names} FROM ({found.select()}){where}{order} LIMIT ? OFFSET ?",
            params=[*values, limit, offset],
        ).to_arrow_table()
    return page, total


def arrow(
    lake: Lake,
    project: str,
    table_name: str,
    version: int | None = None,
    *,
    columns: Sequence[str] | None = None,
) -> pa.Table:
    """Return a whole table, or some of its columns, in the order of writing.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.
    version : int, optional
        Which version; by default the newest.
    columns : sequence of str, optional
        Which columns; by default all.

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    TableMissing, VersionMissing, QueryRefused
        What was asked cannot be answered.
    """
    found = snapshot(lake, project, table_name, version=version)
    chosen = _chosen(found, columns)
    names = ", ".join(f'"{name}"' for name in chosen)
    schema = pa.schema([found.schema.field(name) for name in chosen])
    with shared_connection(lake) as connection:
        relation = connection.sql(f"SELECT {names} FROM ({found.select()})")
        return relation.to_arrow_table().cast(schema)


def connect(
    lake: Lake, project: str, versions: Mapping[str, int] | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in which every table of one project is a view.

    Parameters
    ----------
    lake : Lake
        Where.
    project : str
        Whose tables; no connection opens two projects.
    versions : mapping of table name to version, optional
        Which versions; a table not named is taken at its newest.

    Returns
    -------
    duckdb.DuckDBPyConnection
        One thread, no extensions, no network; the caller closes it. It can read other files of
        this machine: it is for our own code, not for a stranger's SQL.

    Raises
    ------
    TableMissing, VersionMissing, UnknownTable
        A version was asked for that does not exist.
    """
    wanted = dict(versions or {})
    found = [snapshot(lake, project, name, version=wanted[name]) for name in wanted] + [
        snapshot(lake, project, table.name)
        for table in TABLES
        if table.name not in wanted and has_table(lake, project, table.name)
    ]
    connection = new_connection(lake)
    for each in found:
        connection.execute(f'CREATE VIEW "{each.table.name}" AS {each.select()}')
    return connection


def _scalars(page: pa.Table) -> tuple[tuple[Scalar, ...], ...]:
    columns = [
        [None if value is None else value.replace(tzinfo=UTC) for value in column.to_pylist()]
        if pa.types.is_timestamp(column.type)
        else column.to_pylist()
        for column in page.columns
    ]
    return tuple(zip(*columns, strict=True))


def _chosen(found: Snapshot, columns: Sequence[str] | None) -> tuple[str, ...]:
    if columns is None:
        return tuple(found.schema.names)
    if unknown := [name for name in columns if name not in found.schema.names]:
        raise QueryRefused(
            f"table {found.table.name} version {found.version} has no column {unknown[0]!r}; "
            f"it has {', '.join(found.schema.names)}"
        )
    if not columns:
        raise QueryRefused("name at least one column")
    return tuple(columns)
