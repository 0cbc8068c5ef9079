"""Codes: the short names (ONC-1, 001, W12) that people say aloud; unique in their parent."""

import re
from base64 import b32encode
from uuid import UUID

from research.errors import Invalid

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.^-]{0,63}", re.ASCII)


def checked_code(code: str) -> str:
    """Return an acceptable code."""
    if not CODE.fullmatch(code):
        raise Invalid(
            "a code has 1 to 64 letters, digits, dots, dashes, carets or underscores "
            "and begins with a letter or digit"
        )
    return code


def checked_name(name: str, *, most: int = 200) -> str:
    """Return an acceptable name or title: one line of printable text."""
    name = " ".join(name.split())
    if not 0 < len(name) <= most or not name.isprintable():
        raise Invalid(f"a name or title has 1 to {most} printable characters")
    return name


def read_code(random_id: str) -> str:
    """Return eight letters and digits from a random id: what a blinded reader calls a subject."""
    return b32encode(UUID(random_id).bytes[:5]).decode()
