"""Passwords: argon2id above OWASP's floor, and one shape of answer for right and wrong logins."""

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from accounts.errors import Refused

MIN_LENGTH = 12
MAX_LENGTH = 1024

# 46 MiB, two passes, one lane: the first of OWASP's equivalent settings for argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

# Checked when the login is unknown, so that an unknown login takes as long as a wrong password.
NOBODY = (
    "$argon2id$v=19$m=47104,t=2,p=1$cmVhZG91dC1ub2JvZHk$ScB4OH0a4bBjcXEbNLkNyBRUHxqPyWOWsHdV1vw7Ifc"
)


def hash_password(password: str, hasher: PasswordHasher = HASHER) -> str:
    """Return the argon2id text of an acceptable password; it names its own cost."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Refused(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    return hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; costs the same when nothing is stored."""
    if len(password) > MAX_LENGTH:
        return False
    try:
        HASHER.verify(stored or NOBODY, password)
    except VerifyMismatchError:
        return False
    return stored is not None
