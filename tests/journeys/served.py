"""The api as its users meet it: a real server over an empty database, set up by requests alone.

The clock and the ids are handed to the server when it starts. Its first administrator is made as
an operator makes one; everybody else is invited. People are named by their role only.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import uvicorn
from pydantic import JsonValue

from accounts.database import Database
from api.app import create_app
from api.settings import Settings
from readout.administrator import First, first_administrator
from readout.hand import Hand
from tests.examples.acts import Clock

ORGANIZATION = "CRO-X"
ADMINISTRATOR = "Administrator One"
PASSPHRASE = "seven lanterns on a pier"
# A login session may be left alone for half an hour; after that the person signs in again.
SESSION_LASTS = timedelta(minutes=25)
SEED = 20260101

Json = dict[str, JsonValue]


@dataclass
class Served:
    """A running api, its clock, and the people who use it."""

    url: str
    clock: Clock
    database: Database
    lake: Path
    _people: dict[str, str] = field(default_factory=dict)
    _browsers: dict[str, tuple[httpx.Client, datetime]] = field(default_factory=dict)
    _clients: list[httpx.Client] = field(default_factory=list)

    @property
    def organization(self) -> str:
        """Return the id of the organisation that the operator made."""
        return str(self.get(ADMINISTRATOR, "/api/organizations").json()[0]["id"])

    def anybody(self) -> httpx.Client:
        """Return a client that nobody has signed in."""
        client = httpx.Client(base_url=self.url, timeout=120)
        self._clients.append(client)
        return client

    def person(self, name: str) -> httpx.Client:
        """Return the browser in which a person is signed in; signs in again when it must."""
        kept = self._browsers.get(name)
        if kept and self.clock.now - kept[1] < SESSION_LASTS:
            return kept[0]
        client = self.anybody()
        answer = client.post("/api/session", json={"login": login(name), "password": PASSPHRASE})
        assert answer.status_code == 201, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        self._browsers[name] = (client, self.clock.now)
        return client

    def person_id(self, name: str) -> str:
        """Return the id of a person who was invited."""
        return self._people[name]

    def invite(self, *names: str) -> None:
        """Invite people, let each choose a passphrase, and let each be allowed to sign."""
        asked: Json = {"people": [{"login": login(name), "printed_name": name} for name in names]}
        made = self.post(ADMINISTRATOR, "/api/invitations", asked).json()
        for name, one in zip(names, made, strict=True):
            self._people[name] = one["person_id"]
            self.accept(one["token"])
            self._lets_sign(name)

    def accept(self, token: str) -> None:
        """Choose the passphrase that an invitation's token allows."""
        body = {"token": token, "password": PASSPHRASE}
        answer = self.anybody().post("/api/invitations/accept", json=body)
        assert answer.status_code == 200, answer.text

    def get(self, name: str, address: str, **options: object) -> httpx.Response:
        """Return what a person sees there."""
        return self.person(name).get(address, **options)  # type: ignore[arg-type]

    def post(
        self, name: str, address: str, body: Mapping[str, JsonValue], status: int | None = None
    ) -> httpx.Response:
        """Send what a person asks for; it succeeds, or is answered as the caller says."""
        answer = self.person(name).post(address, json=body)
        expected = answer.is_success if status is None else answer.status_code == status
        assert expected, f"{answer.status_code} {answer.text}"
        return answer

    def made(self, name: str, address: str, body: Mapping[str, JsonValue]) -> str:
        """Make something and return its id."""
        return str(self.post(name, address, body).json()["id"])

    def sign_grant(
        self, name: str, *, kind: str, id: str, digest: str, meaning: str = "approval"
    ) -> str:
        """Re-authenticate a person for one record."""
        body: Json = {
            "password": PASSPHRASE,
            "record_kind": kind,
            "record_id": id,
            "record_digest": digest,
            "meaning": meaning,
        }
        return str(self.post(name, "/api/sign-grants", body).json()["grant"])

    def give_role(
        self,
        by: str,
        scope: str,
        name: str,
        role: str,
        *,
        sites: tuple[str, ...] = (),
        valid_until: datetime | None = None,
    ) -> str:
        """Ask for access in a scope (`projects/…`, `repositories/…`), sign it, return its id."""
        asked = self.post(
            by,
            f"/api/{scope}/access-requests",
            {
                "person_id": self.person_id(name),
                "role": role,
                "sites": list(sites),
                "valid_until": valid_until.isoformat() if valid_until else None,
            },
        ).json()
        if asked["membership_id"] is not None:
            return str(asked["membership_id"])
        grant = self.sign_grant(
            by, kind="access_request", id=asked["id"], digest=asked["record_digest"]
        )
        address = f"/api/access-requests/{asked['id']}/approve"
        return str(self.post(by, address, {"grant": grant}).json()["membership_id"])

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()

    def _lets_sign(self, name: str) -> None:
        """Do what stands before a first signature: identity verified, statement accepted."""
        seen: Json = {"method": "document_in_person"}
        self.post(ADMINISTRATOR, f"/api/people/{self._people[name]}/identity", seen)
        words = self.get(name, "/api/signing").json()
        accepted: Json = {
            "version": words["statement_version"], "digest": words["statement_digest"]
        }  # fmt: skip
        self.post(name, "/api/signing/acceptance", accepted)


@contextmanager
def served(
    database: Database, folder: Path, url: str | None = None, **settings: object
) -> Iterator[Served]:
    """Start the api on a free loopback port over an empty database, with its administrator.

    `url` is the address under which the server itself reaches the database, as another role.
    """
    clock = Clock()
    assert database.vault is not None
    chosen = Settings(
        database_url=url or database.url.render_as_string(hide_password=False),
        lake_uri=str(folder / "lake"),
        vault_keys=database.vault.keys,
        vault_wrapping=database.vault.wrapping,
        second_factor_key=folder / "second-factor.key",
        **{"web_dist": folder / "no-web-app", **settings},
    )
    app = create_app(chosen, clock=clock, new_id=seeded_ids(SEED))
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, ws="none", access_log=False)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the api did not start"
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        world = Served(f"http://127.0.0.1:{port}", clock, database, folder / "lake")
        first = First(
            login(ADMINISTRATOR), ADMINISTRATOR, ORGANIZATION, "An imaging CRO", second_factor=False
        )
        world.accept(first_administrator(Hand(database, clock), first))
        yield world
        world.close()
    finally:
        server.should_exit = True
        thread.join()


def login(name: str) -> str:
    """Return the login of a person who is named by a role."""
    return f"{name.lower().replace(' ', '.')}@cro-x.example"


def seeded_ids(seed: int) -> Callable[[], str]:
    """Return a source of ids that a seed decides; requests come from several threads."""
    source, lock = random.Random(seed), threading.Lock()

    def one() -> str:
        with lock:
            return str(UUID(int=source.getrandbits(128), version=4))

    return one
