"""What is kept of access answers exactly as the tables do, in this process and in others."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.access import held_by, read_held
from accounts.acts import Reason
from accounts.authorize import authorize, judge
from accounts.database import Database
from accounts.errors import AccountsError, NotFound, NotPermitted
from accounts.memberships import add_member, end_membership, members_of
from accounts.repository_roles import change_role, create_role, roles
from accounts.roles import RoleGrant
from tests.accounts.conftest import PROJECT, REPOSITORY, House
from tests.examples.acts import START, act

WHY = Reason(code="test", text="a test")
VIEW = RoleGrant("view", "subject", "project")
RUN = RoleGrant("run", "task", "own", ("READ",))


@pytest.fixture
def other_process(house: House) -> Iterator[Database]:
    """The same database with connections and memory of its own, as another process has it."""
    database = Database(
        house.database.url.render_as_string(hide_password=False), vault=house.database.vault
    )
    yield database
    database.dispose()


def test_a_removal_acts_on_the_next_request_of_another_process(
    house: House, other_process: Database
) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        membership = add_member(act(session), PROJECT, stranger, "Viewer")
    with other_process.reading() as session:
        authorize(act(session, stranger), "view", "subject", PROJECT)

    with house.database.transaction() as session:
        end_membership(act(session), membership, WHY)

    with other_process.reading() as session, pytest.raises(NotFound):
        authorize(act(session, stranger), "view", "subject", PROJECT)


def test_a_changed_role_acts_on_the_next_request_of_another_process(
    house: House, other_process: Database
) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        role = create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])
        add_member(act(session), PROJECT, stranger, "Looker")
    with other_process.reading() as session:
        authorize(act(session, stranger), "view", "subject", PROJECT)

    with house.database.transaction() as session:
        change_role(act(session), role.id, row_version=1, grants=[RUN], reason=WHY)

    with other_process.reading() as session, pytest.raises(NotPermitted):
        authorize(act(session, stranger), "view", "subject", PROJECT)


def test_what_was_rolled_back_is_not_kept(house: House) -> None:
    stranger = house.people["stranger"]
    with house.database.transaction() as session:
        add_member(act(session), PROJECT, stranger, "Viewer")
        authorize(act(session, stranger), "view", "subject", PROJECT)
        session.rollback()

    with house.database.reading() as session, pytest.raises(NotFound):
        authorize(act(session, stranger), "view", "subject", PROJECT)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "end", "change", "abandon", "look"]),
        st.sampled_from(["stranger", "viewer", "reader"]),
        st.sampled_from(["Viewer", "QC", "Looker", "Monitor"]),
        st.integers(0, 5),
    ),
    max_size=12,
)


@given(steps=STEPS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_kept_answers_equal_those_of_the_tables_under_any_change(
    house: House, other_process: Database, steps: list[tuple[str, str, str, int]]
) -> None:
    with house.database.transaction() as session:
        if "Looker" not in {role.name for role in roles(act(session), REPOSITORY)}:
            create_role(act(session), REPOSITORY, name="Looker", grants=[VIEW])

    for what, name, role, days in steps:
        _change(house, what, house.people[name], role, days)
        for database in (house.database, other_process):
            with database.reading() as session:
                for person in house.people.values():
                    assert held_by(session, person) == read_held(session, person)


def _change(house: House, what: str, person: str, role: str, days: int) -> None:
    """Make one change of access, or abandon one; what the rules refuse changes nothing."""
    try:
        with house.database.transaction() as session:
            by = act(session)
            if what in ("add", "abandon"):
                until = START + timedelta(days=days) if days else None
                add_member(by, PROJECT, person, role, valid_until=until)
                assert held_by(session, person) == read_held(session, person)
            if what == "end":
                for member in members_of(session, PROJECT, START):
                    if member.person_id == person:
                        end_membership(by, member.id, WHY)
                        break
            if what == "change":
                found = next(each for each in roles(by, REPOSITORY) if each.name == "Looker")
                grants = [VIEW, RUN][: 1 + days % 2]
                change_role(by, found.id, row_version=found.row_version, grants=grants, reason=WHY)
            if what == "abandon":
                raise _Abandoned
    except (_Abandoned, AccountsError):
        return


class _Abandoned(Exception):
    """The transaction is rolled back."""


@pytest.mark.parametrize("days", [0, 1, 2])
def test_a_kept_membership_still_begins_and_ends_by_the_clock(house: House, days: int) -> None:
    stranger = house.people["stranger"]
    begins, ends = START + timedelta(days=1), START + timedelta(days=2)
    with house.database.transaction() as session:
        add_member(act(session), PROJECT, stranger, "Viewer", valid_from=begins, valid_until=ends)

    with house.database.reading() as session:
        now: datetime = START + timedelta(days=days)
        decision = judge(
            session, stranger, now, verb="view", object_kind="subject", scope_id=PROJECT
        )

    assert (decision.outcome == "granted") == (days == 1)
