"""A form's rules, each an expression: what is visible, required, computed, proposed or wrong.

Rules are compiled once per form, in the order in which their items depend on one another, and
evaluated over one visit's answers. A hidden item has no value, so nothing is computed from it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from research.ecrf.definition import FormDefinition, Group
from research.ecrf.evaluate import ItemKey
from research.ecrf.items.item import ItemDefinition
from research.ecrf.language.context import Answers, Column, Context, Place
from research.ecrf.language.errors import ExpressionRefused
from research.ecrf.language.functions import FUNCTIONS
from research.ecrf.language.programs import Program, compiled
from research.ecrf.language.scope import Kind, Scope, kind_of, scope_of
from research.ecrf.language.tree import Value, names_in

Severity = Literal["block", "warn", "query"]

MAX_COST = 2_000_000
LOOKING_BACK = frozenset(name for name, function in FUNCTIONS.items() if function.looks_back)


class CheckRule(BaseModel):
    """One check: when its condition holds, the message is shown at the item."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    item: str
    when: str
    severity: Severity
    message: str = Field(min_length=1, max_length=1000)


class Rules(BaseModel):
    """The rules of a form, by the oid of the item they are about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    visible_if: Mapping[str, str] = Field(default_factory=dict)
    required_if: Mapping[str, str] = Field(default_factory=dict)
    computed: Mapping[str, str] = Field(default_factory=dict)
    default: Mapping[str, str] = Field(default_factory=dict)
    checks: tuple[CheckRule, ...] = Field(default=(), max_length=500)


class RulesRefused(ValueError):
    """Rules that a form cannot hold; `problems` names item, character and remedy of each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class ItemLogic:
    """The compiled rules of one item."""

    place: Place
    repeats: bool
    visible_if: Program | None = None
    required_if: Program | None = None
    computed: Program | None = None
    default: Program | None = None
    checks: tuple[tuple[CheckRule, Program], ...] = ()

    @property
    def programs(self) -> list[Program]:
        """All programs of the item."""
        own = (self.visible_if, self.required_if, self.computed, self.default)
        return [one for one in (*own, *(program for _, program in self.checks)) if one is not None]


@dataclass(frozen=True)
class Logic:
    """A form's compiled rules: an item stands after those its value depends on."""

    items: tuple[ItemLogic, ...]


@dataclass(frozen=True)
class Finding:
    """A check whose condition holds."""

    key: ItemKey
    severity: Severity
    message: str


@dataclass(frozen=True)
class Outcome:
    """What the rules say; items that no rule is about are absent here."""

    answers: Answers
    hidden: frozenset[ItemKey]
    required: frozenset[ItemKey]
    computed: Mapping[ItemKey, Value]
    proposed: Mapping[ItemKey, Value]
    findings: tuple[Finding, ...]


def compiled_rules(
    form: FormDefinition,
    rules: Rules,
    *,
    constants: Mapping[str, Mapping[str, Kind]] | None = None,
) -> Logic:
    """Return the compiled rules, or raise `RulesRefused` with every problem there is."""
    scope = scope_of(form, constants=constants)
    places = {item.oid: (group, item) for group, item in form.items_by_key.values()}
    problems = [f"{oid}: no such item in {form.oid}" for oid in _oids(rules) if oid not in places]
    found: list[ItemLogic] = []
    for oid in _oids(rules):
        if oid in places:
            found.append(_item_logic(*places[oid], rules, scope, problems))
    cost = sum(program.cost for item in found for program in item.programs)
    if cost > MAX_COST:
        problems.append(
            f"{form.oid}: all rules together take {cost} steps in the largest form, at most "
            f"{MAX_COST} are taken: drop some, or compute shared parts once"
        )
    if problems:
        raise RulesRefused(tuple(problems))
    return Logic(_in_order(found))


def apply_rules(logic: Logic, context: Context) -> Outcome:
    """Evaluate all rules over one visit's answers."""
    return _Application(context).of(logic)


def shown(value: Value) -> str | None:
    """Return a value as the text that an answer holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _oids(rules: Rules) -> list[str]:
    named = (*rules.visible_if, *rules.required_if, *rules.computed, *rules.default)
    return list(dict.fromkeys((*named, *(check.item for check in rules.checks))))


def _item_logic(
    group: Group, item: ItemDefinition, rules: Rules, scope: Scope, problems: list[str]
) -> ItemLogic:
    inside = scope.inside(group.oid if group.repeats else None)
    own = kind_of(item)

    def program(text: str | None, wants: Kind) -> Program | None:
        if text is None:
            return None
        try:
            return compiled(text, inside, item=item.oid, wants=wants)
        except ExpressionRefused as problem:
            problems.append(str(problem))
            return None

    checks = [
        (rule, found)
        for rule in rules.checks
        if rule.item == item.oid and (found := program(rule.when, Kind.BOOLEAN))
    ]
    return ItemLogic(
        Place(group.oid, item.oid),
        group.repeats,
        visible_if=program(rules.visible_if.get(item.oid), Kind.BOOLEAN),
        required_if=program(rules.required_if.get(item.oid), Kind.BOOLEAN),
        computed=program(rules.computed.get(item.oid), own),
        default=program(rules.default.get(item.oid), own),
        checks=tuple(checks),
    )


def _in_order(items: Iterable[ItemLogic]) -> tuple[ItemLogic, ...]:
    by_oid = {item.place.item: item for item in items}
    needs = {oid: {one for one in _needed(item) if one in by_oid} for oid, item in by_oid.items()}
    try:
        order = list(TopologicalSorter(needs).static_order())
    except CycleError as cycle:
        around = " needs ".join(reversed(cycle.args[1]))
        problem = f"{cycle.args[1][0]}: {around}: no value can come first, break the circle"
        raise RulesRefused((problem,)) from None
    return tuple(by_oid[oid] for oid in order)


def _needed(item: ItemLogic) -> set[str]:
    """Return the items whose values at this visit, not earlier ones, the item's depends on."""
    return {
        name.item
        for program in (item.visible_if, item.computed)
        if program is not None
        for name in names_in(program.tree, outside=LOOKING_BACK)
        if program.references[name.group, name.item].source != "constant"
    }


class _Application:
    """Fills in a copy of the answers, item after item in the order of dependence."""

    def __init__(self, context: Context) -> None:
        now = context.now
        self.items = dict(now.items)
        self.columns = {place: Column(column) for place, column in now.columns.items()}
        self.answers = Answers(now.visit, self.items, self.columns, now.rows)
        self.context = Context(self.answers, context.earlier, context.baseline, context.constants)
        self.hidden: set[ItemKey] = set()
        self.computed: dict[ItemKey, Value] = {}

    def of(self, logic: Logic) -> Outcome:
        for item in logic.items:
            for row in self.rows(item):
                self.fill(item, row)
        seen = [
            (item, row, key)
            for item in logic.items
            for row in self.rows(item)
            if (key := _key(item, row)) not in self.hidden
        ]
        return Outcome(
            self.answers,
            frozenset(self.hidden),
            frozenset(key for one, row, key in seen if self.holds(one.required_if, row)),
            self.computed,
            {
                key: self.value(one.default, row)
                for one, row, key in seen
                if one.default is not None
            },
            tuple(
                Finding(key, rule.severity, rule.message)
                for one, row, key in seen
                for rule, program in one.checks
                if self.holds(program, row)
            ),
        )

    def fill(self, item: ItemLogic, row: str) -> None:
        if item.visible_if is not None and not self.holds(item.visible_if, row):
            self.hidden.add(_key(item, row))
            self.put(item.place, row, None)
            if item.computed is not None:
                self.computed[_key(item, row)] = None
        elif item.computed is not None:
            value = self.value(item.computed, row)
            self.computed[_key(item, row)] = value
            self.put(item.place, row, value)

    def rows(self, item: ItemLogic) -> tuple[str, ...]:
        return self.answers.rows.get(item.place.group, ()) if item.repeats else ("",)

    def value(self, program: Program | None, row: str) -> Value:
        if program is None:
            return None
        found = program.value(self.context, row=row or None)
        assert not isinstance(found, Column), "the check lets single values pass only"
        return found

    def holds(self, program: Program | None, row: str) -> bool:
        return self.value(program, row) is True

    def put(self, place: Place, row: str, value: Value) -> None:
        if row:
            self.columns.setdefault(place, Column())[row] = value
        else:
            self.items[place] = value


def _key(item: ItemLogic, row: str) -> ItemKey:
    return ItemKey(item.place.group, row, item.place.item)
