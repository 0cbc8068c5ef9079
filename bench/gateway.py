"""The gateway against dcmtk's storescp in the same run, and what de-identifying one object costs.

The sender is dcmtk's storescu. storescp writes files without syncing them to the disk; the gateway
acknowledges only what is safe on it.
"""

import shutil
import socket
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.rows import BenchRow
from deid.deidentify import deidentify_file
from deid.profile import basic_profile
from deid.pseudonyms import SiteKey
from tests.examples.ct import write_study
from tests.gateway.running import DCMTK, Gateway, wait_for
from tests.gateway.sink import Sink, serve

INSTANCES, SIDE, ROUNDS = 300, 512, 5


def rows() -> list[BenchRow]:
    """Measure receiving, the whole way, and de-identification."""
    if shutil.which("storescp") is None:
        raise RuntimeError("dcmtk is missing: install the Debian package dcmtk")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = write_study(folder / "study", instances=INSTANCES, side=SIDE)
        megabytes = sum(path.stat().st_size for path in study.iterdir()) / 1e6
        peer, received, forwarded = [], [], []
        for number in range(ROUNDS):
            peer.append(_storescp(study, folder / f"peer{number}"))
            received.append(_receive(study, folder / f"received{number}"))
            forwarded.append(_forward(study, folder / f"forwarded{number}"))
        return [
            *_speeds("C-STORE to durable acknowledgement", received, peer, megabytes, "0.7 × peer"),
            *_speeds("C-STORE to the platform's receipt", forwarded, peer, megabytes, "500 Mbit/s"),
            *_deidentification(study),
        ]


def _speeds(
    name: str, seconds: list[float], peer: list[float], megabytes: float, target: str
) -> list[BenchRow]:
    ours, theirs = statistics.median(seconds), statistics.median(peer)
    return [
        BenchRow(
            name, amount / ours, unit, target, "dcmtk storescp", amount / theirs, theirs / ours
        )
        for amount, unit in ((INSTANCES, "instances/s"), (megabytes, "MB/s"))
    ]


def _timed_push(study: Path, port: int, done: Callable[[], bool] = lambda: True) -> float:
    began = time.perf_counter()
    command = ["storescu", "-aec", "READOUT", "+sd", "127.0.0.1", str(port), str(study)]
    subprocess.run(command, env=DCMTK, check=True)
    wait_for(done, 120)
    return time.perf_counter() - began


def _storescp(study: Path, folder: Path) -> float:
    folder.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(["storescp", "-od", str(folder), str(port)], env=DCMTK)
    try:
        wait_for(lambda: _echoes(port))
        seconds = _timed_push(study, port)
    finally:
        server.terminate()
        server.wait()
    assert len(list(folder.iterdir())) == INSTANCES
    shutil.rmtree(folder)
    return seconds


def _echoes(port: int) -> bool:
    echo = subprocess.run(
        ["echoscu", "127.0.0.1", str(port)], env=DCMTK, check=False, stderr=subprocess.DEVNULL
    )
    return echo.returncode == 0


def _receive(study: Path, folder: Path) -> float:
    """Return the time to push a study while nothing is forwarded."""
    folder.mkdir()
    gateway = Gateway(folder, "http://127.0.0.1:9", {"AHEAD_INSTANCES": "0"}).start()
    try:
        return _timed_push(study, gateway.dicom_port)
    finally:
        gateway.stop()
        shutil.rmtree(folder)


def _forward(study: Path, folder: Path) -> float:
    """Return the time from the first C-STORE to the last receipt, de-identification included."""
    folder.mkdir()
    sink = Sink()
    platform = serve(sink)
    url = f"http://127.0.0.1:{platform.server_address[1]}"
    gateway = Gateway(folder, url).start()
    try:
        return _timed_push(
            study, gateway.dicom_port, lambda: gateway.counts()["acknowledged"] == INSTANCES
        )
    finally:
        gateway.stop()
        platform.shutdown()
        platform.server_close()
        shutil.rmtree(folder)


def _deidentification(study: Path) -> list[BenchRow]:
    profile, key = basic_profile(), SiteKey(bytes(32))
    files = [path.read_bytes() for path in sorted(study.iterdir())]
    wall, cpu = time.perf_counter(), time.process_time()
    for file in files:
        assert deidentify_file(file, profile=profile, key=key).sha256
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return [
        BenchRow("de-identification with digest", wall / len(files) * 1e3, "ms/instance"),
        BenchRow("de-identification with digest, CPU", cpu / len(files) * 1e3, "ms", "≤ 4"),
    ]
