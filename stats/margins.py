"""Non-inferiority of any estimate that has a standard error."""

from dataclasses import dataclass

from stats.errors import InvalidArgumentError
from stats.frames import check_alpha
from stats.inference import INFINITY, check_margin, interval, standardised, upper_p
from stats.results import Provenance, Result, data_hash

PAPER = "Chen, Petrick & Sahiner 2012, Acad Radiol 19:1158"


@dataclass(frozen=True)
class NonInferiority(Result):
    """The one-sided test that a difference is above −margin.

    Parameters
    ----------
    statistic, p_value : float
    ci_low : float
        Lower end of the two-sided 1 − alpha interval.
    met : bool
        Whether p_value is at most alpha / 2, which is ci_low at or above −margin.
    margin, alpha_one_sided : float
    """

    statistic: float
    p_value: float
    ci_low: float
    met: bool
    margin: float
    alpha_one_sided: float
    method: str
    warnings: tuple[str, ...] = ()


def noninferiority(
    estimate: float, se: float, *, margin: float, df: float = INFINITY, alpha: float = 0.05
) -> NonInferiority:
    """Test that a difference a − b is above −margin.

    Parameters
    ----------
    estimate, se : float
        The difference and its standard error.
    margin : float
        At least 0; 0 tests superiority.
    df : float
        Degrees of freedom of t; infinite for the normal distribution.
    alpha : float
        Two-sided level; the test is at alpha / 2.

    Returns
    -------
    NonInferiority

    Raises
    ------
    InvalidArgumentError
        If the margin or the standard error is negative, or df is not above 0.

    References
    ----------
    Chen, Petrick & Sahiner 2012, Acad Radiol 19:1158.

    Examples
    --------
    >>> found = noninferiority(-0.0169, 0.02935, margin=0.05)
    >>> round(found.statistic, 3), found.met
    (1.128, False)
    """
    check_alpha(alpha)
    size = check_margin(margin)
    if se < 0.0 or not df > 0.0:
        raise InvalidArgumentError(f"se is {se} and df is {df}: neither may be below 0, nor df 0")
    statistic = standardised(estimate + size, se)
    p = upper_p(statistic, df)
    said = "the standard error is 0, or it or the estimate does not exist: there is no test"
    return NonInferiority(
        statistic=statistic,
        p_value=p,
        ci_low=interval(estimate, se, df=df, alpha=alpha)[0],
        met=p <= alpha / 2.0,
        margin=size,
        alpha_one_sided=alpha / 2.0,
        method=f"one-sided {'z' if df == INFINITY else 't'} test of a − b <= −margin at alpha / 2",
        warnings=() if p == p else (said,),
        provenance=Provenance(PAPER, data_hash([estimate, se, size, df, alpha])),
    )
