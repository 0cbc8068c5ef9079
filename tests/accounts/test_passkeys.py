from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from accounts.errors import AccountsError, AlreadyExists, NotFound, Refused, SignInFailed
from accounts.ledger import log
from accounts.passkeys import (
    PasskeyRow,
    Site,
    add_passkey,
    ask_passkey,
    offer_passkey,
    own_passkeys,
    passkey_person,
    remove_passkey,
)
from tests.accounts.conftest import House
from tests.accounts.software_authenticator import PRESENT, SoftwareAuthenticator
from tests.examples.acts import START, act

SITE = Site("localhost", "http://localhost:8000")


def offer(house: House, who: str = "reader") -> dict[str, Any]:
    with house.database.transaction() as session:
        by = act(session, house.people[who])
        return offer_passkey(by, SITE, login=f"{who}@demo.local", printed_name=who)


def add(house: House, credential: dict[str, Any], who: str = "reader", name: str = "Key") -> str:
    with house.database.transaction() as session:
        return add_passkey(act(session, house.people[who]), SITE, credential, name=name)


def ask(house: House, who: str | None = "reader") -> dict[str, Any]:
    with house.database.transaction() as session:
        return ask_passkey(act(session), SITE, house.people[who] if who else None)


def give(house: House, credential: dict[str, Any], site: Site = SITE) -> str:
    with house.database.transaction() as session:
        return passkey_person(act(session), site, credential)


def owned(house: House, key: SoftwareAuthenticator, who: str = "reader") -> str:
    return add(house, key.make(offer(house, who)), who)


def test_a_passkey_is_made_and_says_whose_it_is(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)

    assert give(house, key.answer(ask(house))) == house.people["reader"]
    assert give(house, key.answer(ask(house, None))) == house.people["reader"]
    with house.database.reading() as session:
        (seen,) = own_passkeys(session, house.people["reader"])
        (entry,) = log.entries(session, "system", action="passkey_added")
    assert seen.last_used_at == START
    assert entry.rows["passkeys"].keys() == {seen.id}


def test_options_ask_for_a_verified_owner(house: House) -> None:
    key = SoftwareAuthenticator()
    made = offer(house)
    add(house, key.make(made))

    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert ask(house)["userVerification"] == "required"
    assert len(offer(house)["excludeCredentials"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "http://localhost:8000.evil.example"},
        {"origin": "http://evil.example"},
        {"type": "webauthn.create"},
        {"challenge": "aW52ZW50ZWQ"},
    ],
)
def test_an_answer_for_another_page_question_or_purpose_is_refused(
    house: House, wrong: dict[str, str]
) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)

    with pytest.raises(SignInFailed):
        give(house, key.answer(ask(house), **wrong))


def test_an_owner_who_was_not_verified_is_refused(house: House) -> None:
    unverified = SoftwareAuthenticator(flags=PRESENT)
    with pytest.raises(Refused):
        add(house, unverified.make(offer(house)))
    key = SoftwareAuthenticator()
    owned(house, key)

    key.flags = PRESENT
    with pytest.raises(SignInFailed):
        give(house, key.answer(ask(house)))


def test_another_host_another_key_and_a_copied_counter_are_refused(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    for other in (
        replace(key, host="evil.example"),
        replace(key, key=SoftwareAuthenticator().key),
        replace(key, credential_id=b"unknown"),
    ):
        with pytest.raises(SignInFailed):
            give(house, other.answer(ask(house)))

    give(house, key.answer(ask(house)))
    give(house, key.answer(ask(house)))
    copied = replace(key, count=0)
    with pytest.raises(SignInFailed):
        give(house, copied.answer(ask(house)))


def test_an_authenticator_that_counts_nothing_is_welcome(house: House) -> None:
    key = SoftwareAuthenticator(counts=False)
    owned(house, key)

    assert give(house, key.answer(ask(house)))
    assert give(house, key.answer(ask(house)))


def test_a_challenge_serves_once_and_five_minutes(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    options = ask(house)
    credential = key.answer(options)
    give(house, credential)

    with pytest.raises(SignInFailed):
        give(house, credential)
    with pytest.raises(SignInFailed):
        give(house, key.answer(options))


def test_a_challenge_asked_of_one_person_is_not_answered_by_another(house: House) -> None:
    mine, theirs = SoftwareAuthenticator(), SoftwareAuthenticator(credential_id=b"another")
    owned(house, mine)
    owned(house, theirs, "viewer")

    with pytest.raises(SignInFailed):
        give(house, theirs.answer(ask(house, "reader")))
    with pytest.raises(Refused):
        add(house, mine.make(offer(house, "reader")), "viewer")


def test_a_passkey_is_one_accounts_alone(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)

    with pytest.raises(AlreadyExists):
        owned(house, key, "viewer")


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": 1},
        {"id": "x", "response": []},
        {"id": "x", "response": {"clientDataJSON": "%%%"}},
        {"id": "x", "response": {"clientDataJSON": "W10"}},
        {"id": "x", "response": {"clientDataJSON": "eyJjaGFsbGVuZ2UiOjF9"}},
        {"id": None, "rawId": None, "type": None, "response": None},
    ],
)
def test_rubbish_is_refused_in_words(house: House, credential: dict[str, Any]) -> None:
    with pytest.raises(AccountsError):
        give(house, credential)
    with pytest.raises(AccountsError):
        add(house, credential)


def test_only_the_owner_removes_a_passkey_which_then_opens_nothing(house: House) -> None:
    key = SoftwareAuthenticator()
    passkey = owned(house, key)
    with house.database.transaction() as session:
        with pytest.raises(NotFound):
            remove_passkey(act(session), passkey, of=house.people["viewer"])
        remove_passkey(act(session, house.people["reader"]), passkey, of=house.people["reader"])

    with pytest.raises(SignInFailed):
        give(house, key.answer(ask(house)))
    with house.database.reading() as session:
        assert session.scalars(select(PasskeyRow)).all() == []
