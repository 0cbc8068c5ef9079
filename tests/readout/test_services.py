import os
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from readout.errors import PortTaken, ServiceFailed
from readout.services import (
    MOST_RESTARTS,
    Service,
    port_is_open,
    require_free,
    restart,
    start,
    stop,
    wait_ready,
)

# A service with a child of its own that does not mind SIGTERM.
STUBBORN = """
import pathlib, signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); " \\
       "print('up', flush=True); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", deaf], stdout=subprocess.PIPE)
child.stdout.readline()
pathlib.Path(sys.argv[1]).write_text(str(child.pid))
time.sleep(600)
"""


def service(name: str, *arguments: str, ready: Path | None = None, within: float = 20) -> Service:
    command = (sys.executable, "-c", *arguments)
    is_ready = ready.exists if ready else lambda: True
    return Service(name, command, {"PATH": "/usr/bin:/bin"}, is_ready, within)


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().split()[2] != "Z"


def test_stopping_leaves_no_child_behind(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    running = start(service("stubborn", STUBBORN, str(mark), ready=mark), tmp_path)
    wait_ready(running)
    child = int(mark.read_text())

    stop([running])

    assert not running.is_alive()
    for _ in range(50):
        if not is_running(child):
            break
        time.sleep(0.1)
    assert not is_running(child)


def test_a_service_that_ends_at_once_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    running = start(
        service(
            "broken", "print('the key is missing'); raise SystemExit(3)", ready=tmp_path / "never"
        ),
        tmp_path,
    )

    with pytest.raises(ServiceFailed, match=r"(?s)broken ended with code 3.*the key is missing"):
        wait_ready(running)
    stop([running])


def test_a_service_that_is_not_ready_in_time_is_reported(tmp_path: Path) -> None:
    running = start(
        service("slow", "import time; time.sleep(600)", ready=tmp_path / "never", within=0.3),
        tmp_path,
    )

    with pytest.raises(ServiceFailed, match="slow was not ready"):
        wait_ready(running)
    stop([running])


def test_a_killed_service_is_started_again_but_not_for_ever(tmp_path: Path) -> None:
    running = start(service("unlucky", "import time; time.sleep(600)"), tmp_path)
    for _ in range(MOST_RESTARTS):
        os.kill(running.process.pid, signal.SIGKILL)
        running.process.wait()
        restart(running)
        assert running.is_alive()
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.wait()

    with pytest.raises(ServiceFailed, match="unlucky ended"):
        restart(running)
    stop([running])


def test_a_taken_port_is_named_with_the_option_that_moves_it() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"port {port} .* --dicom-port"):
            require_free("127.0.0.1", port, "--dicom-port")
        assert port_is_open("127.0.0.1", port)

    require_free("127.0.0.1", port, "--dicom-port")
