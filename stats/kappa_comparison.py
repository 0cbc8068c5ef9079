"""The paired comparison of two coefficients of agreement on the same units."""

import math
from dataclasses import replace

from stats.agreement_estimates import PAPERS, estimate_agreement, ratings_hash
from stats.agreement_weights import Weights, agreement_weights
from stats.chance_agreement import chance_corrected
from stats.errors import DesignError, LengthError
from stats.estimates import Comparison
from stats.frames import check_alpha, check_option
from stats.inference import interval, standardised, two_sided_p
from stats.ratings import Ratings, RatingsLike, read_ratings
from stats.results import Provenance, data_hash


def compare_kappas(
    ratings_a: RatingsLike,
    ratings_b: RatingsLike,
    *,
    coefficient: str = "gwet_ac",
    weights: Weights = "unweighted",
    alpha: float = 0.05,
) -> Comparison:
    """Compare two coefficients of agreement on the same units, by the paired t test of Gwet.

    Parameters
    ----------
    ratings_a, ratings_b : array_like or frame, shape (units, raters)
        The same units in the same order, by two panels or by one panel twice; the numbers of
        raters may differ. Both are put on one scale: the categories that occur in either.
    coefficient : str
        The name of the function of `stats.agreement` that makes the two estimates.
    weights : str or array_like, shape (q, q)
        As there.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Comparison
        The difference a − b, with the variance of the units' paired linear contributions; t with
        n − 1 df, n the units that either coefficient uses.

    Raises
    ------
    LengthError
        If the numbers of units differ.
    DesignError
        If the ratings come from tables of counts, which do not say which unit is which, or only
        one unit is in use.
    InvalidArgumentError
        If there is no such coefficient, weights or level.

    References
    ----------
    Gwet (2016), Educational and Psychological Measurement 76:609.

    Examples
    --------
    >>> before = [[1, 2], [2, 2], [3, 1], [1, 1], [3, 3], [2, 3]]
    >>> after = [[1, 1], [2, 2], [3, 3], [1, 1], [3, 3], [2, 3]]
    >>> result = compare_kappas(before, after)
    >>> round(result.value, 4), round(result.se, 4)
    (-0.5026, 0.3188)
    """
    check_alpha(alpha)
    check_option(coefficient, tuple(PAPERS), name="coefficient")
    a, b, warnings = _on_one_scale(
        read_ratings(ratings_a), read_ratings(ratings_b), ratings_a, ratings_b
    )
    estimate_a, estimate_b = (
        estimate_agreement(side, weights, name=coefficient, alpha=alpha) for side in (a, b)
    )
    table = agreement_weights(weights, a.positions)
    part_a, part_b = (chance_corrected(side, table, name=coefficient) for side in (a, b))
    used = part_a.used | part_b.used
    n = int(used.sum())
    if n < 2:
        raise DesignError("only one unit is in use: a paired test needs at least two")
    shrink = n / len(used)
    moves_a, moves_b = part_a.deviations[used] * shrink, part_b.deviations[used] * shrink
    se = math.sqrt(((moves_a - moves_b) ** 2).sum() / (n * (n - 1)))
    value = estimate_a.value - estimate_b.value
    low, high = interval(value, se, df=n - 1, alpha=alpha)
    statistic = standardised(value, se)
    return Comparison(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"{estimate_a.method.rsplit(',', 2)[0]}, paired t with {n - 1} df",
        n=n,
        alpha=alpha,
        df=float(n - 1),
        p_value=two_sided_p(statistic, n - 1),
        warnings=tuple(dict.fromkeys(warnings + estimate_a.warnings + estimate_b.warnings)),
        estimate_a=estimate_a,
        estimate_b=estimate_b,
        covariance=float((moves_a * moves_b).sum() / (n * (n - 1))),
        statistic=statistic,
        distribution="t",
        provenance=Provenance(
            paper="Gwet (2016), Educ Psychol Meas 76:609",
            data_hash=data_hash([ratings_hash(a), ratings_hash(b)]),
        ),
    )


def _on_one_scale(
    a: Ratings, b: Ratings, ratings_a: RatingsLike, ratings_b: RatingsLike
) -> tuple[Ratings, Ratings, tuple[str, ...]]:
    """Return both sides read on the joint scale, refusing what cannot be paired."""
    if a.from_table or b.from_table:
        raise DesignError("tables of counts do not say which unit is which: give the ratings")
    if len(a.codes) != len(b.codes):
        raise LengthError(f"a has {len(a.codes)} units and b {len(b.codes)}: give the same units")
    if a.categories == b.categories:
        return a, b, ()
    longer = max((a.categories, b.categories), key=len)
    every = {*a.categories, *b.categories}
    scale = longer if set(longer) == every else tuple(sorted(every, key=_text_last))
    assumed = a.order_is_assumed or b.order_is_assumed
    first, second = (
        replace(read_ratings(ratings, scale), order_is_assumed=assumed)
        for ratings in (ratings_a, ratings_b)
    )
    return first, second, ("The two sides use different categories: both are on the joint scale.",)


def _text_last(category: object) -> tuple[bool, object]:
    return isinstance(category, str), category
