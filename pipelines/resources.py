"""What assets are given: the lake and the trial's exports, made from the settings."""

from accounts.database import Database
from assets.exports import Exports
from lake.location import Lake
from pipelines.settings import Settings


def resources(settings: Settings) -> dict[str, object]:
    """Return the resources by the names that assets ask for."""
    return {
        "lake": Lake(settings.lake_uri, settings.lake_storage),
        # One run is one thread: it never needs more than a connection or two.
        "exports": Exports(Database(settings.database_url, pool_size=2)),
    }
