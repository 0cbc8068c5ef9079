"""A project's tables in Python, from a running platform or from a lake on this machine.

>>> from readout.client import connect
    with connect("https://readout.example.org", key="rk.…") as readout:
        readout.table("ONC-1", "results").polars()
        readout.sql("ONC-1", "SELECT reader, count(*) FROM results GROUP BY 1").pandas()

`connect("data")` gives the same calls over the data folder of a platform on this machine. Each
frame says which versions it was read from, so that a number can cite them.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Protocol

import httpx
import pandas as pd
import polars as pl
import pyarrow as pa

from lake.location import Lake
from lake.locks import read_lock
from lake.read import arrow, versions
from lake.snapshots import has_table
from lake.sql.database import Databases
from lake.sql.gate import check
from lake.sql.run import Limits, Query
from lake.tables import TABLES
from readout.errors import NothingFound, PlatformRefused

MOST_ROWS = 1_000_000
SECONDS = 120.0


@dataclass(frozen=True)
class Frame:
    """Rows with what names them; `cut` says that there were more."""

    table: pa.Table
    versions: Mapping[str, int]
    lock: str | None = None
    query_sha256: str = ""
    cut: bool = False

    def arrow(self) -> pa.Table:
        """Return the rows as an Arrow table."""
        return self.table

    def polars(self) -> pl.DataFrame:
        """Return the rows as a polars frame."""
        found = pl.from_arrow(self.table)
        assert isinstance(found, pl.DataFrame)
        return found

    def pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame."""
        found = self.table.to_pandas()
        assert isinstance(found, pd.DataFrame)
        return found


class Client(Protocol):
    """What can be asked, wherever the tables are; closed at the end of its `with`."""

    def __enter__(self) -> "Client":
        """Return itself."""

    def __exit__(self, *_: object) -> None:
        """Let go of connections and files."""

    def projects(self) -> dict[str, str]:
        """Return code → id of the projects there are for the caller."""

    def table(
        self, project: str, name: str, *, version: int | None = None, lock: str | None = None
    ) -> Frame:
        """Return a whole table: the newest version, a stated one, or as a lock has it."""

    def sql(
        self,
        project: str,
        query: str,
        *,
        versions: Mapping[str, int] | None = None,
        lock: str | None = None,
    ) -> Frame:
        """Return the rows of one SELECT over a project's tables."""


def connect(where: str | Path, *, key: str = "") -> Client:
    """Return a client of a platform (its address and a key of a machine) or of a data folder."""
    if str(where).startswith(("http://", "https://")):
        headers = {"Authorization": f"Bearer {key}"}
        return Server(httpx.Client(base_url=str(where), headers=headers, timeout=SECONDS))
    folder = Path(where)
    return Local(Lake(str(folder / "lake" if (folder / "lake").is_dir() else folder)))


@dataclass(frozen=True)
class Server:
    """A running platform."""

    http: httpx.Client

    def __enter__(self) -> "Server":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connections."""
        self.http.close()

    def projects(self) -> dict[str, str]:
        """Return code → id of the caller's projects."""
        return {one["code"]: one["id"] for one in self._json("GET", "/api/projects")}

    def table(
        self, project: str, name: str, *, version: int | None = None, lock: str | None = None
    ) -> Frame:
        """Return a whole table."""
        chosen = {name: version} if version is not None else {}
        return self.sql(project, f'SELECT * FROM "{_plain(name)}"', versions=chosen, lock=lock)

    def sql(
        self,
        project: str,
        query: str,
        *,
        versions: Mapping[str, int] | None = None,
        lock: str | None = None,
    ) -> Frame:
        """Return the rows of one SELECT."""
        asked = {
            "sql": query,
            "lock": lock,
            "versions": dict(versions or {}),
            "format": "arrow",
            "most_rows": MOST_ROWS,
        }
        address = f"/api/projects/{_id(self.projects(), project)}/sql"
        answer = self._answer("POST", address, json=asked)
        with pa.ipc.open_stream(answer.content) as stream:
            rows = stream.read_all()
        return Frame(
            rows,
            json.loads(answer.headers["X-Readout-Versions"]),
            lock,
            answer.headers["X-Readout-Query-SHA256"],
            answer.headers["X-Readout-Cut"] == "true",
        )

    def _json(self, method: str, address: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self._answer(method, address).json()
        return found

    def _answer(self, method: str, address: str, **more: object) -> httpx.Response:
        answer = self.http.request(method, address, **more)  # type: ignore[arg-type]
        if not answer.is_success:
            said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
            raise PlatformRefused(f"{answer.status_code}: {said.get('detail', 'no reason given')}")
        return answer


@dataclass(frozen=True)
class Local:
    """A lake on this machine or in a bucket; whoever can read it reads all of it."""

    lake: Lake
    cache: Path = field(default_factory=lambda: Path(mkdtemp(prefix="readout-")))

    def __enter__(self) -> "Local":
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the files that queries were given."""
        rmtree(self.cache)

    def projects(self) -> dict[str, str]:
        """Return code → id of the projects with results; one without is named by its id."""
        folder = self.lake.place("tables")
        files = self.lake.filesystem()
        ids = [str(path).rsplit("/", 1)[-1] for path in files.ls(folder, detail=False)]
        return {self._code(one): one for one in sorted(ids)}

    def table(
        self, project: str, name: str, *, version: int | None = None, lock: str | None = None
    ) -> Frame:
        """Return a whole table."""
        found = _id(self.projects(), project)
        if version is None:
            version = self._versions(found, lock).get(name)
        if version is None:
            raise NothingFound(f"project {project} has no table {name}")
        return Frame(arrow(self.lake, found, name, version), {name: version}, lock)

    def sql(
        self,
        project: str,
        query: str,
        *,
        versions: Mapping[str, int] | None = None,
        lock: str | None = None,
    ) -> Frame:
        """Return the rows of one SELECT."""
        found = _id(self.projects(), project)
        chosen = self._versions(found, lock) | dict(versions or {})
        check(query, chosen)
        file = Databases(self.cache).of(self.lake, found, chosen)
        rows = Query(file, query, Limits(SECONDS, most_rows=MOST_ROWS)).run()
        digest = hashlib.sha256(query.encode()).hexdigest()
        return Frame(rows.table, chosen, lock, digest, rows.cut)

    def _versions(self, project: str, lock: str | None) -> dict[str, int]:
        if lock is not None:
            return {one.table: one.version for one in read_lock(self.lake, project, lock).tables}
        return {
            table.name: versions(self.lake, project, table.name)[0].version
            for table in TABLES
            if has_table(self.lake, project, table.name)
        }

    def _code(self, project: str) -> str:
        if not has_table(self.lake, project, "results"):
            return project
        codes = arrow(self.lake, project, "results", columns=["project"])["project"].unique()
        return str(codes[0].as_py()) if len(codes) else project


def _id(known: Mapping[str, str], project: str) -> str:
    """Return the id of a project that is named by code or id."""
    if project in known.values():
        return project
    if project not in known:
        names = ", ".join(sorted(known)) or "none"
        raise NothingFound(f"there is no project {project}: there are {names}")
    return known[project]


def _plain(name: str) -> str:
    return name.replace('"', "")
