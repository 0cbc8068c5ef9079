"""Resets and deactivation by an administrator, and what they can never do."""

import pytest

from accounts.ledger import log as ledger_log
from tests.api.administration import (
    CHOSEN,
    LEFT,
    accept,
    administrator,
    invite,
    newcomer,
    second_factor,
    sign_in,
)
from tests.api.running import Running

LOGIN = "grace@demo.local"
OTHER = "another giraffe reads forwards"


@pytest.mark.req("R-ACC")
def test_a_deactivated_person_loses_sessions_and_keys_within_one_request(
    any_world: Running,
) -> None:
    admin = administrator(any_world)
    first, _, _ = newcomer(any_world, admin, LOGIN)
    person = first.get("/api/session").json()["person"]["id"]

    gone = admin.post(f"/api/people/{person}/deactivate", json=LEFT)

    assert gone.status_code == 204
    assert first.get("/api/session").status_code == 401
    refused = any_world.anybody().post("/api/session", json={"login": LOGIN, "password": CHOSEN})
    unknown = any_world.anybody().post("/api/session", json={"login": "no", "password": CHOSEN})
    assert refused.json()["detail"] == unknown.json()["detail"]


@pytest.mark.req("R-UNIQ")
def test_the_same_login_invited_again_is_another_person(any_world: Running) -> None:
    admin = administrator(any_world)
    first, _, _ = newcomer(any_world, admin, LOGIN)
    old = first.get("/api/session").json()["person"]["id"]
    admin.post(f"/api/people/{old}/deactivate", json=LEFT)

    second, _, _ = newcomer(any_world, admin, LOGIN)

    assert second.get("/api/session").json()["person"]["id"] != old
    states = {one["id"]: one["state"] for one in admin.get("/api/people").json()}
    assert states[old] == "deactivated"


@pytest.mark.req("R-SIG2")
def test_a_reset_ends_everything_and_blocks_signing_until_another_verifies(world: Running) -> None:
    admin = administrator(world)
    second_factor(admin, required=False, world=world)
    accept(world, invite(admin, LOGIN)["token"])
    browser = sign_in(world, LOGIN)
    person = browser.get("/api/session").json()["person"]["id"]

    made = admin.post(f"/api/people/{person}/reset", json={"reason": {"code": "lost"}}).json()

    assert browser.get("/api/session").status_code == 401
    old = world.anybody().post("/api/session", json={"login": LOGIN, "password": CHOSEN})
    assert old.status_code == 401
    assert accept(world, made["token"], OTHER).json()["purpose"] == "reset"
    back = sign_in(world, LOGIN, OTHER)
    assert back.get("/api/account/security").json()["signing_requires_enrolment"]
    assert "password_reset" in [one["kind"] for one in back.get("/api/notices").json()]


def test_a_reset_can_take_lost_second_factors_with_it(world: Running) -> None:
    admin = administrator(world)
    browser, _, codes = newcomer(world, admin, LOGIN)
    person = browser.get("/api/session").json()["person"]["id"]

    body = {"reason": {"code": "lost"}, "forget_second_factors": True}
    token = admin.post(f"/api/people/{person}/reset", json=body).json()["token"]
    accept(world, token, OTHER)

    back = sign_in(world, LOGIN, OTHER)
    assert back.get("/api/session").json()["stage"] == "enrolment"
    spent = back.post(
        "/api/session/second-factor", json={"kind": "recovery_code", "code": codes[0]}
    )
    assert spent.status_code == 422


def test_nobody_resets_or_deactivates_themselves_or_a_stranger(world: Running) -> None:
    admin = administrator(world)
    me = admin.get("/api/session").json()["person"]["id"]
    reader = world.trial.people["reader1"]

    for verb in ("reset", "deactivate"):
        mine = admin.post(f"/api/people/{me}/{verb}", json=LEFT)
        theirs = world.person("manager").post(f"/api/people/{reader}/{verb}", json=LEFT)
        nobody = admin.post(f"/api/people/nobody/{verb}", json=LEFT)
        assert mine.status_code in (404, 422)
        assert theirs.status_code == 404
        assert nobody.status_code == 404


@pytest.mark.req("R-SIG2")
def test_there_is_no_way_to_act_as_somebody_else(world: Running) -> None:
    paths = world.anybody().get("/api/openapi.json").json()["paths"]

    words = ("impersonat", "sudo", "act-as", "act_as", "become", "on-behalf")
    assert not [path for path in paths if any(word in path.lower() for word in words)]


def test_changing_the_password_needs_the_old_one_and_ends_the_other_sessions(
    world: Running,
) -> None:
    mine, other = world.person("reader1"), world.person("reader1")
    body = {"old": "open data lake", "new": CHOSEN}

    wrong = mine.post("/api/account/password", json={**body, "old": "wrong"})
    weak = mine.post("/api/account/password", json={**body, "new": "reader1@demo.local"})
    done = mine.post("/api/account/password", json=body)

    assert (wrong.status_code, weak.status_code, done.status_code) == (401, 422, 204)
    assert mine.get("/api/session").status_code == 200
    assert other.get("/api/session").status_code == 401
    assert sign_in(world, "reader1@demo.local", CHOSEN)


def test_own_sessions_are_listed_and_ended_one_by_one_or_all(world: Running) -> None:
    mine, second, third = (world.person("reader1") for _ in range(3))
    stranger = world.person("reader2")

    listed = mine.get("/api/account/security").json()["sessions"]
    others = [one["id"] for one in listed if not one["is_current"]]
    assert (len(listed), len(others)) == (3, 2)
    assert stranger.delete(f"/api/account/sessions/{others[0]}").status_code == 404
    assert mine.delete(f"/api/account/sessions/{others[0]}").status_code == 204
    assert sum(each.get("/api/session").status_code == 200 for each in (second, third)) == 1
    assert mine.delete("/api/account/sessions").status_code == 204
    assert [each.get("/api/session").status_code for each in (mine, second, third)] == [
        200, 401, 401,
    ]  # fmt: skip


def test_no_entry_holds_what_identifies_somebody(world: Running) -> None:
    admin = administrator(world)
    browser, _, _ = newcomer(world, admin, LOGIN)
    admin.post(f"/api/people/{browser.get('/api/session').json()['person']['id']}/reset", json=LEFT)

    with world.trial.database.reading() as session:
        for entry in ledger_log.entries(session, "system"):
            written = entry.to_bytes().lower()
            assert b"grace" not in written
            assert b"hopper" not in written
