"""The second step of signing in, enrolment, recovery, and what needs a step-up."""

import httpx
import pytest

from accounts.ledger import log as ledger_log
from tests.api.administration import (
    CHOSEN,
    accept,
    administrator,
    enrol,
    invite,
    newcomer,
    second_factor,
    sign_in,
)
from tests.api.running import Running

LOGIN = "grace@demo.local"
EVERYWHERE = ("/api/projects", "/api/tasks", "/api/invitations", "/api/people")


def test_without_a_second_factor_a_newcomer_reaches_nothing_but_the_enrolment(
    any_world: Running,
) -> None:
    accept(any_world, invite(administrator(any_world), LOGIN)["token"])
    browser = sign_in(any_world, LOGIN)

    refused = [browser.get(path) for path in EVERYWHERE]
    _, codes = enrol(any_world, browser)

    assert {(each.status_code, each.json()["type"]) for each in refused} == {
        (403, "second_factor_missing")
    }
    assert len(set(codes)) == 10
    assert browser.get("/api/projects").status_code == 200
    assert browser.get("/api/session").json()["stage"] == "complete"


@pytest.mark.req("R-ACC")
def test_the_second_step_opens_what_the_password_alone_does_not(any_world: Running) -> None:
    _, app, _ = newcomer(any_world, administrator(any_world), LOGIN)
    any_world.clock.move(minutes=1)
    browser = sign_in(any_world, LOGIN)

    half = browser.get("/api/projects")
    security = browser.get("/api/account/security")
    old = dict(browser.cookies)
    done = browser.post("/api/session/second-factor", json={"code": app.code()})

    assert (half.status_code, half.json()["type"]) == (401, "second_factor_required")
    assert security.status_code == 401
    assert (done.status_code, done.json()["stage"]) == (200, "complete")
    assert browser.get("/api/projects").status_code == 200
    assert old["readout_session"] != browser.cookies["readout_session"]


def test_whoever_has_the_password_alone_cannot_add_a_factor_of_their_own(world: Running) -> None:
    newcomer(world, administrator(world), LOGIN)
    thief = sign_in(world, LOGIN)

    assert thief.post("/api/account/authenticator").status_code == 401
    assert thief.post("/api/account/passkeys/options").status_code == 401
    assert thief.post("/api/account/recovery-codes").status_code == 401


@pytest.mark.req("R-PWD")
def test_a_code_serves_once_and_neither_early_nor_late(world: Running) -> None:
    _, app, _ = newcomer(world, administrator(world), LOGIN)
    world.clock.move(minutes=5)
    code = app.code()

    def attempt(given: str) -> int:
        browser = sign_in(world, LOGIN)
        return browser.post("/api/session/second-factor", json={"code": given}).status_code

    assert attempt(app.code(later=2)) == 401
    assert attempt(app.code(later=-2)) == 401
    assert attempt(code) == 200
    assert attempt(code) == 401
    assert attempt(app.code(later=-1)) == 401
    assert attempt(app.code(later=1)) == 200
    assert attempt("000000000") == 401
    assert attempt("١٢٣٤٥٦") == 401


def test_a_recovery_code_serves_once(any_world: Running) -> None:
    _, _, codes = newcomer(any_world, administrator(any_world), LOGIN)

    def attempt(code: str) -> int:
        browser = sign_in(any_world, LOGIN)
        body = {"kind": "recovery_code", "code": code}
        return browser.post("/api/session/second-factor", json=body).status_code

    assert attempt(codes[0].upper().replace("-", " ")) == 200
    assert attempt(codes[0]) == 401
    assert attempt(codes[1]) == 200
    assert attempt("aaaaa-aaaaa") == 401


@pytest.mark.req("R-PWD")
def test_guessing_codes_is_throttled_even_with_a_new_session_each_time(world: Running) -> None:
    _, app, _ = newcomer(world, administrator(world), LOGIN)
    world.clock.move(minutes=5)

    answers = []
    for _ in range(11):
        thief = sign_in(world, LOGIN)
        answers.append(thief.post("/api/session/second-factor", json={"code": "000000"}))
    right = sign_in(world, LOGIN).post("/api/session/second-factor", json={"code": app.code()})

    assert [each.status_code for each in answers] == [401] * 10 + [429]
    assert right.status_code == 429
    with world.trial.database.reading() as session:
        assert ledger_log.count(session, "system", action="tries_throttled") == 1


def test_the_owners_device_is_let_in_while_a_thief_is_made_to_wait(world: Running) -> None:
    owner, app, _ = newcomer(world, administrator(world), LOGIN)
    world.clock.move(minutes=5)
    for _ in range(11):
        sign_in(world, LOGIN).post("/api/session/second-factor", json={"code": "000000"})

    begun = owner.post("/api/session", json={"login": LOGIN, "password": CHOSEN})
    owner.headers["X-CSRF-Token"] = begun.json()["csrf_token"]
    done = owner.post("/api/session/second-factor", json={"code": app.code()})

    assert done.status_code == 200


SENSITIVE = (
    ("DELETE", "/api/account/authenticator"),
    ("POST", "/api/account/recovery-codes"),
    ("POST", "/api/account/passkeys/options"),
    ("DELETE", "/api/account/passkeys/00000000-0000-4000-8000-000000000000"),
)


def stolen(browser: httpx.Client, world: Running) -> httpx.Client:
    """Return another browser with a copy of the cookies and, worse, the token of the page."""
    thief = world.anybody()
    thief.cookies.update(dict(browser.cookies))
    thief.headers["X-CSRF-Token"] = browser.headers["X-CSRF-Token"]
    return thief


@pytest.mark.parametrize(("method", "path"), SENSITIVE)
def test_a_stolen_cookie_without_the_second_factor_changes_nothing_that_matters(
    world: Running, method: str, path: str
) -> None:
    browser, _, _ = newcomer(world, administrator(world), LOGIN)
    thief = stolen(browser, world)

    refused = thief.request(method, path)
    guessed = thief.post("/api/session/step-up", json={"password": CHOSEN})

    assert (refused.status_code, refused.json()["type"]) == (401, "step_up_required")
    assert guessed.status_code == 422


def test_a_step_up_opens_the_door_for_five_minutes_and_ends_the_copied_cookie(
    any_world: Running,
) -> None:
    browser, app, _ = newcomer(any_world, administrator(any_world), LOGIN)
    any_world.clock.move(minutes=1)
    thief = stolen(browser, any_world)

    wrong = browser.post(
        "/api/session/step-up", json={"password": "wrong", "code": {"code": app.code()}}
    )
    stepped = browser.post(
        "/api/session/step-up", json={"password": CHOSEN, "code": {"code": app.code()}}
    )
    browser.headers["X-CSRF-Token"] = stepped.json()["csrf_token"]

    assert (wrong.status_code, stepped.status_code) == (401, 200)
    assert thief.get("/api/projects").status_code == 401
    assert browser.post("/api/account/recovery-codes").status_code == 201
    any_world.clock.move(minutes=5)
    assert browser.post("/api/account/recovery-codes").status_code == 401


def test_the_last_factor_stays_where_the_organisation_asks_for_one(world: Running) -> None:
    admin = administrator(world)
    browser, app, _ = newcomer(world, admin, LOGIN)
    world.clock.move(minutes=1)
    body = {"password": CHOSEN, "code": {"code": app.code()}}
    stepped = browser.post("/api/session/step-up", json=body)
    browser.headers["X-CSRF-Token"] = stepped.json()["csrf_token"]

    kept = browser.delete("/api/account/authenticator")
    second_factor(admin, required=False, world=world)
    gone = browser.delete("/api/account/authenticator")

    assert (kept.status_code, gone.status_code) == (422, 204)
    assert sign_in(world, LOGIN).get("/api/session").json()["stage"] == "complete"


def test_an_organisation_that_asks_for_it_later_is_obeyed_by_sessions_that_are_open(
    world: Running,
) -> None:
    admin = administrator(world)
    second_factor(admin, required=False, world=world)
    accept(world, invite(admin, LOGIN)["token"])
    browser = sign_in(world, LOGIN)

    before = browser.get("/api/projects").status_code
    second_factor(admin, required=True, world=world)
    after = browser.get("/api/projects")

    assert (before, after.status_code) == (200, 403)
    enrol(world, browser)
    assert browser.get("/api/projects").status_code == 200


def test_a_first_factor_ends_the_sessions_that_had_none(world: Running) -> None:
    admin = administrator(world)
    accept(world, invite(admin, LOGIN)["token"])
    other, mine = sign_in(world, LOGIN), sign_in(world, LOGIN)

    enrol(world, mine)

    assert other.get("/api/session").status_code == 401


def test_half_a_sign_in_lasts_a_quarter_of_an_hour(world: Running) -> None:
    accept(world, invite(administrator(world), LOGIN)["token"])
    browser = sign_in(world, LOGIN)

    world.clock.move(minutes=14)
    still = browser.get("/api/session").status_code
    world.clock.move(minutes=1)

    assert (still, browser.get("/api/session").status_code) == (200, 401)


def test_the_secret_is_sealed_and_the_qr_code_is_a_picture_of_its_address(world: Running) -> None:
    accept(world, invite(administrator(world), LOGIN)["token"])
    browser = sign_in(world, LOGIN)

    offer = browser.post("/api/account/authenticator").json()

    assert offer["address"].startswith("otpauth://totp/Readout:grace")
    assert offer["qr_svg"].startswith("<svg")
    path = str(world.trial.database.url.database)
    for file in (path, f"{path}-wal"):
        with open(file, "rb") as stored:
            assert offer["secret"].encode() not in stored.read()


def test_an_idle_session_ends_when_the_organisation_says(world: Running) -> None:
    admin = administrator(world)
    accept(world, invite(admin, LOGIN)["token"])
    from tests.api.administration import organization_of

    rules = {"second_factor_required": False, "idle_minutes": 15}
    address = f"/api/organizations/{organization_of(world)}/sign-in-rules"
    assert admin.put(address, json=rules).status_code == 204
    assert admin.put(address, json={**rules, "idle_minutes": 31}).status_code == 422
    assert world.person("manager").put(address, json=rules).status_code in (403, 404)
    browser = sign_in(world, LOGIN)

    world.clock.move(minutes=14)
    still = browser.get("/api/projects").status_code
    world.clock.move(minutes=15)

    assert (still, browser.get("/api/projects").status_code) == (200, 401)
