"""Where the gateway keeps its files, all below one folder."""

from pathlib import Path

from gateway.settings import Settings
from gateway.spool import Spool


def open_spool(settings: Settings) -> Spool:
    """Return the spool with its limits."""
    return Spool(
        settings.data / "spool",
        min_free_bytes=settings.min_free_mb << 20,
        max_instance_bytes=settings.max_instance_mb << 20,
    )


def state_path(settings: Settings) -> Path:
    """Return the state database."""
    return settings.data / "state.db"


def site_key_path(settings: Settings) -> Path:
    """Return the key of the pseudonyms; it never leaves the site."""
    return settings.data / "site.key"


def gateway_lock_path(settings: Settings) -> Path:
    """Return the file that one gateway at a time holds locked."""
    return settings.data / "gateway.lock"


def forwarder_lock_path(settings: Settings) -> Path:
    """Return the file that one forwarder at a time holds locked."""
    return settings.data / "forwarder.lock"
