"""The real api over loopback: a server in a thread, and clients who are people or machines."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import uvicorn

from accounts.database import Database
from accounts.machine_keys import create_machine_key
from api.app import create_app
from api.settings import Settings
from lake.location import Lake
from readout.signer import Signer, follow
from tests.examples.acts import PASSWORD, Clock
from tests.examples.trials import Trial, make_trial

BOUNDARY = "a-boundary-of-the-tests"
STOW_TYPE = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
RECEIPT = "application/vnd.readout.receipt+json"


@dataclass
class Running:
    """A server that answers, with the trial behind it."""

    url: str
    trial: Trial
    lake: Lake
    clock: Clock
    _clients: list[httpx.Client] = field(default_factory=list)

    def person(self, name: str) -> httpx.Client:
        """Return a browser in which that person is signed in."""
        client = self.anybody()
        answer = client.post(
            "/api/session", json={"login": f"{name}@demo.local", "password": PASSWORD}
        )
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return client

    def machine(self, role: str = "Gateway") -> httpx.Client:
        """Return a machine with a key of the trial's project."""
        with self.trial.acting() as by:
            key = create_machine_key(by, self.trial.project, name="gateway", role=role)
        client = self.anybody()
        client.headers["Authorization"] = f"Bearer {key}"
        return client

    def anybody(self) -> httpx.Client:
        """Return a client that nobody has signed in."""
        client = httpx.Client(base_url=self.url, timeout=60)
        self._clients.append(client)
        return client

    @property
    def project(self) -> str:
        """Return the address of the trial's project."""
        return f"/api/projects/{self.trial.project}"

    def stow(
        self, client: httpx.Client, files: Sequence[bytes], *, accept: str = RECEIPT
    ) -> httpx.Response:
        """Store files by STOW-RS."""
        return client.post(
            f"{self.project}/dicomweb/studies",
            content=stow_body(files),
            headers={"Content-Type": STOW_TYPE, "Accept": accept},
        )

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()


@contextmanager
def running(database: Database, folder: Path, **settings: object) -> Iterator[Running]:
    """Start the api on a free port over a fresh trial, and stop it afterwards."""
    clock = Clock()
    chosen = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        lake_uri=str(folder / "lake"),
        **vault_settings(database),
        **{
            "web_dist": folder / "no-web-app",
            "sql_folder": folder / "sql",
            "second_factor_key": folder / "secrets" / "second-factor.key",
            **settings,
        },
    )
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(chosen, clock=clock), port=0, log_config=None, ws="none", access_log=False
        )
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the api did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        world = Running(
            f"http://127.0.0.1:{port}", make_trial(database), Lake(chosen.lake_uri), clock
        )
        yield world
        world.close()
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def signing(world: Running, folder: Path) -> Iterator[None]:
    """Let a signer follow the world's ledgers: an export waits for its checkpoint."""
    stop = threading.Event()
    follower = threading.Thread(
        target=follow,
        args=(Signer.open(folder / "signer", folder / "keys"), world.trial.database),
        kwargs={"clock": world.clock, "every": timedelta(seconds=60), "stop": stop},
    )
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join()


def vault_settings(database: Database) -> dict[str, Path]:
    """Return the settings by which the api finds the keys of a database's vault."""
    assert database.vault is not None
    return {"vault_keys": database.vault.keys, "vault_wrapping": database.vault.wrapping}


def stow_body(files: Sequence[bytes]) -> bytes:
    """Return a multipart/related body of DICOM files."""
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    parts = b"".join(head + file + b"\r\n" for file in files)
    return parts + f"--{BOUNDARY}--\r\n".encode()


def parts_of(response: httpx.Response) -> list[tuple[str, bytes]]:
    """Take a multipart answer apart, with no help from the code that put it together."""
    kind = response.headers["content-type"]
    assert kind.startswith("multipart/related; type=")
    boundary = kind.rpartition("boundary=")[2].encode()
    before, *parts, after = response.content.split(b"--" + boundary)
    assert (before, after) == (b"", b"--\r\n")
    found = []
    for part in parts:
        head, _, body = part.partition(b"\r\n\r\n")
        assert body.endswith(b"\r\n")
        found.append((head.decode().strip().removeprefix("Content-Type: "), body[:-2]))
    return found
