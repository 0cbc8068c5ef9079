"""A form's rules, each an expression: what is visible, required, computed, proposed or wrong.

They are compiled once per form, in the order in which their items depend on one another; what the
response criteria are asked about stands before what their answer decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter

from research.ecrf.constants import constants_of
from research.ecrf.definition import CheckRule, FormDefinition, Group
from research.ecrf.items.computed import ComputedItem
from research.ecrf.items.item import ItemDefinition
from research.ecrf.language.context import Place
from research.ecrf.language.errors import ExpressionRefused
from research.ecrf.language.functions import FUNCTIONS
from research.ecrf.language.programs import Program, compiled
from research.ecrf.language.scope import Kind, Scope, kind_of, scope_of
from research.ecrf.language.tree import names_in

MAX_COST = 2_000_000
LOOKING_BACK = frozenset(name for name, function in FUNCTIONS.items() if function.looks_back)


class RulesRefused(ValueError):
    """Rules that a form cannot hold; `problems` names item, character and remedy of each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Check:
    """A compiled check and the place at which it speaks."""

    oid: str
    rule: CheckRule
    place: Place
    repeats: bool
    program: Program


@dataclass(frozen=True)
class ItemLogic:
    """The compiled rules of one item."""

    place: Place
    repeats: bool
    group_visible: Program | None = None
    visible_if: Program | None = None
    required_if: Program | None = None
    computed: Program | None = None
    default: Program | None = None

    @property
    def programs(self) -> list[Program]:
        """All programs of the item."""
        own = (self.group_visible, self.visible_if, self.required_if, self.computed, self.default)
        return [one for one in own if one is not None]


@dataclass(frozen=True)
class Logic:
    """A form's compiled rules: an item stands after those its value depends on.

    `before` is what can be said without the response criteria, `after` what needs their answer.
    """

    before: tuple[ItemLogic, ...]
    after: tuple[ItemLogic, ...]
    checks: tuple[Check, ...]

    @property
    def has_warnings(self) -> bool:
        """Whether any check asks for a reason."""
        return any(check.rule.severity == "warn" for check in self.checks)

    @property
    def items(self) -> tuple[ItemLogic, ...]:
        """All items that have rules, in the order of dependence."""
        return self.before + self.after


@dataclass(frozen=True)
class _Named:
    """A form as the cache knows it: hashing a large definition would take longer than a save."""

    digest: str
    form: FormDefinition = field(compare=False)


def logic_of(form: FormDefinition) -> Logic:
    """Return the compiled rules of a form that was checked when it was saved; compiled once."""
    return _compiled(_Named(form.digest, form))


@lru_cache(maxsize=256)
def _compiled(named: _Named) -> Logic:
    return compiled_rules(named.form)


def compiled_rules(form: FormDefinition) -> Logic:
    """Return the compiled rules, or raise `RulesRefused` with every problem there is."""
    compiler = _Compiler(form)
    items = [
        logic
        for group in form.groups
        for item in group.items
        if (logic := compiler.item(group, item)).programs
    ]
    checks = [
        check
        for number, rule in enumerate(form.checks, start=1)
        if (check := compiler.check(rule, number)) is not None
    ]
    cost = sum(program.cost for item in items for program in item.programs)
    cost += sum(check.program.cost for check in checks)
    problems = compiler.problems
    if cost > MAX_COST:
        problems.append(
            f"{form.oid}: all rules together take {cost} steps in the largest form, at most "
            f"{MAX_COST} are taken: drop some, or compute shared parts once"
        )
    if problems:
        raise RulesRefused(tuple(problems))
    before, after = _in_order(items)
    return Logic(before, after, tuple(checks))


class _Compiler:
    """Compiles the rules of one form and collects what is wrong with them."""

    def __init__(self, form: FormDefinition) -> None:
        self.form = form
        self.scope = scope_of(form, constants=constants_of(form.criteria))
        self.problems: list[str] = []

    def item(self, group: Group, item: ItemDefinition) -> ItemLogic:
        name = self._name(group, item.oid)
        inside = self.scope.inside(group.oid if group.repeats else None)
        own = kind_of(item)
        value = item.value if isinstance(item, ComputedItem) else ""
        if item.default and (value or not item.takes_answers):
            self.problems.append(f"{name}: takes no answer, so nothing can be proposed for it")
        return ItemLogic(
            Place(group.oid, item.oid),
            bool(group.repeats),
            group_visible=self._program(group.visible_if, self.scope, name, Kind.BOOLEAN),
            visible_if=self._program(item.visible_if, inside, name, Kind.BOOLEAN),
            required_if=self._program(item.required_if, inside, name, Kind.BOOLEAN),
            computed=self._program(value, inside, name, own),
            default=self._program(item.default, inside, name, own),
        )

    def check(self, rule: CheckRule, number: int) -> Check | None:
        oid = rule.oid or f"check{number}"
        slot = self.scope.slot(rule.item) if rule.item else None
        if rule.item and slot is None:
            self.problems.append(
                f"{oid}: no such item in {self.form.oid}: {rule.item}; name one, "
                "with its group if it stands in several"
            )
            return None
        row_of = slot.group if slot is not None and slot.repeats else None
        program = self._program(
            rule.when, self.scope.inside(row_of), rule.item or oid, Kind.BOOLEAN
        )
        if program is None:
            return None
        place = Place(slot.group, slot.item) if slot else self._first(program)
        if place is None:
            self.problems.append(
                f"{oid}: its condition names no item of the form outside of repeating groups: "
                "say with item at which one the message is shown"
            )
            return None
        return Check(oid, rule, place, row_of is not None, program)

    def _first(self, program: Program) -> Place | None:
        for name in names_in(program.tree):
            reference = program.references[name.group, name.item]
            if reference.source == "item":
                return Place(reference.group, reference.item)
        return None

    def _program(self, text: str, scope: Scope, name: str, wants: Kind) -> Program | None:
        if not text:
            return None
        try:
            return compiled(text, scope, item=name, wants=wants)
        except ExpressionRefused as problem:
            self.problems.append(str(problem))
            return None

    def _name(self, group: Group, oid: str) -> str:
        """Return how problems name an item: with its group where another has one of that oid."""
        return oid if oid in self.scope.by_item or oid not in self.scope.shared else (
            f"{group.oid}.{oid}"
        )  # fmt: skip


def _in_order(items: Iterable[ItemLogic]) -> tuple[tuple[ItemLogic, ...], tuple[ItemLogic, ...]]:
    """Return the items in the order of dependence: first those that need no criteria."""
    by_place = {item.place: item for item in items}
    needs = {
        place: {one for one in _needed(item) if one in by_place} for place, item in by_place.items()
    }
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as cycle:
        around = " needs ".join(place.item for place in reversed(cycle.args[1]))
        problem = f"{cycle.args[1][0].item}: {around}: no value can come first, break the circle"
        raise RulesRefused((problem,)) from None
    late: set[Place] = set()
    for place in order:
        if needs[place] & late or _asks_criteria(by_place[place]):
            late.add(place)
    return (
        tuple(by_place[place] for place in order if place not in late),
        tuple(by_place[place] for place in order if place in late),
    )


def _deciding(item: ItemLogic) -> list[Program]:
    """Return the programs that decide the item's value at this visit."""
    own = (item.group_visible, item.visible_if, item.computed)
    return [program for program in own if program is not None]


def _needed(item: ItemLogic) -> set[Place]:
    """Return the items whose values at this visit, not earlier ones, the item's depends on."""
    return {
        Place(reference.group, reference.item)
        for program in _deciding(item)
        for name in names_in(program.tree, outside=LOOKING_BACK)
        if (reference := program.references[name.group, name.item]).source != "constant"
    }


def _asks_criteria(item: ItemLogic) -> bool:
    return any(
        reference.source == "constant" and reference.group == "criteria"
        for program in _deciding(item)
        for reference in program.references.values()
    )
