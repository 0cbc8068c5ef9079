"""Within-subject variation of replicates, and what it says of the next pair of measurements."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import Frame, check_alpha, levels, numbers
from stats.inference import quantile
from stats.results import Provenance, data_hash


@dataclass(frozen=True)
class WithinCv(Estimate):
    """A within-subject coefficient of variation, and repeatability.

    Parameters
    ----------
    within_sd : float
        Within-subject standard deviation, in the units of the measurement.
    repeatability_coefficient : float
        1.96·√2 · within_sd: two measurements of one subject differ by less in 95 % (at alpha 0.05).
    relative_repeatability : float
        1.96·√2 · within-subject coefficient of variation.
    """

    within_sd: float = math.nan
    repeatability_coefficient: float = math.nan
    relative_repeatability: float = math.nan


def within_cv(measurements: Frame, *, subject: str, value: str, alpha: float = 0.05) -> WithinCv:
    """Return the within-subject coefficient of variation of replicates, by the root mean square.

    Parameters
    ----------
    measurements : DataFrame or mapping of columns
        One row for each measurement.
    subject, value : str
        Column of the subject, and of the positive measurement. Subjects measured once are left out,
        with a warning.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    WithinCv
        √(Σ df·(SD/mean)² / Σ df) over the subjects, with the chi-square interval, which has no
        standard error; and the repeatability coefficient.

    Raises
    ------
    DegenerateError
        If no subject was measured twice.
    InvalidArgumentError
        If the mean of a subject is not positive: a coefficient of variation needs a ratio scale.
    MissingColumnError, MissingValueError
        If a column or a value is missing.

    References
    ----------
    Obuchowski & Bullen (2018), Statistical Methods in Medical Research 27:3139. Raunig et al.
    (2015), Statistical Methods in Medical Research 24:27.

    Examples
    --------
    >>> data = {"subject": ["a", "a", "b", "b"], "value": [10.0, 11.0, 20.0, 19.0]}
    >>> round(within_cv(data, subject="subject", value="value").value, 4)
    0.0541
    """
    check_alpha(alpha)
    who, x = levels(measurements, subject), numbers(measurements, value)
    sizes = np.bincount(who.codes)
    repeated = sizes >= 2
    if not repeated.any():
        raise DegenerateError("no subject was measured twice: there is no within-subject variation")
    means = np.bincount(who.codes, weights=x) / sizes
    if not (means[repeated] > 0).all():
        raise InvalidArgumentError(
            "the mean of a subject is not positive: use the within-subject SD"
        )
    squares = np.bincount(who.codes, weights=(x - means[who.codes]) ** 2)[repeated]
    df = int((sizes[repeated] - 1).sum())
    cv = math.sqrt(float((squares / means[repeated] ** 2).sum()) / df)
    within_sd = math.sqrt(float(squares.sum()) / df)
    factor = math.sqrt(2) * quantile(1 - alpha / 2)
    once = int((~repeated).sum())
    left_out = (f"Left out: {once} subjects measured once.",) if once else ()
    return WithinCv(
        value=cv,
        se=math.nan,
        ci_low=cv * math.sqrt(df / float(stats.chi2.isf(alpha / 2, df))),
        ci_high=cv * math.sqrt(df / float(stats.chi2.ppf(alpha / 2, df))),
        method=f"Within-subject CV, root mean square, chi-square interval with {df} df",
        n=int(repeated.sum()),
        alpha=alpha,
        df=float(df),
        warnings=left_out,
        within_sd=within_sd,
        repeatability_coefficient=factor * within_sd,
        relative_repeatability=factor * cv,
        provenance=Provenance(
            paper="Obuchowski & Bullen (2018), Stat Methods Med Res 27:3139",
            data_hash=data_hash([str(who.labels[code]) for code in who.codes], x),
            exclusions=left_out,
        ),
    )
