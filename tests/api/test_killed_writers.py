"""Forty times the api is killed with SIGKILL under concurrent writers: the ledger equals the state.

Nothing that was acknowledged is lost, no change is without its entry, no entry without its change.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import count

import httpx
import pytest
from sqlalchemy import select

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.verify import Verdict, verify
from accounts.machine_keys import create_machine_key
from research.replay import TABLES
from research.subjects import SubjectRow
from tests.api.test_killed import free_port
from tests.databases import Databases
from tests.examples.trials import Trial, make_trial

KILLS = {"sqlite": 40, "postgresql": 6}
WRITERS = 3
# One process serves several bursts; each burst ends with SIGKILL at a moment of its own.
LONGEST_BURST_S = 0.25


@dataclass
class Written:
    """What the api acknowledged, and what it may or may not have done when it died."""

    acknowledged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


def environment(database: Database, folder: str, port: int) -> dict[str, str]:
    assert database.vault is not None
    return {
        **os.environ,  # noqa: TID251 (a child process needs its parent's surroundings)
        "READOUT_API_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "READOUT_API_LAKE_URI": f"{folder}/lake",
        "READOUT_API_PORT": str(port),
        "READOUT_API_LOG_FILE": f"{folder}/api.jsonl",
        "READOUT_API_VAULT_KEYS": str(database.vault.keys),
        "READOUT_API_VAULT_WRAPPING": str(database.vault.wrapping),
    }


# Importing and building the api takes seconds, once: each life of it is a fork that serves.
SERVER = """
import os, sys
import uvicorn
from api.app import create_app
from api.settings import Settings
settings = Settings()
app = create_app(settings)
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        uvicorn.run(app, port=settings.port, log_config=None, access_log=False, ws="none")
        os._exit(0)
    print(child, flush=True)
    os.waitpid(child, 0)
    print("gone", flush=True)
"""


def burst(url: str, trial: Trial, key: str, written: Written, numbers: "count[int]") -> None:
    """Create subjects until the server is gone."""
    with httpx.Client(headers={"Authorization": f"Bearer {key}"}, timeout=10) as client:
        while True:
            code = f"S{next(numbers):06}"
            written.sent.append(code)
            try:
                answer = client.post(
                    f"{url}/api/projects/{trial.project}/subjects", json={"code": code}
                )
            except httpx.TransportError:
                return
            assert answer.status_code == 201, answer.text
            written.acknowledged.append(code)


@pytest.mark.parametrize("kind", list(KILLS))
def test_no_acknowledged_change_is_lost_and_the_ledger_equals_the_state(
    kind: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = str(tmp_path_factory.mktemp("killed"))
    chance, numbers, written = random.Random(4), count(1), Written()
    with databases.fresh(kind) as database:
        trial, port = make_trial(database), free_port()
        with trial.acting() as by:
            key = create_machine_key(by, trial.project, name="writer", role="Editor")
        parent = subprocess.Popen(
            [sys.executable, "-c", SERVER],
            env=environment(database, folder, port),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            for _ in range(KILLS[kind]):
                kill_in_a_burst(parent, port, trial, key, written, numbers, chance)
        finally:
            parent.kill()
            parent.communicate()

        with trial.looking() as by:
            codes = list(
                by.session.scalars(
                    select(SubjectRow.code).where(SubjectRow.project_id == trial.project)
                )
            )
            entries = ledger_log.entries(
                by.session, trial.project, action="subject_created", limit=100_000
            )
            report = verify(by.session, keys=[], tables=TABLES, logs=[trial.project])
    assert len(written.acknowledged) >= KILLS[kind]
    assert set(written.acknowledged) <= set(codes) <= set(written.sent)
    assert sorted(codes) == sorted(str((entry.after or {})["code"]) for entry in entries)
    assert report.verdict is not Verdict.FAIL, report.checks


def kill_in_a_burst(
    parent: "subprocess.Popen[str]",
    port: int,
    trial: Trial,
    key: str,
    written: Written,
    numbers: "count[int]",
    chance: random.Random,
) -> None:
    """Start a server, write to it from several sides at once, and kill it in the midst."""
    assert parent.stdin is not None
    assert parent.stdout is not None
    parent.stdin.write("serve\n")
    parent.stdin.flush()
    server = int(parent.stdout.readline())
    url = f"http://127.0.0.1:{port}"
    while not answers(url):
        time.sleep(0.02)
    before = len(written.acknowledged)
    writers = [
        threading.Thread(target=burst, args=(url, trial, key, written, numbers))
        for _ in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    while len(written.acknowledged) == before:
        assert all(writer.is_alive() for writer in writers), "a writer was refused"
        time.sleep(0.005)
    time.sleep(chance.uniform(0, LONGEST_BURST_S))
    os.kill(server, signal.SIGKILL)
    for writer in writers:
        writer.join()
    assert parent.stdout.readline() == "gone\n"


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/build", timeout=5).is_success
    except httpx.TransportError:
        return False
