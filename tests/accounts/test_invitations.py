from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from accounts.acts import Reason
from accounts.deactivation import deactivate
from accounts.errors import InvitationOver, NotFound, Refused
from accounts.identity import verify_identity
from accounts.invitations import NewInvitation, accept, invite, reset
from accounts.ledger import log
from accounts.memberships import add_member
from accounts.people import find_person
from tests.accounts.conftest import ORGANIZATION, House
from tests.examples.acts import CHEAP_HASHER, START, act

CHOSEN = "tall giraffe reads backwards"
LOST = Reason(code="lost")


@pytest.fixture
def staffed(house: House) -> House:
    """The house with two administrators of its organisation."""
    with house.database.transaction() as session:
        for name in ("admin", "stranger"):
            add_member(act(session), ORGANIZATION, house.people[name], "Administrator")
    return house


def invited(house: House, login: str = "grace@demo.local") -> NewInvitation:
    with house.database.transaction() as session:
        by = act(session, house.people["admin"])
        return invite(by, ORGANIZATION, login=login, printed_name="Grace Hopper")


def accepted(house: House) -> str:
    made = invited(house)
    with house.database.transaction() as session:
        return accept(act(session), token=made.token, password=CHOSEN, hasher=CHEAP_HASHER)


def test_accepting_is_the_invited_persons_own_act(staffed: House) -> None:
    person = accepted(staffed)

    with staffed.database.reading() as session:
        (entry,) = log.entries(session, "system", action="invitation_accepted")
        assert find_person(session, person).is_active
    assert entry.actor_id == person


def test_a_token_is_over_after_its_days(staffed: House) -> None:
    made, later = invited(staffed), START + timedelta(days=7)

    with pytest.raises(InvitationOver), staffed.database.transaction() as session:
        accept(act(session, now=later), token=made.token, password=CHOSEN, hasher=CHEAP_HASHER)


def test_after_a_reset_signing_waits_for_somebody_other_than_the_resetter(staffed: House) -> None:
    person = accepted(staffed)
    with staffed.database.transaction() as session:
        again = reset(act(session, staffed.people["admin"]), person, LOST)
        assert find_person(session, person).signing_requires_enrolment

    with pytest.raises(Refused, match="not accepted"), staffed.database.transaction() as session:
        enrol(staffed, session, "stranger", person)
    with staffed.database.transaction() as session:
        accept(act(session), token=again.token, password=CHOSEN, hasher=CHEAP_HASHER)
    with pytest.raises(Refused, match="other than"), staffed.database.transaction() as session:
        enrol(staffed, session, "admin", person)
    with staffed.database.transaction() as session:
        enrol(staffed, session, "stranger", person)

    with staffed.database.reading() as session:
        assert not find_person(session, person).signing_requires_enrolment
        assert log.count(session, "system", action="signing_enrolled") == 1


def enrol(house: House, session: Session, who: str, person: str) -> None:
    verify_identity(act(session, house.people[who]), person, method="document_in_person")


def test_an_administrator_of_another_organisation_finds_nobody(staffed: House) -> None:
    person = accepted(staffed)

    for who in ("reader", "viewer"):
        with staffed.database.transaction() as session:
            by = act(session, staffed.people[who])
            with pytest.raises(NotFound):
                reset(by, person, LOST)
            with pytest.raises(NotFound):
                deactivate(by, person, LOST)


def test_a_deactivated_persons_invitation_and_keys_are_over(staffed: House) -> None:
    made = invited(staffed)
    with staffed.database.transaction() as session:
        deactivate(act(session, staffed.people["admin"]), made.invitation.person_id, LOST)

    with pytest.raises(InvitationOver), staffed.database.transaction() as session:
        accept(act(session), token=made.token, password=CHOSEN, hasher=CHEAP_HASHER)
    with staffed.database.transaction() as session, pytest.raises(Refused, match="already"):
        deactivate(act(session, staffed.people["admin"]), made.invitation.person_id, LOST)


def test_the_same_login_again_is_a_new_id(staffed: House) -> None:
    old = accepted(staffed)
    with staffed.database.transaction() as session:
        deactivate(act(session, staffed.people["admin"]), old, LOST)

    assert accepted(staffed) != old
