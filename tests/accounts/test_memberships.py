import pytest

from accounts.acts import Reason
from accounts.errors import AlreadyExists, NotFound, NotPermitted, Refused
from accounts.ledger import log
from accounts.memberships import add_member, end_membership, members
from tests.accounts.conftest import ORGANIZATION, PROJECT, House
from tests.examples.acts import act


def test_a_new_member_is_listed_and_entered(house: House) -> None:
    with house.database.transaction() as session:
        add_member(act(session, house.people["admin"]), PROJECT, house.people["stranger"], "QC")

    with house.database.reading() as session:
        listed = members(act(session, house.people["admin"]), PROJECT)
        entry = log.entries(session, PROJECT)[-1]

    assert ("Stranger", "QC") in {(member.printed_name, member.role) for member in listed}
    assert entry.action == "member_approved"
    assert entry.actor_id == house.people["admin"]


def test_only_who_may_gives_roles(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(NotPermitted):
        add_member(act(session, house.people["viewer"]), PROJECT, house.people["stranger"], "QC")


def test_the_same_role_is_not_given_twice(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(AlreadyExists):
        add_member(act(session), PROJECT, house.people["viewer"], "Viewer")


def test_a_trial_role_is_not_given_in_an_organization(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(Refused, match="Viewer"):
        add_member(act(session), ORGANIZATION, house.people["stranger"], "Viewer")


def test_an_unknown_person_role_or_scope_is_refused(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        with pytest.raises(NotFound, match="person"):
            add_member(act(session), PROJECT, "nobody", "QC")
        with pytest.raises(Refused, match="Emperor"):
            add_member(act(session), PROJECT, stranger, "Emperor")
        with pytest.raises(NotFound):
            add_member(act(session), "nowhere", stranger, "QC")


def test_an_ended_member_can_come_back(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        first = add_member(act(session), PROJECT, stranger, "QC")
        end_membership(act(session), first, Reason(code="left"))

        second = add_member(act(session), PROJECT, stranger, "QC")

    assert first != second
    with house.database.reading() as session:
        actions = [entry.action for entry in log.entries(session, PROJECT)[-3:]]
    assert actions == ["member_approved", "member_deactivated", "member_approved"]
