"""Starts and stops the gateway: listener and status here, forwarder in a process of its own."""

import fcntl
import os
import secrets
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import FrameType
from typing import Final, TextIO
from uuid import uuid4

from deid.pseudonyms import create_site_key, read_site_key
from gateway.clock import Clock, as_text, utc_now
from gateway.errors import InvalidSettings
from gateway.layout import (
    forwarder_lock_path,
    gateway_lock_path,
    open_spool,
    site_key_path,
    state_path,
)
from gateway.listener import Listener, start_listener
from gateway.log import say, start_logging
from gateway.reconcile import reconcile
from gateway.recorder import Recorder
from gateway.settings import Settings
from gateway.spool import Spool
from gateway.states import States
from gateway.status import Status, StatusServer

WATCH_S: Final = 0.5
RESTART_S: Final = 2.0
# What an aborted association left behind is deleted when nothing was written to it for so long.
ABANDONED: Final = timedelta(hours=1)


@dataclass
class Forwarder:
    """The forwarder process, started again when it ends by itself."""

    settings: Settings
    process: subprocess.Popen[str] | None = field(default=None)

    def start(self) -> None:
        """Start the process and give it its settings."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway.forwarder"], stdin=subprocess.PIPE, text=True
        )
        assert self.process.stdin is not None
        self.process.stdin.write(self.settings.model_dump_json() + "\n")
        self.process.stdin.flush()

    @property
    def running(self) -> bool:
        """Return whether the process is there."""
        return self.process is not None and self.process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """Return how the process ended."""
        return None if self.process is None else self.process.poll()

    def stop(self, timeout_s: float) -> None:
        """Let it finish what it has in hand; what takes longer is done again later."""
        if self.process is None:
            return
        assert self.process.stdin is not None
        try:
            self.process.stdin.write("stop\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            say("forwarder_ended")
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def run(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    new_id: Callable[[], str] = lambda: str(uuid4()),
    stop: threading.Event | None = None,
) -> None:
    """Run the gateway until it is told to stop (SIGTERM, SIGINT, or the event given)."""
    os.umask(0o077)
    start_logging(settings.log_file)
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    stop = stop or _stop_on_signal()
    with gateway_lock_path(settings).open("w") as lock:
        _lock_alone(lock)
        spool = open_spool(settings)
        spool.prepare()
        _site_key(settings)
        states = States(state_path(settings), clock)
        with forwarder_lock_path(settings).open("w") as orphan:
            # A forwarder whose parent was killed ends by itself; files are mended after that.
            fcntl.flock(orphan, fcntl.LOCK_EX)
            mended = reconcile(spool, states)
        say("started", count=mended.entered, state="reconciled")
        _serve(settings, spool, states, clock, new_id, stop)
        states.close()
    say("stopped")


def _serve(
    settings: Settings,
    spool: Spool,
    states: States,
    clock: Clock,
    new_id: Callable[[], str],
    stop: threading.Event,
) -> None:
    forwarder = Forwarder(settings)
    recorder = Recorder(states)
    try:
        listener = start_listener(settings, spool, recorder, new_id)
    except OSError as error:
        raise InvalidSettings(
            f"port {settings.dicom_port} is taken: set READOUT_GATEWAY_DICOM_PORT to a free one"
        ) from error
    started_at = clock()
    recorder.start()
    status = StatusServer(
        settings.status_host,
        settings.status_port,
        lambda: _status(spool, states, forwarder, listener, started_at),
    )
    status.start()
    say("listening", port=listener.port)
    say("status_page", port=status.port)
    try:
        forwarder.start()
        _watch(forwarder, spool, states, clock, stop)
    finally:
        say("stopping")
        listener.refuse_new()
        _wait_for_associations(listener, settings.stop_after_s)
        listener.stop()
        recorder.stop()
        forwarder.stop(settings.stop_after_s)
        status.stop()


def _watch(
    forwarder: Forwarder, spool: Spool, states: States, clock: Clock, stop: threading.Event
) -> None:
    """Start the forwarder again when it ends by itself, noting what it had in hand."""
    while not stop.wait(WATCH_S):
        spool.discard_incoming(before=clock() - ABANDONED)
        if not forwarder.running:
            say("forwarder_ended", exit_status=forwarder.exit_status)
            states.count_crash()
            states.recover()
            if not stop.wait(RESTART_S):
                forwarder.start()


def _wait_for_associations(listener: Listener, timeout_s: float) -> None:
    waited = 0.0
    while listener.associations and waited < timeout_s:
        threading.Event().wait(WATCH_S)
        waited += WATCH_S


def _status(
    spool: Spool, states: States, forwarder: Forwarder, listener: Listener, started_at: datetime
) -> Status:
    free = spool.free_bytes()
    return {
        "healthy": forwarder.running and free >= spool.min_free_bytes,
        "started_at": as_text(started_at),
        "forwarder_running": forwarder.running,
        "associations": listener.associations,
        "dicom_port": listener.port,
        "free_bytes": free,
        "accepting": free >= spool.min_free_bytes,
        "counts": states.counts(),
        "reasons": states.reasons(),
    }


def _lock_alone(lock: TextIO) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise InvalidSettings(f"another gateway runs on {lock.name}: stop it first") from error


def _site_key(settings: Settings) -> None:
    """Make the site's key at the first start; check it at every other."""
    path = site_key_path(settings)
    if path.exists():
        read_site_key(path)
    else:
        create_site_key(path, random_bytes=secrets.token_bytes)
        say("site_key_made")


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()

    def told(signal_number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, told)
    signal.signal(signal.SIGINT, told)
    return stop
