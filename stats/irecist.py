"""iRECIST: RECIST 1.1 for immunotherapy, where a later visit has to confirm progression."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TypeAlias

from stats.errors import InvalidArgumentError
from stats.recist import Millimetres, exact_mm, overall_response
from stats.results import Row

ORDER = ("iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "iUPD", "NE")
NAMES = {
    "CR": "iCR",
    "PR": "iPR",
    "SD": "iSD",
    "NON-CR/NON-PD": "NON-iCR/NON-iUPD",
    "NE": "NE",
}
GROWTH_MM = Decimal(5)
Day: TypeAlias = date


@dataclass(frozen=True, kw_only=True)
class ImmuneAssessment:
    """One visit as iRECIST sees it.

    Parameters
    ----------
    date : date
        Day of the visit.
    target, non_target : str or None
        RECIST 1.1 responses against baseline and nadir; None when there was none at baseline.
    target_sum : Decimal, str, int or None
        Sum of the target diameters in mm, needed to confirm a target progression.
    non_target_worse : bool
        Non-target disease grew since the visit before; it need not be unequivocal.
    new_lesions : bool
        New lesions are there, of this visit or an earlier one.
    new_lesions_worse : bool
        They grew in number or size since the visit before: at least 5 mm in the sum of new target
        lesions, or any growth of new non-target ones.
    """

    date: Day
    target: str | None
    non_target: str | None
    new_lesions: bool = False
    target_sum: Millimetres | None = None
    non_target_worse: bool = False
    new_lesions_worse: bool = False


@dataclass(frozen=True)
class ImmuneResponse(Row):
    """The iRECIST response of one visit; `unconfirmed_since` is the date of the open iUPD."""

    date: Day
    response: str
    unconfirmed_since: Day | None
    explanation: str


@dataclass(frozen=True)
class ImmuneBest(Row):
    """The best iRECIST response, its first date, and the date of progression if it is confirmed."""

    response: str
    date: Day | None
    progression: Day | None


@dataclass(frozen=True)
class _Open:
    """An unconfirmed progression: since when, in which lesions, and the target sum of its visit."""

    since: date
    kinds: frozenset[str]
    target_sum: Decimal | None


def irecist_responses(
    assessments: Sequence[ImmuneAssessment], *, confirm_days: int = 28, latest_days: int = 56
) -> tuple[ImmuneResponse, ...]:
    """Return the iRECIST response of every visit of one subject.

    Parameters
    ----------
    assessments : sequence of ImmuneAssessment
        In order of time, without the baseline.
    confirm_days, latest_days : int
        Progression is confirmed from `confirm_days` after the visit that raised it, and should be
        by `latest_days`; a later confirmation counts and its explanation says so.

    Returns
    -------
    tuple of ImmuneResponse
        'iCR', 'iPR', 'iSD', 'NON-iCR/NON-iUPD', 'iUPD', 'iCPD' or 'NE'. Progression is iUPD; it
        becomes iCPD when the same lesions grow further (targets by 5 mm or more) or another kind of
        lesion progresses; a visit without progression closes it. After iCPD all visits are iCPD.

    Raises
    ------
    InvalidArgumentError
        Visits out of order, days that do not fit, or words that RECIST 1.1 does not have.

    References
    ----------
    Seymour et al. 2017, Lancet Oncol 18:e143, table 2.

    Examples
    --------
    >>> from datetime import date
    >>> visits = [
    ...     ImmuneAssessment(date=date(2024, 3, 1), target="PD", non_target=None, target_sum="60"),
    ...     ImmuneAssessment(date=date(2024, 4, 5), target="PD", non_target=None, target_sum="65"),
    ... ]
    >>> [row.response for row in irecist_responses(visits)]
    ['iUPD', 'iCPD']
    """
    if not 0 <= confirm_days <= latest_days:
        raise InvalidArgumentError(f"confirmation from day {confirm_days} to {latest_days}")
    days = [visit.date for visit in assessments]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise InvalidArgumentError("the visits are not in order of time, one a day")
    rows: list[ImmuneResponse] = []
    before: _Open | None = None
    for visit in assessments:
        if rows and rows[-1].response == "iCPD":
            rows.append(
                ImmuneResponse(
                    visit.date, "iCPD", rows[-1].unconfirmed_since, "iCPD: confirmed before"
                )
            )
            continue
        row, before = _respond(visit, before, confirm_days=confirm_days, latest_days=latest_days)
        rows.append(row)
    return tuple(rows)


def irecist_best_response(responses: Sequence[ImmuneResponse]) -> ImmuneBest:
    """Return the best iRECIST response of one subject.

    Parameters
    ----------
    responses : sequence of ImmuneResponse
        As `irecist_responses` gives them.

    Returns
    -------
    ImmuneBest
        Best in the order iCR, iPR, iSD, NON-iCR/NON-iUPD, iCPD, iUPD, NE. `progression` is the date
        of the iUPD that was confirmed. Without a visit: 'NE', None, None.

    References
    ----------
    Seymour et al. 2017, table 3.

    Examples
    --------
    >>> irecist_best_response(()).response
    'NE'
    """
    best = min(responses, key=lambda row: ORDER.index(row.response), default=None)
    confirmed = [row.unconfirmed_since for row in responses if row.response == "iCPD"]
    if best is None:
        return ImmuneBest("NE", None, None)
    return ImmuneBest(best.response, best.date, confirmed[0] if confirmed else None)


def _respond(
    visit: ImmuneAssessment, before: _Open | None, *, confirm_days: int, latest_days: int
) -> tuple[ImmuneResponse, _Open | None]:
    overall = overall_response(visit.target, visit.non_target, visit.new_lesions)
    if overall == "NE":
        since = before.since if before else None
        return ImmuneResponse(visit.date, "NE", since, "NE: not evaluable"), before
    if overall != "PD":
        closed = f"; iUPD of {before.since} is closed" if before else ""
        name = NAMES[overall]
        return ImmuneResponse(visit.date, name, None, f"{name}: no progression{closed}"), None
    kinds = _kinds(visit)
    total = exact_mm(visit.target_sum) if visit.target_sum is not None else None
    if before is None:
        opened = _Open(visit.date, kinds, total)
        words = f"iUPD: progression of {_listed(kinds)}, to be confirmed"
        return ImmuneResponse(visit.date, "iUPD", visit.date, words), opened
    grown = _grown(visit, kinds, total, before)
    if grown and visit.date >= before.since + timedelta(confirm_days):
        late = ""
        if visit.date > before.since + timedelta(latest_days):
            late = f", later than {latest_days} days"
        further = f"further progression of {_listed(grown)}"
        words = f"iCPD: {further} confirms the iUPD of {before.since}{late}"
        return ImmuneResponse(visit.date, "iCPD", before.since, words), None
    still = _Open(before.since, before.kinds | kinds, _reference(total, before))
    why = f"before day {confirm_days}" if grown else "without further growth"
    words = f"iUPD: {why} since the iUPD of {before.since}"
    return ImmuneResponse(visit.date, "iUPD", before.since, words), still


def _kinds(visit: ImmuneAssessment) -> frozenset[str]:
    present = {
        "target lesions": _is_progression(visit.target),
        "non-target lesions": _is_progression(visit.non_target),
        "new lesions": visit.new_lesions,
    }
    return frozenset(kind for kind, there in present.items() if there)


def _is_progression(word: str | None) -> bool:
    return word is not None and word.strip().upper() == "PD"


def _grown(
    visit: ImmuneAssessment, kinds: frozenset[str], total: Decimal | None, before: _Open
) -> frozenset[str]:
    """Return the kinds of lesion that confirm: newly progressing, or grown further."""
    known = total is not None and before.target_sum is not None
    growth = (total or Decimal(0)) - (before.target_sum or Decimal(0))
    further = {
        "target lesions": known and growth >= GROWTH_MM,
        "non-target lesions": visit.non_target_worse,
        "new lesions": visit.new_lesions_worse,
    }
    return frozenset(kind for kind in kinds if kind not in before.kinds or further[kind])


def _reference(total: Decimal | None, before: _Open) -> Decimal | None:
    return total if before.target_sum is None else before.target_sum


def _listed(kinds: frozenset[str]) -> str:
    return ", ".join(sorted(kinds))
