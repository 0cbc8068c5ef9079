import pytest

from accounts.database import Database
from accounts.errors import AlreadyExists, NotFound, Refused
from accounts.ledger import log
from accounts.memberships import add_member
from accounts.passwords import HASHER, hash_password, password_matches
from accounts.people import create_person, find_login, find_person
from tests.accounts.conftest import ORGANIZATION, House
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act


def test_a_person_is_found_by_id_and_by_login_however_it_is_spelled(database: Database) -> None:
    with database.transaction() as session:
        person = create_person(
            act(session),
            login=" Ann@Demo.Local ",
            printed_name="Ann",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )

    with database.reading() as session:
        assert find_person(session, person).printed_name == "Ann"
        assert find_login(session, "ANN@demo.local") == find_person(session, person)
        assert find_login(session, "bob@demo.local") is None
        with pytest.raises(NotFound, match="nobody"):
            find_person(session, "nobody")


def test_neither_name_nor_password_is_in_the_ledger(database: Database) -> None:
    with database.transaction() as session:
        create_person(
            act(session),
            login="ann@demo.local",
            printed_name="Ann Canary",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )

    with database.reading() as session:
        (entry,) = log.entries(session, "system", action="person_created")

    assert b"Canary" not in entry.to_bytes()
    assert PASSWORD.encode() not in entry.to_bytes()


@pytest.mark.parametrize("password", ["", "short", "eleven char", "x" * 2000])
def test_a_password_too_short_or_too_long_is_refused(database: Database, password: str) -> None:
    with database.transaction() as session, pytest.raises(Refused, match="12 to 1024"):
        create_person(act(session), login="a", printed_name="A", password=password)


@pytest.mark.req("R-PWD")
def test_a_taken_login_is_refused(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(AlreadyExists):
        create_person(act(session), login="ADMIN@demo.local", printed_name="A", password=PASSWORD)


def test_a_login_and_a_name_are_needed(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(Refused, match="printed name"):
        create_person(act(session), login="a", printed_name=" ", password=PASSWORD)


def test_an_organizations_administrator_makes_people_and_others_do_not(house: House) -> None:
    with house.database.transaction() as session:
        add_member(act(session), ORGANIZATION, house.people["stranger"], "Administrator")
    with house.database.transaction() as session:
        made = create_person(
            act(session, house.people["stranger"]),
            login="new@demo.local",
            printed_name="Nora New",
            password=PASSWORD,
            organization_id=ORGANIZATION,
            hasher=CHEAP_HASHER,
        )
        with pytest.raises(NotFound):
            create_person(
                act(session, house.people["admin"]),
                login="newer@demo.local",
                printed_name="Nora Newer",
                password=PASSWORD,
                organization_id=ORGANIZATION,
            )

    with house.database.reading() as session:
        assert find_person(session, made).login == "new@demo.local"


@pytest.mark.req("R-PWD")
def test_a_password_is_stored_as_argon2id_of_46_mebibytes() -> None:
    stored = hash_password(PASSWORD)

    assert stored.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert HASHER.memory_cost >= 19 * 1024
    assert password_matches(stored, PASSWORD)
    assert not password_matches(stored, PASSWORD + " ")


def test_no_password_matches_where_none_is_stored() -> None:
    assert not password_matches(None, PASSWORD)
    assert not password_matches(None, "x" * 5000)
