"""From the answers of a form's lesion tables to the history that response criteria judge."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import get_args

from research.criteria.errors import HistoryRefused
from research.criteria.lesions import Fact, Finding, History, Lesion, Role, Status, Visit
from research.ecrf.language.context import Answers, Place
from research.ecrf.language.tree import Value

STATUSES: tuple[Status, ...] = get_args(Status)


@dataclass(frozen=True, kw_only=True)
class LesionTable:
    """Which group of a form holds the lesions of a role, and which item says what of them.

    A lesion's number is the prefix and its row, the same at every visit. Items that a form does
    not have are empty.
    """

    group: str
    role: Role
    prefix: str
    status: str
    mm: str = ""
    across_mm: str = ""
    stated: str = ""
    reason: str = ""
    organ: str = ""
    node: str = ""
    method: str = ""
    parent: str = ""
    progressed: str = ""
    worse: str = ""
    equivocal: str = ""


@dataclass(frozen=True)
class SeenVisit:
    """One visit's answers, with its code, the date of its images and the criteria's facts."""

    code: str
    date: date
    answers: Answers
    facts: Mapping[str, Fact] = field(default_factory=dict)


def history_of(tables: Sequence[LesionTable], visits: Sequence[SeenVisit]) -> History:
    """Return the history; a lesion whose row a visit lacks was not looked at there."""
    lesions = [
        lesion for table in tables for row in _rows(table, visits)
        if (lesion := _lesion(table, row, visits)) is not None
    ]  # fmt: skip
    return History(
        tuple(lesions),
        tuple(
            Visit(
                visit.code,
                visit.date,
                tuple(
                    finding
                    for table in tables
                    for row in visit.answers.rows.get(table.group, ())
                    if (finding := _finding(table, row, visit)) is not None
                ),
                visit.facts,
            )
            for visit in visits
        ),
    )


def _rows(table: LesionTable, visits: Sequence[SeenVisit]) -> list[str]:
    rows = {row for visit in visits for row in visit.answers.rows.get(table.group, ())}
    return sorted(rows, key=int)


def _lesion(table: LesionTable, row: str, visits: Sequence[SeenVisit]) -> Lesion | None:
    """Return a lesion as the first visit that says so describes it; None without any finding."""
    if all(_value(visit, table, table.status, row) is None for visit in visits):
        return None

    def first(item: str) -> Value:
        found = (_value(visit, table, item, row) for visit in visits)
        return next((one for one in found if one is not None), None)

    parent = first(table.parent)
    return Lesion(
        number=f"{table.prefix}{row}",
        role=table.role,
        organ=_text(first(table.organ)),
        node=first(table.node) is True,
        method=_text(first(table.method)),
        parent=_text(parent) or None,
    )


def _finding(table: LesionTable, row: str, visit: SeenVisit) -> Finding | None:
    status = _value(visit, table, table.status, row)
    if status is None:
        return None
    known = next((one for one in STATUSES if one == status), None)
    if known is None:
        raise HistoryRefused(
            f"{visit.code}: {table.prefix}{row} is {status!r}, not one of {', '.join(STATUSES)}"
        )
    return Finding(
        lesion=f"{table.prefix}{row}",
        status=known,
        mm=_number(_value(visit, table, table.mm, row)),
        across_mm=_number(_value(visit, table, table.across_mm, row)),
        stated=_text(_value(visit, table, table.stated, row)),
        reason=_text(_value(visit, table, table.reason, row)),
        progressed=_value(visit, table, table.progressed, row) is True,
        worse=_value(visit, table, table.worse, row) is True,
        equivocal=_value(visit, table, table.equivocal, row) is True,
    )


def _value(visit: SeenVisit, table: LesionTable, item: str, row: str) -> Value:
    return visit.answers.column(Place(table.group, item)).get(row) if item else None


def _number(value: Value) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
