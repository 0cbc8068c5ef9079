"""The migrated schema is the one the code describes, on both databases."""

import importlib
import pkgutil
from types import ModuleType

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

import accounts
import research
from accounts.database import Base, Database
from tests.databases import KINDS, Databases


def load_all(package: ModuleType) -> None:
    """Import every module of a package, so that every table is known."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)


def test_migrations_make_exactly_the_tables_of_the_code(database: Database) -> None:
    load_all(accounts)
    load_all(research)

    with database.connection() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert [d for d in differences if "alembic_version" not in str(d)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_migrating_twice_changes_nothing(kind: str, databases: Databases) -> None:
    database = Database(databases.empty_url(kind))

    database.migrate()
    with database.connection() as connection:
        once = sorted(inspect(connection).get_table_names())
    database.migrate()
    with database.connection() as connection:
        twice = sorted(inspect(connection).get_table_names())

    assert once == twice
    assert "ledger_entries" in twice
    database.dispose()
