"""The api as a process that is killed in the middle of an upload: nothing acknowledged is lost."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from accounts.database import Database
from accounts.ledger.verify import Verdict, verify
from accounts.machine_keys import create_machine_key
from lake.location import Lake
from lake.objects import read_object
from research.image_roots import instances, project_root
from research.replay import TABLES
from tests.api.running import RECEIPT, STOW_TYPE, stow_body
from tests.examples.files import ct_file
from tests.examples.trials import Trial, make_trial

FILES = 12
KILLED_AFTER = 5


@contextmanager
def api_process(database: Database, lake: Lake, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,  # noqa: TID251 (a child process needs its parent's surroundings)
        "READOUT_API_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "READOUT_API_LAKE_URI": lake.uri,
        "READOUT_API_PORT": str(port),
        "READOUT_API_LOG_FILE": f"{lake.uri}.jsonl",
    }
    process = subprocess.Popen([sys.executable, "-m", "api"], env=environment)
    try:
        while not is_answering(port):
            assert process.poll() is None, "the api did not start"
            time.sleep(0.05)
        yield process
    finally:
        process.terminate()
        process.wait()


def is_answering(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/api/health").is_success
    except httpx.TransportError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(port: int, trial: Trial, key: str, files: list[bytes]) -> list[str]:
    """Send files one by one and return what became of each."""
    statuses = []
    headers = {"Content-Type": STOW_TYPE, "Accept": RECEIPT, "Authorization": f"Bearer {key}"}
    address = f"http://127.0.0.1:{port}/api/projects/{trial.project}/dicomweb/studies"
    with httpx.Client(headers=headers, timeout=60) as client:
        for file in files:
            (line,) = client.post(address, content=stow_body([file])).json()["stored"]
            statuses.append(str(line["status"]))
    return statuses


@pytest.mark.req("R-XFER", "R-AUD")
def test_what_was_acknowledged_survives_a_kill_and_a_resend_stores_the_rest_once(
    sqlite_database: Database, tmp_path: Path
) -> None:
    trial, lake, port = make_trial(sqlite_database), Lake(str(tmp_path / "lake")), free_port()
    trial.add_subject("001")
    with trial.acting() as by:
        key = create_machine_key(by, trial.project, name="gateway")
    files = [ct_file(number) for number in range(1, FILES + 1)]

    with api_process(sqlite_database, lake, port) as process:
        first = send(port, trial, key, files[:KILLED_AFTER])
        # The next upload is under way when the process dies.
        with socket.create_connection(("127.0.0.1", port)) as half:
            half.sendall(half_a_request(trial, key, files[KILLED_AFTER]))
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    with trial.looking() as by:
        kept = instances(by.session, project_root(by, trial.project))
    with api_process(sqlite_database, lake, port):
        statuses = send(port, trial, key, files)

    with trial.looking() as by:
        found = instances(by.session, project_root(by, trial.project))
        report = verify(by.session, keys=[], tables=TABLES, logs=[trial.project])
    assert first == ["stored"] * KILLED_AFTER
    assert len(kept) == KILLED_AFTER
    assert statuses == ["already_present"] * KILLED_AFTER + ["stored"] * (FILES - KILLED_AFTER)
    assert len(found) == len({each.sop_instance_uid for each in found}) == FILES
    assert all(read_object(lake, trial.project, each.sha256) for each in found)
    assert report.verdict is not Verdict.FAIL


def half_a_request(trial: Trial, key: str, file: bytes) -> bytes:
    body = stow_body([file])
    head = (
        f"POST /api/projects/{trial.project}/dicomweb/studies HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: {STOW_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body[: len(body) // 2]
