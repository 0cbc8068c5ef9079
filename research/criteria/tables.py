"""What of a form response criteria read: its lesion tables, its facts, and the stated response.

A lesion table's columns are known by their oids, which the author of a form need not write; the
sizes are its first two measurements: the diameter that counts, and the one across.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from research.criteria.lesions import Fact, Role
from research.criteria.register import LesionTable, SeenVisit
from research.ecrf.definition import FormDefinition, Group, Repeats
from research.ecrf.language.context import Answers, Place

PREFIXES: Mapping[Role, str] = {"target": "T", "non_target": "NT", "new": "NEW"}
COLUMNS = ("status", "organ", "node", "stated", "reason", "parent", "progressed", "worse",
           "equivocal", "method")  # fmt: skip
SIZES = ("measurement", "decimal")
STATED = "OVERALL"

# What criteria ask for besides lesions, by the oid of the item that answers it.
FACTS = ("deauville", "uptake", "new_foci", "marrow", "spleen_mm", "steroids_mg", "flair",
         "clinical", "outside_field", "slice_mm")  # fmt: skip


@dataclass(frozen=True)
class CriteriaItems:
    """Where a form answers what its criteria ask."""

    tables: tuple[LesionTable, ...]
    facts: Mapping[str, Place]
    stated: Place | None


def criteria_items(form: FormDefinition) -> CriteriaItems:
    """Return where the lesions, facts and the stated response of a form stand."""
    tables = tuple(table for group in form.groups if (table := _table(group)) is not None)
    single = {
        item.oid: Place(group.oid, item.oid)
        for group in form.groups
        if not group.repeats
        for item in group.items
        if item.takes_answers
    }
    facts = {name: single[oid] for name in FACTS for oid in (name, name.upper()) if oid in single}
    return CriteriaItems(tables, facts, single.get(STATED))


def seen_visit(items: CriteriaItems, code: str, day: date, answers: Answers) -> SeenVisit:
    """Return one visit's answers with the facts that the criteria ask for."""
    return SeenVisit(code, day, answers, dict(_facts(items, answers)))


def stated_response(items: CriteriaItems, answers: Answers) -> str | None:
    """Return the overall response that the reader states, if the form asks for one."""
    value = answers.items.get(items.stated) if items.stated else None
    return value if isinstance(value, str) else None


def _facts(items: CriteriaItems, answers: Answers) -> Iterable[tuple[str, Fact]]:
    for name, place in items.facts.items():
        value = answers.items.get(place)
        if name == "deauville" and isinstance(value, str) and value.isdigit():
            value = Decimal(value)
        if value is not None:
            yield name, value


def _table(group: Group) -> LesionTable | None:
    repeats = group.repeats
    if not isinstance(repeats, Repeats) or repeats.kind != "lesion_table":
        return None
    role: Role = repeats.role or "target"
    there = {item.oid: item.oid for item in group.items}
    sizes = [item.oid for item in group.items if item.kind in SIZES]
    return LesionTable(
        group=group.oid,
        role=role,
        prefix=PREFIXES[role],
        mm=sizes[0] if sizes else "",
        across_mm=sizes[1] if len(sizes) > 1 else "",
        **{name: there.get(name, "") for name in COLUMNS},
    )
