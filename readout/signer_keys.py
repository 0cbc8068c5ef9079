"""The signer's own folder: the private key, and the public keys beside the data for all to read.

    <signer folder>/ledger.key       32 bytes, for the signer's eyes alone
    <signer folder>/state.json       what was signed last, by log
    <data>/keys/ledger*.pub.pem      public keys, the oldest first

Nothing but the signer opens the first two; where it runs as a user of its own, nothing else can.
"""

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from readout.errors import KeyUnsafe

SIGNER_FOLDER = "signer"
PUBLIC_KEYS = "keys"
KEY_FILE = "ledger.key"
PUBLIC_KEY_FILE = "ledger.pub.pem"
OTHERS_MAY = stat.S_IRWXG | stat.S_IRWXO


def load_or_create_key(folder: Path, public: Path) -> Ed25519PrivateKey:
    """Return the signing key; the first call makes it, for its owner's eyes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / KEY_FILE
    if file.exists():
        key = _load(file)
        if key.public_key() not in load_public_keys(public):
            publish(public, key.public_key())
        return key
    key = Ed25519PrivateKey.generate()
    write_once(file, key.private_bytes_raw(), 0o600)
    publish(public, key.public_key())
    return key


def replace_key(folder: Path, key: Ed25519PrivateKey) -> None:
    """Put another key in the place of the present one, whole or not at all."""
    part = folder / f".{KEY_FILE}"
    part.unlink(missing_ok=True)
    write_once(part, key.private_bytes_raw(), 0o600)
    os.replace(part, folder / KEY_FILE)
    _sync(folder)


def publish(public: Path, key: Ed25519PublicKey) -> None:
    """Lay a public key beside those before it."""
    public.mkdir(parents=True, exist_ok=True)
    number = len(list(public.glob("ledger*.pub.pem")))
    name = PUBLIC_KEY_FILE if number == 0 else f"ledger-{number + 1}.pub.pem"
    write_once(
        public / name, key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo), 0o644
    )


def load_public_keys(public: Path) -> list[Ed25519PublicKey]:
    """Return the public keys of a folder, the oldest first."""
    files = sorted(public.glob("ledger*.pub.pem"), key=lambda file: (len(file.name), file.name))
    keys = []
    for file in files:
        key = load_pem_public_key(file.read_bytes())
        assert isinstance(key, Ed25519PublicKey), f"{file.name} is not an Ed25519 key"
        keys.append(key)
    return keys


def write_once(file: Path, data: bytes, mode: int) -> None:
    """Write a new file durably."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    _sync(file.parent)


def _load(file: Path) -> Ed25519PrivateKey:
    if stat.S_IMODE(file.stat().st_mode) & OTHERS_MAY:
        raise KeyUnsafe(f"others may read {file}: make it its owner's alone (chmod 600)")
    return Ed25519PrivateKey.from_private_bytes(file.read_bytes())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
