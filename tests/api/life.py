"""Ways to bring a trial through its life in tests: a sponsor, resolutions, signatures."""

from typing import Any

import httpx

from accounts.memberships import add_member
from accounts.people import create_person
from tests.api.running import Running
from tests.examples.acts import CHEAP_HASHER, PASSWORD, let_sign

WHY = {"code": "database_close", "text": "all data are in"}


def sponsor(world: Running) -> httpx.Client:
    """Return the browser of somebody of the sponsor."""
    with world.trial.acting() as by:
        person = create_person(
            by,
            login="sponsor@demo.local",
            printed_name="Sponsor Person",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(by, world.trial.project, person, "Sponsor")
        let_sign(by, person)
    return world.person("sponsor")


def propose(client: httpx.Client, world: Running, kind: str, **fields: object) -> dict[str, Any]:
    """Put a resolution forward and return it."""
    body = {"kind": kind, "reason": WHY, **fields}
    answer = client.post(f"{world.project}/resolutions", json=body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def sign(client: httpx.Client, world: Running, found: dict[str, Any]) -> httpx.Response:
    """Sign a seat of a resolution."""
    granted = client.post(
        "/api/sign-grants",
        json={
            "password": PASSWORD,
            "record_kind": "resolution",
            "record_id": found["id"],
            "record_digest": found["digest"],
            "meaning": "approval",
        },
    )
    assert granted.status_code == 201, granted.text
    return client.post(
        f"{world.project}/resolutions/{found['id']}/sign", json={"grant": granted.json()["grant"]}
    )


def lock(world: Running, manager: httpx.Client, other: httpx.Client) -> None:
    """Freeze and lock the trial's project."""
    assert sign(manager, world, propose(manager, world, "freeze")).json()["state"] == "done"
    final = propose(manager, world, "lock", name="Final")
    assert sign(manager, world, final).json()["state"] == "open"
    done = sign(other, world, final)
    assert done.json()["state"] == "done", done.text


def erase(
    world: Running, manager: httpx.Client, other: httpx.Client, kind: str, **fields: object
) -> httpx.Response:
    """Let two people sign an erasure, and carry it out."""
    found = propose(manager, world, kind, **fields)
    assert sign(manager, world, found).status_code == 200
    assert sign(other, world, found).json()["state"] == "approved"
    return manager.post(f"{world.project}/resolutions/{found['id']}/execution")
