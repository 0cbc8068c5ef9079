"""Keyed pseudonyms: the same site key always gives the same UIDs, patient code and date shift.

A resend makes no duplicate and a late series joins its study, whatever the order of arrival,
because nothing is stored: every pseudonym is HMAC-SHA256 of what it replaces.
"""

import hashlib
import hmac
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydicom._uid_dict import UID_dictionary

from deid.errors import InvalidKey

KEY_BYTES: Final = 32
MAX_SHIFT_DAYS: Final = 3650
# No vowels and nothing that is read as something else: a code is spoken on the telephone.
CODE_LETTERS: Final = "23456789BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH: Final = 12


@dataclass(frozen=True)
class SiteKey:
    """The secret of a site, or of one project at the site; it never leaves the site."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < KEY_BYTES:
            raise InvalidKey(f"a site key has {KEY_BYTES} bytes; make one with create_site_key")

    def for_project(self, project_id: str) -> "SiteKey":
        """Return the key of a project, so that two projects cannot be linked by pseudonyms."""
        return SiteKey(_digest(self.secret, "project", project_id))

    def uid(self, original: str) -> str:
        """Return the UID that replaces a UID; those registered in PS3.6 stay as they are."""
        return original if original in UID_dictionary else _uid(self.secret, original)

    def patient_code(self, patient: str) -> str:
        """Return the code that replaces a patient's id and name."""
        number = int.from_bytes(_digest(self.secret, "patient", patient), "big")
        letters = []
        for _ in range(CODE_LENGTH):
            number, letter = divmod(number, len(CODE_LETTERS))
            letters.append(CODE_LETTERS[letter])
        return "P" + "".join(letters)

    def date_shift_days(self, patient: str) -> int:
        """Return how many days, 1 to 3650, a patient's dates are moved into the past."""
        number = int.from_bytes(_digest(self.secret, "dates", patient)[:8], "big")
        return 1 + number % MAX_SHIFT_DAYS


def _digest(secret: bytes, purpose: str, value: str) -> bytes:
    message = f"{purpose}\x00{value}".encode("utf-8", "surrogatepass")
    return hmac.new(secret, message, hashlib.sha256).digest()


@lru_cache(maxsize=1 << 16)
def _uid(secret: bytes, original: str) -> str:
    """Return a UID of the root 2.25 made of a version 8 UUID (PS3.5 section B.2, RFC 9562)."""
    number = int.from_bytes(_digest(secret, "uid", original)[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return f"2.25.{uuid.UUID(int=number).int}"


def create_site_key(path: Path, *, random_bytes: Callable[[int], bytes]) -> SiteKey:
    """Write a new key, readable by its owner alone; a key that exists is never overwritten."""
    key = SiteKey(random_bytes(KEY_BYTES))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_text(key.secret.hex() + "\n")
    return key


def read_site_key(path: Path) -> SiteKey:
    """Read a key; one that others can read is refused."""
    if not path.is_file():
        raise InvalidKey(f"there is no site key at {path}")
    if path.stat().st_mode & 0o077:
        raise InvalidKey(f"the site key at {path} is readable by others: chmod 600 it")
    try:
        return SiteKey(bytes.fromhex(path.read_text().strip()))
    except ValueError as error:
        raise InvalidKey(f"the site key at {path} is not hexadecimal") from error
