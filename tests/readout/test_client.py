"""The Python client: the same calls over a running platform and over a lake on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.database import Database
from accounts.machine_keys import create_machine_key
from lake.locks import make_lock
from readout.client import Client, connect
from readout.errors import NothingFound, PlatformRefused
from tests.api.routes.test_lock_changes import written
from tests.api.routes.test_tables import TABLE
from tests.api.running import Running, running, signing


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[Running]:
    with running(sqlite_database, tmp_path) as started, signing(started, tmp_path / "signed"):
        yield started


@pytest.fixture(params=["server", "local"])
def client(request: pytest.FixtureRequest, world: Running) -> Iterator[Client]:
    written(world, 5, "A")
    written(world, 9, "A", "B")
    with world.trial.acting() as by:
        key = create_machine_key(by, world.trial.project, name="notebook", role="Statistician")
    where = Path(world.lake.uri) if request.param == "local" else world.url
    with connect(where, key=key) as readout:
        yield readout


def test_a_table_is_one_call_away_in_three_shapes(client: Client, world: Running) -> None:
    frame = client.table(world.trial.project, TABLE)

    assert frame.arrow().num_rows == frame.polars().height == len(frame.pandas()) == 2
    assert frame.versions[TABLE] == 1
    assert client.table(world.trial.project, TABLE, version=0).polars().height == 1


def test_a_lock_is_read_as_it_was(client: Client, world: Running) -> None:
    lock = make_lock(world.lake, world.trial.project, versions={TABLE: 0})

    assert client.table(world.trial.project, TABLE, lock=lock.name).polars().height == 1


def test_sql_gives_the_same_rows_here_and_there(client: Client, world: Running) -> None:
    frame = client.sql(world.trial.project, f"SELECT item_oid, n_units FROM {TABLE} ORDER BY 1")

    assert frame.polars().rows() == [("A", 20), ("B", 20)]
    assert frame.versions[TABLE] == 1
    assert not frame.cut
    assert len(frame.query_sha256) == 64


def test_what_is_not_there_is_named(client: Client) -> None:
    with pytest.raises(NothingFound, match="there is no project NOWHERE"):
        client.table("NOWHERE", TABLE)


def test_a_platform_says_why_it_refuses(world: Running) -> None:
    with (
        connect(world.url, key="rk.none.none") as readout,
        pytest.raises(PlatformRefused, match="401"),
    ):
        readout.projects()
