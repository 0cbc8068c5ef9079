"""The processes of a running platform: how each is started, known to be ready, and stopped.

A service may start children of its own, in groups of their own: they are followed by descent.
"""

import contextlib
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from readout.errors import PortTaken, ServiceFailed

STOP_SECONDS = 15.0
KILL_AFTER_SECONDS = 5.0
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
    user: str | None = None


@dataclass
class Running:
    """A service that was started."""

    service: Service
    log: Path
    process: subprocess.Popen[bytes]
    output: IO[bytes]
    starts: list[float] = field(default_factory=list)
    family: dict[int, psutil.Process] = field(default_factory=dict)

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
        user=service.user,
        extra_groups=[] if service.user else None,
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
    _end(running.family.values(), kill=True)
    running.output.close()
    fresh = start(running.service, running.log.parent)
    running.process, running.output, running.family = fresh.process, fresh.output, fresh.family
    running.starts += fresh.starts


def watch(running: Running) -> None:
    """Take note of the service's children, so that none is forgotten when its parent has gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        leader = psutil.Process(running.process.pid)
        family = [leader, *leader.children(recursive=True)]
        running.family |= {member.pid: member for member in family}


def stop(services: list[Running]) -> None:
    """Stop services, the last started first; leave no process of theirs behind."""
    for running in reversed(services):
        watch(running)
        # The leader alone is asked: it knows best in which order its children end.
        if running.is_alive():
            running.process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for running in reversed(services):
        # Whoever has not ended in time is killed with all its children below.
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.process.wait(max(0.0, deadline - time.monotonic()))
        watch(running)
        _end(running.family.values(), kill=False)
    members = [member for running in services for member in running.family.values()]
    _, left = psutil.wait_procs(members, timeout=KILL_AFTER_SECONDS)
    _end(left, kill=True)
    psutil.wait_procs(left, timeout=KILL_AFTER_SECONDS)
    for running in services:
        running.process.wait()
        running.output.close()


def _end(members: Iterable[psutil.Process], *, kill: bool) -> None:
    for member in members:
        # A process number that was given to another program since then is not ours to end.
        with contextlib.suppress(psutil.NoSuchProcess):
            if member.is_running():
                member.kill() if kill else member.terminate()


def _why(running: Running, what: str) -> str:
    lines = running.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    tail = "\n".join(f"    {line}" for line in lines)
    return f"{running.service.name} {what}. Its log, {running.log}, ends:\n{tail}"
