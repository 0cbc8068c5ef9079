"""The forwarder process: de-identifies and uploads, apart from the listener.

An object that brings this process down cannot stop the listener from receiving, and the two do not
compete for one interpreter. It ends with its parent, which it knows by its standard input.
"""

import fcntl
import os
import random
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from typing import Final, Protocol

import httpx

from deid.profile import basic_profile
from deid.pseudonyms import read_site_key
from gateway.cleaning import Cleaning
from gateway.clock import utc_now
from gateway.errors import PlatformUnavailable
from gateway.layout import forwarder_lock_path, open_spool, site_key_path, state_path
from gateway.log import say, start_logging
from gateway.settings import Settings
from gateway.states import States
from gateway.uploading import Platform, Uploading

IDLE_S: Final = 0.2
DISK_RETRY_S: Final = 5.0


class Work(Protocol):
    """A step that is done again and again."""

    def run_once(self) -> int:
        """Do the next piece; return how much was done."""


def backoff_s(failures: int, settings: Settings, jitter: Callable[[], float]) -> float:
    """Return how long to wait after so many failures in a row, anywhere between 0 and the most."""
    most = min(settings.retry_most_s, settings.retry_first_s * 2.0 ** min(failures - 1, 30))
    return most * jitter()


def main() -> None:
    """Run until told to stop, or until the parent is gone."""
    settings = Settings.model_validate_json(sys.stdin.readline())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    start_logging(settings.log_file)
    stop = threading.Event()
    threading.Thread(target=_wait_for_end, args=(stop,), daemon=True).start()
    with forwarder_lock_path(settings).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _forward(settings, stop)


def _wait_for_end(stop: threading.Event) -> None:
    if sys.stdin.readline():
        stop.set()
    else:
        # The parent was killed. Its successor waits for this process, and whatever is half done
        # here is safe to be done again.
        os._exit(1)


def _forward(settings: Settings, stop: threading.Event) -> None:
    spool = open_spool(settings)
    states = States(state_path(settings), utc_now)
    key = read_site_key(site_key_path(settings)).for_project(settings.project)
    cleaning = Cleaning(spool, states, basic_profile(settings.options), key)
    limits = httpx.Limits(max_connections=settings.upload_threads)
    with httpx.Client(timeout=settings.request_timeout_s, limits=limits) as client:
        platform = Platform(client, settings.api_url, settings.project, settings.machine_key_path)
        uploading = Uploading(
            spool, states, platform, settings.batch_instances, settings.batch_mb << 20
        )
        threads = [
            threading.Thread(target=_upload, args=(uploading, settings, stop), name=f"upload-{n}")
            for n in range(settings.upload_threads)
        ]
        for thread in threads:
            thread.start()
        _clean(cleaning, states, settings, stop)
        for thread in threads:
            thread.join()
    states.close()


def _clean(cleaning: Cleaning, states: States, settings: Settings, stop: threading.Event) -> None:
    """De-identify while uploads keep up; a step that fails ends the process, which starts anew."""
    try:
        while not stop.is_set():
            if states.waiting() >= settings.ahead_instances or not _did(cleaning, stop):
                stop.wait(IDLE_S)
    finally:
        stop.set()


def _upload(uploading: Uploading, settings: Settings, stop: threading.Event) -> None:
    failures = 0
    jitter = random.Random().random
    try:
        while not stop.is_set():
            try:
                done = _did(uploading, stop)
                failures = 0 if done else failures
                pause_s = 0.0 if done else IDLE_S
            except PlatformUnavailable as error:
                failures += 1
                pause_s = max(error.retry_after_s, backoff_s(failures, settings, jitter))
                say("upload_failed", code=error.code, seconds=round(pause_s, 1))
            stop.wait(pause_s)
    finally:
        stop.set()


def _did(work: Work, stop: threading.Event) -> int:
    """Do a piece of work; a full disk or a locked database is waited for."""
    try:
        return work.run_once()
    except (OSError, sqlite3.OperationalError):
        say("disk_failed", failed=True)
        stop.wait(DISK_RETRY_S)
        return 0


if __name__ == "__main__":
    main()
