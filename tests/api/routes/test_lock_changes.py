"""What changed between two locks, through the api."""

from lake.schemas import arrow_rows
from lake.tables import table_named
from lake.write import overwrite
from tests.api.routes.test_tables import TABLE, agreement
from tests.api.running import Running


def written(world: Running, sequence: int, *items: str) -> str:
    """Write the table with these rows, lock it, and return the lock's id."""
    rows = arrow_rows(table_named(TABLE), [agreement(world, item, sequence) for item in items])
    overwrite(world.lake, world.trial.project, TABLE, rows, ledger_sequence=sequence)
    made = world.person("manager").post(f"{world.project}/locks", json={"name": f"Lock {sequence}"})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_two_locks_are_compared_by_key(world: Running) -> None:
    older, newer = written(world, 5, "A", "B"), written(world, 9, "B", "C")
    address = f"{world.project}/locks/{newer}/changes"

    (found,) = world.person("statistician").get(address, params={"since": older}).json()

    place = found["key"].index("item_oid")
    assert (found["table"], found["added"], found["changed"], found["removed"]) == (TABLE, 1, 0, 1)
    assert [key[place] for key in found["added_keys"]] == ["C"]
    assert [key[place] for key in found["removed_keys"]] == ["A"]
    assert world.person("reader1").get(address, params={"since": older}).status_code == 403
    assert world.person("manager").get(address, params={"since": "none"}).status_code == 404
