"""Predictive values of two binary tests of the same cases: differences and ratios."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.binomial_intervals import wilson
from stats.errors import DegenerateError
from stats.estimates import Comparison, Estimate
from stats.frames import Booleans, Floats, check_alpha, same_length, truth_vector, two_classes
from stats.inference import interval, standardised, two_sided_p
from stats.results import Provenance, data_hash

PAPER = "Moskowitz & Pepe (2006), Clin Trials 3:272"


@dataclass(frozen=True)
class PredictiveValueComparison(Comparison):
    """The difference of two predictive values, and their ratio.

    Parameters
    ----------
    ratio : Estimate, optional
        a / b (rPPV or rNPV of Moskowitz and Pepe), interval and p on the log scale.
    """

    ratio: Estimate | None = None


def compare_predictive_values(
    a: ArrayLike, b: ArrayLike, truth: ArrayLike, *, alpha: float = 0.05
) -> tuple[PredictiveValueComparison, PredictiveValueComparison]:
    """Compare the predictive values of two tests that all cases had.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        0/1 results of the two tests.
    truth : array_like, shape (n,)
        1 = diseased. The prevalence of the data is that of the predictive values.
    alpha : float
        Two-sided level of the intervals.

    Returns
    -------
    tuple of two PredictiveValueComparison
        Positive, then negative predictive value: difference a − b and ratio a / b, both with the
        multinomial variance of the influence of each case (delta method), normal.

    Raises
    ------
    DegenerateError
        If a test is positive, or negative, in no case: that predictive value does not exist.
    OneClassError
        If there is no diseased or no healthy case.
    MissingValueError, LengthError, InvalidArgumentError
        If a value is missing or not 0/1, or the lengths differ.

    References
    ----------
    Moskowitz & Pepe (2006), Clinical Trials 3:272.

    Examples
    --------
    >>> truth = [1] * 6 + [0] * 6
    >>> a = [1, 1, 1, 1, 1, 0] + [0, 0, 0, 0, 1, 1]
    >>> b = [1, 1, 1, 0, 0, 0] + [0, 0, 0, 1, 1, 1]
    >>> positive, negative = compare_predictive_values(a, b, truth)
    >>> round(positive.value, 4), round(positive.ratio.value, 4)
    (0.2143, 1.4286)
    """
    check_alpha(alpha)
    first, second = truth_vector(a, name="a"), truth_vector(b, name="b")
    diseased = truth_vector(truth)
    same_length(a=first, b=second, truth=diseased)
    two_classes(diseased)
    for name, test in (("a", first), ("b", second)):
        if test.all() or not test.any():
            result = "negative" if test.all() else "positive"
            raise DegenerateError(f"test {name} is {result} in no case: one value does not exist")
    digest = data_hash(first, second, diseased)
    return (
        _compare(first, second, diseased, name="positive", alpha=alpha, digest=digest),
        _compare(~first, ~second, ~diseased, name="negative", alpha=alpha, digest=digest),
    )


def _compare(
    a: Booleans, b: Booleans, right: Booleans, *, name: str, alpha: float, digest: str
) -> PredictiveValueComparison:
    """Compare the shares of cases that are right among those that each test calls."""
    n = len(right)
    value_a, value_b = float(right[a].mean()), float(right[b].mean())
    moves_a, moves_b = _influence(a, right), _influence(b, right)
    difference = value_a - value_b
    se = math.sqrt(float(((moves_a - moves_b) ** 2).sum())) / n
    low, high = interval(difference, se, alpha=alpha)
    statistic = standardised(difference, se)
    warnings = () if se > 0 else ("No case separates the two tests: there is no test.",)
    return PredictiveValueComparison(
        value=difference,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"Difference of {name} predictive values, delta method, normal",
        n=n,
        alpha=alpha,
        p_value=two_sided_p(statistic),
        warnings=warnings,
        estimate_a=_value(a, right, name=name, alpha=alpha),
        estimate_b=_value(b, right, name=name, alpha=alpha),
        covariance=float((moves_a * moves_b).sum()) / n**2,
        statistic=statistic,
        distribution="z",
        ratio=_ratio(value_a, value_b, moves_a, moves_b, name=name, alpha=alpha),
        provenance=Provenance(paper=PAPER, data_hash=digest),
    )


def _influence(called: Booleans, right: Booleans) -> Floats:
    """Return what each case adds to the error of the predictive value, times n."""
    moves: Floats = called * (right - right[called].mean()) / called.mean()
    return moves


def _value(called: Booleans, right: Booleans, *, name: str, alpha: float) -> Estimate:
    x, n = int((called & right).sum()), int(called.sum())
    low, high = wilson(x, n, alpha=alpha)
    return Estimate(
        value=x / n,
        se=math.sqrt(x * (n - x) / n) / n,
        ci_low=low,
        ci_high=high,
        method=f"{name.capitalize()} predictive value, Wilson interval",
        n=n,
        alpha=alpha,
    )


def _ratio(
    a: float, b: float, moves_a: Floats, moves_b: Floats, *, name: str, alpha: float
) -> Estimate:
    n = len(moves_a)
    method = f"Ratio of {name} predictive values, log normal"
    if not a or not b:
        return Estimate(
            value=a / b if b else math.nan,
            se=math.nan,
            ci_low=math.nan,
            ci_high=math.nan,
            method=method,
            n=n,
            alpha=alpha,
            warnings=("A predictive value is 0: the logarithm of the ratio does not exist.",),
        )
    se_log = float(np.sqrt(((moves_a / a - moves_b / b) ** 2).sum())) / n
    low, high = interval(math.log(a / b), se_log, alpha=alpha)
    return Estimate(
        value=a / b,
        se=a / b * se_log,
        ci_low=math.exp(low),
        ci_high=math.exp(high),
        method=method,
        n=n,
        alpha=alpha,
        p_value=two_sided_p(standardised(math.log(a / b), se_log)),
    )
