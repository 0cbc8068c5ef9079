"""Agreement weights of the kappa family, and Krippendorff's difference functions as weights."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from stats.errors import InvalidArgumentError
from stats.frames import Floats, check_option

MOST_CATEGORIES = 2_000  # every pair of categories has a weight
Weights: TypeAlias = "str | NDArray[np.generic] | list[list[float]]"


def agreement_weights(weights: Weights, positions: Floats) -> Floats:
    """Return the weight of every pair of categories: 1 is full agreement.

    Parameters
    ----------
    weights : str or array_like, shape (q, q)
        'unweighted', 'linear', 'quadratic', 'ordinal', 'radical', 'ratio', or the weights
        themselves: symmetric, 1 on the diagonal.
    positions : ndarray of float64, shape (q,)
        Where each category lies on the scale.

    Returns
    -------
    ndarray of float64, shape (q, q)

    Raises
    ------
    InvalidArgumentError
        If there are no such weights, or the array is of another shape, not symmetric, not finite,
        or not 1 on its diagonal.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapter 3.

    Examples
    --------
    >>> agreement_weights("linear", np.array([1.0, 2.0, 3.0]))
    array([[1. , 0.5, 0. ],
           [0.5, 1. , 0.5],
           [0. , 0.5, 1. ]])
    """
    _check_size(positions)
    if isinstance(weights, str):
        check_option(weights, tuple(DISTANCES), name="weights")
        return _as_agreement(DISTANCES[weights](positions))
    try:
        given = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError("a weight is no number, or the rows differ in length") from error
    if given.shape != (len(positions), len(positions)):
        raise InvalidArgumentError(
            f"the weights are {given.shape}, the categories are {len(positions)}: "
            "give one row and one column for each category"
        )
    if (
        not np.isfinite(given).all()
        or not np.allclose(given, given.T)
        or (np.diag(given) != 1).any()
    ):
        raise InvalidArgumentError(
            "agreement weights are finite, symmetric and 1 on the diagonal "
            "(1 is full agreement: these are not disagreement weights)"
        )
    return given


def metric_weights(metric: str, positions: Floats, marginals: Floats) -> Floats:
    """Return Krippendorff's difference function as agreement weights.

    Alpha does not change when all differences are multiplied by a constant, so 1 − δ²/max δ² as
    weights gives the alpha of δ².

    Parameters
    ----------
    metric : str
        'nominal', 'ordinal', 'interval' or 'ratio'.
    positions : ndarray of float64, shape (q,)
        Where each category lies on the scale.
    marginals : ndarray of float64, shape (q,)
        How often each category was used; the ordinal metric counts the ranks between two.

    Returns
    -------
    ndarray of float64, shape (q, q)

    Raises
    ------
    InvalidArgumentError
        If there is no such metric, or a ratio of a negative value or of two zeros is needed.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability. Krippendorff (2004), Content
    Analysis, 2nd ed., chapter 11.

    Examples
    --------
    >>> metric_weights("nominal", np.array([1.0, 2.0]), np.array([3.0, 1.0]))
    array([[1., 0.],
           [0., 1.]])
    """
    check_option(metric, ("nominal", "ordinal", "interval", "ratio"), name="metric")
    _check_size(positions)
    if metric == "ordinal":
        return _as_agreement(_ranks_between(marginals) ** 2)
    return _as_agreement(METRIC_DISTANCES[metric](positions))


def _check_size(positions: Floats) -> None:
    if len(positions) > MOST_CATEGORIES:
        raise InvalidArgumentError(
            f"{len(positions)} different ratings are measurements, not categories: "
            "use an intraclass correlation of stats.reliability"
        )


def _as_agreement(distances: Floats) -> Floats:
    largest = distances.max()
    return 1.0 - distances / (largest if largest > 0 else 1.0)


def _unequal(positions: Floats) -> Floats:
    return 1.0 - np.eye(len(positions))


def _gaps(positions: Floats) -> Floats:
    gaps: Floats = np.abs(positions[:, None] - positions)
    return gaps


def _squared_gaps(positions: Floats) -> Floats:
    return _gaps(positions) ** 2


def _rooted_gaps(positions: Floats) -> Floats:
    return np.sqrt(_gaps(positions))


def _ordered_pairs(positions: Floats) -> Floats:
    """Return the pairs of categories within the span of two: C(|k − l| + 1, 2)."""
    span = _gaps(np.arange(len(positions), dtype=np.float64))
    return span * (span + 1) / 2


def _squared_ratios(positions: Floats) -> Floats:
    if (positions < 0).any():
        raise InvalidArgumentError("ratio weights need a scale without negative values")
    sums = positions[:, None] + positions
    return (_gaps(positions) / np.where(sums > 0, sums, 1.0)) ** 2


def _ranks_between(marginals: Floats) -> Floats:
    """Return the number of ratings from the middle of one category to the middle of the other."""
    middles = np.cumsum(marginals) - marginals / 2
    return _gaps(middles)


DISTANCES: Mapping[str, Callable[[Floats], Floats]] = {
    "unweighted": _unequal,
    "linear": _gaps,
    "quadratic": _squared_gaps,
    "ordinal": _ordered_pairs,
    "radical": _rooted_gaps,
    "ratio": _squared_ratios,
}

METRIC_DISTANCES: Mapping[str, Callable[[Floats], Floats]] = {
    "nominal": _unequal,
    "interval": _squared_gaps,
    "ratio": _squared_ratios,
}
