"""Sealing of secrets that must be read back: AES-256-GCM under a key from a file."""

import base64
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.errors import Refused

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True)
class Seal:
    """A key that seals; its bytes are in no text that is made of it."""

    key: bytes = field(repr=False)

    def close(self, value: str, *, about: str) -> str:
        """Seal a value; `about` names what it belongs to, and is needed to open it again."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self.key).encrypt(nonce, value.encode(), about.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, about: str) -> str:
        """Open what was sealed about the same thing, or refuse what another key sealed."""
        data = base64.b64decode(sealed)
        try:
            opened = AESGCM(self.key).decrypt(
                data[:NONCE_BYTES], data[NONCE_BYTES:], about.encode()
            )
        except InvalidTag as problem:
            raise Refused(
                f"the secret of {about} was sealed with another key: restore the key file, or "
                "let the second factor be enrolled anew"
            ) from problem
        return opened.decode()


def seal_from(file: Path) -> Seal:
    """Return the seal of a key file; the first use makes the file, for its owner alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        written = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as output:
            output.write(secrets.token_bytes(KEY_BYTES))
            output.flush()
            os.fsync(output.fileno())
        try:
            # Of two processes that start at once, the second finds the first one's key.
            os.link(written, file)
        except FileExistsError:
            pass
        finally:
            written.unlink()
    key = file.read_bytes()
    assert len(key) == KEY_BYTES, f"the key file {file.name} must hold {KEY_BYTES} bytes"
    return Seal(key)
