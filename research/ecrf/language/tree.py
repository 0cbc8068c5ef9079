"""The parts an expression consists of; each knows the character it begins at."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Value: TypeAlias = Decimal | str | bool | date | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a text, true, false or null, as written."""

    value: Value
    position: int


@dataclass(frozen=True, slots=True)
class Name:
    """An item (`SOD`), a group's item (`TARGETS.DIAM`) or a constant (`charter.sd_days`)."""

    group: str | None
    item: str
    position: int

    def __str__(self) -> str:
        """Return the name as an author writes it."""
        return self.item if self.group is None else f"{self.group}.{self.item}"


@dataclass(frozen=True, slots=True)
class Listing:
    """Values in brackets, to look for something in."""

    parts: "tuple[Node, ...]"
    position: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A number with the other sign."""

    part: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a condition."""

    part: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Sums or products from left to right: one more part than signs."""

    parts: "tuple[Node, ...]"
    signs: tuple[str, ...]
    position: int


@dataclass(frozen=True, slots=True)
class Logic:
    """Conditions joined by `and`, or by `or`."""

    word: str
    parts: "tuple[Node, ...]"
    position: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and `==`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `not in` between them."""

    sign: str
    left: "Node"
    right: "Node"
    position: int


@dataclass(frozen=True, slots=True)
class Call:
    """A function and what it is given."""

    function: str
    parts: "tuple[Node, ...]"
    position: int


Node: TypeAlias = Literal | Name | Listing | Negative | Not | Chain | Logic | Comparison | Call


def parts_of(node: Node) -> tuple[Node, ...]:
    """Return the parts a node is made of, in the order they are written."""
    if isinstance(node, Negative | Not):
        return (node.part,)
    if isinstance(node, Comparison):
        return (node.left, node.right)
    if isinstance(node, Listing | Chain | Logic | Call):
        return node.parts
    return ()


def names_in(node: Node, *, outside: Container[str] = ()) -> list[Name]:
    """Return every name of an expression but those given to functions of `outside`."""
    if isinstance(node, Name):
        return [node]
    if isinstance(node, Call) and node.function in outside:
        return []
    return [name for part in parts_of(node) for name in names_in(part, outside=outside)]
