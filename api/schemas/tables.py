"""Lake tables at a version."""

from datetime import datetime
from typing import Literal

from pydantic import JsonValue

from api.schemas.wire import Wire


class ColumnView(Wire):
    """One column of a table's contract."""

    name: str
    type: str
    unit: str
    meaning: str
    nullable: bool


class TableView(Wire):
    """A table's contract and its newest version."""

    name: str
    layer: Literal["bronze", "silver", "gold"]
    description: str
    key: tuple[str, ...]
    rows: int
    version: int | None
    ledger_sequence: int | None
    written_at: datetime | None
    columns: tuple[ColumnView, ...]


class TableVersionView(Wire):
    """One version a table has had."""

    version: int
    written_at: datetime
    rows: int
    ledger_sequence: int


class RowsPage(Wire):
    """A page of rows of one table at one version; decimals are strings as entered."""

    table: str
    version: int
    ledger_sequence: int
    columns: tuple[str, ...]
    total: int
    offset: int
    limit: int
    rows: list[dict[str, JsonValue]]
