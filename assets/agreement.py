"""How far readers agree, per item, for every pair of readers and for all together."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake.schemas import arrow_rows
from lake.tables import READER_AGREEMENT
from stats.agreement import gwet_ac, krippendorff_alpha, percent_agreement
from stats.errors import StatisticsError
from stats.estimates import Estimate
from stats.reliability import icc

ALL = "all"

Value = str | float
Ratings = list[list[Value | None]]
Coefficient = Callable[[Ratings], Estimate]


def _nominal_alpha(ratings: Ratings) -> Estimate:
    return krippendorff_alpha(ratings, metric="nominal")


def _ordinal_alpha(ratings: Ratings) -> Estimate:
    return krippendorff_alpha(ratings, metric="ordinal")


def _interval_alpha(ratings: Ratings) -> Estimate:
    return krippendorff_alpha(ratings, metric="interval")


def _ordinal_gwet(ratings: Ratings) -> Estimate:
    return gwet_ac(ratings, weights="ordinal")


_CATEGORIES: tuple[tuple[str, Coefficient], ...] = (
    ("percent_agreement", percent_agreement),
    ("gwet_ac", gwet_ac),
    ("krippendorff_alpha", _nominal_alpha),
)
_ORDERED: tuple[tuple[str, Coefficient], ...] = (
    ("percent_agreement", percent_agreement),
    ("gwet_ac", _ordinal_gwet),
    ("krippendorff_alpha", _ordinal_alpha),
    ("icc", icc),
)
_NUMBERS: tuple[tuple[str, Coefficient], ...] = (
    ("krippendorff_alpha", _interval_alpha),
    ("icc", icc),
)
# Free text and notes have no agreement: they are not named.
COEFFICIENTS: Mapping[str, tuple[tuple[str, Coefficient], ...]] = {
    "boolean": _CATEGORIES,
    "choice": _CATEGORIES,
    "scale": _ORDERED,
    "integer": _NUMBERS,
    "decimal": _NUMBERS,
}

ITEM = ("project_id", "step", "form_oid", "group_oid", "item_oid", "item_kind")
UNIT = ("subject", "visit", "arm", "session", "repeat_key")
READER = ("reader", "reader_label", "value_text", "value_number", "ledger_sequence")


COLUMNS = (*ITEM, *UNIT, *READER, "read_status", "repeat")


@dataclass(frozen=True, order=True)
class Item:
    """One item of one form at one step: what agreement is about."""

    project_id: str
    step: str
    form_oid: str
    group_oid: str
    item_oid: str
    kind: str


@dataclass
class Readings:
    """What everybody answered to one item: unit → reader → value."""

    values: dict[tuple[str | None, ...], dict[str, Value]] = field(default_factory=dict)
    ledger_sequence: int = -1

    def among(self, readers: Sequence[str]) -> Ratings:
        """Return units × readers; a unit that fewer than two of them rated is left out."""
        rows = [[rated.get(reader) for reader in readers] for rated in self.values.values()]
        return [row for row in rows if sum(value is not None for value in row) > 1]


def agreement_of(results: pa.Table) -> pa.Table:
    """Return the agreement of readers in the results that are in force; repeats stay out.

    A unit is what two readers can both rate: subject, visit, arm, session and row of a group.
    """
    labels: dict[str, str] = {}
    items: dict[Item, Readings] = {}
    in_force = results.filter(
        pc.and_(pc.not_equal(results["read_status"], "superseded"), pc.equal(results["repeat"], 0))
    )
    for item, unit, (reader, label, text, number, sequence) in zip(
        *(_tuples(in_force, names) for names in (ITEM, UNIT, READER)), strict=True
    ):
        value = text if number is None else number
        if item[-1] not in COEFFICIENTS or value is None:
            continue
        readings = items.setdefault(Item(*item), Readings())
        readings.values.setdefault(unit, {})[reader] = value
        readings.ledger_sequence = max(readings.ledger_sequence, sequence)
        labels[reader] = label or reader
    return arrow_rows(
        READER_AGREEMENT,
        (record for item in sorted(items) for record in _records(item, items[item], labels)),
    )


def _tuples(rows: pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    return zip(*(rows[name].to_pylist() for name in names), strict=True)


def _records(
    item: Item, readings: Readings, labels: Mapping[str, str]
) -> Iterator[dict[str, object]]:
    readers = sorted({reader for rated in readings.values.values() for reader in rated})
    groups: list[tuple[str, str, Sequence[str]]] = [
        (a, b, (a, b)) for a, b in combinations(readers, 2)
    ]
    if len(readers) > 1:
        groups.insert(0, (ALL, ALL, readers))
    for reader_a, reader_b, compared in groups:
        ratings = readings.among(compared)
        for name, coefficient in COEFFICIENTS[item.kind]:
            yield {
                "project_id": item.project_id,
                "step": item.step,
                "form_oid": item.form_oid,
                "group_oid": item.group_oid,
                "item_oid": item.item_oid,
                "reader_a": reader_a,
                "reader_b": reader_b,
                "reader_a_label": labels.get(reader_a, reader_a),
                "reader_b_label": labels.get(reader_b, reader_b),
                "coefficient": name,
                "n_units": len(ratings),
                "n_readers": len(compared),
                **_estimated(coefficient, ratings),
                "ledger_sequence": readings.ledger_sequence,
            }


def _estimated(coefficient: Coefficient, ratings: Ratings) -> dict[str, object]:
    try:
        estimate = coefficient(ratings)
    except StatisticsError as refusal:
        # The reason is the result: a reader of the table must see why there is no number.
        return {"method": f"undefined: {refusal}"}
    numbers = {name: getattr(estimate, name) for name in ("value", "ci_low", "ci_high", "se")}
    return {
        **{name: number if math.isfinite(number) else None for name, number in numbers.items()},
        "method": "; ".join((estimate.method, *estimate.warnings)),
    }
