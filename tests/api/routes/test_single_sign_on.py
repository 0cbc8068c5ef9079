"""Single sign-on against a real provider in a process of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.login_sessions import LoginSessionRow
from accounts.memberships import add_member
from accounts.signatures import SignatureRow, signatures_of
from accounts.single_sign_on import sso_reauthenticated
from api.app import system_clock
from tests.api.administration import accept, administrator, enrol, invite, sign_in
from tests.api.life import propose
from tests.api.running import Running, running
from tests.examples.acts import act, let_sign
from tests.oidc.provider import CLIENT_ID, CLIENT_SECRET, OpenIdProvider, open_id_provider

LOGIN = "grace@demo.local"
PUBLIC = "http://localhost:8000"
CALLBACK = f"{PUBLIC}/api/single-sign-on/callback"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    with open_id_provider(CALLBACK) as started:
        yield started


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path, provider: OpenIdProvider) -> Iterator[Running]:
    secret = tmp_path / "client-secret"
    secret.write_text(f"{CLIENT_SECRET}\n")
    with running(
        sqlite_database,
        tmp_path,
        sso_issuer=provider.issuer,
        sso_client_id=CLIENT_ID,
        sso_client_secret_file=secret,
        sso_name="The hospital's login",
        public_url=PUBLIC,
    ) as started:
        # The provider has no other clock than the machine's.
        started.clock.now = system_clock()
        yield started


def come_back(browser: httpx.Client, returned: str) -> httpx.Response:
    """Follow the provider's redirect in a browser of ours, on the port that the test knows."""
    parts = urlsplit(returned)
    return browser.get(f"{parts.path}?{parts.query}")


def start(browser: httpx.Client, **body: str) -> str:
    answer = browser.post("/api/single-sign-on/sign-in", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["address"])


def accepted(world: Running, provider: OpenIdProvider, subject: str) -> httpx.Client:
    """Invite somebody who accepts by single sign-on."""
    token = invite(administrator(world), LOGIN)["token"]
    browser = world.anybody()
    returned = provider.sign_in(start(browser, invitation_token=token), subject)
    answer = come_back(browser, returned)
    assert answer.headers["location"] == "/", answer.text
    return browser


def refused(answer: httpx.Response) -> str:
    """Return why a way back ended at the sign-in page, without any session."""
    assert "readout_session" not in answer.headers.get("set-cookie", "")
    parts = urlsplit(answer.headers["location"])
    assert (answer.status_code, parts.path) == (303, "/sign-in")
    return parse_qs(parts.query)["refused"][0]


def test_an_invited_person_accepts_and_signs_in_without_a_password(
    world: Running, provider: OpenIdProvider
) -> None:
    first = accepted(world, provider, "grace").get("/api/session").json()
    browser = world.anybody()

    answer = come_back(browser, provider.sign_in(start(browser, next="/tasks"), "grace"))

    session = browser.get("/api/session").json()
    assert answer.headers["location"] == "/tasks"
    assert session["person"] == first["person"]
    assert (session["stage"], session["second_factor"]) == ("complete", "single_sign_on")
    assert browser.get("/api/projects").status_code == 200


def test_somebody_who_was_not_invited_is_not_made_on_the_way(
    world: Running, provider: OpenIdProvider
) -> None:
    browser = world.anybody()
    # The same word as a login of ours is no proof of being that person.
    returned = provider.sign_in(start(browser), "reader1@demo.local")

    assert refused(come_back(browser, returned)) == "sign_in_failed"
    with world.trial.database.reading() as session:
        assert ledger_log.count(session, "system", action="sign_in_failed") == 1


def test_a_way_back_serves_once_and_in_its_own_browser(
    world: Running, provider: OpenIdProvider
) -> None:
    accepted(world, provider, "grace")
    browser, other = world.anybody(), world.anybody()
    returned = provider.sign_in(start(browser), "grace")

    elsewhere = come_back(other, returned)
    cookies = dict(browser.cookies)
    first = come_back(browser, returned)
    browser.cookies.update(cookies)
    again = come_back(browser, returned)

    assert refused(elsewhere) == "sign_in_failed"
    assert first.headers["location"] == "/"
    assert refused(again) == "sign_in_failed"


def test_a_code_that_was_used_before_is_refused_by_the_provider(
    world: Running, provider: OpenIdProvider
) -> None:
    accepted(world, provider, "grace")
    browser, thief = world.anybody(), world.anybody()
    used = parse_qs(urlsplit(provider.sign_in(start(browser), "grace")).query)
    come_back(browser, f"{CALLBACK}?code={used['code'][0]}&state={used['state'][0]}")

    state = parse_qs(urlsplit(start(thief)).query)["state"][0]
    answer = come_back(thief, f"{CALLBACK}?code={used['code'][0]}&state={state}")

    assert refused(answer) == "sign_in_failed"


def test_an_answer_of_another_issuer_is_refused(world: Running, provider: OpenIdProvider) -> None:
    accepted(world, provider, "grace")
    browser = world.anybody()
    returned = provider.sign_in(start(browser), "grace")

    answer = come_back(browser, returned.partition("&iss=")[0] + "&iss=https://evil.example")

    assert refused(answer) == "sign_in_failed"


def test_a_state_is_over_after_five_minutes(world: Running, provider: OpenIdProvider) -> None:
    accepted(world, provider, "grace")
    browser = world.anybody()
    returned = provider.sign_in(start(browser), "grace")
    world.clock.move(minutes=5)

    assert refused(come_back(browser, returned)) == "sign_in_failed"


def test_a_deactivated_person_does_not_come_in_by_single_sign_on(
    world: Running, provider: OpenIdProvider
) -> None:
    session = accepted(world, provider, "grace").get("/api/session").json()
    admin = sign_in(world, "ada@demo.local", "open data lake")
    admin.post(
        f"/api/people/{session['person']['id']}/deactivate", json={"reason": {"code": "left"}}
    )
    browser = world.anybody()

    answer = come_back(browser, provider.sign_in(start(browser), "grace"))

    assert refused(answer) == "sign_in_failed"


def test_an_address_of_another_site_is_not_followed(world: Running) -> None:
    for next in ("//evil.example", "https://evil.example", "/\\evil.example", "/a b"):
        answer = world.anybody().post("/api/single-sign-on/sign-in", json={"next": next})
        assert answer.status_code == 422


def test_linking_needs_a_step_up_and_one_subject_is_one_person(
    world: Running, provider: OpenIdProvider
) -> None:
    admin = administrator(world)
    browsers = {}
    for login in ("one@demo.local", "two@demo.local"):
        accept(world, invite(admin, login, "Some Person")["token"])
        browser = sign_in(world, login)
        app, _ = enrol(world, browser)
        world.clock.move(seconds=31)
        early = browser.post("/api/single-sign-on/errands", json={"errand": "link"})
        assert (early.status_code, early.json()["type"]) == (401, "step_up_required")
        stepped = browser.post(
            "/api/session/step-up",
            json={"password": "tall giraffe reads backwards", "code": {"code": app.code()}},
        )
        browser.headers["X-CSRF-Token"] = stepped.json()["csrf_token"]
        browsers[login] = browser

    def link(browser: httpx.Client) -> httpx.Response:
        begun = browser.post("/api/single-sign-on/errands", json={"errand": "link"})
        return come_back(browser, provider.sign_in(begun.json()["address"], "shared"))

    first = link(browsers["one@demo.local"])
    second = link(browsers["two@demo.local"])

    assert first.headers["location"] == "/account"
    assert refused(second) == "already_exists"
    state = browsers["one@demo.local"].get("/api/account/security").json()["single_sign_on"]
    assert state == {"available": True, "name": "The hospital's login", "linked": True}


def test_proving_anew_asks_for_the_password_and_binds_the_digest(
    world: Running, provider: OpenIdProvider
) -> None:
    browser = accepted(world, provider, "grace")
    session = browser.get("/api/session").json()
    browser.headers["X-CSRF-Token"] = session["csrf_token"]
    body = {"errand": "prove", "digest": "a" * 64, "next": "/tasks/1"}
    address = browser.post("/api/single-sign-on/errands", json=body).json()["address"]
    query = parse_qs(urlsplit(address).query)

    answer = come_back(browser, provider.sign_in(address, "grace"))

    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    target, _, proof = answer.headers["location"].partition("#proof=")
    assert target == "/tasks/1"
    with world.trial.database.transaction() as opened:
        own = current_session(world, session["person"]["id"])
        by = act(opened, session["person"]["id"], now=world.clock(), login=own)
        stranger = act(opened, session["person"]["id"], now=world.clock(), login="another")
        assert not sso_reauthenticated(by, "invented", digest="a" * 64)
        assert sso_reauthenticated(by, proof, digest="a" * 64)
        assert not sso_reauthenticated(by, proof, digest="a" * 64)
        assert not sso_reauthenticated(stranger, proof, digest="a" * 64)


def test_a_step_up_by_single_sign_on(world: Running, provider: OpenIdProvider) -> None:
    browser = accepted(world, provider, "grace")
    browser.headers["X-CSRF-Token"] = browser.get("/api/session").json()["csrf_token"]
    begun = browser.post("/api/single-sign-on/errands", json={"errand": "prove"})
    answer = come_back(browser, provider.sign_in(begun.json()["address"], "grace"))
    proof = answer.headers["location"].partition("#proof=")[2]

    wrong = browser.post("/api/session/step-up", json={"proof": "invented"})
    stepped = browser.post("/api/session/step-up", json={"proof": proof})

    assert (wrong.status_code, stepped.status_code) == (401, 200)
    browser.headers["X-CSRF-Token"] = stepped.json()["csrf_token"]
    assert browser.post("/api/account/recovery-codes").status_code == 201


@dataclass
class Signer:
    """Somebody without a password, in a browser, before a resolution that waits for them."""

    world: Running
    provider: OpenIdProvider
    browser: httpx.Client
    found: dict[str, Any]

    def prove(self, digest: str) -> str:
        """Prove anew at the provider, for a digest, and return the proof."""
        body = {"errand": "prove", "digest": digest, "next": "/"}
        address = self.browser.post("/api/single-sign-on/errands", json=body).json()["address"]
        answer = come_back(self.browser, self.provider.sign_in(address, "grace"))
        return answer.headers["location"].partition("#proof=")[2]

    def grant(self, proof: str, **other: str) -> httpx.Response:
        """Ask for a grant with a proof."""
        record = {"record_kind": "resolution", "record_id": self.found["id"]}
        body = {**record, "record_digest": self.found["digest"], "meaning": "approval"}
        body |= {**other, "proof": proof}
        return self.browser.post("/api/sign-grants/single-sign-on", json=body)

    def sign(self, grant: str) -> httpx.Response:
        """Sign the resolution with a grant."""
        address = f"{self.world.project}/resolutions/{self.found['id']}/sign"
        return self.browser.post(address, json={"grant": grant})


@pytest.fixture
def signer(world: Running, provider: OpenIdProvider) -> Signer:
    browser = accepted(world, provider, "grace")
    session = browser.get("/api/session").json()
    browser.headers["X-CSRF-Token"] = session["csrf_token"]
    with world.trial.database.transaction() as opened:
        by = act(opened, now=world.clock())
        add_member(by, world.trial.project, session["person"]["id"], "Editor")
        let_sign(by, session["person"]["id"])
    return Signer(world, provider, browser, propose(browser, world, "freeze"))


@pytest.mark.req("R-SIG")
def test_a_person_without_a_password_signs_by_proving_anew(signer: Signer) -> None:
    granted = signer.grant(signer.prove(signer.found["digest"]))

    signed = signer.sign(granted.json()["grant"])
    again = signer.sign(granted.json()["grant"])

    assert granted.status_code == 201, granted.text
    assert (signed.status_code, signed.json()["state"]) == (200, "done")
    assert again.status_code != 200
    with signer.world.trial.database.reading() as session:
        (row,) = session.scalars(
            select(SignatureRow).where(SignatureRow.record_id == signer.found["id"])
        )
    assert isinstance(row.evidence, dict)
    assert row.evidence["method"] == "single_sign_on"
    assert row.evidence["issuer"] == signer.provider.issuer
    assert str(row.evidence["authenticated_at"]).endswith("Z")


@pytest.mark.req("R-SIG", "R-LINK")
def test_a_proof_signs_only_the_record_it_was_made_for_once_and_soon(signer: Signer) -> None:
    other, stepped = signer.prove("a" * 64), signer.prove("")
    used, late = signer.prove(signer.found["digest"]), signer.prove(signer.found["digest"])

    refused = [signer.grant(other), signer.grant(stepped)]
    first = signer.grant(used)
    refused.append(signer.grant(used))
    signer.world.clock.move(minutes=2)
    refused.append(signer.grant(late))

    assert first.status_code == 201, first.text
    assert [(one.status_code, one.json()["type"]) for one in refused] == [
        (401, "reauth_required")
    ] * 4
    assert signer.sign(first.json()["grant"]).status_code == 401
    with signer.world.trial.database.reading() as session:
        project = signer.world.trial.project
        assert ledger_log.count(session, project, action="signature_failed") == 5
        assert signatures_of(session, "resolution", signer.found["id"]) == ()


@pytest.mark.req("R-PWD", "R-SIG")
def test_three_wrong_proofs_block_signing_and_end_the_session(signer: Signer) -> None:
    wrong = [signer.grant("invented") for _ in range(3)]

    assert [one.status_code for one in wrong] == [401] * 3
    assert signer.browser.get("/api/session").status_code == 401


@pytest.mark.req("R-POL", "R-IDV")
def test_a_proof_does_not_stand_in_for_identity_and_statement(
    world: Running, provider: OpenIdProvider
) -> None:
    browser = accepted(world, provider, "grace")
    session = browser.get("/api/session").json()
    browser.headers["X-CSRF-Token"] = session["csrf_token"]
    with world.trial.database.transaction() as opened:
        by = act(opened, now=world.clock())
        add_member(by, world.trial.project, session["person"]["id"], "Editor")
    stranger = Signer(world, provider, browser, propose(browser, world, "freeze"))

    answer = stranger.grant(stranger.prove(stranger.found["digest"]))

    assert (answer.status_code, answer.json()["type"]) == (403, "identity_not_verified")


def current_session(world: Running, person: str) -> str:
    with world.trial.database.reading() as session:
        found = session.scalar(
            select(LoginSessionRow.id).where(LoginSessionRow.person_id == person)
        )
    assert found is not None
    return found
