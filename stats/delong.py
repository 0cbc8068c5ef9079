"""The empirical AUC with DeLong's variance: one curve, two paired curves, two unpaired ones."""

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import LengthError
from stats.estimates import Comparison, Estimate
from stats.frames import (
    Booleans,
    Floats,
    check_alpha,
    check_option,
    same_length,
    truth_vector,
    two_classes,
    vector,
)
from stats.inference import (
    INFINITY,
    check_margin,
    interval,
    margin_p,
    quantile,
    root,
    standardised,
    two_sided_p,
)
from stats.placements import Placements, covariance, placements
from stats.results import Provenance, data_hash

PAPER = "DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837; Sun & Xu 2014"


def auc(
    scores: ArrayLike, truth: ArrayLike, *, alpha: float = 0.05, ci: str = "delong"
) -> Estimate:
    """Estimate the area under the empirical ROC curve.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Higher = more diseased; the direction is never guessed.
    truth : array_like, shape (n,)
        1 or True = diseased.
    alpha : float
        Two-sided level of the interval.
    ci : {'delong', 'logit'}
        Normal interval on the AUC, cut at 0 and 1, or on its logit.

    Returns
    -------
    Estimate
        `p_value` tests AUC = 0.5. A perfect AUC has DeLong variance 0: its interval is then the
        exact one of min(n1, n0) disjoint pairs, with a warning.

    Raises
    ------
    OneClassError
        If there is no diseased or no healthy case.
    MissingValueError, LengthError, InvalidArgumentError
        If the vectors hold NaN, differ in length, or `ci` does not exist.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837. Sun & Xu 2014, IEEE SPL 21:1389.

    Examples
    --------
    >>> found = auc([1, 2, 3, 4, 5, 6], [0, 0, 1, 0, 1, 1])
    >>> round(found.value, 4), round(found.se, 4)
    (0.8889, 0.1571)
    """
    check_alpha(alpha)
    check_option(ci, ("delong", "logit"), name="ci")
    values, diseased = scores_and_truth(scores, truth)
    return estimate(values, diseased, alpha=alpha, ci=ci)


def delong_covariance(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, Floats]:
    """Return the AUCs of several scores of the same cases and their covariance.

    Parameters
    ----------
    scores : array_like, shape (n, m)
        One column per score.
    truth : array_like, shape (n,)
        1 or True = diseased.

    Returns
    -------
    values : ndarray, shape (m,)
    covariance : ndarray, shape (m, m)

    Raises
    ------
    OneClassError, MissingValueError, LengthError
        As `auc`.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837.

    Examples
    --------
    >>> values, covariance = delong_covariance([[1, 3], [2, 1], [3, 2], [4, 4]], [0, 0, 1, 1])
    >>> values
    array([1.  , 0.75])
    """
    table = np.asarray(scores)
    if table.ndim != 2:
        raise LengthError(f"scores have {table.ndim} dimensions: give cases × scores")
    columns = [vector(table[:, k], name=f"scores[:, {k}]") for k in range(table.shape[1])]
    diseased = truth_vector(truth)
    same_length(scores=columns[0], truth=diseased)
    two_classes(diseased)
    found = placements(np.stack(columns), diseased)
    return found.auc, covariance(found)


def delong_test(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    margin: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """Compare the AUCs of two scores of the same cases.

    Parameters
    ----------
    scores_a, scores_b : array_like, shape (n,)
        The two scores, case by case.
    truth : array_like, shape (n,)
        1 or True = diseased.
    margin : float
        > 0 adds the tests of non-inferiority (a − b ≤ −margin) and equivalence.
    alpha : float
        Two-sided level.

    Returns
    -------
    Comparison
        z test; `value` is AUC(a) − AUC(b).

    Raises
    ------
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        As `auc`; also a negative margin.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837.

    Examples
    --------
    >>> found = delong_test([1, 2, 3, 4, 5, 6], [1, 4, 3, 2, 6, 5], [0, 0, 1, 0, 1, 1])
    >>> round(found.value, 4), round(found.p_value, 4)
    (0.0, 1.0)
    """
    check_alpha(alpha)
    size = check_margin(margin)
    diseased = truth_vector(truth)
    a, b = vector(scores_a, name="scores_a"), vector(scores_b, name="scores_b")
    same_length(scores_a=a, scores_b=b, truth=diseased)
    two_classes(diseased)
    found = placements(np.stack([a, b]), diseased)
    contrast = Placements(*(part[:1] - part[1:] for part in (found.diseased, found.healthy)))
    arms = (estimate(a, diseased, alpha=alpha), estimate(b, diseased, alpha=alpha))
    return _compare(
        arms,
        n=a.size,
        se=root(float(covariance(contrast)[0, 0])),
        covariance=float(covariance(found)[0, 1]),
        df=INFINITY,
        margin=size,
        method="difference of two paired AUCs, DeLong covariance, z",
        hashed=data_hash(a, b, diseased),
    )


def delong_test_unpaired(
    scores_a: ArrayLike,
    truth_a: ArrayLike,
    scores_b: ArrayLike,
    truth_b: ArrayLike,
    *,
    margin: float = 0.0,
    alpha: float = 0.05,
) -> Comparison:
    """Compare the AUCs of two independent groups of cases.

    Parameters
    ----------
    scores_a, truth_a : array_like, shape (n_a,)
        The first group.
    scores_b, truth_b : array_like, shape (n_b,)
        The second group.
    margin : float
        > 0 adds the tests of non-inferiority and equivalence.
    alpha : float
        Two-sided level.

    Returns
    -------
    Comparison
        t test with the degrees of freedom of Welch and Satterthwaite.

    Raises
    ------
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        As `auc`.

    References
    ----------
    DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44:837. Welch 1947, Biometrika 34:28.

    Examples
    --------
    >>> found = delong_test_unpaired([1, 2, 4, 3], [0, 0, 1, 1], [1, 3, 2, 4], [0, 0, 1, 1])
    >>> round(found.value, 4), found.distribution
    (0.25, 't')
    """
    check_alpha(alpha)
    size = check_margin(margin)
    a, diseased_a = scores_and_truth(scores_a, truth_a)
    b, diseased_b = scores_and_truth(scores_b, truth_b)
    arms = (estimate(a, diseased_a, alpha=alpha), estimate(b, diseased_b, alpha=alpha))
    parts = [arm.se**2 for arm in arms]
    variance = sum(parts)
    spread = sum(part**2 / (arm.n - 1) for part, arm in zip(parts, arms, strict=True))
    return _compare(
        arms,
        n=a.size + b.size,
        se=root(variance),
        covariance=0.0,
        df=variance**2 / spread if spread > 0.0 else INFINITY,
        margin=size,
        method="difference of two unpaired AUCs, DeLong variances, t (Welch–Satterthwaite df)",
        hashed=data_hash(a, diseased_a, b, diseased_b),
    )


def scores_and_truth(scores: ArrayLike, truth: ArrayLike) -> tuple[Floats, Booleans]:
    """Return checked scores and truth of one set of cases.

    Examples
    --------
    >>> scores_and_truth([1, 2], [0, 1])
    (array([1., 2.]), array([False,  True]))
    """
    values, diseased = vector(scores, name="scores"), truth_vector(truth)
    same_length(scores=values, truth=diseased)
    two_classes(diseased)
    return values, diseased


def estimate(values: Floats, diseased: Booleans, *, alpha: float, ci: str = "delong") -> Estimate:
    """Estimate the AUC of checked vectors; as `auc`.

    Examples
    --------
    >>> estimate(np.array([1.0, 2.0]), np.array([False, True]), alpha=0.05).value
    1.0
    """
    found = placements(values[None, :], diseased)
    value, se = float(found.auc[0]), root(float(covariance(found)[0, 0]))
    result = Estimate(
        value=value,
        se=se,
        ci_low=np.nan,
        ci_high=np.nan,
        method=f"empirical AUC, DeLong variance, {'normal' if ci == 'delong' else ci} interval",
        n=int(diseased.size),
        alpha=alpha,
        p_value=two_sided_p(standardised(value - 0.5, se)),
        provenance=Provenance(PAPER, data_hash(values, diseased)),
    )
    if se > 0.0:
        low, high = _logit(value, se, alpha) if ci == "logit" else interval(value, se, alpha=alpha)
        return replace(result, ci_low=max(low, 0.0), ci_high=min(high, 1.0))
    return _without_width(result, pairs=int(min(diseased.sum(), (~diseased).sum())))


def _logit(value: float, se: float, alpha: float) -> tuple[float, float]:
    middle = np.log(value / (1.0 - value))
    half = quantile(1.0 - alpha / 2.0) * se / (value * (1.0 - value))
    low, high = (1.0 / (1.0 + np.exp(-(middle + side * half))) for side in (-1.0, 1.0))
    return float(low), float(high)


def _without_width(result: Estimate, *, pairs: int) -> Estimate:
    """Return an estimate whose DeLong variance is 0 or does not exist, with an honest interval.

    When every one of `pairs` disjoint pairs is ordered rightly, the AUC is at least the bound at
    which that has probability alpha / 2: (alpha / 2) ** (1 / pairs).
    """
    bound = (result.alpha / 2.0) ** (1.0 / pairs)
    if result.value == 1.0:
        said = "the AUC is 1 and DeLong's variance 0: the interval is exact, of disjoint pairs"
        return replace(result, ci_low=bound, ci_high=1.0, warnings=(said,))
    if result.value == 0.0:
        said = "the AUC is 0 and DeLong's variance 0: the interval is exact, of disjoint pairs"
        return replace(result, ci_low=0.0, ci_high=1.0 - bound, warnings=(said,))
    said = "DeLong's variance is 0 or needs two cases of each class: there is no interval"
    return replace(result, warnings=(said,))


def _compare(
    arms: tuple[Estimate, Estimate],
    *,
    n: int,
    se: float,
    covariance: float,
    df: float,
    margin: float,
    method: str,
    hashed: str,
) -> Comparison:
    a, b = arms
    value = a.value - b.value
    statistic = standardised(value, se)
    low, high = interval(value, se, df=df, alpha=a.alpha)
    noninferior, equivalent = margin_p(value, se, margin=margin, df=df)
    degenerate = () if se > 0.0 else ("the difference has no variance: there is no test",)
    return Comparison(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=method,
        n=n,
        alpha=a.alpha,
        df=None if df == INFINITY else df,
        p_value=two_sided_p(statistic, df),
        warnings=(*a.warnings, *b.warnings, *degenerate),
        estimate_a=a,
        estimate_b=b,
        covariance=covariance,
        statistic=statistic,
        distribution="z" if df == INFINITY else "t",
        margin=margin or None,
        p_noninferiority=noninferior,
        p_equivalence=equivalent,
        provenance=Provenance(PAPER, hashed),
    )
