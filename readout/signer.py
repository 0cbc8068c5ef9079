"""The signer: holds the key of the checkpoints and signs the logs that have grown.

It runs in the process that supervises the services and answers no request, so that whoever breaks
into the api cannot sign a history of his own.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from accounts.database import Database
from accounts.ledger.checkpoints import grown_logs, latest, sign_head
from accounts.ledger.log import SYSTEM_LOG, entries

SECRETS = "secrets"
PUBLIC_KEYS = "keys"
KEY_FILE = "ledger.key"
PUBLIC_KEY_FILE = "ledger.pub.pem"
KEY_BYTES = 32

# What a checkpoint must follow at once, beside the regular ones.
URGENT = frozenset({"signature_made", "locked", "exported"})


def load_or_create_key(data: Path) -> Ed25519PrivateKey:
    """Return the signing key of a data folder; the first call makes it, for its owner's eyes."""
    file = data / SECRETS / KEY_FILE
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if file.exists():
        return Ed25519PrivateKey.from_private_bytes(file.read_bytes())
    key = Ed25519PrivateKey.generate()
    _write_once(file, key.private_bytes_raw(), 0o600)
    (data / PUBLIC_KEYS).mkdir(exist_ok=True)
    _write_once(data / PUBLIC_KEYS / PUBLIC_KEY_FILE, _pem(key.public_key()), 0o644)
    return key


def load_public_keys(data: Path) -> list[Ed25519PublicKey]:
    """Return the public keys that checkpoints of a data folder may be signed with."""
    keys = []
    for file in sorted((data / PUBLIC_KEYS).glob("*.pub.pem")):
        key = load_pem_public_key(file.read_bytes())
        assert isinstance(key, Ed25519PublicKey), f"{file.name} is not an Ed25519 key"
        keys.append(key)
    return keys


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _write_once(file: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def sign_due(
    database: Database, key: Ed25519PrivateKey, *, now: datetime, every: timedelta
) -> list[str]:
    """Sign the logs that grew and whose last checkpoint is old or misses something urgent."""
    with database.reading() as session:
        due = []
        for log in grown_logs(session):
            newest = latest(session, log)
            covered = newest.size if newest else 0
            is_old = newest is None or now - newest.time >= every
            if is_old or any(
                entry.action in URGENT for entry in entries(session, log, first=covered)
            ):
                due.append(log)
    # Projects first: each adds an entry to the system log, which is signed after them.
    if due and SYSTEM_LOG not in due:
        due.append(SYSTEM_LOG)
    for log in due:
        with database.transaction() as session:
            sign_head(session, log, key=key, now=now)
    return due
