"""Survival without a model: Kaplan–Meier curves, medians, survival at a time, restricted means."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import InvalidArgumentError
from stats.estimates import Estimate
from stats.follow_up import Follow, follow_ups
from stats.frames import Floats, check_alpha, check_option, vector
from stats.inference import interval, quantile
from stats.results import Provenance, Result, Row, data_hash

INTERVALS = ("log-log", "log", "plain")
PAPER = "Kaplan & Meier 1958, J Am Stat Assoc 53:457; Greenwood 1926"
NAN = float("nan")
HALF = 1e-8  # how near to one half a survival counts as one half, for the median


@dataclass(frozen=True)
class CurveRow(Row):
    """One observed time of a Kaplan–Meier curve."""

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Survival(Result):
    """The Kaplan–Meier estimate of one group; `group` is None without groups."""

    group: Hashable
    n: int
    events: int
    median: Estimate
    curve: tuple[CurveRow, ...]
    method: str


@dataclass(frozen=True)
class SurvivalAt(Row):
    """Survival of one group at one time."""

    group: Hashable
    at: float
    estimate: Estimate


@dataclass(frozen=True)
class RestrictedMean(Row):
    """Restricted mean survival time of one group."""

    group: Hashable
    estimate: Estimate


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    group: Sequence[Hashable] | ArrayLike | None = None,
    ci: str = "log-log",
    alpha: float = 0.05,
) -> tuple[Survival, ...]:
    """Return the Kaplan–Meier curve and median survival of each group.

    Parameters
    ----------
    time : array_like, shape (n,)
        Follow-up, 0 or more, in any unit.
    event : array_like, shape (n,)
        1 when the event happened at that time, 0 when follow-up ended without it.
    group : sequence, shape (n,), optional
        Group of each subject.
    ci : {'log-log', 'log', 'plain'}
        Scale of the interval of the curve, on which that of the median rests. R's default is 'log'.
    alpha : float
        Two-sided level.

    Returns
    -------
    tuple of Survival
        One per group, sorted. A median or limit that the curve does not reach is NaN. Where the
        curve runs at exactly one half the median is the middle of that stretch, as in R.

    Raises
    ------
    InvalidArgumentError, MissingValueError, LengthError
        Times below 0, events other than 0 and 1, missing values, unequal lengths.
    DegenerateError
        No subject.

    References
    ----------
    Kaplan & Meier 1958, J Am Stat Assoc 53:457. Brookmeyer & Crowley 1982, Biometrics 38:29.

    Examples
    --------
    >>> found = kaplan_meier([1, 2, 3, 4, 5], [1, 1, 0, 1, 1])[0]
    >>> found.median.value, [round(row.survival, 4) for row in found.curve]
    (4.0, [0.8, 0.6, 0.6, 0.3, 0.0])
    """
    check_option(ci, INTERVALS, name="ci")
    check_alpha(alpha)
    found = []
    for follow in follow_ups(time, event, group):
        low, high = _limits(follow, ci, alpha)
        survival = follow.survival
        median, lower, upper = (_crossing(follow.time, line) for line in (survival, low, high))
        n, events = int(follow.at_risk[0]), int(follow.events.sum())
        unreached = ("The curve does not fall to one half: there is no median.",)
        estimate = Estimate(
            value=median,
            se=NAN,
            ci_low=lower,
            ci_high=upper,
            method=f"Kaplan–Meier median, {ci} interval",
            n=n,
            alpha=alpha,
            warnings=() if median == median else unreached,
            provenance=_provenance(follow),
        )
        curve = _curve(follow, low, high)
        method = f"Kaplan–Meier, Greenwood SE, {ci} interval"
        provenance = _provenance(follow)
        found.append(
            Survival(follow.group, n, events, estimate, curve, method, provenance=provenance)
        )
    return tuple(found)


def survival_at(
    time: ArrayLike,
    event: ArrayLike,
    *,
    at: float | Sequence[float],
    group: Sequence[Hashable] | ArrayLike | None = None,
    ci: str = "log-log",
    alpha: float = 0.05,
) -> tuple[SurvivalAt, ...]:
    """Return the survival of each group at given times.

    Parameters
    ----------
    time, event, group, ci, alpha
        As in `kaplan_meier`.
    at : float or sequence of float
        The times; an event at exactly that time counts.

    Returns
    -------
    tuple of SurvivalAt
        Rows group, at, estimate. After the last follow-up of a group that somebody survived the
        estimate is NaN with a warning.

    Raises
    ------
    StatisticsError
        As in `kaplan_meier`.

    References
    ----------
    Kaplan & Meier 1958, J Am Stat Assoc 53:457.

    Examples
    --------
    >>> row = survival_at([1, 2, 3, 4, 5], [1, 1, 0, 1, 1], at=2.5)[0]
    >>> round(row.estimate.value, 4), round(row.estimate.se, 4)
    (0.6, 0.2191)
    """
    check_option(ci, INTERVALS, name="ci")
    check_alpha(alpha)
    times = np.atleast_1d(vector(np.atleast_1d(np.asarray(at)), name="at"))
    return tuple(
        SurvivalAt(follow.group, float(when), _at(follow, float(when), ci, alpha))
        for follow in follow_ups(time, event, group)
        for when in times
    )


def restricted_mean(
    time: ArrayLike,
    event: ArrayLike,
    *,
    horizon: float,
    group: Sequence[Hashable] | ArrayLike | None = None,
    alpha: float = 0.05,
) -> tuple[RestrictedMean, ...]:
    """Return the restricted mean survival time of each group: the area under its curve.

    Parameters
    ----------
    time, event, group, alpha
        As in `kaplan_meier`.
    horizon : float
        Time up to which the area is taken, above 0.

    Returns
    -------
    tuple of RestrictedMean
        Rows group, estimate, in the unit of time; z interval.

    Raises
    ------
    InvalidArgumentError
        A horizon of 0 or less, or after the last follow-up of a group that somebody survived.
    StatisticsError
        As in `kaplan_meier`.

    References
    ----------
    Royston & Parmar 2013, BMC Med Res Methodol 13:152.

    Examples
    --------
    >>> row = restricted_mean([1, 2, 3, 4, 5], [1, 1, 0, 1, 1], horizon=4)[0]
    >>> round(row.estimate.value, 4), round(row.estimate.se, 4)
    (3.0, 0.5657)
    """
    check_alpha(alpha)
    if not horizon > 0:
        raise InvalidArgumentError(f"horizon is {horizon}: give a time above 0")
    found = []
    for follow in follow_ups(time, event, group):
        if horizon > follow.time[-1] and follow.survival[-1] > 0:
            raise InvalidArgumentError(
                f"group {follow.group} is followed up to {follow.time[-1]:g}, "
                f"not to the horizon {horizon:g}: give an earlier one"
            )
        value, se = _area(follow, horizon)
        low, high = interval(value, se, alpha=alpha)
        method = f"restricted mean survival to {horizon:g}, Greenwood SE, z"
        n = int(follow.at_risk[0])
        found.append(
            RestrictedMean(
                follow.group,
                Estimate(value, se, low, high, method, n, alpha, provenance=_provenance(follow)),
            )
        )
    return tuple(found)


def _limits(follow: Follow, ci: str, alpha: float) -> tuple[Floats, Floats]:
    """Return the pointwise limits; NaN where the scale has none."""
    survival = follow.survival
    z = quantile(1 - alpha / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = z * np.sqrt(follow.greenwood)
        if ci == "plain":
            low, high = survival - survival * spread, survival + survival * spread
        elif ci == "log":
            low, high = survival * np.exp(-spread), survival * np.exp(spread)
        else:
            half = spread / -np.log(survival)
            low, high = survival ** np.exp(half), survival ** np.exp(-half)
    gone = survival <= 0
    return (
        np.where(gone, np.nan, np.maximum(low, 0.0)),
        np.where(gone, np.nan, np.minimum(high, 1.0)),
    )


def _curve(follow: Follow, low: Floats, high: Floats) -> tuple[CurveRow, ...]:
    se = _se(follow)
    columns = (follow.at_risk.astype(int), follow.events.astype(int), follow.censored.astype(int))
    rows = zip(
        follow.time.tolist(),
        *(column.tolist() for column in columns),
        *(column.tolist() for column in (follow.survival, se, low, high)),
        strict=True,
    )
    return tuple(CurveRow(*row) for row in rows)


def _se(follow: Follow) -> Floats:
    with np.errstate(invalid="ignore"):
        return np.asarray(follow.survival * np.sqrt(follow.greenwood))


def _crossing(time: Floats, line: Floats) -> float:
    """Return when a line falls to one half; the middle of the stretch where it runs at one half."""
    kept = ~np.isnan(line) & (line < 0.5 + HALF)
    if not kept.any():
        return NAN
    times, values = time[kept], line[kept]
    lower = np.flatnonzero(values < values[0])
    if abs(values[0] - 0.5) < HALF and len(lower):
        return float((times[0] + times[lower[0]]) / 2)
    return float(times[0])


def _at(follow: Follow, when: float, ci: str, alpha: float) -> Estimate:
    n = int(follow.at_risk[0])
    method = f"Kaplan–Meier survival at {when:g}, Greenwood SE, {ci} interval"
    position = int(np.searchsorted(follow.time, when, side="right")) - 1
    provenance = _provenance(follow)
    if when > follow.time[-1] and follow.survival[-1] > 0:
        said = (f"Follow-up ends at {follow.time[-1]:g}: survival after it is not known.",)
        return Estimate(NAN, NAN, NAN, NAN, method, n, alpha, warnings=said, provenance=provenance)
    if position < 0 or follow.survival[position] == 1:
        said = ("No event by then: the survival is 1 and the interval has no width.",)
        return Estimate(1.0, 0.0, 1.0, 1.0, method, n, alpha, warnings=said, provenance=provenance)
    low, high = _limits(follow, ci, alpha)
    return Estimate(
        value=float(follow.survival[position]),
        se=float(_se(follow)[position]),
        ci_low=float(low[position]),
        ci_high=float(high[position]),
        method=method,
        n=n,
        alpha=alpha,
        provenance=provenance,
    )


def _area(follow: Follow, horizon: float) -> tuple[float, float]:
    """Return the area under the curve to the horizon and its standard error."""
    before = follow.time < horizon
    ends = np.concatenate([[0.0], follow.time[before], [horizon]])
    heights = np.concatenate([[1.0], follow.survival[before]])
    pieces = heights * np.diff(ends)
    rest = pieces[::-1].cumsum()[::-1][1:]  # area after each event
    died, at_risk = follow.events[before], follow.at_risk[before]
    steps = np.where(rest > 0, died / np.maximum(at_risk * (at_risk - died), 1.0), 0.0)
    return float(pieces.sum()), float(np.sqrt((rest**2 * steps).sum()))


def _provenance(follow: Follow) -> Provenance:
    return Provenance(PAPER, data_hash(follow.time, follow.at_risk, follow.events))
