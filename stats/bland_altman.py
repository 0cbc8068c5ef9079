"""Two measurements of one thing: limits of agreement, and equivalence of their means."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from stats.errors import InvalidArgumentError
from stats.estimates import Comparison, Estimate
from stats.frames import Floats, check_alpha, check_option
from stats.inference import interval, margin_p, quantile, standardised, two_sided_p
from stats.rating_matrices import RatingMatrix, measurement_pairs
from stats.results import Provenance, Result

INTERVALS = {
    "approximate": "t·SD·√(1/n + z²/(2(n − 1))) intervals",
    "classic": "t·√(3/n)·SD intervals",
    "exact": "exact noncentral t intervals (Carkeet)",
}
LIMIT = 1.96  # as Bland and Altman print it
BLAND_ALTMAN = "Bland & Altman (1999), Stat Methods Med Res 8:135; Carkeet (2015), 92:e71"


@dataclass(frozen=True)
class BlandAltman(Result):
    """Limits of agreement of a − b.

    Parameters
    ----------
    bias : Estimate
        The mean difference, t interval; its p is the paired t test's.
    lower, upper : Estimate
        The 95 % limits of agreement, mean ∓ 1.96 SD, each with its own 1 − alpha interval.
    sd : float
        Standard deviation of the differences.
    n : int
        Complete pairs.
    slope : float
        Of the regression of the difference on the mean of the two; NaN when the means are equal.
    method : str
        What the intervals are.
    alpha : float
        Level of the intervals; the limits are always the 95 % limits.
    warnings : tuple of str
        Sentences.
    """

    bias: Estimate
    lower: Estimate
    upper: Estimate
    sd: float
    n: int
    slope: float
    method: str
    alpha: float = 0.05
    warnings: tuple[str, ...] = ()


def bland_altman(
    a: ArrayLike, b: ArrayLike, *, ci: str = "approximate", alpha: float = 0.05
) -> BlandAltman:
    """Return the bias and the limits of agreement of a − b.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Two measurements of the same units; pairs with a missing value are left out, with a warning.
    ci : str
        Intervals of the limits: 'approximate', 'classic' or 'exact'.
    alpha : float
        Two-sided level of the intervals; the limits are always the 95 % limits, bias ± 1.96 SD.

    Returns
    -------
    BlandAltman
        The exact intervals have no standard error.

    Raises
    ------
    DegenerateError
        If there are fewer than two complete pairs.
    LengthError, InvalidArgumentError
        If the vectors differ in length, hold a value that is no finite number, or there is no such
        interval or level.

    References
    ----------
    Bland & Altman (1986), Lancet 1:307. Bland & Altman (1999), Statistical Methods in Medical
    Research 8:135. Carkeet (2015), Optometry and Vision Science 92:e71 (exact, for each limit).

    Examples
    --------
    >>> result = bland_altman([494, 395, 516, 434, 476], [512, 430, 520, 428, 500])
    >>> round(result.bias.value, 1), round(result.lower.value, 1), round(result.upper.value, 1)
    (-15.0, -46.8, 16.8)
    """
    check_alpha(alpha)
    check_option(ci, tuple(INTERVALS), name="ci")
    pairs = measurement_pairs(a, b, at_least=2)
    differences = pairs.values[:, 0] - pairs.values[:, 1]
    n, mean, sd = len(differences), float(differences.mean()), float(differences.std(ddof=1))
    warnings = pairs.left_out + _constant(differences)
    lower, upper = (
        _limit(mean, sd, n, sign, ci=ci, alpha=alpha, warnings=warnings) for sign in (-1, 1)
    )
    return BlandAltman(
        bias=_mean(differences, alpha=alpha, of="Mean difference", warnings=warnings),
        lower=lower,
        upper=upper,
        sd=sd,
        n=n,
        slope=_slope(pairs.values.mean(axis=1), differences),
        method=f"Bland-Altman 95 % limits (1.96 SD), {INTERVALS[ci]}",
        alpha=alpha,
        warnings=warnings,
        provenance=_provenance(pairs, BLAND_ALTMAN),
    )


def equivalence_paired(
    a: ArrayLike, b: ArrayLike, *, margin: float, alpha: float = 0.05
) -> Comparison:
    """Test whether the means of two measurements differ by less than a margin, by two t tests.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Two measurements of the same units; pairs with a missing value are left out, with a warning.
    margin : float
        In the units of the measurement, > 0.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Comparison
        `statistic` and `p_value` are the paired t test's; `p_noninferiority` is of a − b ≤ −margin,
        `p_equivalence` the larger of the two one-sided p.

    Raises
    ------
    DegenerateError
        If there are fewer than two complete pairs.
    LengthError, InvalidArgumentError
        If the vectors differ in length, hold a value that is no finite number, or the margin is not
        positive.

    References
    ----------
    Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15:657.

    Examples
    --------
    >>> a, b = [494, 395, 516, 434, 476], [512, 430, 520, 428, 500]
    >>> round(equivalence_paired(a, b, margin=40).p_equivalence, 4)
    0.0131
    """
    check_alpha(alpha)
    if not (math.isfinite(margin) and margin > 0):
        raise InvalidArgumentError(f"margin is {margin}: give a positive number")
    pairs = measurement_pairs(a, b, at_least=2)
    n = len(pairs.values)
    differences = pairs.values[:, 0] - pairs.values[:, 1]
    warnings = pairs.left_out + _constant(differences)
    difference = _mean(differences, alpha=alpha, of="Mean difference", warnings=warnings)
    noninferior, equivalent = margin_p(difference.value, difference.se, margin=margin, df=n - 1)
    estimate_a, estimate_b = (_mean(side, alpha=alpha, of="Mean") for side in pairs.values.T)
    return Comparison(
        value=difference.value,
        se=difference.se,
        ci_low=difference.ci_low,
        ci_high=difference.ci_high,
        method=f"Paired difference of means, two one-sided t tests with {n - 1} df",
        n=n,
        alpha=alpha,
        df=float(n - 1),
        p_value=difference.p_value,
        warnings=difference.warnings,
        estimate_a=estimate_a,
        estimate_b=estimate_b,
        covariance=float(np.cov(pairs.values.T)[0, 1]) / n,
        statistic=standardised(difference.value, difference.se),
        distribution="t",
        margin=margin,
        p_noninferiority=noninferior,
        p_equivalence=equivalent,
        provenance=_provenance(pairs, "Schuirmann (1987), J Pharmacokinet Biopharm 15:657"),
    )


def _limit(
    mean: float, sd: float, n: int, sign: int, *, ci: str, alpha: float, warnings: tuple[str, ...]
) -> Estimate:
    """Return one limit of agreement, mean ± 1.96 SD, with its interval."""
    value = mean + sign * LIMIT * sd
    if ci == "exact":
        se = math.nan
        root = math.sqrt(n)
        ends = [
            mean + sign * sd * float(stats.nct.ppf(level, n - 1, LIMIT * root)) / root
            for level in (alpha / 2, 1 - alpha / 2)
        ]
    else:
        z = quantile(0.975)
        se = sd * math.sqrt(3 / n if ci == "classic" else 1 / n + z**2 / (2 * (n - 1)))
        ends = list(interval(value, se, df=n - 1, alpha=alpha))
    return Estimate(
        value=value,
        se=se,
        ci_low=min(ends),
        ci_high=max(ends),
        method=f"95 % limit of agreement, {INTERVALS[ci]}",
        n=n,
        alpha=alpha,
        df=float(n - 1),
        warnings=warnings,
    )


def _constant(differences: Floats) -> tuple[str, ...]:
    return ("All differences are equal: there is no test.",) if np.ptp(differences) == 0 else ()


def _mean(x: Floats, *, alpha: float, of: str, warnings: tuple[str, ...] = ()) -> Estimate:
    n, value = len(x), float(x.mean())
    se = float(x.std(ddof=1)) / math.sqrt(n)
    low, high = interval(value, se, df=n - 1, alpha=alpha)
    return Estimate(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"{of}, t interval with {n - 1} df",
        n=n,
        alpha=alpha,
        df=float(n - 1),
        p_value=two_sided_p(standardised(value, se), n - 1),
        warnings=warnings,
    )


def _slope(means: Floats, differences: Floats) -> float:
    spread = float(((means - means.mean()) ** 2).sum())
    if spread == 0:
        return math.nan
    return float(((means - means.mean()) * differences).sum()) / spread


def _provenance(pairs: RatingMatrix, paper: str) -> Provenance:
    return Provenance(paper=paper, data_hash=pairs.hash, exclusions=pairs.left_out)
