"""Kendall's coefficient of concordance: whether raters put the units into one order."""

import math

import numpy as np
from scipy import stats

from stats.agreement_estimates import left_out_note, order_note, ratings_hash
from stats.errors import DegenerateError
from stats.estimates import Estimate
from stats.frames import Floats
from stats.ratings import MISSING, RatingsLike, read_ratings
from stats.results import Provenance


def kendall_w(ratings: RatingsLike) -> Estimate:
    """Return Kendall's coefficient of concordance W, corrected for ties.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers or ordered categories; units that not all raters rated are left out, with a warning.

    Returns
    -------
    Estimate
        W, with the p of W = 0 by the chi-square of raters · (n − 1) · W with `df` = n − 1. It has
        neither a standard error nor an interval: they are NaN. W is NaN, with a warning, when no
        rater distinguishes any units.

    Raises
    ------
    DegenerateError
        If fewer than two units were rated by all raters.

    References
    ----------
    Kendall & Gibbons (1990), Rank Correlation Methods, 5th ed., chapter 6.

    Examples
    --------
    >>> round(kendall_w([[1, 2], [2, 3], [3, 1], [4, 4]]).value, 4)
    0.7
    """
    found = read_ratings(ratings)
    complete = (found.codes != MISSING).all(axis=1)
    n, raters = int(complete.sum()), found.n_raters
    if n < 2:
        raise DegenerateError(f"{n} units were rated by all raters: W needs at least two")
    ranks = stats.rankdata(found.positions[found.codes[complete]], axis=0)
    sums = ranks.sum(axis=1)
    most = raters**2 * (n**3 - n) - raters * sum(_ties(column) for column in ranks.T)
    w = float(12 * ((sums - sums.mean()) ** 2).sum() / most) if most else math.nan
    left_out = left_out_note(len(complete) - n, of="units that not all raters rated")
    flat = () if most else ("No rater distinguishes any units: W is 0/0.",)
    return Estimate(
        value=w,
        se=math.nan,
        ci_low=math.nan,
        ci_high=math.nan,
        method=f"Kendall W, corrected for ties, chi-square with {n - 1} df",
        n=n,
        df=float(n - 1),
        p_value=float(stats.chi2.sf(raters * (n - 1) * w, n - 1)),
        warnings=left_out + order_note(found, ordered=True) + flat,
        provenance=Provenance(
            paper="Kendall & Gibbons (1990), Rank Correlation Methods, 5th ed.",
            data_hash=ratings_hash(found),
            exclusions=left_out,
        ),
    )


def _ties(ranks: Floats) -> int:
    """Return Σ(t³ − t) over the groups of tied units."""
    sizes = np.unique(ranks, return_counts=True)[1]
    return int((sizes**3 - sizes).sum())
