"""An expression made ready: parsed and checked once, evaluated over any context.

Null propagates through everything but `and`, `or`, `any`, `all`, `count`, `coalesce` and
`is_missing`; a division by zero is null; numbers have 34 digits.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from research.ecrf.language.check import Reference, Type, check
from research.ecrf.language.context import Answers, Column, Context, Place
from research.ecrf.language.errors import ExpressionRefused, KindRefused
from research.ecrf.language.functions import (
    EXACT,
    FUNCTIONS,
    conjunction,
    disjunction,
    number,
)
from research.ecrf.language.parser import parse
from research.ecrf.language.scope import Kind, Scope
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
    Value,
)

Found = Value | Column

SIGNS = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


@dataclass(frozen=True)
class Program:
    """A checked expression; `text` is what the author wrote."""

    text: str
    tree: Node
    type: Type
    references: Mapping[tuple[str | None, str], Reference]
    cost: int

    def value(self, context: Context, *, row: str | None = None) -> Found:
        """Return the value, or a column of values; `row` is the row the expression stands in."""
        return value_of(self.tree, Frame(self.references, context, context.now, row))


@dataclass(frozen=True, slots=True)
class Frame:
    """Where evaluation stands: in which visit's answers, and in which row."""

    references: Mapping[tuple[str | None, str], Reference]
    context: Context
    answers: Answers
    row: str | None


def compiled(text: str, scope: Scope, *, item: str = "", wants: Kind | None = None) -> Program:
    """Return the program of an expression, or raise `ExpressionRefused` naming the item.

    `wants` is the kind of single value that the place of the expression needs.
    """
    try:
        tree = parse(text)
        checked = check(tree, scope)
        if wants is not None:
            _fits(checked.type, wants)
    except ExpressionRefused as problem:
        raise problem.at(item) from None
    return Program(text, tree, checked.type, checked.references, checked.cost)


def _fits(found: Type, wants: Kind) -> None:
    if found.rows is not None:
        raise KindRefused(
            f"there is one value for each row of {found.rows}: bring them to one, as with sum",
            position=1,
        )
    if found.kind not in (wants, Kind.NULL):
        raise KindRefused(f"here stands a {wants}, this yields a {found.kind}", position=1)


def value_of(node: Node, frame: Frame) -> Found:
    """Return the value of one part of a program."""
    return EVALUATE[type(node)](node, frame)


def _literal(node: Literal, _: Frame) -> Found:
    return node.value


def _name(node: Name, frame: Frame) -> Found:
    reference = frame.references[node.group, node.item]
    place = Place(reference.group, reference.item)
    if reference.source == "item":
        return frame.answers.items.get(place)
    if reference.source == "constant":
        return frame.context.constants.get(place.group, {}).get(place.item)
    column = frame.answers.column(place)
    return column if reference.source == "column" else column.get(frame.row or "")


def _negative(node: Negative, frame: Frame) -> Found:
    return lifted(_minus, [value_of(node.part, frame)])


def _not(node: Not, frame: Frame) -> Found:
    return lifted(_opposite, [value_of(node.part, frame)])


def _chain(node: Chain, frame: Frame) -> Found:
    parts = [value_of(part, frame) for part in node.parts]
    return lifted(lambda values: chained(values, node.signs), parts)


def _logic(node: Logic, frame: Frame) -> Found:
    join = conjunction if node.word == "and" else disjunction
    return lifted(join, [value_of(part, frame) for part in node.parts])


def _comparison(node: Comparison, frame: Frame) -> Found:
    left = value_of(node.left, frame)
    if node.sign not in ("in", "not in"):
        right = value_of(node.right, frame)
        return lifted(lambda values: compared(node.sign, *values), [left, right])
    if isinstance(node.right, Listing):
        parts = [left, *(value_of(part, frame) for part in node.right.parts)]
        return lifted(lambda values: _contained(node.sign, values), parts)
    among = gathered([value_of(node.right, frame)])
    return lifted(lambda values: _contained(node.sign, [*values, *among]), [left])


def _call(node: Call, frame: Frame) -> Found:
    function = FUNCTIONS[node.function]
    if function.looks_back:
        return looked_back(node, frame)[0]
    parts = [value_of(part, frame) for part in node.parts]
    if function.gathers:
        return function.does(gathered(parts))
    return lifted(function.does, parts)


EVALUATE: Mapping[type, Callable[..., Found]] = {
    Literal: _literal,
    Name: _name,
    Negative: _negative,
    Not: _not,
    Chain: _chain,
    Logic: _logic,
    Comparison: _comparison,
    Call: _call,
}


def lifted(does: Callable[[Sequence[Value]], Value], parts: Sequence[Found]) -> Found:
    """Apply a function to single values, or row by row where columns are among them."""
    columns = [part for part in parts if isinstance(part, Column)]
    if not columns:
        return does(parts)  # type: ignore[arg-type]  # none of them is a column
    keys = columns[0].keys() if len(columns) == 1 else dict.fromkeys(k for c in columns for k in c)
    return Column(
        (key, does([part.get(key) if isinstance(part, Column) else part for part in parts]))
        for key in keys
    )


def gathered(parts: Sequence[Found]) -> list[Value]:
    """Return all values of single values and columns, in order."""
    values: list[Value] = []
    for part in parts:
        if isinstance(part, Column):
            values += part.values()
        else:
            values.append(part)
    return values


def chained(values: Sequence[Value], signs: Sequence[str]) -> Decimal | None:
    """Return the sum or product from left to right; null where a part is missing."""
    result = values[0]
    if not isinstance(result, Decimal):
        return None
    for sign, value in zip(signs, values[1:], strict=True):
        if not isinstance(value, Decimal):
            return None
        result = SIGNS[sign](result, value)
    return number(result)


def compared(sign: str, left: Value, right: Value) -> bool | None:
    """Return whether a comparison holds; null when a side is missing.

    An item may have been of another kind in the form of an earlier visit: that is missing too.
    """
    if left is None or type(left) is not type(right):
        return None
    if sign == "==":
        return left == right
    return left != right if sign == "!=" else ORDERS[sign](left, right)


def looked_back(node: Call, frame: Frame) -> tuple[Found, str]:
    """Return the value at an earlier visit and the visit; null without such a visit."""
    context = frame.context
    if node.function == "nadir":
        return _nadir(node.parts[0], frame)
    visit = context.baseline
    if node.function == "prior":
        visit = context.earlier[-1] if context.earlier else None
    if visit is None:
        return None, ""
    return value_of(node.parts[0], _at(frame, visit)), visit.visit


def _at(frame: Frame, visit: Answers) -> Frame:
    """Return the frame of the same row at an earlier visit."""
    return Frame(frame.references, frame.context, visit, frame.row)


def _nadir(part: Node, frame: Frame) -> tuple[Found, str]:
    """Return the least earlier value; an incomplete one, being null, is no nadir."""
    found = [(value_of(part, _at(frame, visit)), visit.visit) for visit in frame.context.earlier]
    columns = [value for value, _ in found if isinstance(value, Column)]
    if columns:
        keys = dict.fromkeys(key for column in columns for key in column)
        return Column((key, _least([column.get(key) for column in columns])) for key in keys), ""
    least = _least([value for value, _ in found if not isinstance(value, Column)])
    return least, next((visit for value, visit in found if value == least), "")


def _least(values: Sequence[Value]) -> Value:
    return min((value for value in values if isinstance(value, Decimal)), default=None)


def _minus(values: Sequence[Value]) -> Value:
    return EXACT.minus(value) if isinstance(value := values[0], Decimal) else None


def _opposite(values: Sequence[Value]) -> Value:
    return not value if isinstance(value := values[0], bool) else None


def _contained(sign: str, values: Sequence[Value]) -> bool | None:
    """Return whether the first is among the others; an unknown among them leaves a no open."""
    wanted, among = values[0], values[1:]
    if wanted is None:
        return None
    found = disjunction([compared("==", wanted, one) for one in among])
    if found is None:
        return None
    return found if sign == "in" else not found
