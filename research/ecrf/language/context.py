"""What an expression is evaluated over: this visit's answers and the same reader's earlier ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.item import AnswerRefused, ItemDefinition
from research.ecrf.language.functions import MAX_EARLIER
from research.ecrf.language.scope import Kind, kind_of
from research.ecrf.language.tree import Value


class Column(dict[str, Value]):
    """One value for each row of a repeating group, by the row's key."""


class Place(NamedTuple):
    """Where a value stands: group and item."""

    group: str
    item: str


@dataclass(frozen=True)
class Answers:
    """The typed values of one visit.

    Parameters
    ----------
    visit
        How explanations name it, such as W12.
    items
        Values outside repeating groups; what is absent is null.
    columns
        Values of repeating groups; every row has a value in every column, be it null.
    rows
        The keys of each repeating group's rows, in order.
    """

    visit: str = "this visit"
    items: Mapping[Place, Value] = field(default_factory=dict)
    columns: Mapping[Place, Column] = field(default_factory=dict)
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def value(self, group: str, row: str, item: str) -> Value:
        """Return the value of an item, in a row of a repeating group if it stands in one."""
        if not row:
            return self.items.get(Place(group, item))
        column = self.columns.get(Place(group, item))
        return None if column is None else column.get(row)

    def column(self, place: Place) -> Column:
        """Return one value per row; a group or item this visit's form did not have is all null."""
        found = self.columns.get(place)
        rows = self.rows.get(place.group, ())
        return Column((row, None) for row in rows) if found is None else found


@dataclass(frozen=True)
class Context:
    """Everything an expression may see.

    Parameters
    ----------
    now
        This form's answers.
    earlier
        The same reader's earlier signed visits, oldest first; never another reader's.
    baseline
        Which of the earlier visits is the baseline; None when there is none yet.
    constants
        The charter's constants, and what a criteria plug-in computed, by namespace and name.
    """

    now: Answers
    earlier: tuple[Answers, ...] = ()
    baseline: Answers | None = None
    constants: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        assert len(self.earlier) <= MAX_EARLIER, "the cost of an expression is bounded by this"


def answers_of(
    form: FormDefinition, answers: Mapping[ItemKey, Answer], *, visit: str = "this visit"
) -> Answers:
    """Return the typed values of a form's answers; an unfinished or missing one is null.

    Read an earlier visit's answers by the form at hand, whatever version they were given to: what
    does not fit its items is null.
    """
    rows: dict[str, set[str]] = {group.oid: set() for group in form.groups if group.repeats}
    for key in answers:
        if key.group in rows and key.repeat.isdigit():
            rows[key.group].add(key.repeat)
    ordered = {group: tuple(sorted(keys, key=int)) for group, keys in rows.items()}
    items: dict[Place, Value] = {}
    columns: dict[Place, Column] = {}
    for (group, item), (_, definition) in form.items_by_key.items():
        if group in ordered:
            columns[Place(group, item)] = Column(
                (row, typed(definition, answers.get(ItemKey(group, row, item))))
                for row in ordered[group]
            )
        else:
            items[Place(group, item)] = typed(definition, answers.get(ItemKey(group, "", item)))
    return Answers(visit, items, columns, ordered)


def typed(item: ItemDefinition, answer: Answer | None) -> Value:
    """Return an answer as a value; what the item does not take yet is null, not a guess."""
    if answer is None or answer.value is None:
        return None
    try:
        text = item.canonical(answer.value)
    except AnswerRefused:
        return None
    kind = kind_of(item)
    if kind is Kind.NUMBER:
        return Decimal(text)
    if kind is Kind.DATE:
        return _whole_date(text)
    return text == "true" if kind is Kind.BOOLEAN else text


def _whole_date(text: str) -> date | None:
    """Return a date; a partial one, such as 2026-03, has no days to count and is null."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
