"""Lake tables as JSON pages and CSV, at any version."""

import csv
import io
import math
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, get_args

import duckdb
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import JsonValue

from accounts.acts import Act
from accounts.authorize import authorize, reaches
from accounts.errors import NotPermitted
from accounts.permissions import ObjectKind, Verb
from api.covering import checkpoint_header, covering_note
from api.errors import BadQuery
from api.schemas.tables import ColumnView, RowsPage, TableVersionView, TableView
from api.work import SignedIn, Work
from lake.errors import VersionMissing
from lake.filters import Operator, Scalar
from lake.location import Lake
from lake.read import Filter, Sort, TableVersion, connect, rows, versions
from lake.snapshots import has_table
from lake.tables import TABLES, Table, table_named

router = APIRouter(prefix="/api/projects/{project_id}/tables", tags=["tables"])
Version = Annotated[int | None, Query(ge=0, description="a version; the newest when absent")]
# What a table shows decides who may see it; every other table is a result.
SHOWN_TO: dict[str, ObjectKind] = {"ledger_entries": "ledger"}
OPERATORS: tuple[Operator, ...] = get_args(Operator)
CSV_ROWS = 5000
CSV_TYPE = "text/csv; charset=utf-8"
CSV_ANSWER: dict[int | str, dict[str, object]] = {
    200: {"description": "CSV", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.get("")
def list_tables(project_id: str, work: SignedIn) -> list[TableView]:
    """List the project's tables with their contracts and newest versions."""
    lake = work.platform.lake
    with work.looking() as act:
        shown = readable_tables(act, project_id)
        if not shown:
            authorize(act, "view", "result", project_id)
    return [_table(lake, project_id, table) for table in shown]


@router.get("/{table}/versions")
def list_table_versions(project_id: str, table: str, work: SignedIn) -> list[TableVersionView]:
    """List every version of a table, newest first."""
    _ask(work, "view", project_id, table)
    return [
        TableVersionView.model_validate(version)
        for version in versions(work.platform.lake, project_id, table)
    ]


@router.get("/{table}/rows")
def list_table_rows(
    project_id: str,
    table: str,
    work: SignedIn,
    version: Version = None,
    columns: Annotated[str | None, Query(description="names, separated by commas")] = None,
    sort: Annotated[
        str | None, Query(description="names, separated by commas; -name for descending")
    ] = None,
    filter: Annotated[
        list[str] | None,
        Query(
            description="column:operator:value, all must hold; operators eq ne lt le gt ge"
            " contains, in (values separated by commas), missing (true or false)"
        ),
    ] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=5000)] = 100,
) -> RowsPage:
    """Read a page of rows at a version."""
    _ask(work, "view", project_id, table)
    page = rows(
        work.platform.lake,
        project_id,
        table,
        version=version,
        columns=columns.split(",") if columns else None,
        filters=[_filter(text) for text in filter or ()],
        sort=[Sort(name.removeprefix("-"), name.startswith("-")) for name in _names(sort)],
        offset=offset,
        limit=limit,
    )
    return RowsPage(
        table=table,
        version=page.version,
        ledger_sequence=page.ledger_sequence,
        columns=page.columns,
        total=page.total,
        offset=offset,
        limit=limit,
        rows=[
            dict(zip(page.columns, [_json(value) for value in row], strict=True))
            for row in page.rows
        ],
    )


@router.get("/{table}.csv", response_class=StreamingResponse, responses=CSV_ANSWER)
def download_table_csv(
    project_id: str, table: str, work: SignedIn, version: Version = None
) -> StreamingResponse:
    """Stream the whole table as CSV (RFC 4180) at a version; its entry's checkpoint is a header."""
    _ask(work, "export", project_id, table)
    lake = work.platform.lake
    chosen = _version(versions(lake, project_id, table), version, table)
    with work.changing() as act:
        sequence = act.record(
            project_id,
            "exported",
            "table",
            table,
            after={"version": chosen.version, "ledger_sequence": chosen.ledger_sequence},
        )
    note = covering_note(work, project_id, sequence)
    connection = connect(lake, project_id, {table: chosen.version})
    headers = {
        "Content-Disposition": f'attachment; filename="{table}-v{chosen.version}.csv"',
        "X-Readout-Table-Version": str(chosen.version),
        "X-Readout-Ledger-Sequence": str(chosen.ledger_sequence),
        **checkpoint_header(note),
    }
    return StreamingResponse(
        _csv(connection, table_named(table)), media_type=CSV_TYPE, headers=headers
    )


def readable_tables(act: Act, project_id: str) -> list[Table]:
    """Return the tables that the caller may read."""
    return [table for table in TABLES if _may(act, project_id, table)]


def _version(known: tuple[TableVersion, ...], version: int | None, table: str) -> TableVersion:
    """Return the version asked for, the newest when none was."""
    for each in known:
        if version in (None, each.version):
            return each
    raise VersionMissing(f"table {table} has no version {version}; it has 0 to {known[0].version}")


def _csv(connection: duckdb.DuckDBPyConnection, table: Table) -> Iterator[str]:
    """Write rows in the order of the table's key, as many at a time as fit a small buffer."""
    try:
        order = ", ".join(f'"{name}"' for name in table.key)
        relation = connection.sql(f'SELECT * FROM "{table.name}" ORDER BY {order}')
        yield _lines([relation.columns])
        reader = relation.to_arrow_reader(CSV_ROWS)
        for batch in reader:
            columns = [column.to_pylist() for column in batch.columns]
            yield _lines([_text(value) for value in row] for row in zip(*columns, strict=True))
    finally:
        connection.close()


def _lines(lines: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(lines)
    return written.getvalue()


def _text(value: Scalar) -> str:
    """Write a value as the JSON answer would, and nothing where there is none."""
    shown = _json(value)
    if shown is None:
        return ""
    return str(shown).lower() if isinstance(shown, bool) else str(shown)


def _json(value: Scalar) -> JsonValue:
    """Write a value of the lake as JSON has it; a number that is none counts as absent."""
    if isinstance(value, datetime):
        utc = value if value.tzinfo else value.replace(tzinfo=UTC)
        return utc.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _filter(text: str) -> Filter:
    """Read `column:operator:value`."""
    column, _, rest = text.partition(":")
    name, _, value = rest.partition(":")
    operator = next((known for known in OPERATORS if known == name), None)
    if operator is None:
        raise BadQuery(f"a filter is column:operator:value with one of {', '.join(OPERATORS)}")
    return Filter(column, operator, tuple(value.split(",")) if operator == "in" else value)


def _names(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _table(lake: Lake, project_id: str, table: Table) -> TableView:
    written = (
        versions(lake, project_id, table.name) if has_table(lake, project_id, table.name) else ()
    )
    newest = written[0] if written else None
    return TableView(
        name=table.name,
        layer=table.layer,
        description=table.description,
        key=table.key,
        rows=newest.rows if newest else 0,
        version=newest.version if newest else None,
        ledger_sequence=newest.ledger_sequence if newest else None,
        written_at=newest.written_at if newest else None,
        columns=tuple(ColumnView.model_validate(column) for column in table.columns),
    )


def _ask(work: Work, verb: Verb, project_id: str, table: str) -> None:
    """Refuse a table that the caller may not see; a name that is no table is not there."""
    with work.looking() as act:
        kind = SHOWN_TO.get(table_named(table).name, "result")
        if "project" not in reaches(act, verb, kind, project_id):
            raise NotPermitted(f"your role here does not {verb} the project's {kind}s")


def _may(act: Act, project_id: str, table: Table) -> bool:
    kind = SHOWN_TO.get(table.name, "result")
    try:
        return "project" in reaches(act, "view", kind, project_id)
    except NotPermitted:
        return False
