"""An estimate whose interval and test rest on its standard error and the normal distribution."""

from stats.estimates import Estimate
from stats.inference import interval, standardised, two_sided_p
from stats.results import Provenance


def wald_estimate(
    value: float,
    se: float,
    *,
    method: str,
    n: int,
    alpha: float,
    provenance: Provenance,
    null: float = 0.0,
) -> Estimate:
    """Return an estimate with its z interval and the two-sided p of `null`.

    Parameters
    ----------
    value, se : float
    method : str
        Named on; ", z" is added.
    n : int
        Number of units.
    alpha : float
        Two-sided level.
    provenance : Provenance
    null : float
        The hypothesis that the p is of.

    Returns
    -------
    Estimate
        With p NaN when the standard error is 0.

    Examples
    --------
    >>> found = wald_estimate(
    ...     1.0, 0.5, method="slope", n=9, alpha=0.05, provenance=Provenance("", ""), null=1.0
    ... )
    >>> found.p_value, found.method
    (1.0, 'slope, z')
    """
    low, high = interval(value, se, alpha=alpha)
    return Estimate(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"{method}, z",
        n=n,
        alpha=alpha,
        p_value=two_sided_p(standardised(value - null, se)),
        provenance=provenance,
    )
