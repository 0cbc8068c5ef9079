"""Fixtures for every folder: a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from accounts.database import Database
from tests.databases import KINDS, Databases


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """The maker of databases; one PostgreSQL server serves the whole session."""
    maker = Databases(tmp_path_factory.mktemp("databases"))
    yield maker
    maker.close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Database]:
    """A fresh, migrated database: every test that asks for it runs on both kinds."""
    with databases.fresh(request.param) as fresh:
        yield fresh


@pytest.fixture
def sqlite_database(databases: Databases) -> Iterator[Database]:
    """A fresh, migrated SQLite database, for tests to which the kind does not matter."""
    with databases.fresh("sqlite") as fresh:
        yield fresh


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a JUnit report tell which requirements each test proves."""
    for item in items:
        for marker in item.iter_markers("req"):
            item.user_properties.extend(("req", name) for name in marker.args)
