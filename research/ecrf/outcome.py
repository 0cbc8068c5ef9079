"""What a form's rules make of one visit's answers: hidden, required, computed, proposed, wrong.

A hidden item has no value, so nothing is computed from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from research.ecrf.answer import ItemKey
from research.ecrf.definition import Severity
from research.ecrf.language.context import Answers, Column, Context, Place
from research.ecrf.language.programs import Program
from research.ecrf.language.tree import Value
from research.ecrf.logic import Check, ItemLogic, Logic

# What response criteria make of this visit's answers, by name: overall, target, sum_mm …
CriteriaValues = Callable[[Answers], Mapping[str, Value]]


@dataclass(frozen=True)
class Finding:
    """A check whose condition holds."""

    check: str
    key: ItemKey
    severity: Severity
    message: str


@dataclass(frozen=True)
class Outcome:
    """What the rules say; items that no rule is about are absent here.

    `context` is what the rules saw in the end, computed values and the criteria's answer included.
    """

    context: Context
    hidden: frozenset[ItemKey]
    required: frozenset[ItemKey]
    computed: Mapping[ItemKey, Value]
    proposed: Mapping[ItemKey, Value]
    findings: tuple[Finding, ...]

    @property
    def answers(self) -> Answers:
        """The values of the visit at hand, the computed ones included."""
        return self.context.now


def apply_rules(
    logic: Logic, context: Context, *, criteria: CriteriaValues | None = None
) -> Outcome:
    """Evaluate all rules over one visit's answers."""
    return _Application(context, criteria).of(logic)


def shown(value: Value) -> str | None:
    """Return a value as the text that an answer holds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


class _Application:
    """Fills in a copy of the answers, item after item in the order of dependence."""

    def __init__(self, context: Context, criteria: CriteriaValues | None) -> None:
        now = context.now
        self.items = dict(now.items)
        self.columns = {place: Column(column) for place, column in now.columns.items()}
        self.answers = Answers(now.visit, self.items, self.columns, now.rows)
        self.context = replace(context, now=self.answers)
        self.criteria = criteria
        self.hidden: set[ItemKey] = set()
        self.computed: dict[ItemKey, Value] = {}

    def of(self, logic: Logic) -> Outcome:
        self.fill_all(logic.before)
        if self.criteria is not None:
            constants = {**self.context.constants, "criteria": self.criteria(self.answers)}
            self.context = replace(self.context, constants=constants)
        self.fill_all(logic.after)
        seen = [
            (item, row, key)
            for item in logic.items
            for row in self.rows(item)
            if (key := _key(item.place, row)) not in self.hidden
        ]
        return Outcome(
            self.context,
            frozenset(self.hidden),
            frozenset(key for one, row, key in seen if self.holds(one.required_if, row)),
            self.computed,
            {
                key: value
                for one, row, key in seen
                if (value := self.value(one.default, row)) is not None
            },
            tuple(
                Finding(check.oid, key, check.rule.severity, check.rule.message)
                for check in logic.checks
                for row in self.rows(check)
                if (key := _key(check.place, row)) not in self.hidden
                and self.holds(check.program, row)
            ),
        )

    def fill_all(self, items: tuple[ItemLogic, ...]) -> None:
        for item in items:
            shown = item.group_visible is None or self.holds(item.group_visible, "")
            for row in self.rows(item):
                self.fill(item, row, group_shown=shown)

    def fill(self, item: ItemLogic, row: str, *, group_shown: bool) -> None:
        key = _key(item.place, row)
        if not group_shown or (
            item.visible_if is not None and not self.holds(item.visible_if, row)
        ):
            self.hidden.add(key)
            self.put(item.place, row, None)
            if item.computed is not None:
                self.computed[key] = None
        elif item.computed is not None:
            value = self.value(item.computed, row)
            self.computed[key] = value
            self.put(item.place, row, value)

    def rows(self, of: ItemLogic | Check) -> tuple[str, ...]:
        return self.answers.rows.get(of.place.group, ()) if of.repeats else ("",)

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


def _key(place: Place, row: str) -> ItemKey:
    return ItemKey(place.group, row, place.item)
