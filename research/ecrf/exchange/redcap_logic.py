"""REDCap's branching logic as an expression of ours: comparisons of fields with values.

Everything in REDCap is text, so '5' > '12' is decided by what the field is: numbers are compared
as numbers, codes as codes. Empty text means that nothing was answered.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from research.ecrf.exchange.plain import oid_of

TOKEN: Final = re.compile(
    r"""\s*(?:(?P<field>\[[^\]]*\](?:\[[^\]]*\])*)|(?P<text>"[^"]*"|'[^']*')
    |(?P<number>-?\d+(?:\.\d+)?)|(?P<sign><>|!=|<=|>=|=|<|>|\(|\))|(?P<word>[A-Za-z_]+))""",
    re.VERBOSE,
)
FIELD: Final = re.compile(r"\[([a-z][a-z0-9_]*)(?:\(([^)\s]+)\))?\]")
SIGNS: Final = {"=": "==", "<>": "!=", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
MOST_WORDS: Final = 500


class NotTranslated(ValueError):
    """The logic says something that an expression cannot; the message says what."""


def translated(logic: str, *, kinds: Mapping[str, str], known: Collection[str]) -> str:
    """Return the expression; `kinds` are of the fields, `known` the OIDs that may be named."""
    reader = _Logic([*_words(logic)], kinds, known)
    found = reader.either()
    if reader.at < len(reader.words):
        raise NotTranslated(f"“{reader.words[reader.at][1]}” is not expected")
    return found


def _words(logic: str) -> Iterator[tuple[str, str]]:
    at = count = 0
    while at < len(logic.rstrip()):
        found = TOKEN.match(logic, at)
        if found is None or count == MOST_WORDS:
            raise NotTranslated(f"character {at + 1} is not understood")
        count += 1
        at = found.end()
        assert found.lastgroup is not None
        yield found.lastgroup, found[found.lastgroup]


class _Logic:
    def __init__(
        self, words: list[tuple[str, str]], kinds: Mapping[str, str], known: Collection[str]
    ) -> None:
        self.words, self.at = words, 0
        self._kinds, self._known = kinds, known
        self._depth = 0

    def either(self) -> str:
        """Read conditions joined by or."""
        return self._joined("or", self.both)

    def both(self) -> str:
        """Read conditions joined by and."""
        return self._joined("and", self.one)

    def one(self) -> str:
        """Read a comparison or a bracket."""
        if self._next("sign", "("):
            self._depth += 1
            if self._depth > 20:
                raise NotTranslated("the brackets are too deep")
            inner = self.either()
            self._depth -= 1
            if not self._next("sign", ")"):
                raise NotTranslated("a bracket is not closed")
            return f"({inner})"
        return self._comparison()

    def _joined(self, word: str, part: Callable[[], str]) -> str:
        parts = [part()]
        while self._next("word", word):
            parts.append(part())
        return f" {word} ".join(parts)

    def _comparison(self) -> str:
        kind, text = self._take()
        if kind != "field":
            raise NotTranslated(f"“{text}” is no field")
        field = FIELD.fullmatch(text)
        if field is None or field[1] not in self._kinds:
            raise NotTranslated(f"{text} is not of this form")
        name, code = field[1], field[2]
        if oid_of(name) not in self._known:
            raise NotTranslated(f"{text} does not stand before it in the same form")
        sign = self._take()[1]
        kind, value = self._take()
        if sign not in SIGNS or kind not in ("text", "number"):
            raise NotTranslated(f"{text} is not compared with a value")
        return self._written(name, code, SIGNS[sign], value.strip("'\""))

    def _written(self, name: str, code: str | None, sign: str, value: str) -> str:
        oid, kind = oid_of(name), self._kinds[name]
        if kind == "choices":
            if code is None or sign not in ("==", "!=") or value not in ("0", "1"):
                raise NotTranslated(f"[{name}] takes several answers")
            chosen = f"contains({oid}, {_quoted(code)})"
            return chosen if (sign == "==") == (value == "1") else f"not {chosen}"
        if value == "" and sign in ("==", "!="):
            return f"is_missing({oid})" if sign == "==" else f"not is_missing({oid})"
        if kind == "boolean":
            if value not in ("0", "1") or sign not in ("==", "!="):
                raise NotTranslated(f"[{name}] is yes or no")
            return f"{oid} {sign} {'true' if value == '1' else 'false'}"
        if kind == "number":
            if not re.fullmatch(r"-?\d{1,18}(\.\d{1,15})?", value):
                raise NotTranslated(f"[{name}] is a number")
            return f"{oid} {sign} {value}"
        if kind not in ("choice", "text") or sign not in ("==", "!="):
            raise NotTranslated(f"[{name}] is compared by its order")
        return f"{oid} {sign} {_quoted(value)}"

    def _next(self, kind: str, text: str) -> bool:
        found = self.at < len(self.words) and (
            self.words[self.at][0] == kind and self.words[self.at][1].lower() == text
        )
        self.at += found
        return found

    def _take(self) -> tuple[str, str]:
        if self.at == len(self.words):
            raise NotTranslated("it ends too early")
        self.at += 1
        return self.words[self.at - 1]


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text:
        raise NotTranslated("a value holds a quotation mark")
    return f"'{text}'"
