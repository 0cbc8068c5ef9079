"""A gateway in a process of its own, with dcmtk as its sender."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readout.settings import environment
from tests.gateway.sink import KEY

ROOT = Path(__file__).parents[2]
PROJECT = "5f0a4f6e-1a52-4c2a-9d1e-2f6f2a9d7c11"
# Without it Nagle's algorithm and delayed acknowledgement make dcmtk wait 40 ms an object.
DCMTK = {**environment(), "TCP_NODELAY": "1"}


def wait_for(question: Callable[[], Any], within: float = 60.0) -> Any:
    """Return the first true answer, or fail when none came in time."""
    deadline = time.monotonic() + within
    while not (answer := question()):
        assert time.monotonic() < deadline, f"nothing after {within} s"
        time.sleep(0.05)
    return answer


@dataclass
class Gateway:
    """One data folder and the gateway that runs on it."""

    data: Path
    api_url: str
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    dicom_port: int = 0
    status_port: int = 0

    def start(self) -> "Gateway":
        key = self.data / "secrets" / "gateway.key"
        key.parent.mkdir(parents=True, exist_ok=True)
        key.write_text(KEY)
        self.log.unlink(missing_ok=True)
        settings = {
            "DATA": str(self.data / "gateway"),
            "DICOM_PORT": "0",
            "STATUS_PORT": "0",
            "API_URL": self.api_url,
            "PROJECT": PROJECT,
            "MIN_FREE_MB": "1",
            "RETRY_FIRST_S": "0.1",
            "RETRY_MOST_S": "0.5",
            "LOG_FILE": str(self.log),
            **self.settings,
        }
        variables = {f"READOUT_GATEWAY_{name}": value for name, value in settings.items()}
        with self.console.open("ab") as console:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway"],
                cwd=ROOT,
                env={**DCMTK, **variables},
                stderr=console,
            )
        self.dicom_port = wait_for(lambda: self.said("listening")).get("port")
        self.status_port = wait_for(lambda: self.said("status_page")).get("port")
        return self

    @property
    def console(self) -> Path:
        return self.data / "console.txt"

    @property
    def log(self) -> Path:
        return self.data / "gateway.jsonl"

    def said(self, event: str) -> Any:
        assert self.process is not None
        assert self.process.poll() is None, "the gateway ended"
        if not self.log.exists():
            return None
        lines = [json.loads(line) for line in self.log.read_text().splitlines()]
        return next((line for line in lines if line["event"] == event), None)

    def status(self) -> Any:
        url = f"http://127.0.0.1:{self.status_port}/status"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return json.load(answer)

    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.status()["counts"]
        return counts

    def send(self, *paths: Path, tool: str = "storescu") -> "subprocess.CompletedProcess[str]":
        """Send files with dcmtk; storescu says 0x0000 for each object that was acknowledged."""
        return subprocess.run(self.command(*paths, tool=tool), timeout=240, check=False, **_SENDING)

    def start_sending(self, *paths: Path) -> "subprocess.Popen[str]":
        """Send files with storescu, in the background."""
        return subprocess.Popen(self.command(*paths), **_SENDING)

    def command(self, *paths: Path, tool: str = "storescu") -> list[str]:
        directories = ["+sd"] if tool == "storescu" else ["+sd", "+r"]
        arguments = [tool, "-v", *directories]
        if tool == "storescu":
            arguments += ["-aec", "READOUT"]
        return [*arguments, "127.0.0.1", str(self.dicom_port), *map(str, paths)]

    def kill(self) -> None:
        """Kill the listener as a power failure would; its forwarder notices and ends."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


_SENDING: Any = {
    "env": DCMTK,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "text": True,
}
