"""Numbers as people type them: why a text is none, and how many of its digits are significant."""

import re
import unicodedata

from research.ecrf.items.item import AnswerRefused

PLAIN = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,15})?", re.ASCII)
EXPONENT = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+", re.ASCII)
NAMED = ("nan", "inf", "infinity")


def plain_decimal(typed: str) -> str:
    """Return the digits of a decimal number as typed, or raise `AnswerRefused` saying why not."""
    text = typed.strip()
    if not PLAIN.fullmatch(text):
        raise AnswerRefused(why_not_plain(text) or
                            "is not a plain decimal number with a point, such as 30.1")  # fmt: skip
    return text.removeprefix("+")


def why_not_plain(text: str) -> str | None:
    """Return what is wrong with a number that nearly is one, in words; None for anything else."""
    if any(ord(char) > 127 and unicodedata.category(char) in ("Nd", "No", "Nl") for char in text):
        return "is not a plain decimal number: it has digits other than 0 to 9"
    if re.fullmatch(r"[+-]?[0-9]+,[0-9]+", text):
        return "is not a plain decimal number: write the decimals after a point, such as 30.1"
    if EXPONENT.fullmatch(text):
        return "is not a plain decimal number: write it out, without an exponent"
    if text.lstrip("+-").lower() in NAMED:
        return "is not a plain decimal number but a word for none: say instead why there is none"
    if re.fullmatch(r"[+-]?[0-9]{19,}(\.[0-9]*)?|[+-]?[0-9]+\.[0-9]{16,}", text):
        return "is not a plain decimal number of at most 18 digits and 15 decimals"
    return None


def significant_digits(text: str) -> int:
    """Return how many digits of a plain decimal count: 30.10 has four, 0.05 has one.

    Zeros that end a whole number may only say how large it is: 1200 counts as two.
    """
    digits = text.lstrip("+-")
    if "." in digits:
        return max(1, len(digits.replace(".", "").lstrip("0")))
    return max(1, len(digits.strip("0")))
