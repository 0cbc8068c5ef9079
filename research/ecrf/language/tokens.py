"""From the text of an expression to its words, each with its place."""

import re
from dataclasses import dataclass

from research.ecrf.language.errors import SyntaxRefused, TooCostly

MAX_LENGTH = 2000
MAX_TOKENS = 500
MAX_DIGITS = 34

WORDS = ("and", "or", "not", "in", "true", "false", "null")

PATTERN = re.compile(
    r"""
    (?P<space>[ \t\r\n]+)
  | (?P<number>[0-9]+(?:\.[0-9]+)?)
  | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
  | `(?P<quoted>[A-Za-z][A-Za-z0-9_.-]{0,63})`
  | '(?P<single>[^'\n]*)'
  | "(?P<double>[^"\n]*)"
  | (?P<sign><=|>=|==|!=|[-+*/<>=(),.\[\]])
    """,
    re.VERBOSE | re.ASCII,
)

HINTS = {
    "'": "the text that begins here has no end: close it with '",
    '"': 'the text that begins here has no end: close it with "',
    "`": "between ` and ` stands one item's oid",
    "%": "there is no %: multiply, as in change * 100 >= 20 * nadir(SOD)",
    "^": "there is no power: multiply",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != for different",
    ";": "an expression is one value: there is nothing to separate",
    "{": "there are no braces: use ( and )",
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word: what sort it is, what it says, and its first character counted from 1."""

    sort: str
    text: str
    position: int


def tokens(text: str) -> list[Token]:
    """Return the words of an expression, an end mark last."""
    if len(text) > MAX_LENGTH:
        raise TooCostly(
            f"the expression has {len(text)} characters, at most {MAX_LENGTH} are taken: "
            "compute its parts in items of their own",
            position=MAX_LENGTH + 1,
        )
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = PATTERN.match(text, at)
        if match is None:
            raise SyntaxRefused(_hint(text[at]), position=at + 1)
        sort = str(match.lastgroup)
        if sort != "space":
            if len(found) == MAX_TOKENS:
                raise TooCostly(
                    f"the expression has more than {MAX_TOKENS} words: "
                    "compute its parts in items of their own",
                    position=at + 1,
                )
            found.append(_token(sort, match.group(sort), at + 1, text[match.end() :][:1]))
        at = match.end()
    found.append(Token("end", "", len(text) + 1))
    return found


def _token(sort: str, text: str, position: int, following: str) -> Token:
    if sort == "number":
        if len(text.replace(".", "")) > MAX_DIGITS:
            raise TooCostly(f"a number has at most {MAX_DIGITS} digits", position=position)
        if following.isalpha() or following == "_":
            raise SyntaxRefused(
                f"{text}{following}… is no number: write it in full, such as 1500 or 0.015",
                position=position,
            )
    if sort == "name" and text in WORDS:
        return Token("word", text, position)
    names = {"quoted": "name", "single": "text", "double": "text"}
    return Token(names.get(sort, sort), text, position)


def _hint(character: str) -> str:
    return HINTS.get(character, f"{character!r} has no meaning here: take it out")
