"""From words to a tree, by the usual order: or, and, not, comparison, sum, product, sign."""

from collections.abc import Callable
from decimal import Decimal

from research.ecrf.language.errors import SyntaxRefused, TooCostly
from research.ecrf.language.tokens import Token, tokens
from research.ecrf.language.tree import (
    Call,
    Chain,
    Comparison,
    Listing,
    Literal,
    Logic,
    Name,
    Negative,
    Node,
    Not,
)

MAX_DEPTH = 24

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "=")
CONSTANTS = {"true": True, "false": False, "null": None}


def parse(text: str) -> Node:
    """Return the tree of an expression, or raise `SyntaxRefused` or `TooCostly`."""
    parser = _Parser(tokens(text))
    node = parser.alternatives()
    parser.end()
    return node


class _Parser:
    """Reads words from the left; `depth` bounds how far parts may stand in one another."""

    def __init__(self, words: list[Token]) -> None:
        self.words = words
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        return self.words[self.at]

    def take(self, sort: str, *texts: str) -> Token | None:
        """Return the next word and step over it, if it is one of these."""
        token = self.next
        if token.sort != sort or (texts and token.text not in texts):
            return None
        self.at += 1
        return token

    def need(self, sign: str, why: str) -> None:
        if self.take("sign", sign) is None:
            raise self.refusal(f"{sign} is missing {why}")

    def refusal(self, message: str) -> SyntaxRefused:
        token = self.next
        found = "the expression ends here" if token.sort == "end" else f"here stands {token.text!r}"
        return SyntaxRefused(f"{message}; {found}", position=token.position)

    def end(self) -> None:
        if self.next.sort == "end":
            return
        if self.next.text == ",":
            raise self.refusal(
                "a comma stands between a function's values only, decimals have a point"
            )
        raise self.refusal("an operator such as + or and is missing")

    def alternatives(self) -> Node:
        return self._logic("or", self._conditions)

    def _conditions(self) -> Node:
        return self._logic("and", self._negation)

    def _logic(self, word: str, below: Callable[[], Node]) -> Node:
        position = self.next.position
        parts = [below()]
        while self.take("word", word):
            parts.append(below())
        return parts[0] if len(parts) == 1 else Logic(word, tuple(parts), position)

    def _negation(self) -> Node:
        token = self.take("word", "not")
        if token is None:
            return self._comparison()
        return Not(self._deeper(self._negation), token.position)

    def _comparison(self) -> Node:
        position = self.next.position
        left = self._sum()
        sign = self._comparing()
        if sign is None:
            return left
        right = self._sum()
        again = self.next.position
        if self._comparing() is not None:
            raise SyntaxRefused(
                "one comparison follows another: join them with and, as in 1 < X and X < 5",
                position=again,
            )
        return Comparison(sign, left, right, position)

    def _comparing(self) -> str | None:
        if token := self.take("sign", *COMPARISONS):
            return "==" if token.text == "=" else token.text
        if self.take("word", "in"):
            return "in"
        return "not in" if self._not_in() else None

    def _not_in(self) -> bool:
        first = self.take("word", "not")
        if first is None:
            return False
        if self.take("word", "in") is None:
            self.at -= 1
            return False
        return True

    def _sum(self) -> Node:
        return self._chain(("+", "-"), self._product)

    def _product(self) -> Node:
        return self._chain(("*", "/"), self._signed)

    def _chain(self, operators: tuple[str, str], below: Callable[[], Node]) -> Node:
        position = self.next.position
        parts, signs = [below()], []
        while token := self.take("sign", *operators):
            signs.append(token.text)
            parts.append(below())
        return parts[0] if not signs else Chain(tuple(parts), tuple(signs), position)

    def _signed(self) -> Node:
        token = self.take("sign", "-", "+")
        if token is None:
            return self._primary()
        part = self._deeper(self._signed)
        return part if token.text == "+" else Negative(part, token.position)

    def _primary(self) -> Node:
        position = self.next.position
        if token := self.take("number"):
            return Literal(Decimal(token.text), position)
        if token := self.take("text"):
            return Literal(token.text, position)
        if token := self.take("word", *CONSTANTS):
            return Literal(CONSTANTS[token.text], position)
        if token := self.take("name"):
            return self._named(token)
        if self.take("sign", "("):
            inside = self._deeper(self.alternatives)
            self.need(")", f"to close the ( at character {position}")
            return inside
        if self.take("sign", "["):
            return Listing(self._values("]", position), position)
        raise self.refusal(_what_is_missing(self.next))

    def _named(self, token: Token) -> Node:
        if self.take("sign", "("):
            return Call(token.text, self._values(")", token.position), token.position)
        if self.take("sign", "."):
            item = self.take("name")
            if item is None:
                raise self.refusal(f"after {token.text}. stands an item's oid")
            return Name(token.text, item.text, token.position)
        return Name(None, token.text, token.position)

    def _values(self, closing: str, position: int) -> tuple[Node, ...]:
        if self.take("sign", closing):
            return ()
        parts = [self._deeper(self.alternatives)]
        while self.take("sign", ","):
            parts.append(self._deeper(self.alternatives))
        self.need(closing, f"to close what begins at character {position}")
        return tuple(parts)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise TooCostly(
                f"parts stand in one another more than {MAX_DEPTH} deep: "
                "compute the inner ones in items of their own",
                position=self.next.position,
            )
        found = read()
        self.depth -= 1
        return found


def _what_is_missing(token: Token) -> str:
    if token.text in ("*", "/"):
        return "a value is missing (there is no power: multiply)"
    return "a value is missing: an item, a number, a text in quotes or a function"
