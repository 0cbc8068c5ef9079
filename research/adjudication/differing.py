"""What differs between readers' signed records by a rule: a pure function over exact values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from research.adjudication.rules import EACH, ENDPOINTS, AdjudicationRule, Difference, Tolerance

# Nothing answered, and an answer that says why there is none, are one and the same: missing.
Value = str | bool | Decimal | date | None


@dataclass(frozen=True)
class SignedRecord:
    """What one position has signed of a unit, as the rules look at it.

    Parameters
    ----------
    endpoints
        What the criteria make of the whole course.
    visits
        The values of every visit by the visit's code: a visit not read has none.
    """

    position: str
    endpoints: Mapping[str, Value] = field(default_factory=dict)
    visits: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True)
class Trigger:
    """One thing that differs, where, and what each position says of it."""

    differs: str
    visit: str | None
    values: tuple[tuple[str, Value], ...]


def triggers(rule: AdjudicationRule, records: Sequence[SignedRecord]) -> tuple[Trigger, ...]:
    """Return all that differs by a rule, in the rule's order; nothing where the readers agree.

    Only the positions that the rule names are compared, in its order, whatever order they signed
    in.
    """
    by_position = {record.position: record for record in records}
    named = [by_position[position] for position in rule.when.signed]
    return tuple(found for one in rule.if_any for found in _found(one, named))


def differs(one: Value, other: Value, tolerance: Tolerance | None = None) -> bool:
    """Tell whether two values differ: exactly, or of numbers by more than a tolerance."""
    if one is None or other is None:
        return one is not other
    if tolerance is None:
        return one != other
    if not isinstance(one, Decimal) or not isinstance(other, Decimal):
        return one != other
    first, second = Fraction(one), Fraction(other)
    apart = abs(first - second)
    if tolerance.absolute is not None:
        return apart > Fraction(tolerance.absolute)
    assert tolerance.percent is not None, "a tolerance is either absolute or percent"
    return apart * 200 > Fraction(tolerance.percent) * (abs(first) + abs(second))


def _found(one: Difference, records: Sequence[SignedRecord]) -> Iterator[Trigger]:
    for visit in _places(one, records):
        values = tuple((record.position, _value(record, one, visit)) for record in records)
        pairs = combinations([value for _, value in values], 2)
        if any(differs(first, second, one.more_than) for first, second in pairs):
            yield Trigger(one.differs, visit, values)


def _places(one: Difference, records: Sequence[SignedRecord]) -> tuple[str | None, ...]:
    """Return where to look: the whole course, one visit, or every visit that somebody read."""
    if one.differs in ENDPOINTS:
        return (None,)
    if one.at_visit not in (None, EACH):
        return (one.at_visit,)
    return tuple(dict.fromkeys(visit for record in records for visit in record.visits))


def _value(record: SignedRecord, one: Difference, visit: str | None) -> Value:
    if visit is None:
        return record.endpoints.get(one.differs)
    return record.visits.get(visit, {}).get(one.differs)
