"""The two roles of a PostgreSQL: one owns the tables, the other serves the api and owns nothing."""

from accounts.database import Database
from accounts.second_wall import ROLE, grant_application
from readout.errors import CommandError
from readout.settings import Settings


def grant_to_application(settings: Settings, role: str) -> None:
    """Migrate as the owner, then give the other role its rights; repeat it after updates."""
    database = Database(settings.database_url, vault=settings.vault())
    if database.is_sqlite:
        raise CommandError("SQLite has no roles: row-level security needs a PostgreSQL")
    if not ROLE.fullmatch(role):
        raise CommandError(f"{role} is no plain role name: use small letters, digits, underscores")
    try:
        database.migrate()
        with database.connection() as connection:
            grant_application(connection, role)
    finally:
        database.dispose()
