from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.database import Database
from accounts.errors import NotSignedIn, SignInFailed
from accounts.ledger import log
from accounts.login_sessions import (
    LoginSessionRow,
    csrf_matches,
    resolve,
    sign_in,
    sign_out,
    touch,
)
from accounts.people import PersonRow
from accounts.refusals import enter_refusal
from tests.accounts.conftest import House
from tests.examples.acts import PASSWORD, START, act

LOGIN = "reader@demo.local"


def signed_in(house: House) -> str:
    with house.database.transaction() as session:
        return sign_in(act(session), login=LOGIN, password=PASSWORD).token


def test_the_right_password_begins_a_session_that_resolves(house: House) -> None:
    token = signed_in(house)

    with house.database.reading() as session:
        found = resolve(session, token=token, now=START)
        (entry,) = log.entries(session, "system", action="signed_in")

    assert found.person.login == LOGIN
    assert found.expires_at == START + timedelta(minutes=30)
    assert entry.actor_id == found.person.id


def test_the_token_is_nowhere_in_the_database(house: House) -> None:
    token = signed_in(house)

    with house.database.reading() as session:
        row = session.scalars(select(LoginSessionRow)).one()

    assert token not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize(
    ("login", "password"),
    [(LOGIN, "wrong password"), ("nobody@demo.local", PASSWORD), ("", ""), (LOGIN, "x" * 3000)],
)
def test_wrong_login_and_wrong_password_are_refused_in_the_same_words(
    house: House, login: str, password: str
) -> None:
    with pytest.raises(SignInFailed) as refused, house.database.transaction() as session:
        sign_in(act(session), login=login, password=password)

    assert str(refused.value) == "the login or the password is not right"


def test_a_failed_sign_in_is_entered_without_what_was_typed(house: House) -> None:
    with pytest.raises(SignInFailed) as refused, house.database.transaction() as session:
        sign_in(act(session), login=LOGIN, password="wrong password")
    with house.database.transaction() as session:
        enter_refusal(act(session), refused.value)

    with house.database.reading() as session:
        (entry,) = log.entries(session, "system", action="sign_in_failed")
    assert entry.object_id == house.people["reader"]
    assert b"wrong password" not in entry.to_bytes()


@pytest.mark.req("R-ACC")
def test_a_deactivated_person_cannot_sign_in_and_loses_the_session(house: House) -> None:
    token = signed_in(house)
    with house.database.transaction() as session:
        person = session.get(PersonRow, house.people["reader"])
        assert person is not None
        person.state = "deactivated"

    with house.database.reading() as session, pytest.raises(NotSignedIn):
        resolve(session, token=token, now=START)
    with house.database.transaction() as session, pytest.raises(SignInFailed):
        sign_in(act(session), login=LOGIN, password=PASSWORD)


def test_an_idle_session_ends(house: House) -> None:
    token = signed_in(house)

    with house.database.reading() as session:
        resolve(session, token=token, now=START + timedelta(minutes=29, seconds=59))
        with pytest.raises(NotSignedIn, match="ended"):
            resolve(session, token=token, now=START + timedelta(minutes=30))


def test_a_used_session_ends_after_twelve_hours_all_the_same(house: House) -> None:
    token = signed_in(house)
    now = START
    while now < START + timedelta(hours=11, minutes=30):
        now += timedelta(minutes=20)
        with house.database.transaction() as session:
            found = resolve(session, token=token, now=now)
            assert found.wants_touch
            touch(session, found.id, now)

    with house.database.reading() as session:
        last = resolve(session, token=token, now=now)
        assert last.expires_at == START + timedelta(hours=12)
        with pytest.raises(NotSignedIn):
            resolve(session, token=token, now=START + timedelta(hours=12))


def test_signing_out_ends_the_session_once(house: House) -> None:
    token = signed_in(house)
    with house.database.transaction() as session:
        found = resolve(session, token=token, now=START)
        by = act(session, found.person.id, login=found.id)
        sign_out(by, found.id)
        sign_out(by, found.id)

    with house.database.reading() as session:
        with pytest.raises(NotSignedIn):
            resolve(session, token=token, now=START)
        assert len(log.entries(session, "system", action="signed_out")) == 1


def test_each_session_has_its_own_csrf_token(house: House) -> None:
    first, second = signed_in(house), signed_in(house)

    with house.database.reading() as session:
        mine, other = (resolve(session, token=token, now=START) for token in (first, second))

    assert csrf_matches(mine, mine.csrf_token)
    assert not csrf_matches(mine, other.csrf_token)
    assert not csrf_matches(mine, "é")


def test_an_invented_token_is_no_session(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotSignedIn):
        resolve(session, token="invented", now=START)
