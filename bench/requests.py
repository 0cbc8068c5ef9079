"""Ordinary requests of sixteen people at once, beside a FastAPI route that does nothing.

Two ways: as fast as the answers come (which shows how much one process can do), and at the pace of
people who look at what they got (which shows how long they wait).
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from accounts.database import Database
from bench.lake import RESULTS, results_table
from bench.rows import BenchRow
from lake.location import Lake
from lake.write import overwrite
from readout.settings import environment
from tests.examples.acts import PASSWORD
from tests.examples.trials import make_trial
from tests.journeys.platform import free_ports, wait_for

CLIENTS = 16
EACH = 20
WARM = 3
LIDC_ROWS = 68_590
# A person's page asks about three times in a second while he clicks through a list.
REST_S = 0.3
FLOOR = """
import uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/api/nothing")
def nothing() -> dict[str, str]:
    return {"nothing": "at all"}
uvicorn.run(app, port=PORT, log_level="error", access_log=False)
"""


@dataclass(frozen=True)
class Asked:
    """One kind of request, and what it should take."""

    name: str
    requests: tuple[str, ...]
    target_ms: float = 20.0


def rows() -> list[BenchRow]:
    """Measure an api of its own over a trial with thirty subjects and 68,590 results."""
    measured: list[BenchRow] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        _floor() as (floor_port, floor_server),
        _api(Path(folder)) as (port, server, asked),
    ):
        nothing = Asked("a bare FastAPI route", (_get(floor_port, "/api/nothing", {}),) * CLIENTS)
        for one in asked:
            for rest in (0.0, REST_S):
                # One right after the other: the machine may be doing other things, too.
                floor, floor_cpu = _measured(floor_port, floor_server, nothing, rest)
                times, cpu = _measured(port, server, one, rest)
                measured.append(_row(one, rest, times, _p95(floor)))
            measured.append(
                BenchRow(
                    f"{one.name}, processor time of one request", cpu, "ms", "",
                    "a bare FastAPI route", floor_cpu, cpu / floor_cpu,
                )
            )  # fmt: skip
    return measured


def _measured(
    port: int, server: psutil.Process, asked: Asked, rest: float
) -> tuple[list[float], float]:
    """Return the times of the requests and what each took of the server's processor, in ms."""
    _times(port, asked, rest, each=WARM)
    before = server.cpu_times()
    times = _times(port, asked, rest, each=EACH)
    after = server.cpu_times()
    spent = after.user + after.system - before.user - before.system
    return times, spent * 1000 / len(times)


def _row(asked: Asked, rest: float, times: list[float], floor: float) -> BenchRow:
    pace = "at a person's pace" if rest else "without rest"
    p95 = _p95(times)
    return BenchRow(
        f"{asked.name}, {CLIENTS} clients {pace}, p95",
        p95,
        "ms",
        f"≤ {asked.target_ms:.0f}",
        "a bare FastAPI route",
        floor,
        p95 / floor,
    )


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _times(port: int, asked: Asked, rest: float, *, each: int) -> list[float]:
    """Let clients in another process ask."""
    plan = {
        "host": "127.0.0.1", "port": port, "requests": asked.requests, "each": each, "rest_s": rest,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "bench.load_client"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
    )
    return [float(one) for one in json.loads(done.stdout)]


def _get(port: int, path: str, headers: Mapping[str, str]) -> str:
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    return "\r\n".join([*lines, *(f"{name}: {value}" for name, value in headers.items()), "", ""])


def _patch(port: int, path: str, body: str, headers: Mapping[str, str]) -> str:
    head = _get(port, path, {**headers, "Content-Length": str(len(body.encode()))})
    return head.replace("GET ", "PATCH ", 1) + body


@contextmanager
def _process(
    command: list[str], variables: Mapping[str, str], port: int
) -> Iterator[psutil.Process]:
    process = subprocess.Popen(command, env={**environment(), **variables})
    try:
        wait_for(lambda: _answers(port), within=60, every=0.1)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", timeout=2).status_code > 0
    except httpx.TransportError:
        return False


@contextmanager
def _floor() -> Iterator[tuple[int, psutil.Process]]:
    (port,) = free_ports(1)
    script = FLOOR.replace("PORT", str(port))
    with _process([sys.executable, "-c", script], {}, port) as server:
        yield port, server


@contextmanager
def _api(folder: Path) -> Iterator[tuple[int, psutil.Process, list[Asked]]]:
    (port,) = free_ports(1)
    database = Database(f"sqlite:///{folder}/readout.db")
    database.migrate()
    trial = make_trial(database)
    for number in range(30):
        subject = trial.add_subject(f"{number:03}", ["BL"])
        trial.approve(subject)
    database.dispose()
    overwrite(
        Lake(f"{folder}/lake"), trial.project, RESULTS.name, results_table().slice(0, LIDC_ROWS),
        ledger_sequence=LIDC_ROWS,
    )  # fmt: skip
    variables = {
        "READOUT_API_DATABASE_URL": f"sqlite:///{folder}/readout.db",
        "READOUT_API_LAKE_URI": f"{folder}/lake",
        "READOUT_API_PORT": str(port),
        "READOUT_API_LOG_FILE": f"{folder}/api.jsonl",
        "READOUT_API_SECOND_FACTOR_KEY": f"{folder}/second-factor.key",
    }
    with _process([sys.executable, "-m", "api"], variables, port) as server:
        yield port, server, _kinds(port, trial.project)


def _kinds(port: int, project: str) -> list[Asked]:
    reader, statistician = (_signed_in(port, name) for name in ("reader1", "statistician"))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=reader) as client:
        listed = client.get("/api/tasks", params={"state": "ready"}).json()
        tasks = [one["id"] for one in listed[:CLIENTS]]
        for task in tasks:
            assert client.post(f"/api/tasks/{task}/open").is_success
    table = f"/api/projects/{project}/tables/results/rows"
    return [
        _reads("the session", port, reader, ["/api/session"]),
        _reads("the list of projects", port, reader, ["/api/projects"]),
        _reads("a reader's list of tasks", port, reader, ["/api/tasks"]),
        _reads("one task", port, reader, [f"/api/tasks/{task}" for task in tasks]),
        _reads(
            "a page of results", port, statistician,
            [f"{table}?limit=50&offset={50 * number}&sort=subject" for number in range(CLIENTS)],
        ),
    ]  # fmt: skip


def _reads(name: str, port: int, headers: Mapping[str, str], paths: list[str]) -> Asked:
    return Asked(
        name, tuple(_get(port, paths[number % len(paths)], headers) for number in range(CLIENTS))
    )


def _signed_in(port: int, name: str) -> dict[str, str]:
    address = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=address, headers={"Origin": address}) as client:
        answer = client.post(
            "/api/session", json={"login": f"{name}@demo.local", "password": PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        cookies = "; ".join(f"{key}={value}" for key, value in client.cookies.items())
        return {"Cookie": cookies, "X-CSRF-Token": answer.json()["csrf_token"]}
