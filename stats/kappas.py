"""The kappa family: agreement of raters on categories, corrected for chance."""

import math
from dataclasses import dataclass, fields

from stats.agreement_estimates import estimate_agreement
from stats.agreement_weights import Weights
from stats.estimates import Estimate
from stats.inference import standardised, two_sided_p
from stats.ratings import MISSING, Categories, Ratings, RatingsLike, read_ratings


@dataclass(frozen=True)
class FleissKappa(Estimate):
    """Fleiss' kappa, with the test that holds when there is no agreement beyond chance.

    Parameters
    ----------
    se_null : float
        Standard error if kappa is 0, for the test alone; NaN with weights or missing ratings.
    p_null : float
        Two-sided p of kappa = 0 by it, normal. `p_value` is by `se`, as irrCAC's.
    """

    se_null: float = math.nan
    p_null: float = math.nan


def percent_agreement(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return the share of pairs of raters that agree, weighted, not corrected for chance.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers, booleans or text; missing is NaN, None or blank.
    weights : str or array_like, shape (q, q)
        'unweighted', 'linear', 'quadratic', 'ordinal', 'radical', 'ratio', or agreement weights.
    categories : sequence, optional
        The whole scale, with categories that nobody used; by default those that occur, sorted.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Estimate
        Percent agreement; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError
        If there are fewer than two raters, or no unit has two ratings.
    UnknownLevelError
        If a rating is not one of `categories`.
    InvalidArgumentError
        If there are no such weights or no such level.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 2 and 5.

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(percent_agreement(ratings).value, 4)
    0.7222
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="percent_agreement", alpha=alpha)


def gwet_ac(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return Gwet's AC1, or AC2 with weights.

    Chance agreement is Σw/(q(q − 1)) · Σπ(1 − π): it does not collapse when one category prevails.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    Estimate
        AC; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError, UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Gwet (2008), British Journal of Mathematical and Statistical Psychology 61:29.
    Gwet (2014), chapters 4 and 5.

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(gwet_ac(ratings).value, 4)
    0.5951
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="gwet_ac", alpha=alpha)


def fleiss_kappa(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> FleissKappa:
    """Return Fleiss' generalised kappa.

    Chance agreement is π'Wπ: all raters draw from one common distribution.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    FleissKappa
        Kappa; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError, UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Fleiss (1971), Psychological Bulletin 76:378. Gwet (2014), chapter 5 (the general variance, for
    the interval and `p_value`). Fleiss, Nee & Landis (1979), Psychological Bulletin 86:974 (the
    variance if kappa is 0, for `p_null`).

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(fleiss_kappa(ratings).value, 4)
    0.5577
    """
    found = read_ratings(ratings, categories)
    general = estimate_agreement(found, weights, name="fleiss_kappa", alpha=alpha)
    is_plain = isinstance(weights, str) and weights == "unweighted"
    se_null = _standard_error_without_agreement(found) if is_plain else math.nan
    return FleissKappa(
        **{field.name: getattr(general, field.name) for field in fields(general)},
        se_null=se_null,
        p_null=two_sided_p(standardised(general.value, se_null)),
    )


def conger_kappa(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return Conger's kappa, the generalisation of Cohen's to more raters.

    Chance agreement is the mean over the pairs of raters, each with its own distribution.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    Estimate
        Kappa; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError, UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Conger (1980), Psychological Bulletin 88:322. Gwet (2014), chapter 5.

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(conger_kappa(ratings).value, 4)
    0.5614
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="conger_kappa", alpha=alpha)


def brennan_prediger(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return the coefficient of Brennan and Prediger.

    Chance agreement is the mean weight: every category is as likely.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    Estimate
        Coefficient; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError, UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Brennan & Prediger (1981), Educational and Psychological Measurement 41:687.

    Examples
    --------
    >>> ratings = [[1, 1, 2], [2, 2, 2], [3, 3, 3], [1, 2, None], [3, 3, 3], [2, 2, 2]]
    >>> round(brennan_prediger(ratings).value, 4)
    0.5833
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="brennan_prediger", alpha=alpha)


def scott_pi(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return Scott's pi; for more than two raters it is Fleiss' kappa.

    For two raters the variance has divisor n, as printed for a table; otherwise n − 1.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    Estimate
        Pi; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError, UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Scott (1955), Public Opinion Quarterly 19:321. Gwet (2014), chapters 2 and 5.

    Examples
    --------
    >>> from stats.ratings import ratings_from_table
    >>> table = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    >>> result = scott_pi(ratings_from_table(table))
    >>> round(result.value, 6), round(result.se, 6)
    (0.79624, 0.059055)
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="scott_pi", alpha=alpha)


def cohen_kappa(
    ratings: RatingsLike,
    *,
    weights: Weights = "unweighted",
    categories: Categories | None = None,
    alpha: float = 0.05,
) -> Estimate:
    """Return Cohen's kappa of exactly two raters.

    Units that one of the two did not rate are left out, with a warning; `conger_kappa` keeps
    them. The variance is that of Fleiss, Cohen and Everitt, divisor n.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
    weights : str or array_like, shape (q, q)
    categories : sequence, optional
    alpha : float
        As in `percent_agreement`.

    Returns
    -------
    Estimate
        Kappa; p of the value 0; t interval with n − 1 df, cut at ±1. NaN with a
        warning where chance agreement is 1.

    Raises
    ------
    DesignError
        If there are not exactly two raters, or no unit has both ratings.
    UnknownLevelError, InvalidArgumentError
        As `percent_agreement`.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20:37. Cohen (1968), Psychological
    Bulletin 70:213. Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72:323.

    Examples
    --------
    >>> from stats.ratings import ratings_from_table
    >>> table = [[13, 0, 0], [0, 20, 7], [0, 4, 56]]
    >>> result = cohen_kappa(ratings_from_table(table))
    >>> round(result.value, 6), round(result.se, 6)
    (0.796409, 0.058911)
    """
    found = read_ratings(ratings, categories)
    return estimate_agreement(found, weights, name="cohen_kappa", alpha=alpha)


def _standard_error_without_agreement(ratings: Ratings) -> float:
    """Return the standard error of Fleiss' kappa under the null; NaN when ratings are missing."""
    if (ratings.codes == MISSING).any():
        return math.nan
    n, m = ratings.codes.shape
    p = ratings.counts.mean(axis=0) / m
    spread = float((p * (1 - p)).sum())
    if not spread:
        return math.nan
    excess = spread**2 - float((p * (1 - p) * (1 - 2 * p)).sum())
    return math.sqrt(2 * excess / (n * m * (m - 1))) / spread
