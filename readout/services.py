"""The processes of a running platform: how each is started, known to be ready, and stopped.

Every service leads a process group of its own, so that stopping it stops its children too.
"""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from readout.errors import PortTaken, ServiceFailed

STOP_SECONDS = 15.0
POLL_SECONDS = 0.1
MOST_RESTARTS = 3
RESTART_WINDOW_SECONDS = 120.0
LOG_TAIL_LINES = 15


@dataclass(frozen=True)
class Service:
    """What to run, and how to know that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready: Callable[[], bool]
    ready_within_s: float = 90.0


@dataclass
class Running:
    """A service that was started."""

    service: Service
    log: Path
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    starts: list[float] = field(default_factory=list)

    def is_alive(self) -> bool:
        """Say whether the process has not ended."""
        return self.process.poll() is None


def port_is_open(host: str, port: int) -> bool:
    """Say whether somebody listens there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((host, port)) == 0


def require_free(host: str, port: int, option: str) -> None:
    """Refuse to start where another process listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise PortTaken(
                f"port {port} on {host} is taken by another program: stop it, or choose another "
                f"port with {option}"
            ) from problem


def start(service: Service, logs: Path) -> Running:
    """Start a service; its output goes to a file of its name."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{service.name}.log"
    output = log.open("ab")
    process = subprocess.Popen(
        service.command,
        env=dict(service.environment),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    return Running(service, log, process, output, [time.monotonic()])


def wait_ready(running: Running) -> None:
    """Wait until the service answers, or say what its log says."""
    deadline = time.monotonic() + running.service.ready_within_s
    while time.monotonic() < deadline:
        if not running.is_alive():
            raise ServiceFailed(_why(running, f"ended with code {running.process.returncode}"))
        if running.service.ready():
            return
        time.sleep(POLL_SECONDS)
    raise ServiceFailed(_why(running, f"was not ready in {running.service.ready_within_s:.0f} s"))


def restart(running: Running) -> None:
    """Start a service that ended by itself again, unless it keeps ending."""
    now = time.monotonic()
    running.starts = [at for at in running.starts if now - at < RESTART_WINDOW_SECONDS]
    if len(running.starts) > MOST_RESTARTS:
        raise ServiceFailed(_why(running, f"ended {len(running.starts)} times in two minutes"))
    _end_group(running.process.pid, signal.SIGKILL)
    running.output.close()
    fresh = start(running.service, running.log.parent)
    running.process, running.output = fresh.process, fresh.output
    running.starts += fresh.starts


def stop(services: list[Running]) -> None:
    """Stop services, the last started first; leave no process of theirs behind."""
    for running in reversed(services):
        _end_group(running.process.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for running in reversed(services):
        # Whoever has not ended in time is killed with its whole group below.
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(max(0.0, deadline - time.monotonic()))
        _end_group(running.process.pid, signal.SIGKILL)
        running.process.wait()
        running.output.close()


def _end_group(group: int, sign: signal.Signals) -> None:
    try:
        os.killpg(group, sign)
    except ProcessLookupError:
        return


def _why(running: Running, what: str) -> str:
    lines = running.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    tail = "\n".join(f"    {line}" for line in lines)
    return f"{running.service.name} {what}. Its log, {running.log}, ends:\n{tail}"
