"""Locks: a manifest of every file of a project's tables, named by its own SHA-256.

A lock holds no data: it names immutable files and what they must contain. Two locks over the same
files are the same lock, whenever they are made.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import rfc8785

from lake.durable import write_once
from lake.errors import LockBroken, LockMissing
from lake.location import Lake, checked_digest, checked_name
from lake.snapshots import described, has_table, snapshot, table_uri
from lake.tables import TABLES

_FORMAT = "readout-lock/1"
_CHUNK = 1 << 20


@dataclass(frozen=True)
class LockedFile:
    """One Parquet file of a locked table."""

    path: str
    size: int
    rows: int
    sha256: str


@dataclass(frozen=True)
class LockedTable:
    """One table of a lock: its version, its columns and its files."""

    table: str
    layer: str
    version: int
    ledger_sequence: int
    schema: tuple[tuple[str, str], ...]
    files: tuple[LockedFile, ...]


@dataclass(frozen=True)
class Lock:
    """A snapshot of tables of a project; `name` is the SHA-256 of its manifest."""

    name: str
    project: str
    tables: tuple[LockedTable, ...]


@dataclass(frozen=True)
class LockVerification:
    """What was found when every file of a lock was read again; no problem means it holds."""

    name: str
    files: int
    problems: tuple[str, ...]
    withdrawn_under: int | None = None


def make_lock(lake: Lake, project: str, *, versions: Mapping[str, int] | None = None) -> Lock:
    """Lock tables of a project: read every file, write the manifest, return it.

    Parameters
    ----------
    lake : Lake
        Where.
    project : str
        Whose tables.
    versions : mapping of table name to version, optional
        Which versions; by default the newest of every table the project has.

    Returns
    -------
    Lock

    Raises
    ------
    TableMissing, VersionMissing, LockBroken
        A table or version does not exist, or one of its files has gone.
    """
    if versions is None:
        versions = {
            table.name: snapshot(lake, project, table.name).version
            for table in TABLES
            if has_table(lake, project, table.name)
        }
    tables = tuple(_locked(lake, project, name, versions[name]) for name in sorted(versions))
    manifest = _manifest(project, tables)
    name = hashlib.sha256(manifest).hexdigest()
    write_once(lake, _place(lake, project, name), [manifest])
    return Lock(name, project, tables)


def read_lock(lake: Lake, project: str, name: str) -> Lock:
    """Return a lock by name.

    Parameters
    ----------
    lake : Lake
        Where.
    project, name : str
        Which lock.

    Returns
    -------
    Lock

    Raises
    ------
    LockMissing
        The project has no such lock.
    LockBroken
        The manifest was changed: it no longer bears its name.
    """
    try:
        manifest = lake.filesystem().cat_file(_place(lake, project, name))
    except FileNotFoundError as error:
        raise LockMissing(f"project {project} has no lock {name}") from error
    if hashlib.sha256(manifest).hexdigest() != name:
        raise LockBroken(
            f"the manifest of lock {name} was changed: it no longer bears its name; "
            "restore it from a backup"
        )
    return _lock(name, json.loads(manifest))


def manifest_bytes(lake: Lake, project: str, name: str) -> bytes:
    """Return a lock's manifest as it is stored, for a copy that others check.

    Parameters
    ----------
    lake : Lake
        Where.
    project, name : str
        Which lock.

    Returns
    -------
    bytes

    Raises
    ------
    LockMissing
        The project has no such lock.
    """
    try:
        return bytes(lake.filesystem().cat_file(_place(lake, project, name)))
    except FileNotFoundError as error:
        raise LockMissing(f"project {project} has no lock {name}") from error


def lock_names(lake: Lake, project: str) -> tuple[str, ...]:
    """Return the names of a project's locks, in order of name."""
    folder = lake.place("locks", checked_name(project, what="project id"))
    filesystem = lake.filesystem()
    if not filesystem.exists(folder):
        return ()
    paths = [str(path) for path in filesystem.ls(folder, detail=False)]
    files = [path.rsplit("/", 1)[-1] for path in paths]
    return tuple(sorted(file.removesuffix(".json") for file in files if file.endswith(".json")))


def withdraw_lock(lake: Lake, project: str, name: str, *, under: int) -> None:
    """Mark a lock as withdrawn under an entry of the ledger: its files may be removed.

    Parameters
    ----------
    lake : Lake
        Where.
    project, name : str
        Which lock; its manifest stays readable.
    under : int
        The sequence of the entry that withdrew it.
    """
    content = rfc8785.dumps({"lock": name, "withdrawn_under": under})
    write_once(lake, _withdrawn_place(lake, project, name), [content])


def withdrawn_under(lake: Lake, project: str, name: str) -> int | None:
    """Return the entry under which a lock was withdrawn, or None while it stands."""
    try:
        mark = lake.filesystem().cat_file(_withdrawn_place(lake, project, name))
    except FileNotFoundError:
        return None
    return int(json.loads(mark)["withdrawn_under"])


def verify_lock(lake: Lake, project: str, name: str) -> LockVerification:
    """Read every file of a lock again and compare it with the manifest.

    Parameters
    ----------
    lake : Lake
        Where.
    project, name : str
        Which lock.

    Returns
    -------
    LockVerification
        With one sentence for each file that has gone or changed; for a lock that was withdrawn,
        the entry that says so, and what has gone since.

    Raises
    ------
    LockMissing, LockBroken
        The manifest itself has gone or changed.
    """
    lock = read_lock(lake, project, name)
    problems = []
    for table in lock.tables:
        root = table_uri(lake, project, table.table)
        for file in table.files:
            where = f"table {table.table} version {table.version}, file {file.path}"
            try:
                digest, size = _digest(lake, f"{root}/{file.path}")
            except FileNotFoundError:
                problems.append(f"{where}: has gone")
                continue
            if (digest, size) != (file.sha256, file.size):
                problems.append(f"{where}: {size} bytes with SHA-256 {digest}, not {file.sha256}")
    files = sum(len(table.files) for table in lock.tables)
    under = withdrawn_under(lake, project, name)
    return LockVerification(name, files, tuple(problems), under)


def _locked(lake: Lake, project: str, name: str, version: int) -> LockedTable:
    found = snapshot(lake, project, name, version=version)
    files = []
    for file in sorted(found.files, key=lambda file: file.path):
        try:
            digest, size = _digest(lake, file.uri)
        except FileNotFoundError as error:
            raise LockBroken(
                f"table {name} version {version} of project {project}: file {file.path} has gone; "
                "restore it from a backup before locking"
            ) from error
        files.append(LockedFile(file.path, size, file.rows, digest))
    return LockedTable(
        table=name,
        layer=found.table.layer,
        version=version,
        ledger_sequence=described(lake, project, name, version).ledger_sequence,
        schema=tuple((field.name, str(field.type)) for field in found.schema),
        files=tuple(files),
    )


def _digest(lake: Lake, uri: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with lake.filesystem().open(uri, "rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _manifest(project: str, tables: tuple[LockedTable, ...]) -> bytes:
    return rfc8785.dumps(
        {
            "format": _FORMAT,
            "project": project,
            "tables": [
                {
                    "table": table.table,
                    "layer": table.layer,
                    "version": table.version,
                    "ledger_sequence": table.ledger_sequence,
                    "schema": [[name, type_] for name, type_ in table.schema],
                    "files": [
                        {
                            "path": file.path,
                            "size": file.size,
                            "rows": file.rows,
                            "sha256": file.sha256,
                        }
                        for file in table.files
                    ],
                }
                for table in tables
            ],
        }
    )


def _lock(name: str, manifest: dict[str, Any]) -> Lock:
    if manifest["format"] != _FORMAT:
        raise LockBroken(f"lock {name} has the unknown format {manifest['format']!r}")
    return Lock(
        name=name,
        project=manifest["project"],
        tables=tuple(
            LockedTable(
                table=table["table"],
                layer=table["layer"],
                version=table["version"],
                ledger_sequence=table["ledger_sequence"],
                schema=tuple((name, type_) for name, type_ in table["schema"]),
                files=tuple(LockedFile(**file) for file in table["files"]),
            )
            for table in manifest["tables"]
        ),
    )


def _place(lake: Lake, project: str, name: str) -> str:
    return lake.place(
        "locks", checked_name(project, what="project id"), f"{checked_digest(name)}.json"
    )


def _withdrawn_place(lake: Lake, project: str, name: str) -> str:
    return lake.place(
        "withdrawn", checked_name(project, what="project id"), f"{checked_digest(name)}.json"
    )
