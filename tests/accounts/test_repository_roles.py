"""Roles that a repository makes for itself."""

import pytest

from accounts.acts import Reason
from accounts.authorize import authorize, steps_to_run
from accounts.errors import AlreadyExists, NotFound, NotPermitted, Refused, StaleRow
from accounts.memberships import add_member
from accounts.repository_roles import change_role, create_role, retire_role, roles
from accounts.roles import RoleGrant
from accounts.scopes import register_scope
from tests.accounts.conftest import ORGANIZATION, PROJECT, REPOSITORY, House
from tests.examples.acts import act

WHY = Reason(code="test", text="a test")
VIEW = RoleGrant("view", "subject", "project")
OTHER_REPOSITORY = "66666666-6666-4666-8666-666666666666"


def test_a_role_of_a_repository_grants_what_it_names(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])
        add_member(act(session), PROJECT, stranger, "Looker")

    with house.database.reading() as session:
        authorize(act(session, stranger), "view", "subject", PROJECT)
        with pytest.raises(NotPermitted):
            authorize(act(session, stranger), "view", "task", PROJECT)


def test_running_may_be_narrowed_to_named_steps(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        create_role(
            act(session),
            REPOSITORY,
            name="Second reader",
            grants=[RoleGrant("run", "task", "own", ("READ2", "CHECK"))],
        )
        add_member(act(session), PROJECT, stranger, "Second reader")

    with house.database.reading() as session:
        assert steps_to_run(act(session, stranger), PROJECT) == {"READ2", "CHECK"}
        assert steps_to_run(act(session, house.people["reader"]), PROJECT) is None


def test_two_repositories_may_use_one_name_and_neither_sees_the_others(house: House) -> None:
    with house.database.transaction() as session:
        register_scope(session, "repository", OTHER_REPOSITORY, parent_id=ORGANIZATION)
        create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])
        theirs = create_role(act(session), OTHER_REPOSITORY, name="Looker", grants=[VIEW])

        shown = {role.id for role in roles(act(session, house.people["admin"]), PROJECT)}

    assert theirs.id not in shown
    with house.database.transaction() as session, pytest.raises(NotFound):
        change_role(
            act(session, house.people["admin"]), theirs.id, row_version=1, grants=[VIEW], reason=WHY
        )


@pytest.mark.parametrize(
    ("name", "grants", "refusal"),
    [
        ("Reader", [VIEW], AlreadyExists),
        ("  ", [VIEW], Refused),
        ("x" * 65, [VIEW], Refused),
        ("Nothing", [], Refused),
        ("Twice", [VIEW, VIEW], Refused),
        ("Administers", [RoleGrant("create", "person", "project")], Refused),
        ("Steps", [RoleGrant("view", "task", "own", ("READ",))], Refused),
    ],
)
def test_an_unacceptable_role_is_refused(
    house: House, name: str, grants: list[RoleGrant], refusal: type[Exception]
) -> None:
    with house.database.transaction() as session, pytest.raises(refusal):
        create_role(act(session), REPOSITORY, name=name, grants=grants)


def test_a_stale_change_is_refused_and_a_preset_is_never_changed(house: House) -> None:
    with house.database.transaction() as session:
        made = create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])
        change_role(act(session), made.id, row_version=1, grants=[VIEW], reason=WHY)
        preset = next(role for role in roles(act(session), REPOSITORY) if role.is_preset)

        with pytest.raises(StaleRow) as stale:
            change_role(act(session), made.id, row_version=1, grants=[VIEW], reason=WHY)
        with pytest.raises(NotFound):
            change_role(act(session), preset.id, row_version=1, grants=[VIEW], reason=WHY)

    assert stale.value.current == 2


def test_a_role_that_somebody_holds_is_not_retired(house: House) -> None:
    with house.database.transaction() as session:
        made = create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])
        add_member(act(session), PROJECT, house.people["stranger"], "Looker")
        with pytest.raises(Refused, match="somebody holds"):
            retire_role(act(session), made.id, row_version=1, reason=WHY)
        spare = create_role(act(session), REPOSITORY, name="Spare", grants=[VIEW])

        retire_role(act(session), spare.id, row_version=1, reason=WHY)

        with pytest.raises(Refused, match="Spare"):
            add_member(act(session), PROJECT, house.people["viewer"], "Spare")
