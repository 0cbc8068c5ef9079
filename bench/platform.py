"""A whole platform with its demo: start, memory at rest, the results page, a read until visible."""

import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import httpx
import psutil

from bench.rows import BenchRow
from tests.journeys.platform import Platform, running_platform, wait_for

REQUESTS = 200
CLIENTS = (1, 16)
REST_SECONDS = 20.0
TABLE = "results"
LIDC_ROWS = 68_590


def rows() -> list[BenchRow]:
    """Start a platform on a new data folder, measure it, and stop it."""
    measured: list[BenchRow] = []
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with running_platform(Path(folder) / "data") as platform:
            started = time.monotonic() - began
            measured.append(BenchRow("start with the demo loaded", started, "s", "≤ 300"))
            client = platform.sign_in("statistician@demo.local")
            lidc = platform.project(client, "LIDC")
            wait_for(lambda: _total(client, lidc) == LIDC_ROWS, within=300)
            measured += _results_page(platform, lidc)
            measured.append(_visible(platform))
            measured.append(_memory(platform))
        began = time.monotonic()
        with running_platform(Path(folder) / "data"):
            again = time.monotonic() - began
        measured.append(BenchRow("second start", again, "s", "≤ 30"))
    return measured


def _total(client: httpx.Client, project: str) -> int:
    answer = client.get(f"/api/projects/{project}/tables/{TABLE}/rows", params={"limit": 1})
    return int(answer.json()["total"]) if answer.status_code == 200 else 0


def _results_page(platform: Platform, project: str) -> list[BenchRow]:
    """Ask for pages of 50 rows, each at another offset, by one client and by many."""
    offsets = count()

    def ask(client: httpx.Client) -> float:
        query = {"limit": 50, "offset": 50 * (next(offsets) % 1000), "sort": "subject"}
        began = time.perf_counter()
        answer = client.get(f"/api/projects/{project}/tables/{TABLE}/rows", params=query)
        assert answer.status_code == 200, answer.text
        return (time.perf_counter() - began) * 1000

    measured = []
    for clients in CLIENTS:
        people = [platform.sign_in("statistician@demo.local") for _ in range(clients)]
        with ThreadPoolExecutor(clients) as pool:
            began = time.perf_counter()
            times = list(pool.map(ask, (people[i % clients] for i in range(REQUESTS))))
            rate = REQUESTS / (time.perf_counter() - began)
        cuts = statistics.quantiles(times, n=20)
        name = f"results page, {clients} client{'s' if clients > 1 else ''}"
        measured += [
            BenchRow(f"{name}, p50", statistics.median(times), "ms"),
            BenchRow(f"{name}, p95", cuts[-1], "ms"),
            BenchRow(f"{name}, rate", rate, "requests/s"),
        ]
    return measured


def _visible(platform: Platform) -> BenchRow:
    """Sign a read through the api and wait until the results hold it."""
    reader = platform.sign_in("reader2@demo.local")
    statistician = platform.sign_in("statistician@demo.local")
    project = platform.project(statistician, "PHANTOM")
    before = _total(statistician, project)
    platform.sign_next_read(
        reader, {"FINDING.NODULE": "NO", "FINDING.CONFIDENCE": "5", "READ.QUALITY": "GOOD"}
    )
    began = time.monotonic()
    wait_for(lambda: _total(statistician, project) > before, within=120, every=0.2)
    return BenchRow("signed read until in results", time.monotonic() - began, "s", "≤ 60")


def _memory(platform: Platform) -> BenchRow:
    """Add up what all processes hold alone, with their share of what they hold together."""
    time.sleep(REST_SECONDS)
    leader = psutil.Process(platform.process.pid)
    family = [leader, *leader.children(recursive=True)]
    held = sum(member.memory_full_info().pss for member in family)
    return BenchRow("memory of everything at rest", held / 2**20, "MB", "≤ 1536")
