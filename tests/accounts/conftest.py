from dataclasses import dataclass

import pytest

from accounts.database import Database
from accounts.memberships import add_member
from accounts.people import create_person
from accounts.roles import install_presets
from accounts.scopes import register_scope
from tests.examples.acts import CHEAP_HASHER, PASSWORD, act, let_sign

ORGANIZATION = "11111111-1111-4111-8111-111111111111"
REPOSITORY = "22222222-2222-4222-8222-222222222222"
PROJECT = "33333333-3333-4333-8333-333333333333"
OTHER_PROJECT = "44444444-4444-4444-8444-444444444444"


@dataclass(frozen=True)
class House:
    """Two projects in one repository, and people of one role each in the first."""

    database: Database
    people: dict[str, str]


@pytest.fixture
def house(database: Database) -> House:
    people: dict[str, str] = {}
    with database.transaction() as session:
        system = act(session)
        install_presets(system)
        register_scope(session, "organization", ORGANIZATION, parent_id=None)
        register_scope(session, "repository", REPOSITORY, parent_id=ORGANIZATION)
        for project in (PROJECT, OTHER_PROJECT):
            register_scope(session, "project", project, parent_id=REPOSITORY)
        for role in ("Admin", "Reader", "Viewer", "SiteUploader"):
            name = role.lower()
            people[name] = create_person(
                system,
                login=f"{name}@demo.local",
                printed_name=role,
                password=PASSWORD,
                hasher=CHEAP_HASHER,
            )
            add_member(system, PROJECT, people[name], role)
            let_sign(system, people[name])
        people["stranger"] = create_person(
            system,
            login="stranger@demo.local",
            printed_name="Stranger",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
    return House(database, people)
