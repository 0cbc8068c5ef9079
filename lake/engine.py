"""DuckDB connections: bounded, offline, one thread each, reading where the lake lies."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import duckdb

from lake.location import Lake

_MEMORY_LIMIT = "1GB"


def new_connection(lake: Lake) -> duckdb.DuckDBPyConnection:
    """Return a connection of its own; the caller closes it."""
    connection = duckdb.connect(  # noqa: TID251 (one of the two places where they are made)
        ":memory:",
        config={
            # One thread a query: many small queries at once beat one that takes both cores.
            "threads": 1,
            "memory_limit": _MEMORY_LIMIT,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_file_cache": not lake.is_remote,
        },
    )
    connection.execute("SET TimeZone = 'UTC'")
    if lake.is_remote:
        connection.register_filesystem(lake.filesystem())
    return connection


@contextmanager
def private_connection(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection of its own, closed at the end."""
    connection = new_connection(lake)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def parser_connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a connection that reads no file: for its parser."""
    cursor = _parser().cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@lru_cache(maxsize=1)
def _parser() -> duckdb.DuckDBPyConnection:
    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "enable_external_access": False,
        "lock_configuration": True,
    }
    return duckdb.connect(":memory:", config=config)  # noqa: TID251 (one of the two places)


@contextmanager
def shared_connection(lake: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Lend a cursor of the process's one read-only engine: opening an engine takes 20 ms."""
    cursor = _engine(lake).cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@lru_cache(maxsize=4)
def _engine(lake: Lake) -> duckdb.DuckDBPyConnection:
    return new_connection(lake)
