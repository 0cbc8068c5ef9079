"""Time to an event: curves, the log-rank test and the Cox model."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stats.cox_model import fit_cox
from stats.errors import DegenerateError, InvalidArgumentError, OneClassError
from stats.estimates import Estimate
from stats.follow_up import checked_times
from stats.frames import Floats, Frame, check_alpha, check_option, numbers
from stats.kaplan_meier import (
    CurveRow,
    RestrictedMean,
    Survival,
    SurvivalAt,
    kaplan_meier,
    restricted_mean,
    survival_at,
)
from stats.results import Provenance, Result, Row, data_hash
from stats.wald import wald_estimate

__all__ = [
    "Cox",
    "CoxRow",
    "CurveRow",
    "LogRank",
    "RestrictedMean",
    "Survival",
    "SurvivalAt",
    "cox",
    "kaplan_meier",
    "logrank",
    "restricted_mean",
    "survival_at",
]


@dataclass(frozen=True)
class LogRank(Result):
    """The log-rank test; observed and expected events in the order of the sorted groups."""

    statistic: float
    df: int
    p_value: float
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    groups: tuple[Hashable, ...]
    method: str = "log-rank test, chi-square"


@dataclass(frozen=True)
class CoxRow(Row):
    """One coefficient: `estimate` is the log hazard ratio, `hazard_ratio` its exponential."""

    name: str
    estimate: Estimate
    hazard_ratio: float
    hazard_ratio_low: float
    hazard_ratio_high: float


@dataclass(frozen=True)
class Cox(Result):
    """A proportional-hazards model with Harrell's concordance of its risk score."""

    coefficients: tuple[CoxRow, ...]
    concordance: float
    log_likelihood: float
    n: int
    events: int
    method: str
    warnings: tuple[str, ...] = ()


def logrank(time: ArrayLike, event: ArrayLike, group: Sequence[Hashable] | ArrayLike) -> LogRank:
    """Test that two or more groups have the same survival.

    Parameters
    ----------
    time, event, group
        As in `kaplan_meier`; `group` is needed.

    Returns
    -------
    LogRank
        Chi-square with one degree of freedom less than groups.

    Raises
    ------
    OneClassError
        One group only.
    DegenerateError
        No event, or no time at which two groups are at risk.
    StatisticsError
        As in `kaplan_meier`.

    References
    ----------
    Mantel 1966, Cancer Chemother Rep 50:163. Peto & Peto 1972, J R Stat Soc A 135:185.

    Examples
    --------
    >>> found = logrank([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], list("aababb"))
    >>> round(found.statistic, 4), round(found.p_value, 4)
    (2.5567, 0.1098)
    """
    times, events, names, codes = checked_times(time, event, group)
    if len(names) < 2:
        raise OneClassError("one group only: the log-rank test compares two or more")
    died_at = np.unique(times[events])
    at_risk = np.array(
        [_count_from(np.sort(times[codes == k]), died_at) for k in range(len(names))]
    )
    died = np.array([_count_at(times[(codes == k) & events], died_at) for k in range(len(names))])
    total, deaths = at_risk.sum(axis=0), died.sum(axis=0)
    expected = (at_risk * deaths / total).sum(axis=1)
    observed = died.sum(axis=1)
    share = at_risk / total
    scale = deaths * (total - deaths) / np.maximum(total - 1, 1)
    variance = np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T
    kept = slice(0, len(names) - 1)
    rounding = 1e-9 * float(scale.sum())
    if np.linalg.matrix_rank(variance[kept, kept], tol=rounding) < len(names) - 1:
        raise DegenerateError("the groups are never at risk together at an event: no test exists")
    gap = (observed - expected)[kept]
    statistic = float(gap @ np.linalg.solve(variance[kept, kept], gap))
    df = len(names) - 1
    return LogRank(
        statistic=statistic,
        df=df,
        p_value=float(special.chdtrc(df, statistic)),
        observed=tuple(observed.tolist()),
        expected=tuple(expected.tolist()),
        groups=names,
        provenance=Provenance("Mantel 1966", data_hash(times, events, codes)),
    )


def cox(
    data: Frame,
    *,
    time: str,
    event: str,
    covariates: Sequence[str],
    ties: str = "efron",
    alpha: float = 0.05,
) -> Cox:
    """Fit a Cox proportional-hazards model.

    Parameters
    ----------
    data : Frame
        One row per subject.
    time, event : str
        Columns, as in `kaplan_meier`.
    covariates : sequence of str
        Columns of numbers; code a factor as 0/1 columns first.
    ties : {'efron', 'breslow'}
        Likelihood for events at one time. R's and lifelines' default is Efron's.
    alpha : float
        Two-sided level.

    Returns
    -------
    Cox
        `coefficients` rows name, estimate (log hazard ratio, z), hazard_ratio and its limits.

    Raises
    ------
    InvalidArgumentError
        An unknown `ties`, no covariate, or one named twice.
    DegenerateError
        No event, covariates that do not vary or repeat each other, or a coefficient without a
        finite estimate.
    StatisticsError
        As in `kaplan_meier`.

    References
    ----------
    Cox 1972, J R Stat Soc B 34:187. Efron 1977, J Am Stat Assoc 72:557. Breslow 1974, Biometrics
    30:89. Harrell et al. 1996, Stat Med 15:361 (concordance).

    Examples
    --------
    >>> data = {"t": [1, 2, 3, 4, 5, 6], "e": [1, 1, 0, 1, 1, 1], "x": [0, 1, 0, 1, 0, 0]}
    >>> found = cox(data, time="t", event="e", covariates=["x"])
    >>> round(found.coefficients[0].estimate.value, 4), round(found.concordance, 4)
    (1.2936, 0.625)
    """
    check_alpha(alpha)
    check_option(ties, ("efron", "breslow"), name="ties")
    if isinstance(covariates, str) or not covariates or len(set(covariates)) < len(covariates):
        raise InvalidArgumentError(f"covariates is {covariates!r}: give columns, each once")
    times, events, _, _ = checked_times(numbers(data, time), numbers(data, event), None)
    design = np.column_stack([numbers(data, name) for name in covariates])
    if not events.any():
        raise DegenerateError("no event: there is no hazard to model")
    if np.linalg.matrix_rank(design - design.mean(axis=0)) < design.shape[1]:
        raise DegenerateError("a covariate is constant or a combination of the others")
    fit = fit_cox(times, events, design, ties=ties)
    provenance = Provenance("Cox 1972", data_hash(times, events, *design.T))
    rows = []
    for name, value, se in zip(covariates, fit.coefficients, fit.errors, strict=True):
        method = f"Cox log hazard ratio, {ties.title()} ties"
        estimate = wald_estimate(
            value, se, method=method, n=len(times), alpha=alpha, provenance=provenance
        )
        limits = (value, estimate.ci_low, estimate.ci_high)
        ratio = (float(np.exp(limit)) for limit in limits)
        rows.append(CoxRow(name, estimate, *ratio))
    return Cox(
        coefficients=tuple(rows),
        concordance=fit.concordance,
        log_likelihood=fit.log_likelihood,
        n=len(times),
        events=int(events.sum()),
        method=f"Cox proportional hazards, {ties.title()} ties, z",
        provenance=provenance,
    )


def _count_from(ascending: Floats, at: Floats) -> Floats:
    return (len(ascending) - np.searchsorted(ascending, at, side="left")).astype(np.float64)


def _count_at(times: Floats, at: Floats) -> Floats:
    return np.bincount(np.searchsorted(at, times), minlength=len(at)).astype(np.float64)
