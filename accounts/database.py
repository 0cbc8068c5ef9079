"""The transactional database: SQLite or PostgreSQL behind one set of habits.

A writing transaction commits once, at its end, or not at all; application code never commits.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    MetaData,
    Text,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeEngine

from accounts.ledger.entries import JsonValue, canonical
from accounts.second_wall import EVERY_PROJECT, SETTING, raise_wall
from accounts.vault_keys import VaultKeys

MIGRATIONS = Path(__file__).parent / "migrations"

# Any number will do, as long as every process that migrates asks for the same one.
MIGRATION_LOCK = 7_261_905

# The patience first: even asking for the journal's mode may have to wait for another process.
SQLITE_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is deleted is overwritten: an erasure leaves nothing to read in the file.
    "PRAGMA secure_delete = ON",
)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment: `timestamptz` on PostgreSQL, sortable ISO text on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of this database."""
        return dialect.type_descriptor(
            Text() if dialect.name == "sqlite" else DateTime(timezone=True)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse a naive moment: nobody could say later which zone it was in."""
        if value is None:
            return None
        assert value.tzinfo is not None, "a stored time carries its zone"
        moment = value.astimezone(UTC)
        if dialect.name == "sqlite":
            return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Return an aware UTC moment."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        assert isinstance(moment, datetime)
        return moment.astimezone(UTC)


class Json(TypeDecorator[JsonValue]):
    """A JSON value kept as its RFC 8785 text, so both databases hold the same bytes."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: JsonValue, dialect: Dialect) -> str | None:
        """Write the canonical text."""
        return None if value is None else canonical(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> JsonValue:
        """Read the text back."""
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    """The parent of every table of the platform; names of constraints follow one rule."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime, str: Text}  # noqa: RUF012 (SQLAlchemy's own form)


class Database:
    """One database, addressed by a SQLAlchemy url (`sqlite:///…` or `postgresql+psycopg://…`)."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        vault: VaultKeys | None = None,
        every_project: bool = True,
    ) -> None:
        """Prepare connections; without `every_project` each act says which projects it sees."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.vault = vault or self._vault_beside()
        if self.is_sqlite:
            assert self.url.database, "an in-memory database would be a new one per connection"
            engine = create_engine(self.url, pool_size=pool_size, max_overflow=10)
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            self._writer = engine.execution_options(readout_writes=True)
            self._reader = engine.execution_options(readout_writes=False)
        else:
            wall = f" -c {SETTING}={EVERY_PROJECT}" if every_project else ""
            options = {"options": f"-c timezone=UTC{wall}"}
            engine = create_engine(
                self.url, pool_size=pool_size, max_overflow=10, connect_args=options
            )
            self._writer = engine.execution_options()
            self._reader = engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._engine = engine

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Give a session whose work is committed once when the block ends, or rolled back."""
        info = {"vault": self.vault}
        with (
            Session(self._writer, expire_on_commit=False, info=info) as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that sees one moment of the database and cannot change it."""
        info = {"vault": self.vault}
        with Session(self._reader, expire_on_commit=False, info=info) as session:
            yield session

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Give a bare connection in one writing transaction, for migrations and their test."""
        with self._writer.begin() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the schema to the newest version; safe when several processes start at once."""
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        # A table that SQLite can only change by making it anew is referred to by others meanwhile.
        migrator = self._writer.execution_options(readout_migrates=True)
        with migrator.begin() as connection:
            if not self.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                connection.execute(text(f"SET LOCAL {SETTING} = '{EVERY_PROJECT}'"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if not self.is_sqlite:
                raise_wall(connection)
            if self.is_sqlite:
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                assert not broken, f"the migration left {len(broken)} rows that refer to nothing"

    def forget_deleted(self) -> None:
        """Leave nothing of deleted rows in SQLite's files; PostgreSQL's owner vacuums its own."""
        if self.is_sqlite:
            # Deleted content is zeroed in the pages; older pages still stand in the journal.
            with self._writer.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def dispose(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _vault_beside(self) -> VaultKeys | None:
        """Return the folders of keys beside an SQLite file; a server has none of its own."""
        if not self.is_sqlite:
            return None
        assert self.url.database, "an in-memory database would be a new one per connection"
        folder = Path(self.url.database).parent
        return VaultKeys(keys=folder / "vault", wrapping=folder / "secrets" / "vault")


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Make each commit durable, and leave BEGIN to us."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once, or promise to write nothing."""
    options = connection.get_execution_options()
    writes = options.get("readout_writes", True)
    connection.exec_driver_sql(
        f"PRAGMA foreign_keys = {'OFF' if options.get('readout_migrates') else 'ON'}"
    )
    connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
