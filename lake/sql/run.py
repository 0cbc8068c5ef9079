"""Runs a query in a process of its own, up to a deadline, and returns Arrow."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from lake.errors import QueryFailed, QueryStopped

START_SECONDS: Final = 20.0


@dataclass(frozen=True)
class Limits:
    """What one query may use."""

    seconds: float = 30.0
    memory_mb: int = 3072
    most_rows: int = 1_000_000


@dataclass(frozen=True)
class QueryResult:
    """The rows of a query; `cut` says that there were more than were asked for."""

    table: pa.Table
    cut: bool


class Query:
    """One query in its process; `stop` ends it from any thread."""

    def __init__(self, file: Path, sql: str, limits: Limits) -> None:
        self._file, self._sql, self._limits = file, sql, limits
        self._stopped = threading.Event()
        self._late = False
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> QueryResult:
        """Return the rows.

        Raises
        ------
        QueryFailed
            DuckDB refused it, or it needed too much; the message says which.
        QueryStopped
            It was stopped, or took longer than it may.
        """
        with self._begun() as process, self._deadline():
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                process.stdin.write(json.dumps(self._request()).encode() + b"\n")
                process.stdin.close()
                return self._read(process)
            except (OSError, pa.ArrowInvalid, ValueError) as broken:
                raise self._ended() from broken

    def stop(self) -> None:
        """End the query; `run` then raises `QueryStopped`."""
        self._stopped.set()
        if self._process is not None:
            self._process.kill()

    def _request(self) -> dict[str, object]:
        return {
            "file": str(self._file),
            "sql": self._sql,
            "seconds": self._limits.seconds,
            "memory_mb": self._limits.memory_mb,
            "most_rows": self._limits.most_rows,
        }

    def _read(self, process: "subprocess.Popen[bytes]") -> QueryResult:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            raise self._ended()
        head = json.loads(line)
        if not head["ran"]:
            raise QueryFailed(head["said"])
        with pa.ipc.open_stream(process.stdout) as stream:
            table = stream.read_all()
        if process.wait(START_SECONDS) != 0:
            raise self._ended()
        most = self._limits.most_rows
        return QueryResult(table.slice(0, most), cut=table.num_rows > most)

    def _ended(self) -> QueryFailed | QueryStopped:
        if self._late:
            return QueryStopped(f"the query took longer than {self._limits.seconds:g} s")
        if self._stopped.is_set():
            return QueryStopped("the query was stopped")
        return QueryFailed("the query needs more memory or time than it may use")

    @contextmanager
    def _begun(self) -> Iterator["subprocess.Popen[bytes]"]:
        process = subprocess.Popen(
            [sys.executable, "-I", str(Path(__file__).with_name("worker.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": ""},
            close_fds=True,
        )
        self._process = process
        try:
            if self._stopped.is_set():
                raise QueryStopped("the query was stopped")
            yield process
        finally:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    @contextmanager
    def _deadline(self) -> Iterator[None]:
        def late() -> None:
            self._late = True
            self.stop()

        timer = threading.Timer(self._limits.seconds + 2.0, late)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
