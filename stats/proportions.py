"""Proportions: one, of a diagnostic table, in clusters; and the names of the paired comparisons."""

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike

from stats.binomial_intervals import INTERVALS, is_count, wilson
from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import check_alpha, check_option, same_length, truth_vector, vector
from stats.inference import interval
from stats.paired_proportions import mcnemar, paired_difference
from stats.predictive_values import PredictiveValueComparison, compare_predictive_values
from stats.results import Provenance, Result, data_hash

__all__ = [
    "DiagnosticTable",
    "PredictiveValueComparison",
    "clustered_proportion",
    "compare_predictive_values",
    "diagnostic_table",
    "mcnemar",
    "paired_difference",
    "proportion",
]

PAPERS = {
    "wilson": "Wilson (1927), J Am Stat Assoc 22:209",
    "wilson_cc": "Newcombe (1998), Stat Med 17:857",
    "clopper_pearson": "Clopper & Pearson (1934), Biometrika 26:404",
    "jeffreys": "Brown, Cai & DasGupta (2001), Stat Sci 16:101",
}
ROUNDING = 1e-24  # a variance below this is 0 but for rounding
RAO_SCOTT = "Rao & Scott (1992), Biometrics 48:577"


@dataclass(frozen=True)
class DiagnosticTable(Result):
    """A binary reading against the truth.

    Parameters
    ----------
    tp, fp, fn, tn : int
        True and false positives and negatives.
    sensitivity, specificity, ppv, npv, accuracy : Estimate
        Proportions; NaN with a warning when there is nothing in the denominator.
    lr_positive, lr_negative : Estimate
        Likelihood ratios, log intervals; infinite or NaN with a warning when a cell is empty.
    method : str
        The interval of the proportions.
    warnings : tuple of str
        Sentences.
    """

    tp: int
    fp: int
    fn: int
    tn: int
    sensitivity: Estimate
    specificity: Estimate
    ppv: Estimate
    npv: Estimate
    accuracy: Estimate
    lr_positive: Estimate
    lr_negative: Estimate
    method: str
    warnings: tuple[str, ...] = ()


def proportion(successes: int, n: int, *, method: str = "wilson", alpha: float = 0.05) -> Estimate:
    """Return a binomial proportion with its interval.

    Parameters
    ----------
    successes, n : int
        Successes of n trials.
    method : str
        'wilson', 'wilson_cc' (as R's prop.test), 'clopper_pearson' (as binom.test) or 'jeffreys'.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Estimate
        `se` is √(p(1 − p)/n) with the Wilson intervals, NaN with the others.

    Raises
    ------
    InvalidArgumentError
        If the counts are no counts, successes exceed n, or an option does not exist.
    DegenerateError
        If n is 0.

    References
    ----------
    Wilson (1927), Journal of the American Statistical Association 22:209. Newcombe (1998),
    Statistics in Medicine 17:857. Brown, Cai & DasGupta (2001), Statistical Science 16:101.

    Examples
    --------
    >>> result = proportion(7, 25)
    >>> round(result.ci_low, 4), round(result.ci_high, 4)
    (0.1428, 0.4758)
    """
    check_alpha(alpha)
    check_option(method, tuple(INTERVALS), name="method")
    if not (is_count(successes) and is_count(n)):
        raise InvalidArgumentError(f"{successes} of {n}: give counts, 0, 1, 2, …")
    if successes > n:
        raise InvalidArgumentError(f"{successes} successes of {n} trials are too many")
    if n == 0:
        raise DegenerateError("a proportion of 0 trials does not exist")
    return _proportion(int(successes), int(n), of="Proportion", method=method, alpha=alpha)


def diagnostic_table(
    positive: ArrayLike, truth: ArrayLike, *, method: str = "wilson", alpha: float = 0.05
) -> DiagnosticTable:
    """Return the accuracy of a binary reading: the 2 × 2 table and what follows from it.

    Parameters
    ----------
    positive : array_like, shape (n,)
        0/1: the reading. An unread case is refused: how it counts is for the protocol to say.
    truth : array_like, shape (n,)
        1 = diseased.
    method : str
        As in `proportion`.
    alpha : float
        Two-sided level of all intervals.

    Returns
    -------
    DiagnosticTable

    Raises
    ------
    MissingValueError, LengthError, InvalidArgumentError
        If a value is missing or not 0/1, the lengths differ, or an option does not exist.
    DegenerateError
        If there are no cases.

    References
    ----------
    Simel, Samsa & Matchar (1991), Journal of Clinical Epidemiology 44:763 (likelihood ratios).

    Examples
    --------
    >>> table = diagnostic_table([1, 1, 1, 0, 0, 1, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> table.sensitivity.value, table.specificity.value, table.lr_positive.value
    (0.75, 0.75, 3.0)
    """
    check_alpha(alpha)
    check_option(method, tuple(INTERVALS), name="method")
    called, diseased = truth_vector(positive, name="positive"), truth_vector(truth)
    if not same_length(positive=called, truth=diseased):
        raise DegenerateError("there are no cases")
    tp, fp = int((called & diseased).sum()), int((called & ~diseased).sum())
    fn, tn = int(diseased.sum()) - tp, int((~diseased).sum()) - fp
    rates = {
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, tn + fp),
        "ppv": (tp, tp + fp),
        "npv": (tn, tn + fn),
        "accuracy": (tp + tn, len(called)),
    }
    found = {
        name: _proportion(x, n, of=name, method=method, alpha=alpha)
        for name, (x, n) in rates.items()
    }
    ratios = {
        "lr_positive": _likelihood_ratio(tp, tp + fn, fp, fp + tn, of="positive", alpha=alpha),
        "lr_negative": _likelihood_ratio(fn, tp + fn, tn, fp + tn, of="negative", alpha=alpha),
    }
    sentences = [
        warning for each in (*found.values(), *ratios.values()) for warning in each.warnings
    ]
    return DiagnosticTable(
        tp=tp,
        fp=fp,
        fn=fn,
        tn=tn,
        **found,
        **ratios,
        method=f"2 × 2 table, {method} intervals, log intervals of the likelihood ratios",
        warnings=tuple(dict.fromkeys(sentences)),
        provenance=Provenance(paper=PAPERS[method], data_hash=data_hash(called, diseased)),
    )


def clustered_proportion(
    successes: ArrayLike, sizes: ArrayLike, *, alpha: float = 0.05
) -> Estimate:
    """Return a proportion of units in clusters, e.g. of lesions in patients.

    Parameters
    ----------
    successes, sizes : array_like, shape (clusters,)
        Successes and units of each cluster; empty clusters are left out, with a warning.
    alpha : float
        Two-sided level of the interval.

    Returns
    -------
    Estimate
        The ratio Σx/Σm with the variance of the clusters' residuals; the interval is Wilson's at
        the effective number of units, Σm over the design effect. `n` is the number of clusters.
        When all clusters have the same share, it is the number of clusters, with a warning.

    Raises
    ------
    DegenerateError
        If fewer than two clusters hold a unit.
    InvalidArgumentError
        If a count is no count, or successes exceed the size.
    LengthError, MissingValueError
        If the lengths differ or a value is missing.

    References
    ----------
    Rao & Scott (1992), Biometrics 48:577.

    Examples
    --------
    >>> result = clustered_proportion([2, 1, 0, 3], [3, 1, 2, 3])
    >>> round(result.value, 4), round(result.se, 4)
    (0.6667, 0.2181)
    """
    check_alpha(alpha)
    x, m = vector(successes, name="successes"), vector(sizes, name="sizes")
    same_length(successes=x, sizes=m)
    counts = [*x.tolist(), *m.tolist()]
    if not all(is_count(count) for count in counts):
        raise InvalidArgumentError("successes and sizes must be counts: 0, 1, 2, …")
    if (x > m).any():
        raise InvalidArgumentError("a cluster has more successes than units")
    empty = int((m == 0).sum())
    exclusions = (f"Left out: {empty} clusters without a unit.",) if empty else ()
    digest = data_hash(x, m)
    x, m = x[m > 0], m[m > 0]
    k, units = len(m), float(m.sum())
    if k < 2:
        raise DegenerateError(f"{k} clusters hold a unit: at least two are needed")
    p = float(x.sum()) / units
    variance = k / (k - 1) * float(((x - p * m) ** 2).sum()) / units**2
    alike = variance < ROUNDING
    effective = float(k) if alike else p * (1 - p) / variance
    same = ("All clusters have the same share: the interval counts clusters, not units.",)
    low, high = wilson(p * effective, effective, alpha=alpha)
    return Estimate(
        value=p,
        se=math.sqrt(variance),
        ci_low=low,
        ci_high=high,
        method="Proportion in clusters, ratio estimator, Wilson interval at the Rao-Scott "
        f"effective number {effective:.1f} of {units:.0f} units",
        n=k,
        alpha=alpha,
        warnings=exclusions + (same if alike else ()),
        provenance=Provenance(paper=RAO_SCOTT, data_hash=digest, exclusions=exclusions),
    )


def _proportion(x: int, n: int, *, of: str, method: str, alpha: float) -> Estimate:
    low, high = INTERVALS[method](x, n, alpha=alpha) if n else (math.nan, math.nan)
    wilsons = method.startswith("wilson")
    return Estimate(
        value=x / n if n else math.nan,
        se=math.sqrt(x * (n - x) / n) / n if wilsons and n else math.nan,
        ci_low=low,
        ci_high=high,
        method=f"{of}, {method} interval",
        n=n,
        alpha=alpha,
        warnings=() if n else (f"No case is in the denominator of {of}: it does not exist.",),
        provenance=Provenance(paper=PAPERS[method], data_hash=data_hash([x, n])),
    )


def _likelihood_ratio(
    x: int, n_diseased: int, y: int, n_healthy: int, *, of: str, alpha: float
) -> Estimate:
    """Return the ratio of the rates x/diseased and y/healthy with its log interval."""
    value = low = high = math.nan
    warnings: tuple[str, ...] = ()
    if x and y:
        value = (x / n_diseased) / (y / n_healthy)
        se_log = math.sqrt(1 / x - 1 / n_diseased + 1 / y - 1 / n_healthy)
        low, high = (math.exp(end) for end in interval(math.log(value), se_log, alpha=alpha))
    else:
        if n_diseased and n_healthy and x != y:
            value = math.inf if x else 0.0
        warnings = (f"A cell of the {of} likelihood ratio is empty: it has no interval.",)
    return Estimate(
        value=value,
        se=math.nan,
        ci_low=low,
        ci_high=high,
        method=f"{of.capitalize()} likelihood ratio, log interval",
        n=n_diseased + n_healthy,
        alpha=alpha,
        warnings=warnings,
    )
