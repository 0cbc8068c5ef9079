"""Lin's concordance correlation: how far two measurements are from the line of identity."""

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from stats.estimates import Estimate
from stats.frames import check_alpha, check_option
from stats.inference import quantile
from stats.rating_matrices import measurement_pairs
from stats.results import Provenance


@dataclass(frozen=True)
class Ccc(Estimate):
    """A concordance correlation and its parts: `value` = pearson · bias_correction.

    Parameters
    ----------
    pearson : float
        Pearson's correlation: precision.
    bias_correction : float
        C_b: accuracy, 1 when neither mean nor spread is shifted.
    location_shift : float
        (mean b − mean a) / √(SD a · SD b).
    scale_shift : float
        SD b / SD a.
    """

    pearson: float = math.nan
    bias_correction: float = math.nan
    location_shift: float = math.nan
    scale_shift: float = math.nan


def ccc(a: ArrayLike, b: ArrayLike, *, ci: str = "z", alpha: float = 0.05) -> Ccc:
    """Return Lin's concordance correlation coefficient.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        Two measurements of the same units; pairs with a missing value are left out, with a warning.
    ci : str
        'z' (Fisher's transformation) or 'asymptotic'.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Ccc
        `se` is the asymptotic standard error of the coefficient itself. NaN with a warning when a
        or b does not vary; no interval when the correlation is ±1 or 0.

    Raises
    ------
    DegenerateError
        If there are fewer than three complete pairs.
    LengthError, InvalidArgumentError
        If the vectors differ in length, hold a value that is no finite number, or there is no such
        interval or level.

    References
    ----------
    Lin (1989), Biometrics 45:255, with the variance as corrected in Lin (2000), Biometrics 56:324.

    Examples
    --------
    >>> result = ccc([494, 395, 516, 434, 476], [512, 430, 520, 428, 500])
    >>> round(result.value, 4), round(result.bias_correction, 4)
    (0.8838, 0.9378)
    """
    check_alpha(alpha)
    check_option(ci, ("z", "asymptotic"), name="ci")
    pairs = measurement_pairs(a, b, at_least=3)
    n = len(pairs.values)
    shift = float(pairs.values[:, 1].mean() - pairs.values[:, 0].mean())
    centred = pairs.values - pairs.values.mean(axis=0)
    var_a, var_b = (float(v) for v in (centred**2).mean(axis=0))
    covariance = float((centred[:, 0] * centred[:, 1]).mean())
    warnings = pairs.left_out
    geometric = math.sqrt(var_a * var_b)
    if geometric == 0:
        value = r = location = scale = math.nan
        warnings += ("One of the measurements does not vary: the coefficient is undefined.",)
    else:
        value = 2 * covariance / (var_a + var_b + shift**2)
        r = min(max(covariance / geometric, -1.0), 1.0)
        location, scale = shift / math.sqrt(geometric), math.sqrt(var_b / var_a)
    se = _standard_error(value, r, location, n)
    if math.isnan(se) and not math.isnan(value):
        warnings += ("The correlation is 0 or ±1: the coefficient has no standard error.",)
    low, high = _interval(value, se, z=quantile(1 - alpha / 2), transformed=ci == "z")
    return Ccc(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"Lin's concordance correlation, {ci} interval",
        n=n,
        alpha=alpha,
        warnings=warnings,
        pearson=r,
        bias_correction=value / r if r else math.nan,
        location_shift=location,
        scale_shift=scale,
        provenance=Provenance(
            paper="Lin (1989), Biometrics 45:255; Lin (2000), Biometrics 56:324",
            data_hash=pairs.hash,
            exclusions=pairs.left_out,
        ),
    )


def _standard_error(value: float, r: float, location: float, n: int) -> float:
    """Return the asymptotic standard error; NaN where its formula has none."""
    if not 0 < abs(r) < 1:
        return math.nan
    variance = (
        (1 - r**2) * value**2 * (1 - value**2) / r**2
        + 2 * value**3 * (1 - value) * location**2 / r
        - value**4 * location**4 / (2 * r**2)
    ) / (n - 2)
    return math.sqrt(variance) if variance > 0 else math.nan


def _interval(value: float, se: float, *, z: float, transformed: bool) -> tuple[float, float]:
    if not transformed:
        return value - z * se, value + z * se
    if math.isnan(se):
        return math.nan, math.nan
    centre, half = math.atanh(value), z * se / (1 - value**2)
    return math.tanh(centre - half), math.tanh(centre + half)
