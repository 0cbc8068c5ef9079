"""RECIST 1.1 target lesions of one subject and reader: from measured rows to sums and responses."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from stats.errors import DuplicateRowsError, InvalidArgumentError, MissingValueError
from stats.recist import Millimetres, exact_mm, target_response
from stats.results import Result

TOO_SMALL_MM = Decimal(5)
NORMAL_NODE_MM = Decimal(10)


@dataclass(frozen=True, kw_only=True)
class TargetLesion:
    """One target lesion at one visit.

    Parameters
    ----------
    lesion : str
        Its number, the same at every visit.
    diameter : Decimal, str, int or None
        Counted value in mm, short axis for a node, longest diameter for the rest: 0 when absent,
        5 when too small to measure, None when not evaluable.
    node : bool
        Whether it is a lymph node.
    """

    lesion: str
    diameter: Millimetres | None
    node: bool = False


@dataclass(frozen=True, kw_only=True)
class TargetAssessment(Result):
    """The target lesions at one visit: sum, nadir before it, response, and why."""

    visit: str
    sum: Decimal | None
    nadir: Decimal
    nadir_visit: str
    response: str | None
    explanation: str
    not_evaluable: tuple[str, ...] = ()


def counted_diameter(status: str, measured: Millimetres | None = None) -> Decimal | None:
    """Return the millimetres that a lesion's status counts for in the sum.

    Parameters
    ----------
    status : str
        'present', 'absent', 'too small' or 'not evaluable'.
    measured : Decimal, str or int, optional
        The measured diameter, for 'present'; below 5 mm it counts as measured.

    Returns
    -------
    Decimal or None
        mm; None when not evaluable.

    Raises
    ------
    InvalidArgumentError
        An unknown status.
    MissingValueError
        'present' without a measurement.

    References
    ----------
    Eisenhauer et al. 2009, section 4.3.2.

    Examples
    --------
    >>> counted_diameter("too small"), counted_diameter("present", "3.2")
    (Decimal('5'), Decimal('3.2'))
    """
    fixed = {"absent": Decimal(0), "too small": TOO_SMALL_MM, "not evaluable": None}
    if status in fixed:
        return fixed[status]
    if status != "present":
        raise InvalidArgumentError(f"status {status!r} is not present, {', '.join(fixed)}")
    if measured is None:
        raise MissingValueError("a lesion that is present needs its diameter")
    return exact_mm(measured)


def assess_targets(
    visits: Sequence[tuple[str, Sequence[TargetLesion]]],
) -> tuple[TargetAssessment, ...]:
    """Return the target assessment of every visit of one subject and reader.

    Parameters
    ----------
    visits : sequence of (str, sequence of TargetLesion)
        In order of time, the baseline first. The baseline's lesions are the targets; one that a
        later visit does not list is not evaluable there.

    Returns
    -------
    tuple of TargetAssessment
        One per visit; the baseline has no response. Only complete sums become the nadir.

    Raises
    ------
    MissingValueError
        No visit, no target at baseline, or a baseline diameter that is missing.
    DuplicateRowsError
        A lesion twice at one visit.
    InvalidArgumentError
        A lesion that is no baseline target, or a size that `target_response` refuses.

    Notes
    -----
    After a complete response of the targets, a non-nodal one that is back, of any size, is PD
    (Eisenhauer et al. 2009, appendix III: lesions that disappear and reappear).

    Examples
    --------
    >>> history = [
    ...     ("Baseline", [TargetLesion(lesion="T1", diameter="43.0")]),
    ...     ("W6", [TargetLesion(lesion="T1", diameter="30.1")]),
    ...     ("W12", [TargetLesion(lesion="T1", diameter="36.12")]),
    ... ]
    >>> [row.response for row in assess_targets(history)]
    [None, 'PR', 'PD']
    >>> assess_targets(history)[2].explanation
    'PD: 36.12 mm against nadir 30.1 mm at W6, +6.02 mm, +20.0 %'
    """
    if not visits or not visits[0][1]:
        raise MissingValueError("target lesions are chosen at baseline: give the baseline's first")
    first_visit, first = visits[0]
    targets = _by_number(first_visit, first)
    if missing := [number for number, lesion in targets.items() if lesion.diameter is None]:
        raise MissingValueError(f"{first_visit}: baseline target {', '.join(missing)} has no size")
    baseline = _total(list(targets.values()))
    opening = TargetAssessment(
        visit=first_visit,
        sum=baseline,
        nadir=baseline,
        nadir_visit=first_visit,
        response=None,
        explanation=f"baseline {baseline} mm",
    )
    assessments = [opening]
    for visit, lesions in visits[1:]:
        now = _by_number(visit, lesions)
        if extra := [number for number in now if number not in targets]:
            raise InvalidArgumentError(f"{visit}: {', '.join(extra)} is no target of the baseline")
        assessments.append(_assess(visit, now, targets, assessments))
    return tuple(assessments)


def _assess(
    visit: str,
    now: dict[str, TargetLesion],
    targets: dict[str, TargetLesion],
    earlier: list[TargetAssessment],
) -> TargetAssessment:
    evaluable = [lesion for lesion in now.values() if lesion.diameter is not None]
    seen = {lesion.lesion for lesion in evaluable}
    missing = tuple(number for number in targets if number not in seen)
    complete = [row for row in earlier if not row.not_evaluable]
    nadir = min(complete, key=lambda row: row.sum or Decimal(0))
    nadir_sum = nadir.sum or Decimal(0)
    baseline = earlier[0].sum or Decimal(0)
    total = _total(evaluable) if evaluable else None
    left = [item for item in evaluable if not targets[item.lesion].node and _size(item) > 0]
    nodes = [item for item in evaluable if targets[item.lesion].node]
    normal = not left and all(_size(node) < NORMAL_NODE_MM for node in nodes)
    if left and any(row.response == "CR" for row in earlier):
        response = "PD"
        reason = f"PD: {left[0].lesion} is back after complete response of the targets"
    else:
        response = target_response(
            baseline, nadir_sum, total, all_nodes_normal=normal, not_evaluable=bool(missing)
        )
        against = (baseline, earlier[0].visit, "baseline")
        if response in ("PD", "SD"):
            against = (nadir_sum, nadir.visit, "nadir")
        reason = _explanation(response, total, against, missing)
    return TargetAssessment(
        visit=visit,
        sum=total,
        nadir=nadir_sum,
        nadir_visit=nadir.visit,
        response=response,
        explanation=reason,
        not_evaluable=missing,
    )


def _explanation(
    response: str,
    total: Decimal | None,
    against: tuple[Decimal, str, str],
    missing: tuple[str, ...],
) -> str:
    lacking = f"; {', '.join(missing)} not evaluable" if missing else ""
    if total is None:
        return f"{response}: no target evaluable"
    reference, visit, kind = against
    change = total - reference
    percent = ""
    if reference > 0:
        share = (change * 100 / reference).quantize(Decimal("0.1"), ROUND_HALF_UP)
        percent = f", {share:+f} %"
    where = f"{kind} {reference} mm at {visit}"
    return f"{response}: {total} mm against {where}, {change:+f} mm{percent}{lacking}"


def _by_number(visit: str, lesions: Sequence[TargetLesion]) -> dict[str, TargetLesion]:
    numbered = {lesion.lesion: lesion for lesion in lesions}
    if len(numbered) < len(lesions):
        raise DuplicateRowsError(f"{visit}: a target lesion is given twice")
    return numbered


def _total(lesions: Sequence[TargetLesion]) -> Decimal:
    total = Decimal(0)
    for lesion in lesions:
        total += _size(lesion)
    return total


def _size(lesion: TargetLesion) -> Decimal:
    return exact_mm(lesion.diameter if lesion.diameter is not None else 0)
