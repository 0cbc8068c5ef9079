"""Where the vault's keys are: files, never the database, so that no copy of it opens a value.

    <wrapping>/<scope>.key       the key that wraps the data keys of one project, 32 bytes
    <keys>/<scope>/<subject>.key  a subject's data key, wrapped: nonce and AES-256-GCM

The two folders are kept apart: data keys need a backup with a short horizon of its own, since an
older copy of them undoes an erasure for as long as it lives.
"""

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from accounts.errors import VaultClosed

KEY_BYTES = 32
NONCE_BYTES = 12
NAME = re.compile(r"[0-9A-Za-z_-]{1,64}", re.ASCII)
# A data key of the log itself: texts of entries that are about no one subject.
NOBODY = "_log"


@dataclass(frozen=True)
class VaultKeys:
    """The two folders of keys; both are made, for their owner's eyes, when first needed."""

    keys: Path
    wrapping: Path

    def data_key(self, scope: str, subject: str) -> bytes | None:
        """Return a subject's data key, or None when there is none: never made, or destroyed."""
        file = self._file(scope, subject)
        try:
            wrapped = file.read_bytes()
        except FileNotFoundError:
            return None
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            return AESGCM(self._wrapping_key(scope)).decrypt(nonce, sealed, _named(scope, subject))
        except InvalidTag as problem:
            raise VaultClosed(
                f"the key of {subject} in {scope} does not open: restore it"
            ) from problem

    def new_data_key(self, scope: str, subject: str) -> bytes:
        """Make a subject's data key, durably, unless another process was quicker; return it."""
        key, nonce = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._wrapping_key(scope)).encrypt(nonce, key, _named(scope, subject))
        _write_new(self._file(scope, subject), nonce + sealed)
        found = self.data_key(scope, subject)
        assert found is not None
        return found

    def destroy(self, scope: str, subject: str) -> bool:
        """Overwrite and remove a subject's data key; say whether there was one."""
        file = self._file(scope, subject)
        try:
            with file.open("r+b") as out:
                out.write(bytes(file.stat().st_size))
                out.flush()
                os.fsync(out.fileno())
        except FileNotFoundError:
            return False
        file.unlink()
        _sync_folder(file.parent)
        return True

    def _wrapping_key(self, scope: str) -> bytes:
        file = self.wrapping / f"{_checked(scope)}.key"
        if not file.exists():
            _write_new(file, secrets.token_bytes(KEY_BYTES))
        return file.read_bytes()

    def _file(self, scope: str, subject: str) -> Path:
        return self.keys / _checked(scope) / f"{_checked(subject)}.key"


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise VaultClosed(f"a key is filed under an id: {len(name)} characters are none")
    return name


def _named(scope: str, subject: str) -> bytes:
    return f"{scope}/{subject}".encode()


def _write_new(file: Path, data: bytes) -> None:
    """Write a whole file that nobody has seen half of; the first to come wins."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = file.with_name(f".{secrets.token_hex(8)}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(part, file)
    except FileExistsError:
        pass
    finally:
        part.unlink()
    _sync_folder(file.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
