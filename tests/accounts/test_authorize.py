from datetime import timedelta

import pytest

from accounts.acts import Actor, Reason
from accounts.authorize import authorize, reaches, roles_held, scopes_held
from accounts.errors import NotFound, NotPermitted
from accounts.memberships import add_member, end_membership
from accounts.permissions import OBJECT_KINDS, PRESETS, VERBS
from tests.accounts.conftest import ORGANIZATION, OTHER_PROJECT, PROJECT, REPOSITORY, House
from tests.examples.acts import START, act


def test_to_a_stranger_nothing_is_there(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, house.people["stranger"]), "view", "project", PROJECT)


@pytest.mark.req("R-AUTHZ")
def test_another_project_and_one_that_never_was_are_refused_alike(house: House) -> None:
    with house.database.reading() as session:
        by = act(session, house.people["admin"])
        with pytest.raises(NotFound) as hidden:
            authorize(by, "view", "project", OTHER_PROJECT)
        with pytest.raises(NotFound) as unknown:
            authorize(by, "view", "project", "55555555-5555-4555-8555-555555555555")

    assert str(hidden.value) == str(unknown.value)


def test_a_member_without_the_verb_is_not_permitted(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotPermitted, match="edit"):
        authorize(act(session, house.people["viewer"]), "edit", "project", PROJECT)


@pytest.mark.parametrize("role", ["Admin", "Reader", "Viewer", "SiteUploader"])
def test_the_stored_roles_grant_exactly_what_the_table_says(house: House, role: str) -> None:
    with house.database.reading() as session:
        by = act(session, house.people[role.lower()])
        for verb in VERBS:
            for kind in OBJECT_KINDS:
                expected = {
                    grant.reach
                    for grant in PRESETS[role]
                    if (grant.verb, grant.object_kind) == (verb, kind)
                }
                try:
                    held: frozenset[str] = reaches(by, verb, kind, PROJECT)
                except NotPermitted:
                    held = frozenset()
                assert held == expected, (verb, kind)


def test_a_grant_for_ones_own_tasks_does_not_open_the_project(house: House) -> None:
    with house.database.reading() as session:
        by = act(session, house.people["reader"])

        authorize(by, "view", "image", PROJECT, reach="own")
        with pytest.raises(NotPermitted, match="only within own"):
            authorize(by, "view", "image", PROJECT)


@pytest.mark.req("R-AUTHZ")
def test_viewing_never_includes_running(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotPermitted):
        authorize(act(session, house.people["viewer"]), "run", "task", PROJECT)


def test_a_repositorys_member_reaches_its_projects(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        add_member(act(session), REPOSITORY, stranger, "Viewer")

    with house.database.reading() as session:
        by = act(session, stranger)
        authorize(by, "view", "project", OTHER_PROJECT)

        assert roles_held(by, OTHER_PROJECT) == ("Viewer",)
        assert scopes_held(by) == {REPOSITORY}


def test_an_organizations_administrator_reaches_no_trial_data(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        add_member(act(session), ORGANIZATION, stranger, "Administrator")

    with house.database.reading() as session:
        by = act(session, stranger)
        authorize(by, "create", "repository", ORGANIZATION)
        with pytest.raises(NotFound):
            authorize(by, "view", "project", PROJECT)


def test_an_ended_membership_reaches_nothing_from_that_moment(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        membership = add_member(act(session), PROJECT, stranger, "Viewer")
    with house.database.transaction() as session:
        authorize(act(session, stranger), "view", "project", PROJECT)
        end_membership(act(session), membership, Reason(code="left", text="left the company"))

    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, stranger), "view", "project", PROJECT)


def test_a_membership_ends_by_itself(house: House) -> None:
    stranger = house.people["stranger"]
    end = START + timedelta(days=1)
    with house.database.transaction() as session:
        add_member(act(session), PROJECT, stranger, "Viewer", valid_until=end)

    with house.database.reading() as session:
        authorize(act(session, stranger), "view", "project", PROJECT)
        with pytest.raises(NotFound):
            authorize(act(session, stranger, now=end), "view", "project", PROJECT)


def test_a_machine_without_a_membership_reaches_nothing(house: House) -> None:
    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, Actor("machine", "gateway")), "create", "image", PROJECT)


def test_without_a_scope_only_the_installation_may(house: House) -> None:
    with house.database.reading() as session:
        authorize(act(session), "create", "organization", None)
        with pytest.raises(NotFound):
            authorize(act(session, house.people["admin"]), "create", "organization", None)
