"""SQL over one project's tables, for who may take results out; every run is an entry."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import anyio
import pyarrow as pa
import pyarrow.parquet
from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from accounts.authorize import authorize
from api.covering import checkpoint_header, covering_note
from api.routes.tables import readable_tables
from api.schemas.sql import QueryFormat, SqlAnswer, SqlQuery
from api.work import SignedIn, Work
from lake.errors import LakeError, UnknownTable
from lake.locks import read_lock
from lake.read import versions
from lake.snapshots import has_table
from lake.sql.database import Databases
from lake.sql.gate import check
from lake.sql.run import Limits, Query, QueryResult

router = APIRouter(prefix="/api/projects/{project_id}/sql", tags=["sql"])
LOOK_S = 0.25
ANSWER = {
    media_type: {"schema": {"type": "string", "format": "binary"}}
    for media_type in (
        "text/csv",
        "application/vnd.apache.arrow.stream",
        "application/vnd.apache.parquet",
    )
}


@dataclass(frozen=True)
class Chosen:
    """What a query reads: the versions of the tables that its caller may see."""

    versions: Mapping[str, int]
    lock: str | None


async def _gone(request: Request, query: Query) -> None:
    """End the query when nobody waits for it any more."""
    while not await request.is_disconnected():
        await anyio.sleep(LOOK_S)
    query.stop()


@router.post("", responses={200: {"model": SqlAnswer, "content": ANSWER}})
async def run_sql(project_id: str, body: SqlQuery, request: Request, work: SignedIn) -> Response:
    """Run one SELECT in a process of its own; leaving the request ends it."""
    chosen = await to_thread.run_sync(_choose, work, project_id, body)
    settings = work.platform.settings
    limits = Limits(settings.sql_seconds, settings.sql_memory_mb, body.most_rows)
    databases = Databases(settings.sql_folder)
    file = await to_thread.run_sync(
        databases.of, work.platform.lake, project_id, dict(chosen.versions)
    )
    found = await _run(request, Query(file, body.sql, limits))
    digest = hashlib.sha256(body.sql.encode()).hexdigest()
    note = await to_thread.run_sync(_enter, work, project_id, body.format, chosen, digest, found)
    return await to_thread.run_sync(_answer, body.format, chosen, digest, found, note)


async def _run(request: Request, query: Query) -> QueryResult:
    found: QueryResult | LakeError
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(_gone, request, query)
        try:
            found = await to_thread.run_sync(query.run)
        except LakeError as refused:
            found = refused
        tasks.cancel_scope.cancel()
    if isinstance(found, LakeError):
        raise found
    return found


def _choose(work: Work, project_id: str, body: SqlQuery) -> Chosen:
    """Say which versions are read, and let the query through the gate."""
    lake = work.platform.lake
    with work.looking() as act:
        authorize(act, "export", "result", project_id)
        shown = [table.name for table in readable_tables(act, project_id)]
    if body.lock is not None:
        locked = {one.table: one.version for one in read_lock(lake, project_id, body.lock).tables}
        known = {name: locked[name] for name in shown if name in locked}
    else:
        known = {
            name: versions(lake, project_id, name)[0].version
            for name in shown
            if has_table(lake, project_id, name)
        }
        for name, version in body.versions.items():
            if name not in known:
                raise UnknownTable(f"there is no table {name} here: take its version out")
            known[name] = version
    check(body.sql, known)
    return Chosen(known, body.lock)


def _enter(
    work: Work,
    project_id: str,
    given_as: QueryFormat,
    chosen: Chosen,
    digest: str,
    found: QueryResult,
) -> str | None:
    """Enter the run; a file that is taken along also gets the checkpoint that covers it."""
    after = {
        "query_sha256": digest,
        "lock": chosen.lock,
        "tables": ", ".join(f"{name} v{chosen.versions[name]}" for name in sorted(chosen.versions)),
        "rows": found.table.num_rows,
        "format": given_as,
    }
    is_export = given_as != "json"
    with work.changing() as act:
        sequence = act.record(project_id, "sql_run", "project", project_id, after=after)
        if is_export:
            about = {"format": given_as, "query_sha256": digest}
            sequence = act.record(project_id, "exported", "query", digest, after=about)
    return covering_note(work, project_id, sequence) if is_export else None


def _answer(
    given_as: QueryFormat, chosen: Chosen, digest: str, found: QueryResult, note: str | None
) -> Response:
    headers = checkpoint_header(note) if note else {}
    headers |= {
        "X-Readout-Query-SHA256": digest,
        "X-Readout-Cut": str(found.cut).lower(),
        "X-Readout-Lock": chosen.lock or "",
        "X-Readout-Versions": json.dumps(dict(chosen.versions)),
    }
    if given_as == "json":
        return JSONResponse(
            {
                "columns": [
                    {"name": field.name, "type": str(field.type)} for field in found.table.schema
                ],
                "rows": _rows(found.table),
                "cut": found.cut,
                "versions": dict(chosen.versions),
                "lock": chosen.lock,
                "query_sha256": digest,
            },
            headers=headers,
        )
    media_type, write, suffix = WRITERS[given_as]
    headers["Content-Disposition"] = f'attachment; filename="query-{digest[:12]}.{suffix}"'
    return Response(write(found.table), media_type=media_type, headers=headers)


def _rows(table: pa.Table) -> list[list[object]]:
    """Return rows as JSON has them: numbers and truth as they are, everything else as text."""
    columns = [
        column.to_pylist()
        if _is_plain(field.type)
        else [_text(value) for value in column.to_pylist()]
        for field, column in zip(table.schema, table.columns, strict=True)
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def _is_plain(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_boolean(kind) or pa.types.is_string(kind) or pa.types.is_int32(kind)
        or pa.types.is_int16(kind) or pa.types.is_int8(kind)
    )  # fmt: skip


def _text(value: object) -> object:
    """Return a value that JSON has no exact form for as text; what is finite stays a number."""
    if value is None or (isinstance(value, int) and abs(value) < 2**53):
        return value
    if isinstance(value, float) and value - value == 0.0:
        return value
    return str(value)


def _csv(table: pa.Table) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.column_names)
    writer.writerows(_rows(table))
    return out.getvalue().encode()


def _arrow(table: pa.Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def _parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(table, out)
    return out.getvalue()


WRITERS: Mapping[str, tuple[str, Callable[[pa.Table], bytes], str]] = {
    "csv": ("text/csv; charset=utf-8", _csv, "csv"),
    "arrow": ("application/vnd.apache.arrow.stream", _arrow, "arrow"),
    "parquet": ("application/vnd.apache.parquet", _parquet, "parquet"),
}
