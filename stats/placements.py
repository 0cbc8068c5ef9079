"""Placement values: where each case stands among the cases of the other class.

They carry everything the empirical AUC needs: its value, DeLong's covariance and the jackknife,
each in O(n log n) without a matrix of all pairs (Sun & Xu 2014).
"""

from dataclasses import dataclass

import numpy as np

from stats.frames import Booleans, Floats


@dataclass(frozen=True)
class Placements:
    """Placement values of m score vectors over the same cases.

    Parameters
    ----------
    diseased : ndarray, shape (m, n_diseased)
        Share of the healthy below each diseased case (V10 of DeLong).
    healthy : ndarray, shape (m, n_healthy)
        Share of the diseased above each healthy case (V01 of DeLong).
    """

    diseased: Floats
    healthy: Floats

    @property
    def auc(self) -> Floats:
        """Empirical AUC of each vector, shape (m,), ties counting ½."""
        return np.asarray(self.diseased.mean(axis=1), dtype=np.float64)


def placements(scores: Floats, truth: Booleans) -> Placements:
    """Return the placement values of score vectors.

    Parameters
    ----------
    scores : ndarray, shape (m, n)
        One row per vector; higher = more diseased; no NaN, infinities may be.
    truth : ndarray of bool, shape (n,)
        Diseased = True; both classes present.

    Returns
    -------
    Placements

    Examples
    --------
    >>> found = placements(np.array([[1.0, 2.0, 2.0, 3.0]]), np.array([False, False, True, True]))
    >>> found.auc, found.diseased
    (array([0.875]), array([[0.75, 1.  ]]))
    """
    diseased, healthy = scores[:, truth], scores[:, ~truth]
    among_healthy = np.array([_share_below(*pair) for pair in zip(diseased, healthy, strict=True)])
    below = np.array([_share_below(*pair) for pair in zip(healthy, diseased, strict=True)])
    return Placements(among_healthy, 1.0 - below)


def covariance(found: Placements) -> Floats:
    """Return DeLong's covariance matrix of the AUCs.

    Parameters
    ----------
    found : Placements
        Of m vectors.

    Returns
    -------
    ndarray, shape (m, m)
        NaN when a class holds one case only.

    Examples
    --------
    >>> scores = np.array([[1.0, 2.0, 2.0, 3.0]])
    >>> covariance(placements(scores, np.array([False, False, True, True])))
    array([[0.03125]])
    """
    return _share(found.diseased) + _share(found.healthy)


def _share_below(values: Floats, others: Floats) -> Floats:
    """Return the share of the others below each value, ties counting ½."""
    ordered = np.sort(others)
    below = np.searchsorted(ordered, values, side="left")
    not_above = np.searchsorted(ordered, values, side="right")
    return np.asarray((below + not_above) / (2.0 * others.size))


def _share(values: Floats) -> Floats:
    n = values.shape[1]
    if n < 2:
        return np.full((values.shape[0],) * 2, np.nan)
    centred = values - values.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / ((n - 1) * n), dtype=np.float64)
