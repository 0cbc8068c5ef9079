"""What an expression may see: its form's items and the constants of the charter; nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from research.ecrf.definition import FormDefinition
from research.ecrf.items.choice import ChoiceItem
from research.ecrf.items.item import ItemDefinition


class Kind(StrEnum):
    """What sort of value something is; null alone goes with every other."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "yes or no"
    DATE = "date"
    NULL = "null"


KINDS_OF_COLUMNS = {
    "text": Kind.TEXT,
    "integer": Kind.NUMBER,
    "decimal": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
}


@dataclass(frozen=True)
class Slot:
    """One item as expressions see it: where it stands, its kind, its codes if it has a list."""

    group: str
    item: str
    kind: Kind
    repeats: bool = False
    codes: tuple[str, ...] | None = None

    def __str__(self) -> str:
        """Return the name that is understood everywhere in the form."""
        return f"{self.group}.{self.item}"


@dataclass(frozen=True)
class Scope:
    """The slots of a form and the constants, seen from one place of it.

    Parameters
    ----------
    slots
        Every item, its group's name with it.
    constants
        By namespace and name: `charter.confirmation_days`, `criteria.overall`.
    row_of
        The repeating group in whose rows the expression is evaluated; None outside of one.
    """

    slots: tuple[Slot, ...]
    constants: Mapping[str, Mapping[str, Kind]] = field(default_factory=dict)
    row_of: str | None = None

    def inside(self, group: str | None) -> "Scope":
        """Return the same scope as seen from a row of a repeating group."""
        seen = replace(self, row_of=group)
        seen.__dict__.update(by_name=self.by_name, by_item=self.by_item, shared=self.shared)
        return seen

    def slot(self, name: str) -> Slot | None:
        """Return the slot that a name means: an item's oid, or its group's and its own."""
        group, _, item = name.partition(".")
        return self.by_item.get(name) or self.by_name.get((group, item))

    @cached_property
    def by_name(self) -> Mapping[tuple[str, str], Slot]:
        """The slots by group and item."""
        return {(slot.group, slot.item): slot for slot in self.slots}

    @cached_property
    def by_item(self) -> Mapping[str, Slot]:
        """The slots by item; an oid that several lesion tables share is not among them."""
        return {slot.item: slot for slot in self.slots if slot.item not in self.shared}

    @cached_property
    def shared(self) -> Mapping[str, tuple[str, ...]]:
        """The groups of each oid that stands in several."""
        groups: dict[str, list[str]] = {}
        for slot in self.slots:
            groups.setdefault(slot.item, []).append(slot.group)
        return {item: tuple(found) for item, found in groups.items() if len(found) > 1}


def scope_of(
    form: FormDefinition,
    *,
    constants: Mapping[str, Mapping[str, Kind]] | None = None,
    more: Iterable[Slot] = (),
) -> Scope:
    """Return what expressions of this form see; `more` are columns that its code computes."""
    slots = [
        Slot(group.oid, item.oid, kind_of(item), bool(group.repeats), _codes(item))
        for group in form.groups
        for item in group.items
        if item.takes_answers
    ]
    return Scope((*slots, *more), constants or {})


def kind_of(item: ItemDefinition) -> Kind:
    """Return the kind of value that an item's answers are."""
    return KINDS_OF_COLUMNS[item.column]


def _codes(item: ItemDefinition) -> tuple[str, ...] | None:
    return tuple(one.code for one in item.code_list) if isinstance(item, ChoiceItem) else None
