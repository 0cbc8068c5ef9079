"""The two results that every family shares: one estimate, and the comparison of two."""

from dataclasses import dataclass

from stats.results import Result


@dataclass(frozen=True)
class Estimate(Result):
    """One estimated quantity with its uncertainty.

    Parameters
    ----------
    value : float
        The estimate.
    se : float
        Its standard error; NaN where the method gives an interval without one.
    ci_low, ci_high : float
        The two-sided 1 − alpha interval.
    method : str
        Estimator, model and reference distribution.
    n : int
        Number of units (cases, subjects, pairs).
    alpha : float
        Two-sided level of the interval.
    df : float, optional
        Degrees of freedom of the reference distribution, if it has any.
    p_value : float, optional
        Two-sided p of the family's null hypothesis, if it has one.
    warnings : tuple of str
        Sentences a reader of the number must know.
    """

    value: float
    se: float
    ci_low: float
    ci_high: float
    method: str
    n: int
    alpha: float = 0.05
    df: float | None = None
    p_value: float | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comparison(Estimate):
    """The difference a − b of two estimates; `value` is the difference.

    Parameters
    ----------
    estimate_a, estimate_b : Estimate, optional
        The two sides.
    covariance : float, optional
        Their covariance; 0 when they share no unit.
    statistic : float, optional
        The test statistic.
    distribution : str, optional
        'z', 't', 'F' or 'chi2'.
    margin : float, optional
        The margin of non-inferiority and equivalence, > 0.
    p_noninferiority, p_equivalence : float, optional
        One-sided p of a − b ≤ −margin, and the larger of the two one-sided p of |a − b| ≥ margin;
        None when the margin is 0 or None.
    """

    estimate_a: Estimate | None = None
    estimate_b: Estimate | None = None
    covariance: float | None = None
    statistic: float | None = None
    distribution: str | None = None
    margin: float | None = None
    p_noninferiority: float | None = None
    p_equivalence: float | None = None
