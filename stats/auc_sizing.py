"""How many cases one AUC needs, and the power of a given number, against chance."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from stats.errors import InvalidArgumentError
from stats.frames import check_alpha
from stats.inference import quantile
from stats.results import Provenance, Result, data_hash

PAPER = "Obuchowski, Lieber & Wians 2004, Clinical Chemistry 50:1118"
ROOT_TWO = 1.414  # as printed in the paper: √2 itself changes the fifth digit of the power


@dataclass(frozen=True)
class AucSize(Result):
    """Numbers of cases for one AUC; real numbers, which the caller rounds up.

    Parameters
    ----------
    n_diseased, n_healthy : float
    power : float
    """

    n_diseased: float
    n_healthy: float
    power: float
    method: str = "one AUC against 0.5, binormal variance function, two-sided alpha"
    warnings: tuple[str, ...] = ()


def auc_power(auc: float, *, n_diseased: float, n_healthy: float, alpha: float = 0.05) -> float:
    """Return the power to show that an AUC differs from 0.5.

    Parameters
    ----------
    auc : float
        The true AUC, in (0.5, 1).
    n_diseased, n_healthy : float
        Numbers of cases.
    alpha : float
        Two-sided level.

    Returns
    -------
    float

    Raises
    ------
    InvalidArgumentError
        If the AUC is not in (0.5, 1) or a number is not above 0.

    References
    ----------
    Obuchowski, Lieber & Wians 2004, Clinical Chemistry 50:1118.

    Examples
    --------
    >>> round(auc_power(0.75, n_diseased=25, n_healthy=25), 4)
    0.8997
    """
    check_alpha(alpha)
    _check_auc(auc)
    if not (n_diseased > 0 and n_healthy > 0):
        raise InvalidArgumentError("numbers of cases must be above 0")
    ratio = n_healthy / n_diseased
    reach = np.sqrt(n_diseased) * (auc - 0.5)
    null, true = _variance(0.5, ratio), _variance(auc, ratio)
    return float(special.ndtr((reach - quantile(1.0 - alpha / 2.0) * np.sqrt(null)) / true**0.5))


def auc_sample_size(
    auc: float, *, power: float = 0.8, ratio: float = 1.0, alpha: float = 0.05
) -> AucSize:
    """Return the numbers of cases that show that an AUC differs from 0.5.

    Parameters
    ----------
    auc : float
        The true AUC, in (0.5, 1).
    power : float
        Wanted power, in (0, 1).
    ratio : float
        Healthy per diseased case.
    alpha : float
        Two-sided level.

    Returns
    -------
    AucSize
        Real numbers; round them up.

    Raises
    ------
    InvalidArgumentError
        If a number is outside its range.

    References
    ----------
    Obuchowski, Lieber & Wians 2004, Clinical Chemistry 50:1118.

    Examples
    --------
    >>> round(auc_sample_size(0.75, power=0.9).n_diseased, 4)
    25.0234
    """
    check_alpha(alpha)
    _check_auc(auc)
    if not (0.0 < power < 1.0 and ratio > 0.0):
        raise InvalidArgumentError("power must be between 0 and 1 and the ratio above 0")
    null, true = _variance(0.5, ratio), _variance(auc, ratio)
    sides = quantile(1.0 - alpha / 2.0) * null**0.5 + quantile(power) * true**0.5
    n_diseased = (sides / (auc - 0.5)) ** 2
    source = Provenance(PAPER, data_hash([auc, power, ratio, alpha]))
    return AucSize(n_diseased, ratio * n_diseased, power, provenance=source)


def _variance(auc: float, ratio: float) -> float:
    a = ROOT_TWO * quantile(auc)
    return float(0.0099 * np.exp(-(a**2) / 2.0) * (5.0 * a**2 + 8.0 + (a**2 + 8.0) / ratio))


def _check_auc(auc: float) -> None:
    if not 0.5 < auc < 1.0:
        raise InvalidArgumentError(f"auc is {auc}: give the true AUC, between 0.5 and 1")
