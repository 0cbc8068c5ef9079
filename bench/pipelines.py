"""Dagster as `readout up` runs it: from a signature to the results table, and its idle memory."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from accounts.database import Database
from bench.rows import BenchRow
from lake.errors import TableMissing
from lake.location import Lake
from lake.read import rows as page
from pipelines.instance import write_instance
from tests.pipelines.projects import read_project, sign

PATIENCE_S = 300


def rows() -> list[BenchRow]:
    """Return the latency of one signed read and the memory of the three processes."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = Database(f"sqlite:///{folder / 'readout.db'}")
        stack.callback(database.dispose)
        database.migrate()
        lake = Lake(str(folder / "lake"))
        trial, subject = read_project(database, lake)
        processes = stack.enter_context(_dagster(folder))

        def visible() -> int:
            try:
                return page(lake, trial.project, "results", limit=1).total
            except TableMissing:
                return 0

        _wait(lambda: visible() == 4)
        time.sleep(20)
        began = time.monotonic()
        sign(trial, subject, "R2", "4")
        _wait(lambda: visible() == 7)
        latency = time.monotonic() - began
        time.sleep(30)
        memory = sum(_memory_mb(process.pid) for process in processes)
    return [
        BenchRow("signed read → visible in results", round(latency, 1), "s", "≤ 60 s"),
        BenchRow("Dagster idle: code server, web page, daemon", round(memory), "MB (PSS)"),
    ]


@contextmanager
def _dagster(folder: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    code, web = _free_port(), _free_port()
    home = folder / "dagster"
    write_instance(home, "127.0.0.1", code)
    environment = {
        "PATH": str(Path(sys.executable).parent),
        "DAGSTER_HOME": str(home),
        "READOUT_DATABASE_URL": f"sqlite:///{folder / 'readout.db'}",
        "READOUT_LAKE_URI": str(folder / "lake"),
    }
    workspace = ("--workspace", str(home / "workspace.yaml"))
    commands = (
        ("dagster", "api", "grpc", "-m", "pipelines.definitions", "-h", "127.0.0.1",
         "-p", str(code)),
        ("dagster-webserver", "-h", "127.0.0.1", "-p", str(web), *workspace),
        ("dagster-daemon", "run", *workspace),
    )  # fmt: skip
    processes = []
    try:
        for program, *arguments in commands:
            processes.append(
                subprocess.Popen(
                    [str(Path(sys.executable).with_name(program)), *arguments],
                    env=environment,
                    cwd=Path(__file__).parents[1],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
            if program == "dagster":
                _wait(lambda: _answers(code))
        yield processes
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait(60)


def _memory_mb(pid: int) -> float:
    """Return the proportional memory of a process and of its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    own = next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
    return own / 1024 + sum(_memory_mb(int(child)) for child in children)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"nothing became visible within {PATIENCE_S} s")
        time.sleep(0.2)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
