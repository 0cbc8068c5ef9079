"""Weighted AUCs of many resamples at once, and bootstrap intervals from them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

from stats.frames import Booleans, Floats, Integers

Counts: TypeAlias = NDArray[np.float32]
"""How often each resample holds each unit, shape (resamples, units); exact below 2²⁴."""

CHUNK_BYTES = 64_000_000


@dataclass(frozen=True)
class SortedCurve:
    """One curve, its healthy cases sorted and the place of each diseased case among them."""

    diseased: Integers
    healthy: Integers
    below: Integers
    not_above: Integers

    @staticmethod
    def of(scores: Floats, truth: Booleans) -> "SortedCurve":
        """Return the curve of the cases that were read, positions among all cases."""
        read = ~np.isnan(scores)
        diseased, healthy = np.flatnonzero(read & truth), np.flatnonzero(read & ~truth)
        order = healthy[np.argsort(scores[healthy], kind="stable")]
        ordered = scores[order]
        return SortedCurve(
            diseased=diseased,
            healthy=order,
            below=np.searchsorted(ordered, scores[diseased], side="left"),
            not_above=np.searchsorted(ordered, scores[diseased], side="right"),
        )

    def auc(self, weights: Counts) -> Floats:
        """Return the AUC of each resample.

        Parameters
        ----------
        weights : ndarray, shape (resamples, cases)
            How often each resample holds each case.

        Returns
        -------
        ndarray, shape (resamples,)
            NaN for a resample without a case of a class.
        """
        positive = weights[:, self.diseased]
        counted = np.zeros((weights.shape[0], self.healthy.size + 1), dtype=weights.dtype)
        np.cumsum(weights[:, self.healthy], axis=1, out=counted[:, 1:])
        above = counted[:, self.below]
        above += counted[:, self.not_above]
        wins = np.einsum("bi,bi->b", positive, above, dtype=np.float64)
        pairs = 2.0 * positive.sum(axis=1, dtype=np.float64) * counted[:, -1]
        found: Floats = np.full(wins.shape, np.nan)
        np.divide(wins, pairs, out=found, where=pairs > 0.0)
        return found


def resampled_counts(
    strata: tuple[Integers, ...], *, size: int, draw: np.random.Generator, resamples: int
) -> Counts:
    """Return how often each unit is drawn, with replacement within each stratum.

    Parameters
    ----------
    strata : tuple of ndarray of int
        Positions of the units of each stratum.
    size : int
        Number of units.
    draw : numpy.random.Generator
    resamples : int

    Returns
    -------
    ndarray of float32, shape (resamples, size)

    Examples
    --------
    >>> draw = np.random.Generator(np.random.Philox(1))
    >>> strata = (np.array([0, 1]), np.array([2]))
    >>> resampled_counts(strata, size=3, draw=draw, resamples=2)[:, 2]
    array([1., 1.], dtype=float32)
    """
    counts = np.zeros((resamples, size), dtype=np.float32)
    for stratum in strata:
        n = stratum.size
        picks = draw.integers(0, n, size=(resamples, n))
        picks += np.arange(resamples)[:, None] * n
        found = np.bincount(picks.ravel(), minlength=resamples * n)
        counts[:, stratum] = found.reshape(resamples, n)
    return counts


def chunks(resamples: int, *, units: int) -> Iterator[int]:
    """Yield sizes that add up to the resamples and keep each chunk near 64 MB.

    Examples
    --------
    >>> list(chunks(10, units=4_000_000))
    [4, 4, 2]
    """
    step = max(1, CHUNK_BYTES // (4 * units))
    for start in range(0, resamples, step):
        yield min(step, resamples - start)


def percentile_interval(values: Floats, *, alpha: float) -> tuple[float, float]:
    """Return the percentile interval.

    Examples
    --------
    >>> percentile_interval(np.arange(101.0), alpha=0.1)
    (5.0, 95.0)
    """
    low, high = np.quantile(values, [alpha / 2.0, 1.0 - alpha / 2.0])
    return float(low), float(high)


def bca_interval(
    values: Floats, estimate: float, influence: Floats, *, alpha: float
) -> tuple[float, float] | None:
    """Return the bias-corrected and accelerated interval, or None where it does not exist.

    Parameters
    ----------
    values : ndarray, shape (resamples,)
    estimate : float
    influence : ndarray
        Influence of each independent unit on the estimate, for the acceleration.
    alpha : float

    Returns
    -------
    tuple of float, or None
        None when the estimate lies outside all resamples or the correction runs away.

    References
    ----------
    Efron 1987, JASA 82:171.

    Examples
    --------
    >>> low, high = bca_interval(np.arange(101.0), 50.0, np.array([-1.0, 1.0]), alpha=0.1)
    >>> round(low, 6), round(high, 6)
    (5.0, 95.0)
    """
    share = float((values < estimate).mean() + (values == estimate).mean() / 2.0)
    spread = float((influence**2).sum())
    if not 0.0 < share < 1.0 or spread == 0.0:
        return None
    bias = float(special.ndtri(share))
    acceleration = float((influence**3).sum()) / (6.0 * spread**1.5)
    points = bias + special.ndtri(np.array([alpha / 2.0, 1.0 - alpha / 2.0]))
    denominators = 1.0 - acceleration * points
    if not (denominators > 0.0).all():
        return None
    low, high = np.quantile(values, special.ndtr(bias + points / denominators))
    return float(low), float(high)
