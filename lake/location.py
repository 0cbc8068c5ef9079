"""Where a lake is: a local folder or an S3 prefix, and the names of the places inside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec

from lake.errors import InvalidName

# The words of our storage settings, and what each S3 client calls them.
_S3FS = {
    "endpoint_url": "endpoint_url",
    "access_key_id": "key",
    "secret_access_key": "secret",
    "session_token": "token",
}
_DELTA = {
    "endpoint_url": "AWS_ENDPOINT_URL",
    "access_key_id": "AWS_ACCESS_KEY_ID",
    "secret_access_key": "AWS_SECRET_ACCESS_KEY",
    "session_token": "AWS_SESSION_TOKEN",
    "region": "AWS_REGION",
}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Lake:
    """One lake, on local disk or on S3.

    Parameters
    ----------
    uri : str
        A local folder, or ``s3://bucket/prefix``.
    storage : mapping of str to str
        For S3: ``endpoint_url``, ``access_key_id``, ``secret_access_key``, ``session_token``,
        ``region``; each optional where the machine's own credentials serve.

    Examples
    --------
    >>> Lake("/srv/readout/lake").place("tables", "p1")
    '/srv/readout/lake/tables/p1'
    """

    uri: str
    storage: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)

    def __post_init__(self) -> None:
        if unknown := set(self.storage) - set(_S3FS) - set(_DELTA):
            raise InvalidName(
                f"unknown lake storage settings {sorted(unknown)}; known: {sorted(_DELTA)}"
            )
        uri = self.uri if self.is_remote else str(Path(self.uri).expanduser().resolve())
        object.__setattr__(self, "uri", uri.rstrip("/"))

    @property
    def is_remote(self) -> bool:
        """Whether the lake lives on S3."""
        return self.uri.startswith("s3://")

    def filesystem(self) -> fsspec.AbstractFileSystem:
        """Return the fsspec file system of the lake."""
        if not self.is_remote:
            return fsspec.filesystem("file")
        options: dict[str, Any] = {
            theirs: self.storage[ours] for ours, theirs in _S3FS.items() if ours in self.storage
        }
        if region := self.storage.get("region"):
            options["client_kwargs"] = {"region_name": region}
        # Listings must never be answered from memory: another process writes here too.
        return fsspec.filesystem("s3", use_listings_cache=False, **options)

    def delta_options(self) -> dict[str, str]:
        """Return what delta-rs needs to reach the same place."""
        if not self.is_remote:
            return {}
        options = {_DELTA[ours]: value for ours, value in self.storage.items()}
        if self.storage.get("endpoint_url", "").startswith("http://"):
            options["AWS_ALLOW_HTTP"] = "true"
        # Two writers: a conditional put makes the second one fail instead of overwriting.
        options["aws_conditional_put"] = "etag"
        return options

    def place(self, *parts: str) -> str:
        """Return the address of a place inside the lake."""
        return "/".join((self.uri, *parts))


def checked_name(name: str, *, what: str) -> str:
    """Return a name that is safe as one part of a path, or raise `InvalidName`."""
    if not _NAME.fullmatch(name):
        raise InvalidName(f"{name!r} cannot be a {what}: letters, digits, '-' and '_', at most 64")
    return name


def checked_digest(sha256: str) -> str:
    """Return a SHA-256 in lower-case hex, or raise `InvalidName`."""
    if not _DIGEST.fullmatch(sha256):
        raise InvalidName(f"{sha256[:80]!r} is not a SHA-256: give 64 lower-case hex digits")
    return sha256
