"""The static check: every name is there, the kinds go together, the cost is bounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal as OneOf

from research.ecrf.definition import MAX_REPEATS
from research.ecrf.language.errors import KindRefused, TooCostly
from research.ecrf.language.functions import FUNCTIONS, MAX_EARLIER, Function
from research.ecrf.language.scope import Kind, Scope, Slot
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

MAX_COST = 100_000
MAX_PLACES = 15
MAX_CANDIDATES = 60


@dataclass(frozen=True)
class Reference:
    """Where a name's value is found: an item, this row's item, a column of rows, a constant."""

    source: OneOf["item", "row", "column", "constant"]
    group: str
    item: str


@dataclass(frozen=True)
class Type:
    """What a part yields: a kind, one value or one for each row, its codes if they are known."""

    kind: Kind
    rows: str | None = None
    codes: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Checked:
    """What the check found out."""

    type: Type
    references: Mapping[tuple[str | None, str], Reference]
    cost: int


def check(node: Node, scope: Scope) -> Checked:
    """Return kind, references and worst cost, or raise `KindRefused` or `TooCostly`."""
    checker = _Checker(scope)
    found = checker.type_of(node)
    return Checked(found, checker.references, checker.cost)


class _Checker:
    """Walks the tree once; `times` is how often the part at hand is evaluated at worst."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.references: dict[tuple[str | None, str], Reference] = {}
        self.cost = 0
        self.times = MAX_REPEATS if scope.row_of else 1
        self.history: str | None = None

    def type_of(self, node: Node) -> Type:
        """Return the type of a part and add its cost."""
        found = self._type_of(node)
        self.cost += self.times * (MAX_REPEATS if found.rows else 1) * self._width(node)
        if self.cost > MAX_COST:
            raise TooCostly(
                f"in the largest form this takes more than {MAX_COST} steps: "
                "compute its parts in items of their own",
                position=node.position,
            )
        return found

    def _width(self, node: Node) -> int:
        """Return how many values are looked at for each value of a part."""
        searched = isinstance(node, Comparison) and node.sign in ("in", "not in")
        if searched and not isinstance(parts_of(node)[1], Listing):
            return MAX_REPEATS
        widest = max((len(parts_of(part)) for part in parts_of(node)), default=0) if searched else 0
        return max(1, widest, len(parts_of(node)))

    def _type_of(self, node: Node) -> Type:
        match node:
            case Literal(value=value):
                return Type(_kind_of_literal(value))
            case Name():
                return self._named(node)
            case Listing():
                raise KindRefused("a list in [ ] stands only after in", position=node.position)
            case Negative(part=part):
                return self._all_of(Kind.NUMBER, (part,), "a sign")
            case Not(part=part):
                return self._all_of(Kind.BOOLEAN, (part,), "not")
            case Chain(parts=parts, signs=signs):
                return self._all_of(Kind.NUMBER, parts, signs[0])
            case Logic(parts=parts, word=word):
                return self._all_of(Kind.BOOLEAN, parts, word)
            case Comparison():
                return self._comparison(node)
            case Call():
                return self._call(node)

    def _named(self, name: Name) -> Type:
        slot, constant = self._find(name)
        if constant is not None:
            self._refer(name, Reference("constant", str(name.group), name.item))
            return Type(constant)
        if slot is None:
            raise KindRefused(_unknown(name, self.scope), position=name.position)
        if not slot.repeats:
            self._refer(name, Reference("item", slot.group, slot.item))
            return Type(slot.kind, codes=slot.codes)
        if name.group is not None:
            self._refer(name, Reference("column", slot.group, slot.item))
            return Type(slot.kind, slot.group, slot.codes)
        if slot.group != self.scope.row_of:
            raise KindRefused(
                f"{slot.item} has a value in every row of {slot.group}: write {slot} "
                f"inside sum, min, max, count, any or all",
                position=name.position,
            )
        self._refer(name, Reference("row", slot.group, slot.item))
        return Type(slot.kind, codes=slot.codes)

    def _refer(self, name: Name, reference: Reference) -> None:
        self.references[name.group, name.item] = reference

    def _find(self, name: Name) -> tuple[Slot | None, Kind | None]:
        if name.group is None:
            own = self.scope.by_name.get((self.scope.row_of or "", name.item))
            return own or self.scope.by_item.get(name.item), None
        slot = self.scope.by_name.get((name.group, name.item))
        constant = self.scope.constants.get(name.group, {}).get(name.item)
        if slot is not None and constant is not None:
            raise KindRefused(
                f"{name} is an item and a constant: give the group another oid",
                position=name.position,
            )
        return slot, constant

    def _all_of(self, kind: Kind, parts: Sequence[Node], where: str) -> Type:
        types = [self.type_of(part) for part in parts]
        for part, found in zip(parts, types, strict=True):
            if found.kind not in (kind, Kind.NULL):
                raise KindRefused(
                    f"{where} needs a {kind}, this is a {found.kind}", position=part.position
                )
        return Type(kind, self._rows(parts, types))

    def _rows(self, parts: Sequence[Node], types: Sequence[Type]) -> str | None:
        """Return whose rows the values belong to: rows of two groups do not pair up."""
        found: str | None = None
        for part, one in zip(parts, types, strict=True):
            if one.rows and found and one.rows != found:
                raise KindRefused(
                    f"rows of {one.rows} do not pair up with rows of {found}: "
                    "bring each to one value first, as with sum",
                    position=part.position,
                )
            found = found or one.rows
        return found

    def _comparison(self, node: Comparison) -> Type:
        if node.sign in ("in", "not in"):
            return self._membership(node)
        left, right = self.type_of(node.left), self.type_of(node.right)
        kind = _one_kind((left, right), (node.left, node.right))
        if node.sign not in ("==", "!=") and kind in (Kind.TEXT, Kind.BOOLEAN):
            raise KindRefused(
                f"{node.sign} needs numbers or dates, these are {kind}: use == or in",
                position=node.position,
            )
        _same_codes(left, node.right)
        _same_codes(right, node.left)
        return Type(Kind.BOOLEAN, self._rows((node.left, node.right), (left, right)))

    def _membership(self, node: Comparison) -> Type:
        left = self.type_of(node.left)
        if not isinstance(node.right, Listing):
            column = self.type_of(node.right)
            if column.rows is None:
                raise KindRefused(
                    "after in stands a list such as ['CR', 'PR'] or a group's column",
                    position=node.right.position,
                )
            _one_kind((left, column), (node.left, node.right))
            return Type(Kind.BOOLEAN, left.rows)
        if not node.right.parts:
            raise KindRefused("the list is empty: nothing is in it", position=node.right.position)
        types = [self.type_of(part) for part in node.right.parts]
        _one_kind((left, *types), (node.left, *node.right.parts))
        for part in node.right.parts:
            _same_codes(left, part)
        parts = (node.left, *node.right.parts)
        return Type(Kind.BOOLEAN, self._rows(parts, (left, *types)))

    def _call(self, node: Call) -> Type:
        function = FUNCTIONS.get(node.function)
        if function is None:
            raise KindRefused(
                f"there is no function {node.function}: there are {', '.join(FUNCTIONS)}",
                position=node.position,
            )
        _counted(function, node)
        if function.looks_back:
            return self._looking_back(node)
        types = [self.type_of(part) for part in node.parts]
        return self._yielded(function, node, types)

    def _yielded(self, function: Function, node: Call, types: list[Type]) -> Type:
        for wanted, part, found in zip(function.wants(len(types)), node.parts, types, strict=True):
            if wanted is not None and found.kind not in (wanted, Kind.NULL):
                raise KindRefused(
                    f"{node.function} needs a {wanted}, this is a {found.kind}",
                    position=part.position,
                )
        if node.function == "round" and len(node.parts) > 1:
            _places(node.parts[1])
        kind = function.yields
        if kind is None:
            shared = node.parts[1:] if node.function == "if" else node.parts
            kind = _one_kind(types[-len(shared) :], shared)
        return Type(kind, None if function.gathers else self._rows(node.parts, types))

    def _looking_back(self, node: Call) -> Type:
        if self.history is not None:
            raise KindRefused(
                f"{node.function} stands inside {self.history}: earlier visits are seen from "
                "this one only",
                position=node.position,
            )
        before = self.times
        self.history = node.function
        self.times *= MAX_EARLIER if node.function == "nadir" else 1
        found = self.type_of(node.parts[0])
        self.history, self.times = None, before
        if node.function == "nadir" and found.kind is not Kind.NUMBER:
            raise KindRefused(
                f"nadir needs a number, this is a {found.kind}", position=node.parts[0].position
            )
        return found


def _kind_of_literal(value: object) -> Kind:
    if value is None:
        return Kind.NULL
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER


def _one_kind(types: Sequence[Type], parts: Sequence[Node]) -> Kind:
    kind = Kind.NULL
    for found, part in zip(types, parts, strict=True):
        if found.kind is Kind.NULL:
            continue
        if kind not in (Kind.NULL, found.kind):
            raise KindRefused(
                f"a {found.kind} does not go with a {kind}: nothing is converted silently",
                position=part.position,
            )
        kind = found.kind
    return kind


def _same_codes(known: Type, part: Node) -> None:
    """Refuse a text that the item on the other side can never be."""
    if known.codes is None or not isinstance(part, Literal) or not isinstance(part.value, str):
        return
    if part.value not in known.codes:
        raise KindRefused(
            f"{part.value!r} is not one of its codes: {', '.join(known.codes[:20])}",
            position=part.position,
        )


def _counted(function: Function, node: Call) -> None:
    if function.least <= len(node.parts) <= function.most:
        return
    raise KindRefused(f"it is written {function.usage}", position=node.position)


def _places(part: Node) -> None:
    value = part.value if isinstance(part, Literal) else None
    whole = range(MAX_PLACES + 1)
    if isinstance(value, bool) or value not in whole:
        raise KindRefused(
            f"the decimal places of round are a whole number from 0 to {MAX_PLACES}",
            position=part.position,
        )


def _unknown(name: Name, scope: Scope) -> str:
    if name.group is None:
        if name.item in scope.shared:
            written = [f"{group}.{name}" for group in scope.shared[name.item]]
            return f"{name} stands in several groups: write {' or '.join(written)}"
        groups = {slot.group for slot in scope.slots} | set(scope.constants)
        if name.item in groups:
            return f"{name} is a group: write {name}.ITEM"
        known = list(scope.by_item)
    else:
        known = [str(slot) for slot in scope.slots]
        known += [f"{space}.{one}" for space, names in scope.constants.items() for one in names]
    near = get_close_matches(str(name)[:80], _alike(str(name), known), n=1, cutoff=0.85)
    meant = f": is {near[0]} meant?" if near else ": name an item of the form or a constant"
    return f"{name} is not known here{meant}"


def _alike(name: str, known: Sequence[str]) -> list[str]:
    """Return few enough candidates that a wrong name in a large form costs nothing."""
    near = [one for one in known if one[0] == name[0] and abs(len(one) - len(name)) <= 2]
    return near[:MAX_CANDIDATES]
