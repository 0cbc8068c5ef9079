"""Id tokens of every wrong kind; the right way is walked against a real provider in tests/api."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from accounts.database import Database
from accounts.errors import AlreadyExists, ProviderUnavailable, Refused, SignInFailed
from accounts.identity_providers import IdentityProvider, is_safe
from accounts.single_sign_on import (
    Provider,
    Returned,
    Subject,
    begin_single_sign_on,
    make_proof,
    sso_reauthenticated,
    subject_of,
    take_return,
)
from accounts.single_sign_on_links import link_person, linked_person, unlink_person
from tests.accounts.conftest import House
from tests.examples.acts import START, act

PROVIDER = Provider("https://id.example", "readout")
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
KEYS = KeySet([KEY])
NOW = int(START.timestamp())


def returned(errand: str = "sign_in") -> Returned:
    return Returned({"nonce": "asked", "errand": errand, "verifier": "v"}, None, None, START)


def claims(**changes: Any) -> dict[str, Any]:
    good = {
        "iss": PROVIDER.issuer,
        "aud": PROVIDER.client_id,
        "sub": "grace",
        "exp": NOW + 300,
        "iat": NOW,
        "nonce": "asked",
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(content: dict[str, Any], *, key: Any = KEY, header: dict[str, str] | None = None) -> str:
    return jwt.encode(header or {"alg": "RS256", "kid": "one"}, content, key)


def judged(text: str, errand: str = "sign_in") -> str:
    found = subject_of(text, KEYS, PROVIDER, returned=returned(errand), now=START)
    return found.subject


def test_a_right_token_names_its_subject() -> None:
    assert judged(token(claims())) == "grace"
    assert judged(token(claims(aud=["readout", "other"], azp="readout"))) == "grace"


@pytest.mark.parametrize(
    "wrong",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": "https://id.example/"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": ["readout", "another"]},
        {"aud": ["readout", "another"], "azp": "another"},
        {"azp": "another"},
        {"aud": None},
        {"exp": NOW - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": NOW + 3600},
        {"nbf": NOW + 3600},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_us_now_and_this_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(SignInFailed):
        judged(token(claims(**wrong)))


def unsigned(algorithm: str) -> str:
    def part(content: dict[str, Any]) -> str:
        return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'kid': 'one'})}.{part(claims())}."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "RS256", ""])
def test_an_unsigned_token_is_refused(algorithm: str) -> None:
    with pytest.raises(SignInFailed):
        judged(unsigned(algorithm))


def test_a_token_of_another_key_or_of_a_shared_secret_is_refused() -> None:
    with pytest.raises(SignInFailed):
        judged(token(claims(), key=OTHER_KEY))
    shared = OctKey.import_key("what is public, taken for a secret of both")
    with pytest.raises(SignInFailed):
        judged(token(claims(), key=shared, header={"alg": "HS256", "kid": "one"}))


@pytest.mark.parametrize("text", ["", "a.b.c", "....", "é", "e30.e30.e30"])
def test_rubbish_is_refused(text: str) -> None:
    with pytest.raises(SignInFailed):
        judged(text)


@pytest.mark.parametrize("auth_time", [None, NOW - 60, "now", True, 0])
def test_proof_that_is_not_fresh_is_refused_whatever_was_asked(auth_time: Any) -> None:
    with pytest.raises(SignInFailed, match="password again"):
        judged(token(claims(auth_time=auth_time)), "prove")


def test_fresh_proof_is_taken() -> None:
    assert judged(token(claims(auth_time=NOW)), "prove") == "grace"
    assert judged(token(claims(auth_time=NOW - 4)), "prove") == "grace"


def test_what_was_asked_comes_back_once_in_its_browser_and_in_time(database: Database) -> None:
    def begun() -> tuple[str, str]:
        with database.transaction() as session:
            made = begin_single_sign_on(
                act(session),
                PROVIDER,
                authorization_endpoint="https://id.example/auth?tenant=1",
                redirect_uri="https://readout.example/back",
                errand="sign_in",
                content={},
            )
        assert made.address.startswith("https://id.example/auth?tenant=1&response_type=code")
        return made.address.partition("state=")[2].partition("&")[0], made.browser_secret

    def take(state: str, secret: str, *, minutes: float = 0) -> None:
        with database.transaction() as session:
            now = START + timedelta(minutes=minutes)
            take_return(act(session, now=now), state=state, browser_secret=secret)

    state, secret = begun()
    with pytest.raises(SignInFailed):
        take(state, "another browser's")
    with pytest.raises(SignInFailed):
        take(state, secret, minutes=5)
    take(state, secret)
    with pytest.raises(SignInFailed):
        take(state, secret)


def test_a_proof_is_one_persons_for_one_session_and_digest(house: House) -> None:
    reader, viewer = house.people["reader"], house.people["viewer"]
    with house.database.transaction() as session:
        by = act(session, reader, login="s1")
        subject = Subject("https://provider.example", "subject", START)
        proof = make_proof(by, subject, person_id=reader, digest="d")

    def holds(who: str, login: str, digest: str) -> bool:
        with house.database.transaction() as session:
            held = sso_reauthenticated(act(session, who, login=login), proof, digest=digest)
            session.rollback()
        return held is not None

    assert not holds(viewer, "s1", "d")
    assert not holds(reader, "s2", "d")
    assert not holds(reader, "s1", "another")
    assert holds(reader, "s1", "d")


def test_one_subject_is_one_person(house: House) -> None:
    with house.database.transaction() as session:
        link_person(act(session, house.people["reader"]), issuer="i", subject="grace")
    with house.database.transaction() as session:
        with pytest.raises(AlreadyExists):
            link_person(act(session, house.people["viewer"]), issuer="i", subject="grace")
        with pytest.raises(AlreadyExists):
            link_person(act(session, house.people["reader"]), issuer="i", subject="other")
        assert linked_person(session, issuer="j", subject="grace") is None
        unlink_person(act(session, house.people["reader"]), issuer="i")
        assert linked_person(session, issuer="i", subject="grace") is None


def test_the_only_way_in_is_not_taken_away(house: House) -> None:
    from accounts.people import PersonRow

    with house.database.transaction() as session:
        person = session.get(PersonRow, house.people["reader"])
        assert person is not None
        person.password_hash = None
        link_person(act(session, person.id), issuer="i", subject="grace")
        with pytest.raises(Refused):
            unlink_person(act(session, person.id), issuer="i")


def test_a_provider_is_reached_by_https_or_on_this_machine() -> None:
    assert is_safe("https://id.example/auth")
    assert is_safe("http://127.0.0.1:8080/auth")
    for address in ("http://id.example", "ftp://id.example", "https:///x", "", "javascript:1"):
        assert not is_safe(address)


def test_a_provider_that_does_not_answer_is_said_so() -> None:
    silent = IdentityProvider(Provider("http://127.0.0.1:1", "readout"), lambda: START)

    with pytest.raises(ProviderUnavailable):
        silent.metadata()
