"""How a value came about, in words: `sum of TARGETS.counted_mm = 31 + 24 = 55`."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from research.ecrf.language.context import Column, Context
from research.ecrf.language.functions import FUNCTIONS
from research.ecrf.language.programs import (
    Found,
    Frame,
    Program,
    gathered,
    looked_back,
    value_of,
)
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
    parts_of,
)

PLACES_SHOWN = 6
MISSING = "missing"
TERMS = {"sum": " + ", "min": ", ", "max": ", ", "any": ", ", "all": ", "}


@dataclass(frozen=True)
class Explanation:
    """A value and the words for it; `facts` say where each part of it comes from."""

    value: Found
    words: str
    facts: tuple[str, ...]

    def __str__(self) -> str:
        """Return everything in one sentence."""
        return self.words + (f"; {'; '.join(self.facts)}" if self.facts else "")


def explain(program: Program, context: Context, *, row: str | None = None) -> Explanation:
    """Return how the program's value comes about over this context."""
    frame = Frame(program.references, context, context.now, row)
    return explained(program.tree, frame)


def explained(node: Node, frame: Frame) -> Explanation:
    """Return the words for one part."""
    value = value_of(node, frame)
    if isinstance(node, Call) and FUNCTIONS[node.function].looks_back:
        return Explanation(value, _remembered(node, frame), ())
    facts = [fact for part in parts_of(node) for fact in _facts(part, frame)]
    facts += _zeros(node, frame)
    return Explanation(value, _words(node, frame, value), tuple(dict.fromkeys(facts)))


def _words(node: Node, frame: Frame, value: Found) -> str:
    put_in, shown = _put_in(node, frame), shown_value(value)
    if isinstance(node, Call) and node.function == "if":
        return f"{_because(node, frame)}: {shown}"
    if isinstance(node, Call) and node.function in ("any", "all"):
        return f"{written(node)}: {put_in}, so {_verdict(value)}"
    if isinstance(value, bool) or isinstance(node, Comparison | Logic | Not):
        steps = [written(node), put_in]
        return f"{': '.join(step for step in steps if step)} is {_verdict(value)}"
    if isinstance(node, Call) and node.function in ("min", "max"):
        return f"{written(node)} = {shown} out of {put_in}"
    steps = [written(node), put_in, shown]
    return " = ".join(dict.fromkeys(step for step in steps if step))


def written(node: Node) -> str:
    """Return a part as an author reads it: `sum of TARGETS.DIAM`."""
    match node:
        case Literal(value=value):
            return shown_value(value)
        case Name():
            return str(node)
        case Call(function=function, parts=(part,)) if _is_simple(part):
            return f"{function.replace('_', ' ')} of {written(part)}"
        case Call(function=function, parts=parts):
            return f"{function}({', '.join(map(written, parts))})"
    return _joined(node, [_bracketed(part, node, written(part)) for part in parts_of(node)])


def shown_value(value: Found) -> str:
    """Return a value as text; a long fraction is cut and says so, nothing is rounded."""
    if isinstance(value, Column):
        return f"[{', '.join(map(shown_value, value.values()))}]"
    if value is None:
        return MISSING
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        whole, point, fraction = format(value, "f").partition(".")
        cut = "…" if len(fraction) > PLACES_SHOWN else ""
        return whole + point + fraction[:PLACES_SHOWN] + cut
    return value.isoformat() if isinstance(value, date) else f"'{value}'"


def _put_in(node: Node, frame: Frame) -> str:
    """Return a part with the values in the place of the names."""
    if isinstance(node, Call):
        return _terms(node, frame) if node.function in TERMS else ""
    if isinstance(node, Literal | Name):
        return ""
    parts = [_bracketed(part, node, _inner(part, frame)) for part in parts_of(node)]
    return _joined(node, parts)


def _inner(part: Node, frame: Frame) -> str:
    if isinstance(part, Listing):
        return written(part)
    if isinstance(part, Call | Name | Literal):
        return shown_value(value_of(part, frame))
    return _put_in(part, frame)


def _terms(node: Call, frame: Frame) -> str:
    values = gathered([value_of(part, frame) for part in node.parts])
    return TERMS[node.function].join(map(shown_value, values)) or "no rows"


def _joined(node: Node, parts: list[str]) -> str:
    if isinstance(node, Listing):
        return f"[{', '.join(parts)}]"
    match node:
        case Negative():
            return f"-{parts[0]}"
        case Not():
            return f"not {parts[0]}"
        case Comparison(sign=sign):
            return f"{parts[0]} {sign} {parts[1]}"
        case Logic(word=word):
            return f" {word} ".join(parts)
        case Chain(signs=signs):
            tail = [f" {sign} {part}" for sign, part in zip(signs, parts[1:], strict=True)]
            return parts[0] + "".join(tail)
    raise AssertionError(f"{node!r} has no parts to join")


def _bracketed(part: Node, whole: Node, text: str) -> str:
    if isinstance(whole, Listing) or _binding(part) > _binding(whole):
        return text
    return f"({text})"


def _binding(node: Node) -> int:
    """Return how firmly a part holds together: one that holds less firmly needs brackets."""
    match node:
        case Logic(word=word):
            return 1 if word == "or" else 2
        case Not():
            return 3
        case Comparison():
            return 4
        case Chain(signs=signs):
            return 5 if signs[0] in "+-" else 6
        case Negative():
            return 7
    return 8


def _facts(part: Node, frame: Frame) -> list[str]:
    """Return what is worth saying of a part: how a call came out, what is missing."""
    if isinstance(part, Call):
        if FUNCTIONS[part.function].looks_back:
            return [_remembered(part, frame)]
        found = explained(part, frame)
        return [found.words, *found.facts]
    if isinstance(part, Name):
        value = value_of(part, frame)
        if isinstance(value, Column):
            rows = [row for row, one in value.items() if one is None]
            return [f"{part} is missing in row {', '.join(rows)}"] if rows else []
        return [f"{part} = {shown_value(value)}"] if value is not None else [f"{part} is missing"]
    inner = [fact for one in parts_of(part) for fact in _facts(one, frame)]
    return inner + _zeros(part, frame)


def _remembered(call: Call, frame: Frame) -> str:
    value, visit = looked_back(call, frame)
    at = f" at {visit}" if visit else ""
    if value is None:
        return f"{written(call)} is missing{at or ', there is no such visit'}"
    return f"{written(call)} = {shown_value(value)}{at}"


def _because(node: Call, frame: Frame) -> str:
    condition = node.parts[0]
    return f"because {written(condition)} is {_verdict(value_of(condition, frame))}"


def _verdict(value: Found) -> str:
    return "not known" if value is None else shown_value(value)


def _zeros(node: Node, frame: Frame) -> list[str]:
    if not isinstance(node, Chain):
        return []
    divisors = [part for sign, part in zip(node.signs, node.parts[1:], strict=True) if sign == "/"]
    return [
        f"{written(part)} is 0, and a division by zero has no value"
        for part in divisors
        if value_of(part, frame) == 0
    ]


def _is_simple(part: Node) -> bool:
    return isinstance(part, Name | Call)
