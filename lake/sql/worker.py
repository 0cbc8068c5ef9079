"""The process in which a query runs: one file, no network, bounded memory and time, one answer.

Reads a request from standard input and writes the answer to standard output: a line of JSON, then,
when the query ran, an Arrow stream. It ends after one query, whatever happened.
"""

import json
import resource
import sys
from typing import Any, BinaryIO, Final

import duckdb
import pyarrow as pa

BATCH_ROWS: Final = 10_000


def main() -> None:
    """Answer one request."""
    sys.stdout.flush()
    request = json.loads(sys.stdin.buffer.readline())
    answer(request, sys.stdout.buffer)


def answer(request: dict[str, Any], out: BinaryIO) -> None:
    """Run a query and write what it gave, or why not."""
    _bound(request)
    try:
        reader = _opened(request).sql(request["sql"]).to_arrow_reader(BATCH_ROWS)
        _write(out, {"ran": True})
        _stream(reader, request["most_rows"], out)
    except MemoryError:
        _write(out, {"ran": False, "said": "the query needs more memory than it may use"})
    except duckdb.Error as error:
        _write(out, {"ran": False, "said": _said(error)})


def _bound(request: dict[str, Any]) -> None:
    """Take away what a query could misuse, for good."""
    memory, seconds = request["memory_mb"] << 20, int(request["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))


def _opened(request: dict[str, Any]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(  # noqa: TID251 (a process of its own with limits of its own)
        request["file"],
        read_only=True,
        config={
            "threads": 1,
            "memory_limit": f"{request['memory_mb'] // 2}MB",
            "temp_directory": "",
            "python_enable_replacements": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _stream(reader: pa.RecordBatchReader, most_rows: int, out: BinaryIO) -> None:
    """Write at most so many rows; a last line of the schema's metadata cannot be known before."""
    left = most_rows
    with pa.ipc.new_stream(out, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch.slice(0, left + 1))
            left -= batch.num_rows
            if left < 0:
                break


def _write(out: BinaryIO, line: dict[str, object]) -> None:
    out.write(json.dumps(line).encode() + b"\n")
    out.flush()


def _said(error: duckdb.Error) -> str:
    """Return the first line of what DuckDB says: the next ones may hold candidates and paths."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return "the query needs more memory than it may use"
    return str(error).splitlines()[0]


if __name__ == "__main__":
    main()
