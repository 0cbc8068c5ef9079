"""An organisation's administrator for the api's tests, and the ways of a person who was invited."""

from dataclasses import dataclass
from datetime import timedelta

import httpx
import pyotp
from sqlalchemy import select

from accounts.memberships import add_member
from accounts.people import create_person
from accounts.scopes import ScopeRow
from tests.api.running import Running
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act

CHOSEN = "tall giraffe reads backwards"
LEFT = {"reason": {"code": "left"}}


def organization_of(world: Running) -> str:
    """Return the organisation above the trial."""
    with world.trial.database.reading() as session:
        found = session.scalar(select(ScopeRow.id).where(ScopeRow.kind == "organization"))
    assert found is not None
    return found


def administrator(world: Running, name: str = "ada") -> httpx.Client:
    """Return the browser of a new administrator of the trial's organisation."""
    organization = organization_of(world)
    with world.trial.database.transaction() as session:
        system = act(session, now=world.clock())
        person = create_person(
            system,
            login=f"{name}@demo.local",
            printed_name=f"{name.title()} Lovelace",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(system, organization, person, "Administrator")
    return world.person(name)


def second_factor(client: httpx.Client, *, required: bool, world: Running) -> None:
    """Decide for the trial's organisation."""
    answer = client.put(
        f"/api/organizations/{organization_of(world)}/sign-in-rules",
        json={"second_factor_required": required, "idle_minutes": 30},
    )
    assert answer.status_code == 204, answer.text


def invite(client: httpx.Client, login: str, name: str = "Grace Hopper") -> dict[str, str]:
    """Invite one person and return the answer about them."""
    answer = client.post(
        "/api/invitations", json={"people": [{"login": login, "printed_name": name}]}
    )
    assert answer.status_code == 201, answer.text
    (made,) = answer.json()
    return dict(made)


def accept(world: Running, token: str, password: str = CHOSEN) -> httpx.Response:
    """Accept an invitation in a browser of its own."""
    return world.anybody().post(
        "/api/invitations/accept", json={"token": token, "password": password}
    )


def sign_in(world: Running, login: str, password: str = CHOSEN) -> httpx.Client:
    """Return a browser whose first step of signing in was right."""
    client = world.anybody()
    answer = client.post("/api/session", json={"login": login, "password": password})
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


@dataclass
class Authenticator:
    """Somebody's authenticator app."""

    world: Running
    secret: str

    def code(self, *, later: int = 0) -> str:
        """Return the code of the world's clock, so many steps later."""
        return pyotp.TOTP(self.secret).at(self.world.clock() + timedelta(seconds=30 * later))


def enrol(world: Running, client: httpx.Client) -> tuple[Authenticator, list[str]]:
    """Add an authenticator to a session that may, and return it with the recovery codes."""
    offer = client.post("/api/account/authenticator")
    assert offer.status_code == 201, offer.text
    app = Authenticator(world, offer.json()["secret"])
    done = client.post("/api/account/authenticator/confirm", json={"code": app.code()})
    assert done.status_code == 200, done.text
    client.headers["X-CSRF-Token"] = done.json()["session"]["csrf_token"]
    return app, done.json()["recovery_codes"]


def newcomer(
    world: Running, client: httpx.Client, login: str
) -> tuple[httpx.Client, Authenticator, list[str]]:
    """Invite somebody who accepts, signs in and adds an authenticator."""
    accept(world, invite(client, login)["token"])
    browser = sign_in(world, login)
    return (browser, *enrol(world, browser))
