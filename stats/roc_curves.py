"""The ROC curve itself: its points, a part of its area, and one operating point on it."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from stats.delong import scores_and_truth
from stats.errors import InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import Booleans, Floats, check_alpha, check_option
from stats.inference import interval, root
from stats.results import Provenance, Result, data_hash

PAPER = "Fawcett 2006, Pattern Recognition Letters 27:861"
PARTIAL_PAPER = "McClish 1989, Medical Decision Making 9:190"
CORRECTIONS = ("none", "mcclish", "normalized")


@dataclass(frozen=True)
class RocCurve(Result):
    """An empirical ROC curve.

    Parameters
    ----------
    fpr, tpr : tuple of float, length k + 1
        False and true positive rate at each threshold, from (0, 0) to (1, 1).
    thresholds : tuple of float, length k + 1
        +inf, then the k distinct scores, descending; a score ≥ threshold is positive.
    auc : float
        Area under the curve by the trapezoid rule.
    """

    fpr: tuple[float, ...]
    tpr: tuple[float, ...]
    thresholds: tuple[float, ...]
    auc: float
    method: str = "empirical ROC curve, score >= threshold is positive"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class OperatingPoint(Result):
    """One point of an ROC curve.

    Parameters
    ----------
    threshold : float
        A score ≥ threshold is positive; always +inf or an observed score.
    sensitivity, specificity : float
    """

    threshold: float
    sensitivity: float
    specificity: float
    method: str = ""
    warnings: tuple[str, ...] = ()


def roc_curve(scores: ArrayLike, truth: ArrayLike) -> RocCurve:
    """Return the empirical ROC curve.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Higher = more diseased.
    truth : array_like, shape (n,)
        1 or True = diseased.

    Returns
    -------
    RocCurve

    Raises
    ------
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        If a class is absent, or the vectors hold NaN or differ in length.

    References
    ----------
    Fawcett 2006, Pattern Recognition Letters 27:861.

    Examples
    --------
    >>> curve = roc_curve([1, 2, 3, 4], [0, 1, 0, 1])
    >>> curve.thresholds, curve.tpr
    ((inf, 4.0, 3.0, 2.0, 1.0), (0.0, 0.5, 0.5, 1.0, 1.0))
    """
    values, diseased = scores_and_truth(scores, truth)
    counts = count(values, diseased)
    fpr, tpr = rates(counts.healthy, counts.diseased)
    return RocCurve(
        fpr=tuple(fpr.tolist()),
        tpr=tuple(tpr.tolist()),
        thresholds=(np.inf, *counts.thresholds.tolist()),
        auc=area(fpr, tpr, low=0.0, high=1.0),
        provenance=Provenance(PAPER, data_hash(values, diseased)),
    )


def partial_auc(
    scores: ArrayLike,
    truth: ArrayLike,
    *,
    specificity: tuple[float, float] = (0.9, 1.0),
    correction: str = "none",
    alpha: float = 0.05,
) -> Estimate:
    """Estimate the area under a part of the empirical ROC curve.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Higher = more diseased.
    truth : array_like, shape (n,)
        1 or True = diseased.
    specificity : tuple of two floats
        The part, in either order.
    correction : {'none', 'mcclish', 'normalized'}
        The area itself; McClish's, which is 0.5 for chance and 1 for perfection; or the area
        divided by the width, the mean sensitivity over the part.
    alpha : float
        Two-sided level.

    Returns
    -------
    Estimate
        SE by the jackknife over cases, normal interval.

    Raises
    ------
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        As `roc_curve`; also a part of no width or outside [0, 1].

    References
    ----------
    McClish 1989, Medical Decision Making 9:190.

    Examples
    --------
    >>> found = partial_auc([1, 2, 3, 4], [0, 1, 0, 1], specificity=(0.5, 1.0))
    >>> found.value
    0.25
    """
    check_alpha(alpha)
    low, high = false_positive_range(specificity)
    check_option(correction, CORRECTIONS, name="correction")
    values, diseased = scores_and_truth(scores, truth)
    counts = count(values, diseased)
    value = partial_area(counts, low=low, high=high, correction=correction)
    left_out = np.concatenate(
        without_one(counts, lambda x: partial_area(x, low=low, high=high, correction=correction))
    )
    weights = np.concatenate([counts.diseased, counts.healthy])
    present = weights > 0.0
    n = int(diseased.size)
    mean = float((weights * left_out)[present].sum()) / n
    se = root((n - 1) / n * float((weights * (left_out - mean) ** 2)[present].sum()))
    ci = interval(value, se, alpha=alpha)
    flat = "the jackknife variance is 0, or a class holds one case: the interval has no width"
    return Estimate(
        value=value,
        se=se,
        ci_low=ci[0],
        ci_high=ci[1],
        method=(
            f"partial AUC, specificity {1.0 - high:g} to {1.0 - low:g}, correction {correction}, "
            "jackknife over cases, normal interval"
        ),
        n=n,
        alpha=alpha,
        warnings=() if se > 0.0 else (flat,),
        provenance=Provenance(PARTIAL_PAPER, data_hash(values, diseased)),
    )


def operating_point(
    scores: ArrayLike,
    truth: ArrayLike,
    *,
    threshold: float | None = None,
    specificity: float | None = None,
    youden: bool = False,
) -> OperatingPoint:
    """Return sensitivity and specificity at one point of the empirical ROC curve.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Higher = more diseased.
    truth : array_like, shape (n,)
        1 or True = diseased.
    threshold : float, optional
        A score ≥ threshold is positive.
    specificity : float, optional
        Sensitivity is interpolated between the neighbouring points at exactly this specificity;
        the threshold is the lowest observed one that keeps at least this specificity.
    youden : bool
        The point of largest sensitivity + specificity; of equals, the one of highest threshold.

    Returns
    -------
    OperatingPoint

    Raises
    ------
    InvalidArgumentError
        If not exactly one of the three is asked for, or the specificity is outside [0, 1].
    OneClassError, MissingValueError, LengthError
        As `roc_curve`.

    References
    ----------
    Youden 1950, Cancer 3:32. Fawcett 2006, Pattern Recognition Letters 27:861.

    Examples
    --------
    >>> operating_point([1, 2, 3, 4], [0, 1, 0, 1], threshold=2).specificity
    0.5
    """
    if sum((threshold is not None, specificity is not None, youden)) != 1:
        raise InvalidArgumentError("ask for exactly one of threshold, specificity and youden")
    values, diseased = scores_and_truth(scores, truth)
    counts = count(values, diseased)
    fpr, tpr = rates(counts.healthy, counts.diseased)
    thresholds = np.concatenate([[np.inf], counts.thresholds])
    source = Provenance(PAPER, data_hash(values, diseased))
    if threshold is not None:
        return OperatingPoint(
            threshold=float(threshold),
            sensitivity=float((values[diseased] >= threshold).mean()),
            specificity=float((values[~diseased] < threshold).mean()),
            method="threshold given",
            provenance=source,
        )
    if specificity is not None:
        if not 0.0 <= specificity <= 1.0:
            raise InvalidArgumentError(f"specificity is {specificity}: give a share of 0 to 1")
        return OperatingPoint(
            threshold=float(thresholds[_last_within(fpr, 1.0 - specificity)]),
            sensitivity=_sensitivity_at(fpr, tpr, 1.0 - specificity),
            specificity=float(specificity),
            method="specificity given, sensitivity interpolated, lowest threshold that keeps it",
            provenance=source,
        )
    best = int(np.argmax(np.round(tpr - fpr, 12)))
    return OperatingPoint(
        threshold=float(thresholds[best]),
        sensitivity=float(tpr[best]),
        specificity=float(1.0 - fpr[best]),
        method="largest Youden index, threshold derived from these data",
        provenance=source,
    )


@dataclass(frozen=True)
class Counts:
    """How many diseased and healthy cases have each distinct score, scores descending."""

    thresholds: Floats
    diseased: Floats
    healthy: Floats


def count(values: Floats, diseased: Booleans) -> Counts:
    """Return the counts of each distinct score.

    Examples
    --------
    >>> count(np.array([1.0, 2.0, 2.0]), np.array([False, True, False])).healthy
    array([1., 1.])
    """
    distinct, position = np.unique(values, return_inverse=True)
    size = distinct.size
    diseased_counts = np.bincount(position[diseased], minlength=size).astype(np.float64)
    healthy_counts = np.bincount(position[~diseased], minlength=size).astype(np.float64)
    return Counts(distinct[::-1], diseased_counts[::-1], healthy_counts[::-1])


def rates(healthy: Floats, diseased: Floats) -> tuple[Floats, Floats]:
    """Return the false and true positive rates at +inf and at each threshold.

    Examples
    --------
    >>> rates(np.array([0.0, 2.0]), np.array([1.0, 0.0]))
    (array([0., 0., 1.]), array([0., 1., 1.]))
    """
    fpr = np.concatenate([[0.0], np.cumsum(healthy) / healthy.sum()])
    tpr = np.concatenate([[0.0], np.cumsum(diseased) / diseased.sum()])
    return fpr, tpr


def area(fpr: Floats, tpr: Floats, *, low: float, high: float) -> float:
    """Return the area under a curve of straight pieces between two false positive rates.

    Examples
    --------
    >>> area(np.array([0.0, 1.0]), np.array([0.0, 1.0]), low=0.0, high=0.5)
    0.125
    """
    width = np.diff(fpr)
    steep = width > 0.0
    left, bottom = fpr[:-1][steep], tpr[:-1][steep]
    slope = np.diff(tpr)[steep] / width[steep]
    start, end = np.clip(left, low, high), np.clip(fpr[1:][steep], low, high)
    middle = bottom + slope * ((start + end) / 2.0 - left)
    return float(((end - start) * middle).sum())


def partial_area(counts: Counts, *, low: float, high: float, correction: str) -> float:
    """Return the corrected area between two false positive rates.

    Examples
    --------
    >>> perfect = Counts(np.array([2.0, 1.0]), np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    >>> partial_area(perfect, low=0.0, high=0.1, correction="mcclish")
    1.0
    """
    raw = area(*rates(counts.healthy, counts.diseased), low=low, high=high)
    chance, width = (high**2 - low**2) / 2.0, high - low
    if correction == "mcclish":
        return 0.5 * (1.0 + (raw - chance) / (width - chance))
    return raw / width if correction == "normalized" else raw


def false_positive_range(specificity: tuple[float, float]) -> tuple[float, float]:
    """Return the false positive rates of a range of specificity, low first.

    Raises
    ------
    InvalidArgumentError
        If the range has no width or leaves [0, 1].

    Examples
    --------
    >>> false_positive_range((0.5, 1.0))
    (0.0, 0.5)
    """
    low, high = 1.0 - max(specificity), 1.0 - min(specificity)
    if not 0.0 <= low < high <= 1.0:
        raise InvalidArgumentError(f"specificity {specificity}: give two shares of 0 to 1")
    return low, high


def without_one(counts: Counts, of_counts: Callable[[Counts], float]) -> tuple[Floats, Floats]:
    """Return a figure without one diseased, and without one healthy case, of each score.

    Returns
    -------
    tuple of two ndarray, shape (k,)
        NaN where there is no such case, or no other of its class.

    Examples
    --------
    >>> counts = Counts(np.array([2.0, 1.0]), np.array([2.0, 0.0]), np.array([0.0, 1.0]))
    >>> without_one(counts, lambda left: left.diseased.sum())
    (array([ 1., nan]), array([nan, nan]))
    """
    diseased, healthy = np.full((2, counts.thresholds.size), np.nan)
    less = np.eye(counts.thresholds.size)
    for k in np.flatnonzero(counts.diseased) if counts.diseased.sum() > 1.0 else ():
        diseased[k] = of_counts(replace(counts, diseased=counts.diseased - less[k]))
    for k in np.flatnonzero(counts.healthy) if counts.healthy.sum() > 1.0 else ():
        healthy[k] = of_counts(replace(counts, healthy=counts.healthy - less[k]))
    return diseased, healthy


def _last_within(fpr: Floats, limit: float) -> int:
    """Return the last point whose false positive rate is at most the limit, but for rounding."""
    return int(np.searchsorted(fpr, limit + 1e-12, side="right")) - 1


def _sensitivity_at(fpr: Floats, tpr: Floats, limit: float) -> float:
    last = _last_within(fpr, limit)
    if last == fpr.size - 1:
        return float(tpr[-1])
    share = max(limit - fpr[last], 0.0) / (fpr[last + 1] - fpr[last])
    return float(tpr[last] + share * (tpr[last + 1] - tpr[last]))
