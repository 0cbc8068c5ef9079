"""Filters and orders that a page may ask for: names are checked, values are always bound."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal, cast, get_args

import pyarrow as pa

from lake.errors import QueryRefused
from lake.snapshots import Snapshot

Scalar = str | int | float | bool | date | datetime | None
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "contains", "in", "missing"]

_COMPARISONS: Mapping[str, str] = {
    "eq": "=",
    "ne": "IS DISTINCT FROM",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_MOST_VALUES = 1_000


@dataclass(frozen=True)
class Filter:
    """One condition: a column, an operator and a value.

    `in` takes a tuple of values; `missing` takes True (absent) or False (present). A value may be
    given as text, as it stands in an address; it is read in the type of its column.
    """

    column: str
    operator: Operator
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True)
class Sort:
    """One column to sort by; absent values come last."""

    column: str
    descending: bool = False


def where_clause(found: Snapshot, filters: Sequence[Filter]) -> tuple[str, list[Scalar]]:
    """Return the WHERE clause of some filters and the values to bind."""
    terms: list[str] = []
    values: list[Scalar] = []
    for each in filters:
        term, bound = _term(found, each)
        terms.append(term)
        values.extend(bound)
    return (f" WHERE {' AND '.join(terms)}" if terms else ""), values


def order_clause(found: Snapshot, sort: Sequence[Sort]) -> str:
    """Return the ORDER BY clause; the key breaks ties, so that pages never overlap."""
    if not sort:
        return ""
    for each in sort:
        _type_of(found, each.column)
    asked = {each.column for each in sort}
    terms = [f'"{each.column}" {"DESC" if each.descending else "ASC"} NULLS LAST' for each in sort]
    terms += [f'"{key}"' for key in found.table.key if key not in asked]
    return f" ORDER BY {', '.join(terms)}"


def _term(found: Snapshot, each: Filter) -> tuple[str, list[Scalar]]:
    type_ = _type_of(found, each.column)
    name = f'"{each.column}"'
    if each.operator == "missing":
        absent = _read_value(each, pa.bool_(), each.value)
        return f"{name} IS {'' if absent else 'NOT '}NULL", []
    if each.operator == "in":
        given = each.value if isinstance(each.value, tuple) else (each.value,)
        if not 0 < len(given) <= _MOST_VALUES:
            raise QueryRefused(f"'in' takes 1 to {_MOST_VALUES} values, not {len(given)}")
        values = [_read_value(each, type_, value) for value in given]
        return f"{name} IN ({', '.join('?' for _ in values)})", values
    if each.operator == "contains":
        if type_ != pa.string():
            raise QueryRefused(f"column {each.column!r} is not text: 'contains' does not apply")
        return f"contains(lower({name}), lower(?))", [_read_value(each, type_, each.value)]
    if each.operator not in _COMPARISONS:
        raise QueryRefused(f"unknown operator {each.operator!r}; known: {get_args(Operator)}")
    return f"{name} {_COMPARISONS[each.operator]} ?", [_read_value(each, type_, each.value)]


def _type_of(found: Snapshot, column: str) -> pa.DataType:
    if column not in found.schema.names:
        raise QueryRefused(
            f"table {found.table.name} version {found.version} has no column {column!r}"
        )
    return found.schema.field(column).type


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


_READERS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[str], Scalar]], ...] = (
    (pa.types.is_string, str),
    (pa.types.is_integer, int),
    (pa.types.is_floating, float),
    (pa.types.is_boolean, _boolean),
    (pa.types.is_date, date.fromisoformat),
    (pa.types.is_timestamp, _instant),
)


def _read_value(each: Filter, type_: pa.DataType, value: object) -> Scalar:
    if value is None or isinstance(value, tuple):
        raise QueryRefused(
            f"filter on {each.column!r}: operator {each.operator!r} takes one value; "
            "use 'missing' to ask for absent values"
        )
    if not isinstance(value, str):
        return cast(Scalar, value)
    reader = next(read for is_type, read in _READERS if is_type(type_))
    try:
        return reader(value)
    except (ValueError, KeyError) as error:
        raise QueryRefused(f"filter on {each.column!r}: the value is not a {type_}") from error
