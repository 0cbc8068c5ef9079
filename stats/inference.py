"""From an estimate, its standard error and its degrees of freedom to intervals and p-values."""

import math

import numpy as np
from scipy import special

from stats.errors import InvalidArgumentError

INFINITY = math.inf
ROUNDING = 1e-13


def quantile(probability: float, df: float = INFINITY) -> float:
    """Return the quantile of t, or of the normal distribution when `df` is infinite.

    Examples
    --------
    >>> round(quantile(0.975), 6), round(quantile(0.975, df=4), 6)
    (1.959964, 2.776445)
    """
    if math.isinf(df):
        return float(special.ndtri(probability))
    return float(special.stdtrit(df, probability))


def upper_p(statistic: float, df: float = INFINITY) -> float:
    """Return P(T > statistic), from the tail itself and never as 1 − cdf.

    Examples
    --------
    >>> round(upper_p(1.959964), 4), upper_p(37.0) > 0.0
    (0.025, True)
    """
    if math.isinf(df):
        return float(special.ndtr(-statistic))
    return float(special.stdtr(df, -statistic))


def two_sided_p(statistic: float, df: float = INFINITY) -> float:
    """Return P(|T| > |statistic|).

    Examples
    --------
    >>> round(two_sided_p(-2.776445, df=4), 4)
    0.05
    """
    return min(1.0, 2.0 * upper_p(abs(statistic), df)) if statistic == statistic else math.nan


def interval(
    value: float, se: float, *, df: float = INFINITY, alpha: float = 0.05
) -> tuple[float, float]:
    """Return the two-sided 1 − alpha interval value ± quantile × se.

    Examples
    --------
    >>> low, high = interval(0.9, 0.03)
    >>> round(low, 4), round(high, 4)
    (0.8412, 0.9588)
    """
    half = quantile(1.0 - alpha / 2.0, df) * se
    return value - half, value + half


def root(variance: float) -> float:
    """Return the square root of a variance; NaN, never an error, when it is negative.

    Examples
    --------
    >>> root(4.0), root(-1.0)
    (2.0, nan)
    """
    return math.sqrt(variance) if variance >= 0.0 else math.nan


def settled(value: float, *, scale: float) -> float:
    """Return a difference, or 0 when it is rounding error beside the numbers it is made of.

    Examples
    --------
    >>> settled(0.3 - 0.1 * 3, scale=0.3), settled(0.2, scale=0.3)
    (0.0, 0.2)
    """
    return 0.0 if abs(value) <= ROUNDING * abs(scale) else value


def standardised(value: float, se: float) -> float:
    """Return value / se; NaN when the standard error is 0 or NaN.

    Examples
    --------
    >>> standardised(1.0, 0.5), standardised(1.0, 0.0)
    (2.0, nan)
    """
    return value / se if se > 0.0 else math.nan


def check_margin(margin: float | None) -> float:
    """Return the margin, 0 for None; refuse a negative one.

    Raises
    ------
    InvalidArgumentError
        If the margin is negative or NaN.

    Examples
    --------
    >>> check_margin(None), check_margin(0.05)
    (0.0, 0.05)
    """
    size = 0.0 if margin is None else float(margin)
    if not size >= 0.0:
        raise InvalidArgumentError(f"margin is {margin}: give the margin itself, above 0")
    return size


def margin_p(
    value: float, se: float, *, margin: float, df: float = INFINITY
) -> tuple[float | None, float | None]:
    """Return the p of non-inferiority and of equivalence; None when the margin is 0.

    Non-inferiority tests H0: value ≤ −margin. Equivalence is the larger of the two one-sided p.

    Examples
    --------
    >>> noninferior, equivalent = margin_p(0.01, 0.02, margin=0.05)
    >>> round(noninferior, 4), round(equivalent, 4)
    (0.0013, 0.0228)
    """
    if margin == 0.0:
        return None, None
    above = upper_p(standardised(value + margin, se), df)
    below = upper_p(standardised(margin - value, se), df)
    return above, float(np.maximum(above, below))
