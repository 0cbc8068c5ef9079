"""Keys of machines over HTTP: shown once, from where they may, gone within one request."""

import httpx
import pytest

from accounts.memberships import add_member
from tests.api.running import Running
from tests.examples.acts import PASSWORD, act

REASON = {"reason": {"code": "lost"}}


def manager(world: Running) -> httpx.Client:
    """Return the browser of a project Admin who has just stepped up."""
    with world.trial.database.transaction() as session:
        add_member(
            act(session, now=world.clock()),
            world.trial.project,
            world.trial.people["manager"],
            "Admin",
        )
    browser = world.person("manager")
    stepped = browser.post("/api/session/step-up", json={"password": PASSWORD})
    assert stepped.status_code == 200, stepped.text
    browser.headers["X-CSRF-Token"] = stepped.json()["csrf_token"]
    return browser


def make(browser: httpx.Client, world: Running, **body: object) -> httpx.Response:
    return browser.post(f"{world.project}/machine-keys", json={"name": "gateway", **body})


def machine(world: Running, key: str, address: str = "192.0.2.7") -> httpx.Client:
    client = world.anybody()
    client.headers["Authorization"] = f"Bearer {key}"
    client.headers["X-Forwarded-For"] = address
    return client


def test_a_key_works_is_listed_with_its_last_use_and_ends_within_one_request(
    any_world: Running,
) -> None:
    browser = manager(any_world)
    made = make(browser, any_world).json()
    gateway = machine(any_world, made["key"])

    assert gateway.get("/api/projects").status_code == 200
    (listed,) = browser.get(f"{any_world.project}/machine-keys").json()
    assert (listed["name"], listed["role"]) == ("gateway", "Gateway")
    assert listed["last_used_at"] is not None
    assert made["key"].split(".")[2] not in str(listed)
    gone = browser.post(f"/api/machine-keys/{made['id']}/revoke", json=REASON)
    assert gone.status_code == 204
    assert gateway.get("/api/projects").status_code == 401


def test_making_a_key_needs_a_step_up(world: Running) -> None:
    manager(world)
    browser = world.person("manager")

    answer = make(browser, world)

    assert (answer.status_code, answer.json()["type"]) == (401, "step_up_required")
    assert browser.get(f"{world.project}/machine-keys").json() == []


def test_a_key_is_good_from_its_own_addresses_alone(world: Running) -> None:
    key = make(manager(world), world, allowed_addresses=["192.0.2.0/24", "2001:db8::1"]).json()[
        "key"
    ]

    answers = {
        address: machine(world, key, address).get("/api/projects").status_code
        for address in ("192.0.2.7", "192.0.3.7", "2001:db8::1", "2001:db8::2", "::ffff:192.0.2.9")
    }

    assert answers == {
        "192.0.2.7": 200,
        "192.0.3.7": 401,
        "2001:db8::1": 200,
        "2001:db8::2": 401,
        "::ffff:192.0.2.9": 200,
    }


@pytest.mark.parametrize(
    "body",
    [
        {"allowed_addresses": ["not an address"]},
        {"allowed_addresses": ["192.0.2.0/33"]},
        {"days": 0},
        {"days": 5000},
        {"name": " "},
        {"role": "Administrator"},
        {"role": "Nobody"},
    ],
)
def test_a_key_that_makes_no_sense_is_refused(world: Running, body: dict[str, object]) -> None:
    assert make(manager(world), world, **body).status_code == 422


def test_a_machine_makes_no_keys_signs_nothing_and_has_no_account(world: Running) -> None:
    key = make(manager(world), world, role="Admin").json()["key"]
    client = machine(world, key)

    assert make(client, world).status_code in (401, 403)
    for method, path in (
        ("GET", "/api/session"),
        ("POST", "/api/account/recovery-codes"),
        ("DELETE", "/api/account/sessions"),
        ("GET", "/api/account/security"),
    ):
        assert client.request(method, path).status_code == 401
    grant = client.post(
        "/api/sign-grants",
        json={
            "password": PASSWORD,
            "record_kind": "form",
            "record_id": "x",
            "record_digest": "0" * 64,
            "meaning": "approval",
        },
    )
    assert grant.status_code in (403, 404)


def test_keys_of_another_project_are_not_there(world: Running) -> None:
    browser = manager(world)
    made = make(browser, world).json()
    stranger = world.person("reader1")

    assert stranger.post(f"/api/machine-keys/{made['id']}/revoke", json=REASON).status_code == 403
    assert stranger.get(f"{world.project}/machine-keys").status_code == 403
    assert browser.post("/api/machine-keys/unknown/revoke", json=REASON).status_code == 404
