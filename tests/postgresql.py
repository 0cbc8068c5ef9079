"""A real PostgreSQL for tests: the one in the pgserver wheel, else one that is installed.

The wheel exists for Python 3.11 and 3.12. An installed server refuses to run as root, so root
starts it as the user that its package made.
"""

import getpass
import importlib.util
import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Protocol

PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin")
SYSTEM_USER = "postgres"


class Server(Protocol):
    """What the tests use of a server."""

    def get_uri(self, database: str) -> str: ...

    def cleanup(self) -> None: ...


def start() -> Server:
    """Start a server on a socket of its own, and nowhere else."""
    if importlib.util.find_spec("pgserver") is None:
        return InstalledServer()
    with warnings.catch_warnings():
        # The wheel looks for a runtime folder that containers do not have, and finds another.
        warnings.simplefilter("ignore")
        import pgserver

        # Short, because a socket's path has at most 107 bytes.
        server: Server = pgserver.get_server(tempfile.mkdtemp(prefix="pg"), cleanup_mode="delete")
    return server


class InstalledServer:
    """A server of the machine's own PostgreSQL, in a temporary folder."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg"))
        self._user = SYSTEM_USER if os.getuid() == 0 else getpass.getuser()
        if os.getuid() == 0:
            shutil.chown(self._folder, SYSTEM_USER)
        self._run("initdb", "--auth=trust", f"--username={SYSTEM_USER}", "--encoding=UTF8")
        options = f"-c listen_addresses= -c unix_socket_directories={self._folder}"
        self._run("pg_ctl", "--wait", f"--log={self._folder / 'log'}", f"-o {options}", "start")

    def get_uri(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql://{SYSTEM_USER}@/{database}?host={self._folder}"

    def cleanup(self) -> None:
        """Stop the server and remove its files."""
        self._run("pg_ctl", "--wait", "--mode=fast", "stop")
        shutil.rmtree(self._folder)

    def _run(self, program: str, *arguments: str) -> None:
        command = [_program(program), f"--pgdata={self._folder / 'data'}", *arguments]
        subprocess.run(
            command, check=True, user=self._user, cwd=self._folder, stdout=subprocess.DEVNULL
        )


def _program(name: str) -> str:
    """Return a program of the newest installed PostgreSQL."""
    for place in PLACES:
        found = sorted(Path("/").glob(f"{place.lstrip('/')}/{name}"))
        if found:
            return str(found[-1])
    if on_path := shutil.which(name):
        return on_path
    raise AssertionError("there is no PostgreSQL for the tests: Debian: apt-get install postgresql")
