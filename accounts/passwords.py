"""Passwords: argon2id above OWASP's floor, and one shape of answer for right and wrong logins.

What is refused as too common is derived by rules (the login inside, repetition, rows of the
keyboard, counting) and from a short list of our own: of the passwords that leak most often few
have twelve characters, and those that do are such patterns or well-known phrases.
"""

import re
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from accounts.errors import Refused

MIN_LENGTH = 12
MAX_LENGTH = 1024
# Fewer different characters are a pattern, however long.
LEAST_DIFFERENT = 5

# 46 MiB, two passes, one lane: the first of OWASP's equivalent settings for argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=46 * 1024, parallelism=1)

# Checked when the login is unknown, so that an unknown login takes as long as a wrong password.
NOBODY = (
    "$argon2id$v=19$m=47104,t=2,p=1$cmVhZG91dC1ub2JvZHk$ScB4OH0a4bBjcXEbNLkNyBRUHxqPyWOWsHdV1vw7Ifc"
)

SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789012345678901234567890",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "qazwsxedcrfvtgbyhnujmikolp",
    "zaq1xsw2cde3vfr4bgt5nhy6mju7",
)
# Stems that people lengthen with a year or a mark; what is left of a password after them is judged.
STEMS = (
    "password", "passwort", "passphrase", "passcode", "motdepasse", "contrasena", "letmein",
    "welcome", "willkommen", "bienvenue", "iloveyou", "ichliebedich", "administrator", "admin",
    "changeme", "secret", "geheim", "monkey", "dragon", "football", "baseball", "basketball",
    "superman", "batman", "princess", "sunshine", "master", "trustno1", "starwars", "pokemon",
    "liverpool", "manchester", "chelsea", "arsenal", "barcelona", "juventus", "michael", "jennifer",
    "charlie", "ashley", "shadow", "whatever", "qwerty", "qwertz", "azerty", "hospital",
    "radiology", "radiologie", "readout", "dicom", "default", "temporary", "login", "guest",
    "january", "february", "march", "april", "june", "july", "august", "september", "october",
    "november", "december", "spring", "summer", "autumn", "winter", "fall", "monday", "tuesday",
    "wednesday", "thursday", "friday", "saturday", "sunday", "hello", "test", "user",
)  # fmt: skip
PHRASES = frozenset(
    (
        "correcthorsebatterystaple", "iloveyouforever", "thequickbrownfox", "tobeornottobe",
        "opensesame", "maytheforcebewithyou", "neverforgetthis", "onceuponatime", "unbelievable",
        "thisismypassword", "mypasswordis", "youllneverwalkalone", "jesuschrist", "jesusislord",
        "godisgreat", "lookatmenow", "nothingtosee", "donotenter", "supersecretpassword",
        "idontknow", "idontremember", "forgotpassword", "mynameis", "helloworld", "dragonballz",
        "christopher", "elizabeth", "metallica", "slipknot", "manchesterunited", "realmadrid",
    )
)  # fmt: skip
LOOKALIKES = str.maketrans("@4301!$57|", "aaeoiisstl")
LEAST_LEFT = 4


def hash_password(password: str, *, login: str = "", hasher: PasswordHasher = HASHER) -> str:
    """Return the argon2id text of an acceptable password; it names its own cost."""
    password = spelled(password)
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Refused(f"a password has {MIN_LENGTH} to {MAX_LENGTH} characters")
    if why := weakness(password, login):
        raise Refused(f"that password is among the first that are tried: {why}; choose another")
    return hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Tell whether the password is the stored one; costs the same when nothing is stored."""
    password = spelled(password[: MAX_LENGTH + 1])
    if len(password) > MAX_LENGTH:
        return False
    try:
        HASHER.verify(stored or NOBODY, password)
    except VerifyMismatchError:
        return False
    return stored is not None


def wants_rehash(stored: str | None, hasher: PasswordHasher = HASHER) -> bool:
    """Tell whether a stored password was hashed with less than is asked for today."""
    return stored is not None and hasher.check_needs_rehash(stored)


def spelled(password: str) -> str:
    """Return the one spelling of a password, whatever keyboard wrote it (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def weakness(password: str, login: str = "") -> str:
    """Say why a password would be guessed early, or nothing."""
    plain = password.casefold()
    # A year or marks at the ends are taken away before digits are read as letters.
    middle = re.sub(r"^[\d\W_]+|[\d\W_]+$", "", plain)
    bare = re.sub(r"[\W_]+", "", middle.translate(LOOKALIKES))
    letters = re.sub(r"[\W_]+", "", plain)
    for part in (login.casefold(), *re.split(r"[@.\-_+]", login.casefold())):
        if len(part) > LEAST_LEFT and part in plain and len(plain) - len(part) < MIN_LENGTH:
            return "it is little more than the login"
    if len(set(plain)) < LEAST_DIFFERENT:
        return f"it has fewer than {LEAST_DIFFERENT} different characters"
    if _period(plain) <= len(plain) // 2:
        return "it repeats itself"
    if letters in PHRASES or bare in PHRASES:
        return "it is a well-known phrase"
    if len(letters) <= LEAST_LEFT:
        return ""
    if len(_without(letters, SEQUENCES)) < LEAST_LEFT:
        return "it follows the keyboard or the alphabet"
    if min(len(_without_stems(text)) for text in (letters, bare)) < LEAST_LEFT:
        return "it is a common word, lengthened"
    return ""


def _period(text: str) -> int:
    """Return the length of the shortest piece whose repetition is the text."""
    return (text + text).find(text, 1)


def _without(text: str, sequences: tuple[str, ...]) -> str:
    """Return what is left of a text without runs of four or more along the sequences."""
    runs = {
        line[start : start + LEAST_LEFT]
        for sequence in sequences
        for line in (sequence, sequence[::-1])
        for start in range(len(line) - LEAST_LEFT + 1)
    }
    covered = [False] * len(text)
    for start in range(len(text) - LEAST_LEFT + 1):
        piece = text[start : start + LEAST_LEFT]
        if piece in runs or len(set(piece)) == 1:
            covered[start : start + LEAST_LEFT] = [True] * LEAST_LEFT
    return "".join(sign for sign, is_covered in zip(text, covered, strict=True) if not is_covered)


def _without_stems(text: str) -> str:
    """Return what is left of a text without common words, years and runs."""
    for stem in sorted(STEMS, key=len, reverse=True):
        text = text.replace(stem, "")
    text = re.sub(r"(19|20)\d\d", "", text)
    return re.sub(r"\d+$|^\d+", "", _without(text, SEQUENCES))
