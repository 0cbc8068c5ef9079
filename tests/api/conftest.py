"""Fixtures of the api's tests: a running server, one a test or one a module."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from accounts.database import Database
from tests.api.running import Running, running
from tests.databases import Databases


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[Running]:
    """The api over a fresh trial on SQLite."""
    with running(sqlite_database, tmp_path) as world:
        yield world


@pytest.fixture
def any_world(database: Database, tmp_path: Path) -> Iterator[Running]:
    """The api over a fresh trial, once on each kind of database."""
    with running(database, tmp_path) as world:
        yield world


@pytest.fixture(scope="module")
def shared_world(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """One api for the tests of a module that do not stand in each other's way."""
    with (
        databases.fresh("sqlite") as database,
        running(database, tmp_path_factory.mktemp("api")) as world,
    ):
        yield world
