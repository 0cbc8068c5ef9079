"""The public keys that checkpoints are verified with, as the platform lays them out."""

from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

KEY_FILES = "ledger*.pub.pem"


def public_keys(folder: Path | None) -> list[Ed25519PublicKey]:
    """Return the keys that checkpoints may be signed with; none means they are not covered."""
    keys = []
    files = folder.glob(KEY_FILES) if folder else ()
    for file in sorted(files, key=lambda file: (len(file.name), file.name)):
        key = load_pem_public_key(file.read_bytes())
        assert isinstance(key, Ed25519PublicKey), f"{file.name} is no Ed25519 key"
        keys.append(key)
    return keys
