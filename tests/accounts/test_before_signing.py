"""What must have happened before somebody signs for the first time."""

import pytest

from accounts.database import Database
from accounts.errors import IdentityNotVerified, NotPermitted, StatementNotAccepted
from accounts.identity import verify_identity
from accounts.memberships import add_member
from accounts.people import create_person
from accounts.signatures import grant_signature
from accounts.statements import accept_statement, present_statement
from tests.accounts.conftest import PROJECT, House
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act

RECORD = "66666666-6666-4666-8666-666666666666"


@pytest.fixture
def newcomer(house: House) -> str:
    """A reader who was admitted and has done nothing yet."""
    with house.database.transaction() as session:
        person = create_person(
            act(session),
            login="newcomer@demo.local",
            printed_name="New Comer",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(act(session), PROJECT, person, "Reader")
    return person


def ask_for_a_grant(database: Database, person: str) -> str:
    with database.transaction() as session:
        return grant_signature(
            act(session, person, login="session"),
            password=PASSWORD,
            record_kind="read",
            record_id=RECORD,
            record_digest="d" * 64,
            meaning="authorship",
            log=PROJECT,
        ).token


def verify(house: House, person: str) -> None:
    with house.database.transaction() as session:
        verify_identity(act(session), person, method="document_in_person")


def accept(house: House, person: str) -> None:
    words = present_statement()
    with house.database.transaction() as session:
        accept_statement(act(session, person), version=words.version, digest=words.digest)


@pytest.mark.req("R-IDV")
def test_nobody_signs_whose_identity_was_not_verified(house: House, newcomer: str) -> None:
    accept(house, newcomer)

    with pytest.raises(IdentityNotVerified):
        ask_for_a_grant(house.database, newcomer)


@pytest.mark.req("R-IDV")
def test_nobody_verifies_their_own_identity(house: House, newcomer: str) -> None:
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        verify_identity(act(session, newcomer), newcomer, method="document_in_person")


@pytest.mark.req("R-POL")
def test_nobody_signs_who_has_not_accepted_the_statement(house: House, newcomer: str) -> None:
    verify(house, newcomer)

    with pytest.raises(StatementNotAccepted):
        ask_for_a_grant(house.database, newcomer)


@pytest.mark.req("R-IDV", "R-POL")
def test_whoever_was_verified_and_has_accepted_signs(house: House, newcomer: str) -> None:
    verify(house, newcomer)
    accept(house, newcomer)

    assert ask_for_a_grant(house.database, newcomer)
