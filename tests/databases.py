"""Databases for tests: migrated and empty, on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import create_engine, inspect, make_url, text

from accounts.database import Database
from accounts.second_wall import grant_application
from accounts.vault_keys import VaultKeys
from tests.postgresql import Server, start

KINDS = ("sqlite", "postgresql")
APPLICATION = "readout_application"


class Databases:
    """Makes a fresh, migrated database of either kind; PostgreSQL starts when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._server: Server | None = None
        self._sqlite_template: Path | None = None
        self._unused: list[str] = []
        self._makers: dict[str, Callable[[], tuple[str, Callable[[], None]]]] = {
            "sqlite": self._new_sqlite,
            "postgresql": self._new_postgresql,
        }

    @contextmanager
    def fresh(self, kind: str) -> Iterator[Database]:
        """Give an empty database of today's schema and remove it afterwards."""
        url, remove = self._makers[kind]()
        folder = self.folder / f"keys-{uuid4().hex}"
        keys = VaultKeys(keys=folder / "vault", wrapping=folder / "secrets")
        database = Database(url, vault=None if kind == "sqlite" else keys)
        try:
            yield database
        finally:
            database.dispose()
            remove()

    def as_application(self, database: Database) -> str:
        """Return the address of a PostgreSQL for the api: a role that owns nothing."""
        if database.is_sqlite:
            return database.url.render_as_string(hide_password=False)
        with database.connection() as connection:
            known = connection.execute(
                text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": APPLICATION}
            ).scalar()
            if known is None:
                connection.execute(text(f"CREATE ROLE {APPLICATION} LOGIN"))
            grant_application(connection, APPLICATION)
        return database.url.set(username=APPLICATION).render_as_string(hide_password=False)

    def empty_url(self, kind: str) -> str:
        """Return the address of a database without any table."""
        if kind == "sqlite":
            return f"sqlite:///{self.folder / uuid4().hex}.db"
        name = f"empty_{uuid4().hex}"
        self._admin(f'CREATE DATABASE "{name}"')
        return self._url(name)

    def close(self) -> None:
        """Stop the server, if it was started, and remove its files."""
        if self._server is not None:
            self._server.cleanup()

    def _new_sqlite(self) -> tuple[str, Callable[[], None]]:
        if self._sqlite_template is None:
            self._sqlite_template = self.folder / "template.db"
            _migrate(f"sqlite:///{self._sqlite_template}")
        # A folder of its own: the vault's keys lie beside the file.
        path = self.folder / uuid4().hex / "readout.db"
        path.parent.mkdir()
        shutil.copyfile(self._sqlite_template, path)

        def remove() -> None:
            shutil.rmtree(path.parent)

        return f"sqlite:///{path}", remove

    def _new_postgresql(self) -> tuple[str, Callable[[], None]]:
        """Give a database that nobody uses: emptying one takes less time than copying one."""
        if not self._unused:
            name = f"test_{uuid4().hex}"
            self._admin(f'CREATE DATABASE "{name}"')
            _migrate(self._url(name))
            self._unused.append(name)
        name = self._unused.pop()

        def empty() -> None:
            self._admin(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )
            _empty(self._url(name))
            self._unused.append(name)

        return self._url(name), empty

    def _admin(self, statement: str) -> None:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _url(self, name: str) -> str:
        if self._server is None:
            self._server = start()
            for setting in ("fsync", "synchronous_commit", "full_page_writes"):
                # No test pulls the plug, and a test's database is thrown away.
                self._admin(f"ALTER SYSTEM SET {setting} = off")
            self._admin("SELECT pg_reload_conf()")
        address = make_url(self._server.get_uri(name))
        return address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _empty(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        tables = [
            f'"{name}"'
            for name in inspect(connection).get_table_names()
            if name != "alembic_version"
        ]
        connection.execute(text(f"TRUNCATE {', '.join(tables)}"))
    engine.dispose()


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.dispose()
