from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.acts import Actor, Reason
from accounts.authorize import authorize
from accounts.errors import NotFound, NotPermitted, NotSignedIn
from accounts.machine_keys import (
    MachineKeyRow,
    create_machine_key,
    resolve_machine_key,
    revoke_machine_key,
)
from tests.accounts.conftest import OTHER_PROJECT, PROJECT, House
from tests.examples.acts import START, act


def new_key(house: House) -> str:
    with house.database.transaction() as session:
        return create_machine_key(act(session, house.people["admin"]), PROJECT, name="gateway")


@pytest.mark.req("R-DEV")
def test_a_key_resolves_to_a_machine_that_may_upload_to_its_project_alone(house: House) -> None:
    key = new_key(house)

    with house.database.reading() as session:
        machine = resolve_machine_key(session, key=key, now=START)
        by = act(session, Actor("machine", machine.id))
        authorize(by, "create", "image", PROJECT)
        with pytest.raises(NotPermitted):
            authorize(by, "view", "image", PROJECT)
        with pytest.raises(NotFound):
            authorize(by, "create", "image", OTHER_PROJECT)

    assert (machine.name, machine.scope_id) == ("gateway", PROJECT)


def test_the_secret_is_nowhere_in_the_database(house: House) -> None:
    secret = new_key(house).split(".")[2]

    with house.database.reading() as session:
        row = session.scalars(select(MachineKeyRow)).one()

    assert secret not in {str(value) for value in vars(row).values()}


@pytest.mark.parametrize("change", ["secret", "id", "prefix", "cut"])
def test_a_key_with_one_wrong_part_is_unknown(house: House, change: str) -> None:
    prefix, id, secret = new_key(house).split(".")
    wrong = {
        "secret": f"{prefix}.{id}.{secret[:-1]}",
        "id": f"{prefix}.nobody.{secret}",
        "prefix": f"xx.{id}.{secret}",
        "cut": f"{prefix}.{id}",
    }[change]

    with house.database.reading() as session, pytest.raises(NotSignedIn):
        resolve_machine_key(session, key=wrong, now=START)


def test_a_key_ends_and_so_does_its_membership(house: House) -> None:
    key = new_key(house)
    end = START + timedelta(days=365)

    with house.database.reading() as session:
        machine = resolve_machine_key(session, key=key, now=end - timedelta(seconds=1))
        with pytest.raises(NotSignedIn):
            resolve_machine_key(session, key=key, now=end)
        with pytest.raises(NotFound):
            authorize(
                act(session, Actor("machine", machine.id), now=end), "create", "image", PROJECT
            )


@pytest.mark.req("R-DEV", "R-ACC")
def test_a_revoked_key_is_refused_at_once(house: House) -> None:
    key = new_key(house)
    with house.database.transaction() as session:
        by = act(session, house.people["admin"])
        revoke_machine_key(by, key.split(".")[1], Reason(code="lost"))

    with house.database.reading() as session, pytest.raises(NotSignedIn, match="revoked"):
        resolve_machine_key(session, key=key, now=START)


def test_only_who_may_makes_and_revokes_keys(house: House) -> None:
    key = new_key(house)
    with house.database.transaction() as session:
        by = act(session, house.people["viewer"])
        with pytest.raises(NotPermitted):
            create_machine_key(by, PROJECT, name="mine")
        with pytest.raises(NotPermitted):
            revoke_machine_key(by, key.split(".")[1], Reason(code="lost"))
        with pytest.raises(NotFound):
            revoke_machine_key(by, "unknown", Reason(code="lost"))
