"""Krippendorff's alpha, with his difference functions or with agreement weights."""

from stats.agreement_estimates import estimate_agreement
from stats.agreement_weights import Weights, metric_weights
from stats.errors import InvalidArgumentError
from stats.estimates import Estimate
from stats.ratings import MISSING, Categories, RatingsLike, read_ratings


def krippendorff_alpha(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    metric: str | None = None,
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return Krippendorff's alpha, with his own difference functions or with agreement weights.

    Units with fewer than two ratings do not count. 'quadratic' weights are the interval metric;
    'ordinal' weights (Gwet's) are not the ordinal metric (Krippendorff's, by ranks).

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers, booleans or text; missing is NaN, None or blank.
    weights : str or array_like, shape (q, q)
        'unweighted', 'linear', 'quadratic', 'ordinal', 'radical', 'ratio', or agreement weights.
    metric : str, optional
        'nominal', 'ordinal', 'interval' or 'ratio', instead of weights.
    categories : sequence, optional
        The whole scale; by default those that occur, sorted.
    alpha : float
        Two-sided level of the interval (not the coefficient).

    Returns
    -------
    Estimate
        Alpha; p of alpha = 0; t interval with n − 1 df, cut at ±1, n the units with two ratings.
        NaN with a warning when only one category occurs.

    Raises
    ------
    DesignError
        If there are fewer than two raters, or no unit has two ratings.
    InvalidArgumentError
        If both weights and a metric are given, or one that does not exist.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability. Gwet (2014), chapters 2 and 6
    (the variance).

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(krippendorff_alpha(ratings, metric="ordinal").value, 4)
    0.8357
    """
    if metric is not None and not (isinstance(weights, str) and weights == "unweighted"):
        raise InvalidArgumentError("give weights or a metric, not both")
    found = read_ratings(ratings, categories)
    name = "krippendorff_alpha"
    if metric is None:
        return estimate_agreement(found, weights, name=name, alpha=alpha)
    paired = (found.codes != MISSING).sum(axis=1) >= 2
    marginals = found.of_units(paired).counts_by_rater.sum(axis=0)
    table = metric_weights(metric, found.positions, marginals)
    return estimate_agreement(found, table, name=name, alpha=alpha, scale=f"{metric} metric")
