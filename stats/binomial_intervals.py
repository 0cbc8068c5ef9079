"""Intervals of one binomial proportion: Wilson, Clopper–Pearson, Jeffreys and mid-p."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from scipy import optimize, special

from stats.inference import quantile

Interval = tuple[float, float]


def is_count(value: float) -> bool:
    """Return whether a number is a count: 0, 1, 2 and so on.

    Examples
    --------
    >>> is_count(3.0), is_count(-1), is_count(0.5), is_count(float("nan"))
    (True, False, False, False)
    """
    is_number = isinstance(value, int | float | np.number)
    return is_number and math.isfinite(value) and value >= 0 and value % 1 == 0


def wilson(x: float, n: float, *, alpha: float) -> Interval:
    """Return Wilson's score interval; x and n may be effective, hence real.

    Examples
    --------
    >>> [round(end, 4) for end in wilson(7, 25, alpha=0.05)]
    [0.1428, 0.4758]
    """
    return wilson_at(x, n, z=quantile(1 - alpha / 2))


def wilson_at(x: float, n: float, *, z: float) -> Interval:
    """Return Wilson's interval for a normal deviate instead of a level.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_at(0, 20, z=1.959964)]
    [0.0, 0.1611]
    """
    centre = x + z**2 / 2
    half = z * math.sqrt(x * (n - x) / n + z**2 / 4)
    low, high = (centre - half) / (n + z**2), (centre + half) / (n + z**2)
    return (0.0 if x == 0 else low), (1.0 if x == n else high)


def wilson_cc(x: float, n: float, *, alpha: float) -> Interval:
    """Return Wilson's interval with continuity correction, as R's prop.test gives it.

    The correction is ½, but no more than |x − n/2|: at x = n/2 there is none. Newcombe's printed
    formula has ½ there too.

    Examples
    --------
    >>> [round(end, 4) for end in wilson_cc(7, 25, alpha=0.05)]
    [0.1287, 0.496]
    """
    correction = min(0.5, abs(x - n / 2))
    below, above = max(x - correction, 0.0), min(x + correction, n)
    return wilson(below, n, alpha=alpha)[0], wilson(above, n, alpha=alpha)[1]


def clopper_pearson(x: float, n: float, *, alpha: float) -> Interval:
    """Return the exact interval.

    Examples
    --------
    >>> [round(end, 4) for end in clopper_pearson(0, 20, alpha=0.05)]
    [0.0, 0.1684]
    """
    low = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, alpha / 2))
    high = 1.0 if x == n else float(special.betainccinv(x + 1, n - x, alpha / 2))
    return low, high


def jeffreys(x: float, n: float, *, alpha: float) -> Interval:
    """Return the equal-tailed interval of the prior Beta(½, ½), 0 or 1 where x is 0 or n.

    Examples
    --------
    >>> [round(end, 4) for end in jeffreys(7, 25, alpha=0.05)]
    [0.1349, 0.4728]
    """
    low = 0.0 if x == 0 else float(special.betaincinv(x + 0.5, n - x + 0.5, alpha / 2))
    high = 1.0 if x == n else float(special.betainccinv(x + 0.5, n - x + 0.5, alpha / 2))
    return low, high


def mid_p(x: float, n: float, *, alpha: float) -> Interval:
    """Return the interval that inverts the binomial mid-p test.

    Examples
    --------
    >>> [round(end, 4) for end in mid_p(7, 25, alpha=0.05)]
    [0.1315, 0.477]
    """

    def above(p: float) -> float:  # P(X > x) + ½ P(X = x), growing in p
        return float(special.bdtrc(x, n, p) + special.bdtrc(x - 1, n, p)) / 2

    low = 0.0 if x == 0 else _solve(above, alpha / 2)
    high = 1.0 if x == n else _solve(above, 1 - alpha / 2)
    return low, high


def _solve(growing: Callable[[float], float], target: float) -> float:
    return float(optimize.brentq(lambda p: growing(p) - target, 0.0, 1.0, xtol=1e-14))


INTERVALS: Mapping[str, Callable[..., Interval]] = {
    "wilson": wilson,
    "wilson_cc": wilson_cc,
    "clopper_pearson": clopper_pearson,
    "jeffreys": jeffreys,
}
