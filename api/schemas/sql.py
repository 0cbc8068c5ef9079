"""A query over a project's tables, and its answer."""

from typing import Any, Literal

from pydantic import Field

from api.schemas.wire import Wire

QueryFormat = Literal["json", "csv", "arrow", "parquet"]


class SqlQuery(Wire):
    """One SELECT over a project's tables, at a lock or at stated versions."""

    sql: str = Field(min_length=1, max_length=20_000, description="one SELECT in DuckDB's SQL")
    lock: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="name of a lock: its tables are read"
    )
    versions: dict[str, int] = Field(
        default_factory=dict, max_length=100, description="table → version; else the newest"
    )
    format: QueryFormat = Field(default="json", description="how the rows are given")
    most_rows: int = Field(default=10_000, ge=1, le=1_000_000)


class SqlColumn(Wire):
    """One column of an answer."""

    name: str
    type: str


class SqlAnswer(Wire):
    """The rows of a query, and what names them: the versions that were read."""

    columns: tuple[SqlColumn, ...]
    rows: list[list[Any]]
    cut: bool = Field(description="whether there were more rows than were asked for")
    versions: dict[str, int]
    lock: str | None
    query_sha256: str = Field(description="SHA-256 of the query's text, to cite it by")
