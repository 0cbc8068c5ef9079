"""One version of one table as it lies in the lake: its files, its schema, its ledger sequence."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from lake.errors import TableMissing, VersionMissing
from lake.location import Lake, checked_name
from lake.tables import Table, table_named

SEQUENCE_KEY = "readout.ledger_sequence"
ROWS_KEY = "readout.rows"
CONFIRMED = "_confirmed.json"
ERASED = "_erased.json"
_REMEMBERED_SNAPSHOTS = 512
_COMMIT_NAME = len("00000000000000000000.json")


@dataclass(frozen=True)
class TableVersion:
    """One version of a table: when it was written, how many rows, up to which ledger entry."""

    version: int
    written_at: datetime
    rows: int
    ledger_sequence: int


@dataclass(frozen=True)
class DataFile:
    """One Parquet file of a version."""

    uri: str
    path: str
    rows: int
    size: int


@dataclass(frozen=True)
class Snapshot:
    """Everything a reader needs to know of one version; it never changes once committed."""

    table: Table
    version: int
    schema: pa.Schema
    files: tuple[DataFile, ...]

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return sum(file.rows for file in self.files)

    def select(self) -> str:
        """Return the SQL that reads exactly this version, columns as they were then."""
        if not self.files:
            columns = ", ".join(
                f'CAST(NULL AS {_sql_type(field.type)}) AS "{field.name}"' for field in self.schema
            )
            return f"SELECT {columns} WHERE false"
        columns = ", ".join(f'"{name}"' for name in self.schema.names)
        uris = ", ".join("'" + file.uri.replace("'", "''") + "'" for file in self.files)
        return f"SELECT {columns} FROM read_parquet([{uris}], union_by_name = true)"


def table_uri(lake: Lake, project: str, table_name: str) -> str:
    """Return the address of a project's table."""
    table = table_named(table_name)
    return lake.place("tables", checked_name(project, what="project id"), table.layer, table.name)


def open_delta(
    lake: Lake, project: str, table_name: str, *, version: int | None = None
) -> DeltaTable:
    """Open the Delta table at a version, by default the newest.

    Raises
    ------
    TableMissing
        The project has not written the table yet.
    VersionMissing
        The table has no such version.
    """
    uri = table_uri(lake, project, table_name)
    try:
        newest = DeltaTable(uri, storage_options=lake.delta_options())
    except TableNotFoundError as error:
        raise TableMissing(
            f"table {table_name} of project {project} has not been written yet; "
            "it appears after the project's next materialisation"
        ) from error
    if version is None or version == newest.version():
        return newest
    if not 0 <= version < newest.version():
        raise _version_missing(project, table_name, version, newest.version())
    try:
        return DeltaTable(uri, version=version, storage_options=lake.delta_options())
    except DeltaError as error:
        raise _version_missing(project, table_name, version, newest.version()) from error


def has_table(lake: Lake, project: str, table_name: str) -> bool:
    """Return whether the project has written the table."""
    return bool(lake.filesystem().exists(_commit_place(lake, project, table_name, 0)))


def snapshot(lake: Lake, project: str, table_name: str, *, version: int | None = None) -> Snapshot:
    """Return what one version of a table consists of."""
    newest = open_delta(lake, project, table_name).version() if version is None else None
    if newest is None and version in erased_versions(lake, project, table_name):
        raise VersionMissing(
            f"version {version} of table {table_name} of project {project} held data that were "
            "erased; read a later version"
        )
    return _snapshot(lake, project, table_name, version if newest is None else newest)


def erased_versions(lake: Lake, project: str, table_name: str) -> frozenset[int]:
    """Return the versions that held data which were erased since; nobody reads them again."""
    place = f"{table_uri(lake, project, table_name)}/{ERASED}"
    try:
        return frozenset(json.loads(lake.filesystem().cat_file(place)))
    except FileNotFoundError:
        return frozenset()


def forget_snapshots() -> None:
    """Forget what was remembered of versions, after something of them was removed."""
    _snapshot.cache_clear()
    _commit.cache_clear()


@lru_cache(maxsize=_REMEMBERED_SNAPSHOTS)
def _snapshot(lake: Lake, project: str, table_name: str, version: int) -> Snapshot:
    delta = open_delta(lake, project, table_name, version=version)
    actions = pa.table(delta.get_add_actions(flatten=True)).to_pylist()
    root = table_uri(lake, project, table_name)
    files = tuple(
        DataFile(
            uri=f"{root}/{action['path']}",
            path=action["path"],
            rows=action["num_records"],
            size=action["size_bytes"],
        )
        for action in sorted(
            actions, key=lambda action: (action["modification_time"], action["path"])
        )
    )
    return Snapshot(table_named(table_name), delta.version(), pa.schema(delta.schema()), files)


def versions(lake: Lake, project: str, table_name: str) -> tuple[TableVersion, ...]:
    """Return every version of a table, newest first.

    Parameters
    ----------
    lake : Lake
        Where.
    project, table_name : str
        Which table.

    Returns
    -------
    tuple of TableVersion
        The newest one states the last ledger sequence for which it was found to be complete.

    Raises
    ------
    TableMissing
        The project has not written the table yet.
    """
    newest_version = open_delta(lake, project, table_name).version()
    # Read here and not by delta-rs's history(), which keeps every other thread of the process
    # waiting while it talks to S3, as its is_deltatable() does.
    places = [_commit_place(lake, project, table_name, n) for n in range(newest_version + 1)]
    commits = lake.filesystem().cat(places)
    by_version = {int(path[-_COMMIT_NAME:-5]): commit for path, commit in commits.items()}
    found = [_described(version, by_version[version]) for version in sorted(by_version)[::-1]]
    confirmed = confirmed_sequence(lake, project, table_name, version=found[0].version)
    newest = replace(found[0], ledger_sequence=max(found[0].ledger_sequence, confirmed))
    return (newest, *found[1:])


def described(lake: Lake, project: str, table_name: str, version: int) -> TableVersion:
    """Return when one version was written and up to which ledger entry."""
    described = _commit(lake, project, table_name, version)
    confirmed = confirmed_sequence(lake, project, table_name, version=version)
    return replace(described, ledger_sequence=max(described.ledger_sequence, confirmed))


def confirmed_sequence(lake: Lake, project: str, table_name: str, *, version: int) -> int:
    """Return up to which ledger entry a version was found unchanged after it was written, or -1."""
    place = f"{table_uri(lake, project, table_name)}/{CONFIRMED}"
    try:
        confirmed = json.loads(lake.filesystem().cat_file(place))
    except FileNotFoundError:
        return -1
    return int(confirmed["ledger_sequence"]) if confirmed["version"] == version else -1


@lru_cache(maxsize=_REMEMBERED_SNAPSHOTS)
def _commit(lake: Lake, project: str, table_name: str, version: int) -> TableVersion:
    place = _commit_place(lake, project, table_name, version)
    return _described(version, lake.filesystem().cat_file(place))


def _commit_place(lake: Lake, project: str, table_name: str, version: int) -> str:
    return f"{table_uri(lake, project, table_name)}/_delta_log/{version:020d}.json"


def _described(version: int, commit: bytes) -> TableVersion:
    """Read the commit's own account of itself, one of the lines of its file."""
    actions = (json.loads(line) for line in commit.splitlines())
    info = next(action["commitInfo"] for action in actions if "commitInfo" in action)
    return TableVersion(
        version=version,
        written_at=datetime.fromtimestamp(info["timestamp"] / 1000, tz=UTC),
        rows=int(info[ROWS_KEY]),
        ledger_sequence=int(info[SEQUENCE_KEY]),
    )


_SQL_TYPES: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_string, "VARCHAR"),
    (pa.types.is_integer, "BIGINT"),
    (pa.types.is_floating, "DOUBLE"),
    (pa.types.is_boolean, "BOOLEAN"),
    (pa.types.is_date, "DATE"),
    (pa.types.is_timestamp, "TIMESTAMP WITH TIME ZONE"),
)


def _sql_type(type_: pa.DataType) -> str:
    return next(name for is_type, name in _SQL_TYPES if is_type(type_))


def _version_missing(project: str, table_name: str, version: int, newest: int) -> VersionMissing:
    return VersionMissing(
        f"table {table_name} of project {project} has no version {version}; it has 0 to {newest}"
    )
