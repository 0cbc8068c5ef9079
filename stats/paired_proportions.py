"""Two binary readings of the same cases: McNemar's test, and the difference with its interval."""

import math
from dataclasses import dataclass

from numpy.typing import ArrayLike
from scipy import optimize, stats

from stats.binomial_intervals import clopper_pearson, is_count, mid_p, wilson, wilson_at
from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Comparison, Estimate
from stats.frames import Booleans, check_alpha, check_option, same_length, truth_vector
from stats.inference import check_margin, quantile, root, two_sided_p, upper_p
from stats.results import Provenance, data_hash

MCNEMAR = (
    "McNemar (1947), Psychometrika 12:153; Fagerland et al. (2013), BMC Med Res Methodol 13:91"
)
PAPERS = {
    "tango": "Tango (1998), Stat Med 17:891",
    "newcombe": "Newcombe (1998), Stat Med 17:2635, method 10",
}
METHODS = ("exact", "mid_p", "asymptotic", "asymptotic_cc")
FARTHEST = 38.0  # standard normal deviates beyond this have a p that is 0 in float64
NEAR = 1e-9


@dataclass(frozen=True)
class _Pairs:
    """The fourfold table of two binary readings."""

    both: int
    only_a: int
    only_b: int
    neither: int

    @property
    def n(self) -> int:
        return self.both + self.only_a + self.only_b + self.neither

    @property
    def difference(self) -> float:
        return (self.only_a - self.only_b) / self.n


def mcnemar(b: int, c: int, *, method: str = "exact") -> Comparison:
    """Test whether two binary readings of the same cases are positive equally often.

    Parameters
    ----------
    b, c : int
        Discordant cases: positive by the first reading alone, and by the second alone.
    method : str
        'exact' (binomial), 'mid_p', 'asymptotic' (chi-square) or 'asymptotic_cc' (with continuity
        correction, as R's mcnemar.test).

    Returns
    -------
    Comparison
        `value` is the difference of the shares of the discordant cases, (b − c)/(b + c), with the
        interval of b/(b + c) (Clopper–Pearson, mid-p, or Wilson) carried over. `statistic` is
        min(b, c) or chi-square. NaN with a warning, and an exact p of 1, when b + c = 0.

    Raises
    ------
    InvalidArgumentError
        If a count is no count, or the method does not exist.

    References
    ----------
    McNemar (1947), Psychometrika 12:153. Fagerland, Lydersen & Laake (2013), BMC Medical Research
    Methodology 13:91 (mid-p).

    Examples
    --------
    >>> round(mcnemar(1, 7).p_value, 6), round(mcnemar(1, 7, method="mid_p").p_value, 6)
    (0.070312, 0.039063)
    """
    check_option(method, METHODS, name="method")
    if not (is_count(b) and is_count(c)):
        raise InvalidArgumentError(f"b = {b} and c = {c} must be counts: 0, 1, 2, …")
    n = int(b + c)
    statistic, p_value, distribution = _mcnemar_test(int(b), int(c), method)
    shares = [_share(int(count), n, method) for count in (b, c)]
    first, second = shares
    return Comparison(
        value=first.value - second.value,
        se=math.nan,
        ci_low=2 * first.ci_low - 1,
        ci_high=2 * first.ci_high - 1,
        method=f"McNemar, {method}, difference of the shares of discordant cases",
        n=n,
        df=1.0 if distribution == "chi2" else None,
        p_value=p_value,
        warnings=first.warnings,
        estimate_a=first,
        estimate_b=second,
        statistic=statistic,
        distribution=distribution,
        provenance=Provenance(paper=MCNEMAR, data_hash=data_hash([b, c])),
    )


def paired_difference(
    a: ArrayLike, b: ArrayLike, *, method: str = "tango", margin: float = 0.0, alpha: float = 0.05
) -> Comparison:
    """Return the difference of two proportions of the same cases.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        0/1 by two readings of the same cases. To compare sensitivities pass the diseased cases, to
        compare specificities (of correct calls) the healthy ones.
    method : str
        'tango' (score) or 'newcombe' (Wilson intervals squared and added, method 10).
    margin : float
        Above 0: tests non-inferiority and equivalence by the same method.
    alpha : float
        Two-sided level of the interval; non-inferiority at alpha/2 agrees with it.

    Returns
    -------
    Comparison
        `se` is that of the difference as observed (multinomial). `statistic` is the normal deviate
        of no difference: for Tango's score McNemar's z, for Newcombe the deviate at which the
        interval reaches 0.

    Raises
    ------
    MissingValueError, LengthError, InvalidArgumentError
        If a reading is missing (whether an unread case counts as negative is for the protocol to
        say), the lengths differ, or an option is out of range.
    DegenerateError
        If there are no cases.

    References
    ----------
    Tango (1998), Statistics in Medicine 17:891. Newcombe (1998), Statistics in Medicine 17:2635.

    Examples
    --------
    >>> a, b = [1] * 2 + [0] * 19, [1] + [0] + [1] * 7 + [0] * 12
    >>> result = paired_difference(a, b)
    >>> round(result.value, 4), round(result.ci_low, 4), round(result.ci_high, 4)
    (-0.2857, -0.5172, -0.026)
    """
    check_alpha(alpha)
    check_option(method, tuple(PAPERS), name="method")
    size = check_margin(margin)
    if size >= 1:
        raise InvalidArgumentError(f"margin is {margin}: a difference of proportions is below 1")
    first, second = truth_vector(a, name="a"), truth_vector(b, name="b")
    pairs = _pairs(first, second, n=same_length(a=first, b=second))
    deviate = _tango_deviate if method == "tango" else _newcombe_deviate
    limits = _tango_interval if method == "tango" else _newcombe_interval
    low, high = limits(pairs, quantile(1 - alpha / 2))
    statistic = deviate(pairs, 0.0)
    n, p_a, p_b = pairs.n, float(first.mean()), float(second.mean())
    covariance = (pairs.both / n - p_a * p_b) / n
    above, below = upper_p(deviate(pairs, -size)), upper_p(-deviate(pairs, size))
    discordant = pairs.only_a + pairs.only_b
    return Comparison(
        value=pairs.difference,
        se=root((discordant / n - pairs.difference**2) / n),
        ci_low=low,
        ci_high=high,
        method="Paired difference of proportions, "
        + (
            "Tango score" if method == "tango" else "Newcombe method 10 (Wilson, squared and added)"
        ),
        n=n,
        alpha=alpha,
        p_value=two_sided_p(statistic),
        warnings=() if discordant else ("No case is discordant: there is no test of difference.",),
        estimate_a=_side(p_a, n, alpha),
        estimate_b=_side(p_b, n, alpha),
        covariance=covariance,
        statistic=statistic,
        distribution="z",
        margin=size or None,
        p_noninferiority=above if size else None,
        p_equivalence=max(above, below) if size else None,
        provenance=Provenance(paper=PAPERS[method], data_hash=data_hash(first, second)),
    )


def _mcnemar_test(b: int, c: int, method: str) -> tuple[float, float, str]:
    n, fewer = b + c, min(b, c)
    if method in ("exact", "mid_p"):
        p = min(1.0, 2 * float(stats.binom.cdf(fewer, n, 0.5)))
        if method == "mid_p" and n:
            at = float(stats.binom.pmf(fewer, n, 0.5))
            p = 1 - at / 2 if b == c else p - at
        return float(fewer), p, "binomial"
    if n == 0:
        return math.nan, math.nan, "chi2"
    apart = abs(b - c)
    if method == "asymptotic_cc":
        apart = max(apart - 1, 0)
    statistic = apart**2 / n
    return statistic, float(stats.chi2.sf(statistic, 1)), "chi2"


def _share(count: int, n: int, method: str) -> Estimate:
    interval = {"exact": clopper_pearson, "mid_p": mid_p}.get(method, wilson)
    low, high = interval(count, n, alpha=0.05) if n else (math.nan, math.nan)
    return Estimate(
        value=count / n if n else math.nan,
        se=math.nan,
        ci_low=low,
        ci_high=high,
        method=f"Share of the discordant cases, {interval.__name__} interval",
        n=n,
        warnings=() if n else ("No case is discordant: there is nothing to test.",),
    )


def _pairs(first: Booleans, second: Booleans, *, n: int) -> _Pairs:
    if not n:
        raise DegenerateError("there are no cases")
    both, either = int((first & second).sum()), int((first | second).sum())
    return _Pairs(
        both=both,
        only_a=int(first.sum()) - both,
        only_b=int(second.sum()) - both,
        neither=n - either,
    )


def _side(p: float, n: int, alpha: float) -> Estimate:
    low, high = wilson(round(p * n), n, alpha=alpha)
    return Estimate(
        value=p,
        se=math.sqrt(p * (1 - p) / n),
        ci_low=low,
        ci_high=high,
        method="Proportion, Wilson interval",
        n=n,
        alpha=alpha,
    )


def _tango_variance(pairs: _Pairs, delta: float) -> float:
    """Return n²·Var of the difference at a − b = delta, by the restricted maximum likelihood."""
    n, b, c = pairs.n, pairs.only_a, pairs.only_b
    linear = (2 * n - b + c) * delta - b - c
    constant = -c * delta * (1 - delta)
    rooted = math.sqrt(max(linear**2 - 8 * n * constant, 0.0))  # rounding may take it below 0
    only_b = (rooted - linear) / (4 * n)
    return max(n * (2 * only_b + delta * (1 - delta)), 0.0)


def _tango_deviate(pairs: _Pairs, delta: float) -> float:
    apart = pairs.only_a - pairs.only_b - pairs.n * delta
    spread = math.sqrt(_tango_variance(pairs, delta))
    return apart / spread if spread > 0 else math.nan


def _tango_interval(pairs: _Pairs, z: float) -> tuple[float, float]:
    def beyond(delta: float, sign: int) -> float:
        apart = pairs.only_a - pairs.only_b - pairs.n * delta
        return sign * apart - z * math.sqrt(_tango_variance(pairs, delta))

    d = pairs.difference
    low = high = d
    if d - NEAR > -1:  # at the estimate itself the equation has a root of its own when b = c = 0
        low = float(optimize.brentq(beyond, -1.0, d - NEAR, args=(1,), xtol=1e-14))
    if d + NEAR < 1:
        high = float(optimize.brentq(beyond, d + NEAR, 1.0, args=(-1,), xtol=1e-14))
    return low, high


def _newcombe_interval(pairs: _Pairs, z: float) -> tuple[float, float]:
    n, phi = pairs.n, _phi(pairs)
    p_a, p_b = (pairs.both + pairs.only_a) / n, (pairs.both + pairs.only_b) / n
    low_a, high_a = wilson_at(pairs.both + pairs.only_a, n, z=z)
    low_b, high_b = wilson_at(pairs.both + pairs.only_b, n, z=z)
    down = _square_and_add(p_a - low_a, high_b - p_b, phi)
    up = _square_and_add(high_a - p_a, p_b - low_b, phi)
    return pairs.difference - down, pairs.difference + up


def _square_and_add(first: float, second: float, phi: float) -> float:
    return math.sqrt(max(first**2 - 2 * phi * first * second + second**2, 0.0))


def _phi(pairs: _Pairs) -> float:
    """Return the correlation of the two readings, with Newcombe's continuity correction."""
    a, b, c, d = pairs.both, pairs.only_a, pairs.only_b, pairs.neither
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    if not margins:
        return 0.0
    product = a * d - b * c
    corrected = max(product - pairs.n / 2, 0) if product > 0 else product
    return corrected / math.sqrt(margins)


def _newcombe_deviate(pairs: _Pairs, delta: float) -> float:
    """Return the z at which Newcombe's interval reaches delta: positive when it lies below."""
    below = pairs.difference > delta
    if pairs.difference == delta:
        return 0.0

    def gap(z: float) -> float:
        return _newcombe_interval(pairs, z)[0 if below else 1] - delta

    if gap(FARTHEST) * (1 if below else -1) > 0:
        return FARTHEST if below else -FARTHEST
    z = float(optimize.brentq(gap, 0.0, FARTHEST, xtol=1e-12))
    return z if below else -z
