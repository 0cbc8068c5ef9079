"""Where demo accounts may be: in a data folder that the demo made, on this machine alone."""

from ipaddress import ip_address

from sqlalchemy import select

from accounts.database import Database
from accounts.people import PersonRow
from readout.demo.setup import ACCOUNTS, MARK
from readout.errors import DemoExposed
from readout.settings import Settings


def require_own_folder(settings: Settings) -> None:
    """Refuse to load the demo into data that is not in the folder itself."""
    if not settings.database_url.startswith(f"sqlite:///{settings.data}/"):
        raise DemoExposed(
            "the demo keeps all its data in its folder: start it without a database of its own "
            "(READOUT_DATABASE_URL), or without --demo"
        )


def require_boundary(settings: Settings, database: Database, *, demo: bool) -> None:
    """Refuse demo accounts on another address, or in data that the demo did not make."""
    made_by_demo = (settings.data / MARK).exists()
    has_accounts = _has_accounts(database)
    if has_accounts and not made_by_demo:
        raise DemoExposed(
            f"the data has demo accounts, but the demo did not make the folder {settings.data}: "
            "their passphrase is known to everybody, so such data is not served"
        )
    if (demo or made_by_demo or has_accounts) and not is_loopback(settings.host):
        raise DemoExposed(
            f"the demo's passphrase is known to everybody: it is served on 127.0.0.1 alone and "
            f"not on {settings.host}; choose another data folder for the real platform"
        )


def is_loopback(host: str) -> bool:
    """Say whether an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _has_accounts(database: Database) -> bool:
    logins = [account.login for account in ACCOUNTS]
    query = select(PersonRow.id).where(PersonRow.login.in_(logins)).limit(1)
    with database.reading() as session:
        return session.scalar(query) is not None
