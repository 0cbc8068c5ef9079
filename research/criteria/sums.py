"""The sum of the targets at each visit, beside the baseline and the nadir before it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from research.criteria.assessments import Assessment
from research.criteria.errors import HistoryRefused
from research.criteria.lesions import ZERO, History, Lesion, Size, Visit, counted
from research.criteria.thresholds import (
    change_in_words,
    is_grown,
    is_shrunk,
    percent_change,
)


@dataclass(frozen=True, slots=True)
class SumRule:
    """How far a sum moves for a response: percent down, percent and least growth up."""

    down: Decimal
    up: Decimal
    least: Decimal
    unit: str = "mm"


@dataclass(frozen=True, slots=True)
class Total:
    """The targets at one visit; only complete sums become the nadir of later visits."""

    visit: str
    sizes: tuple[Decimal | None, ...]
    sum: Decimal | None
    missing: tuple[str, ...]
    baseline: Decimal
    baseline_visit: str
    nadir: Decimal
    nadir_visit: str


def totals(history: History, size: Size) -> tuple[Total, ...]:
    """Return the sum of the targets at every visit; empty when there was none at baseline."""
    targets = history.targets
    if not targets:
        return ()
    first = history.visits[0]
    rows = [_sizes(history, first, targets, size)]
    if missing := _missing(targets, rows[0]):
        raise HistoryRefused(f"{first.code}: {', '.join(missing)} has no size at baseline")
    baseline = _sum(rows[0]) or ZERO
    if baseline == 0:
        raise HistoryRefused(f"{first.code}: the sum of the targets is 0, so there is no target")
    nadir, nadir_visit = baseline, first.code
    found = [Total(first.code, rows[0], baseline, (), baseline, first.code, baseline, first.code)]
    for visit in history.visits[1:]:
        sizes = _sizes(history, visit, targets, size)
        total, missing = _sum(sizes), _missing(targets, sizes)
        found.append(
            Total(visit.code, sizes, total, missing, baseline, first.code, nadir, nadir_visit)
        )
        if total is not None and not missing and total < nadir:
            nadir, nadir_visit = total, visit.code
    return tuple(found)


def progressed(total: Total, rule: SumRule) -> bool:
    """Return whether what could be evaluated has alone grown far enough above the nadir."""
    return total.sum is not None and is_grown(
        total.sum, total.nadir, percent=rule.up, least=rule.least
    )


def responded(total: Total, rule: SumRule) -> bool:
    """Return whether a complete sum is far enough below the baseline."""
    return total.sum is not None and is_shrunk(total.sum, total.baseline, percent=rule.down)


def sum_in_words(total: Total, response: str, unit: str) -> str:
    """Return the comparison that decided: PD and growth against the nadir, else the baseline."""
    if total.sum is None:
        return "no target evaluable"
    grown = response == "PD" or (response != "PR" and total.sum > total.nadir)
    reference, kind, visit = (
        (total.nadir, "nadir", total.nadir_visit)
        if grown
        else (total.baseline, "baseline", total.baseline_visit)
    )
    lacking = f"; {', '.join(total.missing)} not evaluable" if total.missing else ""
    change = change_in_words(total.sum, reference, unit)
    return f"{total.sum:f} against {kind} {reference:f} at {visit}, {change}{lacking}"


def opening(visit: Visit, total: Total | None, unit: str) -> Assessment:
    """Return the assessment of the baseline, which has a sum but no response."""
    if total is None:
        return Assessment(visit.code, visit.date, None, "baseline without target")
    key = _key(unit)
    found = {f"sum_{key}": total.sum, f"baseline_{key}": total.baseline}
    return Assessment(
        visit.code, visit.date, None, f"baseline {total.baseline:f} {unit}", {}, found
    )


def measures(total: Total | None, unit: str) -> dict[str, Decimal | None]:
    """Return the numbers of a visit; without a complete sum there is no change."""
    if total is None:
        return {}
    key, whole = _key(unit), None if total.missing else total.sum
    return {
        f"sum_{key}": whole,
        f"baseline_{key}": total.baseline,
        f"nadir_{key}": total.nadir,
        f"change_from_baseline_{key}": None if whole is None else whole - total.baseline,
        "change_from_baseline_percent": (
            None if whole is None else percent_change(whole, total.baseline)
        ),
        f"change_from_nadir_{key}": None if whole is None else whole - total.nadir,
        "change_from_nadir_percent": None if whole is None else percent_change(whole, total.nadir),
    }


def followed(history: History, sums: Sequence[Total]) -> Iterator[tuple[int, Visit, Total | None]]:
    """Yield each visit after the baseline with its place and its sum, if there are targets."""
    for at, visit in enumerate(history.visits[1:], start=1):
        yield at, visit, sums[at] if sums else None


def _key(unit: str) -> str:
    return unit.replace("²", "2")


def _sizes(
    history: History, visit: Visit, targets: tuple[Lesion, ...], size: Size
) -> tuple[Decimal | None, ...]:
    return tuple(counted(history, visit, lesion, size) for lesion in targets)


def _sum(sizes: tuple[Decimal | None, ...]) -> Decimal | None:
    known = [one for one in sizes if one is not None]
    return sum(known, ZERO) if known else None


def _missing(targets: tuple[Lesion, ...], sizes: tuple[Decimal | None, ...]) -> tuple[str, ...]:
    return tuple(lesion.number for lesion, one in zip(targets, sizes, strict=True) if one is None)
