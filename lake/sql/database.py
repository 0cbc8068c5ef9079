"""A project's tables at stated versions as one read-only DuckDB file, kept while there is room.

The file is what a query's process is given instead of the lake: it holds the tables of one project
and nothing else, so no query can reach further. Its name is the digest of what it holds.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import rfc8785

from lake.engine import new_connection
from lake.location import Lake, checked_name
from lake.snapshots import Snapshot, snapshot

MOST_FILES = 32


@dataclass(frozen=True)
class Databases:
    """A folder of such files, on the disk of this machine."""

    folder: Path
    most_files: int = MOST_FILES

    def of(self, lake: Lake, project: str, versions: Mapping[str, int]) -> Path:
        """Return the file with these tables, made when it is not there yet.

        Parameters
        ----------
        lake : Lake
            Where the tables are.
        project : str
            Whose they are.
        versions : mapping of table name to version
            Which.

        Raises
        ------
        TableMissing, VersionMissing
            A table or version does not exist.
        """
        named = rfc8785.dumps({"project": project, "tables": dict(versions)})
        digest = hashlib.sha256(named).hexdigest()
        folder = self.folder / checked_name(project, what="project id")
        file = folder / f"{digest}.duckdb"
        if not file.exists():
            tables = [snapshot(lake, project, name, version=versions[name]) for name in versions]
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _make(lake, tables, file)
            self._forget_oldest(keep=file)
        os.utime(file)
        return file

    def forget(self, project: str) -> int:
        """Remove every file of a project, as after an erasure; return how many there were."""
        files = [*(self.folder / checked_name(project, what="project id")).glob("*.duckdb*")]
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def _forget_oldest(self, *, keep: Path) -> None:
        files = [file for file in self.folder.glob("*/*.duckdb") if file != keep]
        files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[self.most_files - 1 :]:
            file.unlink(missing_ok=True)


def _make(lake: Lake, tables: list[Snapshot], file: Path) -> None:
    """Write the file beside its place, then give it its name: half of one is never seen."""
    begun = file.with_name(f"{file.name}.{uuid4()}")
    try:
        connection = new_connection(lake)
        try:
            connection.execute(f"ATTACH '{str(begun).replace(chr(39), chr(39) * 2)}' AS made")
            for table in tables:
                connection.execute(f'CREATE TABLE made."{table.table.name}" AS {table.select()}')
            connection.execute("DETACH made")
        finally:
            connection.close()
        begun.chmod(0o400)
        begun.rename(file)
    finally:
        begun.unlink(missing_ok=True)
