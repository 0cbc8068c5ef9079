"""Demo accounts have a passphrase that everybody knows: they are served to this machine alone."""

from sqlalchemy import select

from accounts.database import Database
from accounts.people import PersonRow
from api.settings import Settings

DEMO_LOGINS = "%@demo.local"


class DemoExposed(RuntimeError):
    """Demo accounts would be reached from other machines."""


def require_private_demo(database: Database, settings: Settings) -> None:
    """Refuse to start where somebody elsewhere could sign in as a demo account."""
    if settings.is_private:
        return
    query = select(PersonRow.id).where(PersonRow.login.like(DEMO_LOGINS)).limit(1)
    with database.reading() as session:
        has_demo = session.scalar(query) is not None
    if settings.demo or has_demo:
        names = ", ".join(sorted(settings.host_names))
        raise DemoExposed(
            "this data has demo accounts, whose passphrase everybody knows, and would be served "
            f"as {names}: serve it on 127.0.0.1 alone, or name a data folder without a demo"
        )
