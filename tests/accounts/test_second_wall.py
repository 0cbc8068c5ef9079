"""Row-level security, as the role under which the api works."""

from collections.abc import Iterator

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from accounts.database import Database
from accounts.second_wall import UNWALLED, admit, rules
from tests.databases import Databases
from tests.examples.trials import Trial, make_trial


@pytest.fixture
def trial(databases: Databases) -> Iterator[Trial]:
    with databases.fresh("postgresql") as database:
        made = make_trial(database)
        made.add_subject("001", ["BL"])
        yield made


@pytest.fixture
def application(trial: Trial, databases: Databases) -> Iterator[Database]:
    """The database as the api has it: another role, and no project admitted."""
    database = Database(
        databases.as_application(trial.database), vault=trial.database.vault, every_project=False
    )
    yield database
    database.dispose()


def test_every_table_is_behind_the_wall_or_said_to_hold_no_trial_data(trial: Trial) -> None:
    with trial.database.connection() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        walled = set(rules(connection))
        forced = set(
            connection.execute(
                text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
            ).scalars()
        )

    assert tables - walled == UNWALLED & tables
    assert forced == walled


def test_a_query_that_names_no_project_sees_no_row_of_any(
    trial: Trial, application: Database
) -> None:
    with trial.database.connection() as connection:
        walled = sorted(rules(connection))

    with application.reading() as session:
        for table in walled:
            of_projects = f"SELECT count(*) FROM {table}"
            if table.startswith(("ledger_", "signatures", "vault_")):
                column = "scope" if table.startswith("vault_") else "log"
                of_projects += f" WHERE {column} = '{trial.project}'"
            assert session.execute(text(of_projects)).scalar() == 0, table


def test_a_query_sees_the_projects_that_were_admitted(trial: Trial, application: Database) -> None:
    with application.reading() as session:
        admit(session, (trial.project,))
        seen = session.execute(text("SELECT count(*) FROM subjects")).scalar()
        answered = session.execute(text("SELECT count(*) FROM ledger_entries")).scalar()

    assert seen == 1
    assert answered is not None
    assert answered > 10


def test_what_was_admitted_ends_with_its_transaction(trial: Trial, application: Database) -> None:
    with application.reading() as session:
        admit(session, (trial.project,))
        assert session.execute(text("SELECT count(*) FROM subjects")).scalar() == 1

    with application.reading() as session:
        assert session.execute(text("SELECT count(*) FROM subjects")).scalar() == 0


def test_no_row_is_written_into_a_project_that_was_not_admitted(
    trial: Trial, application: Database
) -> None:
    statement = text("INSERT INTO holds SELECT * FROM holds")
    with application.transaction() as session:
        changed = session.execute(text("UPDATE subjects SET cohort = 'x'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
        assert session.execute(statement) is not None
    with (
        pytest.raises(DBAPIError, match="row-level security"),
        application.transaction() as session,
    ):
        session.execute(
            text(
                f"INSERT INTO ledger_heads (log, size, frontier) VALUES ('{trial.project}', 0, '')"
            )
        )


@pytest.mark.parametrize("verb", ["UPDATE {table} SET log = log", "DELETE FROM {table}"])
@pytest.mark.parametrize("table", ["ledger_entries", "ledger_nodes", "ledger_checkpoints"])
def test_the_application_can_neither_change_nor_remove_an_entry(
    application: Database, verb: str, table: str
) -> None:
    statement = text(verb.format(table=table))
    with application.connection() as connection, pytest.raises(DBAPIError, match="permission"):
        connection.execute(statement)


def test_the_application_owns_no_table_and_passes_no_wall(application: Database) -> None:
    with application.reading() as session:
        owned = session.execute(
            text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        ).scalar()
        strong = session.execute(
            text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        ).scalar()

    assert (owned, strong) == (0, False)
