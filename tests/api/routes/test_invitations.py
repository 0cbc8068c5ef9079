"""Inviting named people over HTTP, and everything a token is not good for."""

import pytest

from accounts.ledger import log as ledger_log
from tests.api.administration import CHOSEN, LEFT, accept, administrator, invite, sign_in
from tests.api.running import Running


@pytest.mark.req("R-ACC")
def test_an_invited_person_accepts_once_and_can_sign_in(any_world: Running) -> None:
    made = invite(administrator(any_world), "Grace@Demo.local")

    accepted = accept(any_world, made["token"])
    again = accept(any_world, made["token"])
    session = sign_in(any_world, "grace@demo.local").get("/api/session").json()

    assert accepted.json()["printed_name"] == "Grace Hopper"
    assert (again.status_code, again.json()["type"]) == (410, "invitation_over")
    assert session["person"]["id"] == made["person_id"]
    assert session["stage"] == "enrolment"


def test_several_are_invited_at_once_or_none(world: Running) -> None:
    admin = administrator(world)
    good = {"login": "one@demo.local", "printed_name": "One Person"}
    bad = {"login": "two@demo.local", "printed_name": "Study Team"}

    refused = admin.post("/api/invitations", json={"people": [good, bad]})
    made = admin.post(
        "/api/invitations",
        json={"people": [good, {"login": "two@demo.local", "printed_name": "Two Person"}]},
    )

    assert (refused.status_code, made.status_code) == (422, 201)
    assert len({one["token"] for one in made.json()}) == 2


def test_the_token_is_nowhere_on_our_side(world: Running) -> None:
    admin = administrator(world)
    token = invite(admin, "grace@demo.local")["token"]

    listed = admin.get("/api/invitations").text

    with world.trial.database.reading() as session:
        entries = ledger_log.entries(session, "system")
        assert not any(token.encode() in entry.to_bytes() for entry in entries)
        assert not any(b"grace" in entry.to_bytes().lower() for entry in entries)
    assert token not in listed
    for file in world.trial.database.url.database, f"{world.trial.database.url.database}-wal":
        with open(str(file), "rb") as stored:
            assert token.encode() not in stored.read()


def test_an_invitation_ends_after_seven_days_and_its_login_is_free_again(world: Running) -> None:
    admin = administrator(world)
    first = invite(admin, "grace@demo.local")

    world.clock.move(days=7, seconds=-1)
    in_time = world.anybody().post("/api/invitations/preview", json={"token": first["token"]})
    world.clock.move(seconds=1)
    late = accept(world, first["token"])
    second = invite(world.person("ada"), "grace@demo.local")

    assert in_time.json()["login"] == "grace@demo.local"
    assert late.status_code == 410
    assert second["person_id"] != first["person_id"]


def test_a_revoked_invitation_makes_nobody(world: Running) -> None:
    admin = administrator(world)
    made = invite(admin, "grace@demo.local")

    gone = admin.post(f"/api/invitations/{made['id']}/revoke", json=LEFT)

    assert gone.status_code == 204
    assert accept(world, made["token"]).status_code == 410
    (listed,) = admin.get("/api/invitations").json()
    assert listed["state"] == "revoked"
    assert admin.get("/api/people").json()[0]["state"] == "deactivated"


@pytest.mark.parametrize(
    "name",
    ["", " ", "Admin", "Radiologist", "Site Staff", "test user", "STUDY TEAM 3", "A\u200b\u200bB",
     "1234 5678", "x" * 90 + " " + "y" * 90],
)  # fmt: skip
@pytest.mark.req("R-ACC")
def test_a_generic_account_cannot_be_made(shared_world: Running, name: str) -> None:
    admin = shared_world.person("ada") if _known(shared_world) else administrator(shared_world)

    answer = admin.post(
        "/api/invitations", json={"people": [{"login": "admin@x.org", "printed_name": name}]}
    )

    assert answer.status_code in (400, 422)


def _known(world: Running) -> bool:
    answer = world.anybody().post(
        "/api/session", json={"login": "ada@demo.local", "password": "open data lake"}
    )
    return answer.status_code == 201


def test_a_login_that_names_a_post_is_still_one_persons(world: Running) -> None:
    assert invite(administrator(world), "admin@site.example", "Grace Hopper")["token"]


@pytest.mark.parametrize("login", ["a b@x.org", "a\tb", "", "x" * 201])
def test_a_login_of_no_use_is_refused(world: Running, login: str) -> None:
    answer = administrator(world).post(
        "/api/invitations", json={"people": [{"login": login, "printed_name": "Grace Hopper"}]}
    )

    assert answer.status_code in (400, 422)


def test_a_taken_login_is_refused_however_it_is_spelled(world: Running) -> None:
    admin = administrator(world)
    invite(admin, "grace@demo.local")

    for spelling in ("GRACE@demo.local", " grace@demo.local ", "ｇrace@demo.local"):
        answer = admin.post(
            "/api/invitations",
            json={"people": [{"login": spelling, "printed_name": "Grace Hopper"}]},
        )
        assert (answer.status_code, answer.json()["type"]) == (409, "already_exists")


def test_only_an_administrator_invites_lists_and_revokes(world: Running) -> None:
    admin = administrator(world)
    made = invite(admin, "grace@demo.local")
    body = {"people": [{"login": "x@demo.local", "printed_name": "X Person"}]}
    organization = admin.get("/api/invitations").json()[0]

    for name in ("manager", "reader1"):
        other = world.person(name)
        assert other.post("/api/invitations", json=body).status_code == 422
        assert other.get("/api/people").status_code == 422
        assert other.post(f"/api/invitations/{made['id']}/revoke", json=LEFT).status_code == 404
        assert other.post(f"/api/people/{made['person_id']}/reset", json=LEFT).status_code == 404
    assert organization["state"] == "open"
    assert world.machine().post("/api/invitations", json=body).status_code in (404, 422)


@pytest.mark.parametrize(
    "password", ["short", "grace@demo.local", "password12345", "aaaaaaaaaaaaaaaa", "x" * 1500]
)
@pytest.mark.req("R-PWD")
def test_a_weak_password_is_refused_and_the_invitation_still_holds(
    world: Running, password: str
) -> None:
    made = invite(administrator(world), "grace@demo.local")

    refused = accept(world, made["token"], password)

    assert refused.status_code == 422
    assert password not in refused.text
    assert accept(world, made["token"], CHOSEN).status_code == 200


def test_guessing_tokens_is_throttled(world: Running) -> None:
    for _ in range(10):
        assert accept(world, "guess").status_code == 410

    answer = accept(world, "guess")

    assert (answer.status_code, answer.json()["type"]) == (429, "throttled")
    assert int(answer.headers["Retry-After"]) == 30
    world.clock.move(seconds=31)
    assert accept(world, "guess").status_code == 410
