"""A whole platform for the journeys: `readout up --demo` in a process of its own, on free ports."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from readout.settings import environment

PASSPHRASE = "open data lake"
START_SECONDS = 300


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on now."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(question: Callable[[], Any], *, within: float, every: float = 0.5) -> Any:
    """Return the first answer that says anything, or fail when none came in time."""
    deadline = time.monotonic() + within
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"nothing after {within} s"
        time.sleep(every)


@dataclass(frozen=True)
class Platform:
    """A running platform and how to reach it."""

    data: Path
    port: int
    dagster_port: int
    dicom_port: int
    gateway_port: int
    process: subprocess.Popen[bytes]
    log: Path
    clients: list[httpx.Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def dagster_url(self) -> str:
        return f"http://127.0.0.1:{self.dagster_port}"

    def sign_in(self, login: str) -> httpx.Client:
        """Return a client with a login session, as a browser would have one."""
        client = httpx.Client(base_url=self.url, timeout=60, headers={"Origin": self.url})
        self.clients.append(client)
        answer = client.post("/api/session", json={"login": login, "password": PASSPHRASE})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    def project(self, client: httpx.Client, code: str) -> str:
        """Return a project's id."""
        projects = client.get("/api/projects").json()
        return str(next(one["id"] for one in projects if one["code"] == code))

    def sign_next_read(self, reader: httpx.Client, answers: Mapping[str, str]) -> str:
        """Answer, submit and sign the reader's next ready task; return the task's id."""
        task = next(one for one in reader.get("/api/tasks").json() if one["state"] == "ready")
        address = f"/api/tasks/{task['id']}"
        opened = reader.post(f"{address}/open").json()
        changes = [
            {"group": name.split(".")[0], "repeat": "", "item": name.split(".")[1], "value": value}
            for name, value in answers.items()
        ]
        saved = reader.patch(
            f"{address}/draft",
            json={"changes": changes},
            headers={"If-Match": f'"{opened["read"]["draft"]}"'},
        )
        assert saved.status_code == 200, saved.text
        submitted = reader.post(
            f"{address}/submit", headers={"If-Match": f'"{saved.json()["draft"]}"'}
        )
        assert submitted.status_code == 200, submitted.text
        granted = reader.post(
            "/api/sign-grants",
            json={
                "password": PASSPHRASE,
                "record_kind": "read",
                "record_id": opened["read"]["id"],
                "record_digest": submitted.json()["record_digest"],
                "meaning": submitted.json()["meaning"],
            },
        )
        assert granted.is_success, granted.text
        signed = reader.post(f"{address}/sign", json={"grant": granted.json()["grant"]})
        assert signed.is_success, signed.text
        return str(task["id"])

    def command(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a `readout` command on the platform's data folder."""
        return subprocess.run(
            [sys.executable, "-m", "readout.main", *arguments, "--data", str(self.data)],
            env={**environment(), **variables, "NO_COLOR": "1", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    def process_of(self, *words: str) -> int | None:
        """Return the id of the service that runs with these words, if it does."""
        for folder in Path("/proc").iterdir():
            if not folder.name.isdigit():
                continue
            try:
                status = (folder / "stat").read_text()
                command = (folder / "cmdline").read_bytes().decode().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            parent = int(status.rpartition(") ")[2].split()[1])
            if parent == self.process.pid and all(word in command for word in words):
                return int(folder.name)
        return None


# What each demo project's results and agreement must hold at least before a journey looks at them.
DEMO_ROWS = {"LIDC": (68_590, 100), "PACS": (0, 0), "PHANTOM": (42, 1)}


def wait_until_tables_are_there(platform: Platform) -> None:
    """Wait until the demo's three projects have their results and agreement."""
    client = platform.sign_in("statistician@demo.local")

    def has(code: str, table: str, least: int) -> bool:
        address = f"/api/projects/{platform.project(client, code)}/tables/{table}/rows"
        answer = client.get(address, params={"limit": 1})
        return answer.status_code == 200 and answer.json()["total"] >= least

    def all_there() -> bool:
        return all(
            has(code, "results", results) and has(code, "reader_agreement", agreement)
            for code, (results, agreement) in DEMO_ROWS.items()
        )

    wait_for(all_there, within=300, every=2)


@contextmanager
def running_platform(data: Path) -> Iterator[Platform]:
    """Start the demo on a new data folder, and stop it cleanly afterwards."""
    port, dagster, code, dicom, gateway = free_ports(5)
    log = data.parent / "up.log"
    command = [
        sys.executable, "-m", "readout.main", "up", "--demo", "--data", str(data),
        "--port", str(port), "--dagster-port", str(dagster), "--dagster-code-port", str(code),
        "--dicom-port", str(dicom), "--gateway-status-port", str(gateway),
    ]  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**environment(), "NO_COLOR": "1", "COLUMNS": "200"},
        )
        try:
            wait_for(lambda: _is_up(process, log), within=START_SECONDS)
            started = Platform(data, port, dagster, dicom, gateway, process, log)
            yield started
            for client in started.clients:
                client.close()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    assert process.returncode == 0, log.read_text()
    assert not _left_behind(data), "a process outlived the platform"


def _is_up(process: subprocess.Popen[bytes], log: Path) -> bool:
    text = log.read_text()
    assert process.poll() is None, text
    return re.search(r"Ctrl-C stops everything", text) is not None


def _left_behind(data: Path) -> list[str]:
    """Return the commands of processes that still work with the data folder."""
    left = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and folder.name != str(os.getpid()):
            try:
                variables = (folder / "environ").read_bytes().decode(errors="replace")
                command = (folder / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if f"{data}/" in variables and "readout" in variables.lower():
                left.append(command.replace("\0", " "))
    return left
