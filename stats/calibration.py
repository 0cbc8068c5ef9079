"""Whether predicted probabilities are right and useful: calibration, decision curves, NRI, IDI."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logit, xlogy

from stats.errors import InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha, vector
from stats.inference import standardised, two_sided_p
from stats.predictions import checked_predictions
from stats.recalibration import SMOOTHER, SPAN, recalibrate, smoothed_rate
from stats.reclassification import Reclassification, reclassification
from stats.results import Provenance, Result, Row, data_hash
from stats.wald import wald_estimate

__all__ = [
    "Calibration",
    "CalibrationBin",
    "DecisionRow",
    "Reclassification",
    "calibration",
    "decision_curve",
    "reclassification",
]

PAPER = "Van Calster et al. 2019, BMC Med 17:230; Austin & Steyerberg 2019, Stat Med 38:4051"
NAN = float("nan")


@dataclass(frozen=True)
class CalibrationBin(Row):
    """The cases whose probability is from `low` to `high`."""

    low: float
    high: float
    n: int
    mean_probability: float
    observed_rate: float


@dataclass(frozen=True)
class Calibration(Result):
    """How predicted probabilities agree with outcomes.

    Parameters
    ----------
    brier, log_loss : float
        Mean squared error and mean negative log likelihood.
    in_the_large : Estimate
        Logistic intercept with the logit of the probability as offset; right is 0.
    slope : Estimate
        Logistic coefficient of that logit; right is 1, and its p is of that hypothesis.
    intercept : float
        The intercept that goes with the slope.
    observed_expected : float
        Outcomes over the sum of probabilities.
    spiegelhalter_z, spiegelhalter_p : float
        Test of the Brier score.
    ici, e50, e90, emax : float
        Mean, median, 90th percentile and maximum of |probability − smoothed observed rate|.
    smoother : str
        What smoothed it: these four depend on it.
    ece : float
        Mean |mean probability − observed rate| of the bins, weighted by their size.
    bins : tuple of CalibrationBin
        Of equal width; empty ones are left out.
    """

    brier: float
    log_loss: float
    in_the_large: Estimate
    slope: Estimate
    intercept: float
    observed_expected: float
    spiegelhalter_z: float
    spiegelhalter_p: float
    ici: float
    e50: float
    e90: float
    emax: float
    smoother: str
    ece: float
    bins: tuple[CalibrationBin, ...]
    method: str = "calibration of probabilities"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class DecisionRow(Row):
    """Net benefit of treating at or above one threshold, and of treating all."""

    threshold: float
    tp: int
    fp: int
    net_benefit: float
    net_benefit_all: float


def calibration(
    probability: ArrayLike, outcome: ArrayLike, *, alpha: float = 0.05, bins: int = 10
) -> Calibration:
    """Return how predicted probabilities agree with outcomes.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Predicted, 0 to 1.
    outcome : array_like, shape (n,)
        1 when it happened, 0 when not.
    alpha : float
        Two-sided level.
    bins : int
        Number of bins of equal width.

    Returns
    -------
    Calibration
        Where probabilities of 0 or 1, equal ones, or ones that separate the outcomes leave a
        quantity without a value, it is NaN with a warning.

    Raises
    ------
    InvalidArgumentError
        A probability outside [0, 1], an outcome other than 0 and 1, fewer than one bin.
    OneClassError
        No outcome, or nothing but outcomes.
    MissingValueError, LengthError
        Missing values, unequal lengths.

    References
    ----------
    Brier 1950, Mon Weather Rev 78:1. Cox 1958, Biometrika 45:562. Spiegelhalter 1986, Stat Med
    5:421. Van Calster et al. 2019, BMC Med 17:230. Austin & Steyerberg 2019, Stat Med 38:4051.

    Examples
    --------
    >>> found = calibration([0.1, 0.3, 0.4, 0.6, 0.8, 0.9], [0, 0, 1, 0, 1, 1])
    >>> round(found.brier, 4), round(found.slope.value, 4)
    (0.145, 1.4652)
    """
    check_alpha(alpha)
    if bins < 1:
        raise InvalidArgumentError(f"bins is {bins}: give at least one")
    p, y = checked_predictions(probability, outcome)
    provenance = Provenance(PAPER, data_hash(p, y))
    large, slope, intercept, warnings = _recalibration(p, y, alpha, provenance)
    error, error_warnings = _smooth_error(p, y)
    table = _bins(p, y, bins)
    z = standardised(
        float(((y - p) * (1 - 2 * p)).sum()),
        float(np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())),
    )
    gaps = [row.n * abs(row.mean_probability - row.observed_rate) for row in table]
    return Calibration(
        brier=float(((y - p) ** 2).mean()),
        log_loss=float(-(xlogy(y, p) + xlogy(1 - y, 1 - p)).mean()),
        in_the_large=large,
        slope=slope,
        intercept=intercept,
        observed_expected=float(y.sum() / p.sum()) if p.any() else float("inf"),
        spiegelhalter_z=z,
        spiegelhalter_p=two_sided_p(z),
        ici=float(error.mean()),
        e50=float(np.median(error)),
        e90=float(np.quantile(error, 0.9)),
        emax=float(error.max()),
        smoother=SMOOTHER,
        ece=sum(gaps) / len(y),
        bins=table,
        warnings=(*warnings, *error_warnings),
        provenance=provenance,
    )


def decision_curve(
    probability: ArrayLike, outcome: ArrayLike, thresholds: Sequence[float] | ArrayLike
) -> tuple[DecisionRow, ...]:
    """Return the net benefit of a prediction at each threshold probability.

    Parameters
    ----------
    probability, outcome
        As in `calibration`.
    thresholds : sequence of float
        0 or more, below 1; a probability at the threshold is positive.

    Returns
    -------
    tuple of DecisionRow
        Rows threshold, tp, fp, net_benefit, net_benefit_all; treating nobody has net benefit 0.

    Raises
    ------
    InvalidArgumentError
        A threshold outside [0, 1).
    StatisticsError
        As in `calibration`.

    References
    ----------
    Vickers & Elkin 2006, Med Decis Making 26:565.

    Examples
    --------
    >>> row = decision_curve([0.1, 0.3, 0.6, 0.9], [0, 0, 1, 1], [0.2])[0]
    >>> row.tp, row.fp, row.net_benefit, row.net_benefit_all
    (2, 1, 0.4375, 0.375)
    """
    p, y = checked_predictions(probability, outcome)
    at = np.atleast_1d(vector(np.atleast_1d(np.asarray(thresholds)), name="thresholds"))
    if not ((at >= 0) & (at < 1)).all():
        raise InvalidArgumentError("a threshold is a probability from 0 up to, not including, 1")
    rows = []
    for threshold in at.tolist():
        odds = threshold / (1 - threshold)
        positive = p >= threshold
        tp, fp = int(y[positive].sum()), int((1 - y[positive]).sum())
        everyone = float(y.mean() - (1 - y.mean()) * odds)
        rows.append(DecisionRow(threshold, tp, fp, (tp - fp * odds) / len(y), everyone))
    return tuple(rows)


def _recalibration(
    p: Floats, y: Floats, alpha: float, provenance: Provenance
) -> tuple[Estimate, Estimate, float, tuple[str, ...]]:
    """Return calibration in the large, slope, its intercept, and what has no value and why."""
    n = len(y)
    names = ("calibration in the large, logistic offset", "calibration slope, logistic")
    none = [Estimate(NAN, NAN, NAN, NAN, name, n, alpha, provenance=provenance) for name in names]
    if ((p == 0) | (p == 1)).any():
        said = "A probability of 0 or 1 has no logit: calibration in the large and slope are NaN."
        return none[0], none[1], NAN, (said,)

    def estimate(value: float, se: float, name: str, null: float) -> Estimate:
        return wald_estimate(
            value, se, method=name, n=n, alpha=alpha, provenance=provenance, null=null
        )

    x = logit(p)
    values, errors = recalibrate(y, np.ones((n, 1)), offset=x)
    large = estimate(float(values[0]), float(errors[0]), names[0], 0.0)
    sick, well = x[y == 1], x[y == 0]
    if sick.min() >= well.max() or sick.max() <= well.min():
        said = "The probabilities separate the outcomes or do not vary: the slope is NaN."
        return large, none[1], NAN, (said,)
    values, errors = recalibrate(y, np.column_stack([np.ones(n), x]))
    slope = estimate(float(values[1]), float(errors[1]), names[1], 1.0)
    return large, slope, float(values[0]), ()


def _smooth_error(p: Floats, y: Floats) -> tuple[Floats, tuple[str, ...]]:
    _, repeats = np.unique(p, return_counts=True)
    if repeats.max() >= int(SPAN * len(p)):
        said = (
            "Two thirds of the probabilities are one value: nothing to smooth, ICI and E are NaN."
        )
        return np.full(1, np.nan), (said,)
    return np.abs(p - smoothed_rate(p, y)), ()


def _bins(p: Floats, y: Floats, bins: int) -> tuple[CalibrationBin, ...]:
    edges = np.linspace(0, 1, bins + 1)
    place = np.minimum((p * bins).astype(int), bins - 1)
    return tuple(
        CalibrationBin(
            low=float(edges[k]),
            high=float(edges[k + 1]),
            n=int((place == k).sum()),
            mean_probability=float(p[place == k].mean()),
            observed_rate=float(y[place == k].mean()),
        )
        for k in np.unique(place)
    )
