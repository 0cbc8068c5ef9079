"""Signing in over loopback, and what a browser session must carry."""

import pytest

from accounts.ledger import log as ledger_log
from tests.api.running import Running


def test_signing_in_says_who_one_is(any_world: Running) -> None:
    answer = any_world.person("reader1").get("/api/session")

    assert answer.status_code == 200
    assert answer.json()["person"]["login"] == "reader1@demo.local"
    assert answer.json()["person"]["printed_name"] == "Reader1"


@pytest.mark.req("R-OPEN")
def test_the_cookie_is_kept_from_scripts_and_other_sites(shared_world: Running) -> None:
    answer = shared_world.anybody().post(
        "/api/session", json={"login": "qc@demo.local", "password": "open data lake"}
    )

    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_a_wrong_password_is_refused_in_the_same_words_as_an_unknown_login(
    shared_world: Running,
) -> None:
    client = shared_world.anybody()

    wrong = client.post("/api/session", json={"login": "qc@demo.local", "password": "wrong"})
    nobody = client.post("/api/session", json={"login": "nobody@demo.local", "password": "wrong"})

    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json()["type"] == "sign_in_failed"
    assert wrong.json()["detail"] == nobody.json()["detail"]
    assert "set-cookie" not in wrong.headers


def test_a_failed_sign_in_is_an_entry_although_the_request_was_refused(world: Running) -> None:
    with world.trial.database.reading() as session:
        before = ledger_log.count(session, "system", action="sign_in_failed")

    world.anybody().post("/api/session", json={"login": "qc@demo.local", "password": "wrong"})

    with world.trial.database.reading() as session:
        assert ledger_log.count(session, "system", action="sign_in_failed") == before + 1


@pytest.mark.req("R-AUD")
def test_an_attempt_outside_ones_rights_is_an_entry(world: Running) -> None:
    world.person("reader1").get(f"{world.project}/ledger")

    with world.trial.database.reading() as session:
        (entry,) = ledger_log.entries(session, world.trial.project, action="access_denied")
    assert entry.actor_id == world.trial.people["reader1"]


def test_without_a_session_nothing_is_shown(shared_world: Running) -> None:
    for path in ("/api/session", "/api/tasks", "/api/projects", f"{shared_world.project}/tables"):
        answer = shared_world.anybody().get(path)

        assert answer.status_code == 401
        assert answer.json()["type"] == "not_signed_in"


def test_signing_out_ends_the_session_at_once(shared_world: Running) -> None:
    client = shared_world.person("reader1")
    cookies = dict(client.cookies)

    gone = client.delete("/api/session")

    client.cookies.update(cookies)
    assert gone.status_code == 204
    assert client.get("/api/session").status_code == 401


def test_a_session_ends_when_it_is_left_idle(world: Running) -> None:
    client = world.person("reader1")

    world.clock.move(minutes=20)
    still = client.get("/api/session")
    world.clock.move(minutes=20)
    again = client.get("/api/session")
    world.clock.move(minutes=31)
    ended = client.get("/api/session")

    assert (still.status_code, again.status_code, ended.status_code) == (200, 200, 401)


def test_a_changing_call_needs_the_sessions_token(shared_world: Running) -> None:
    client = shared_world.person("manager")
    del client.headers["X-CSRF-Token"]

    answer = client.post(f"{shared_world.project}/subjects", json={"code": "CSRF-1"})

    assert answer.status_code == 403
    assert answer.json()["type"] == "origin_refused"


def test_a_changing_call_of_another_sites_page_is_refused(shared_world: Running) -> None:
    client = shared_world.person("manager")

    answer = client.post(
        f"{shared_world.project}/subjects",
        json={"code": "ORIGIN-1"},
        headers={"Origin": "https://elsewhere.example"},
    )

    assert answer.status_code == 403


@pytest.mark.req("R-DEV")
def test_a_revoked_or_invented_key_opens_nothing(shared_world: Running) -> None:
    client = shared_world.anybody()
    client.headers["Authorization"] = "Bearer rk.00000000-0000-4000-8000-000000000000.secret"

    assert client.get("/api/projects").status_code == 401


@pytest.mark.req("R-AI")
def test_a_machine_has_no_session_and_signs_nothing(shared_world: Running) -> None:
    machine = shared_world.machine()

    assert machine.get("/api/session").status_code == 401
    assert machine.delete("/api/session").status_code == 401


def test_a_password_is_not_repeated_in_a_refusal(shared_world: Running) -> None:
    answer = shared_world.anybody().post(
        "/api/session", json={"login": "", "password": "CANARY-PASSWORD", "more": "CANARY"}
    )

    assert answer.status_code == 422
    assert "CANARY" not in answer.text
    assert answer.json()["type"] == "invalid"
