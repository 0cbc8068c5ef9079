"""The binormal ROC curve by maximum likelihood, from rating categories."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from stats.delong import scores_and_truth
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha
from stats.inference import interval, root, standardised, two_sided_p
from stats.results import Provenance, data_hash
from stats.roc_curves import count

PAPER = "Dorfman & Alf 1969, J Math Psychol 6:487; Metz, Herman & Shen 1998, Stat Med 17:1033"
MOST_CATEGORIES = 20
ITERATIONS = 500
GAIN = 1e-13
# Where the categories of one class lie apart, the likelihood rises without end as b goes to 0 or
# infinity. The curve at b = 2⁻¹² or 2¹² stands for the limit: its area is within about 4e-5 of it,
# and the other programs' optimisers stop about there too.
LARGEST_LOG = float(12.0 * np.log(2.0))
SMALLEST = 1e-150


@dataclass(frozen=True)
class Fit:
    """A fitted curve: diseased scores are normal with mean a / b and SD 1 / b, healthy standard."""

    a: float
    b: float
    variance: float
    converged: bool

    @property
    def auc(self) -> float:
        """Area under the curve, Φ(a / √(1 + b²))."""
        return float(special.ndtr(self.a / np.hypot(1.0, self.b)))


def binormal_auc(scores: ArrayLike, truth: ArrayLike, *, alpha: float = 0.05) -> Estimate:
    """Estimate the area under the binormal ROC curve.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Ratings or continuous scores; higher = more diseased. Neighbouring scores of one class are
        one category, as no threshold between them changes the curve, and more than 20 categories
        are joined to about 20.
    truth : array_like, shape (n,)
        1 or True = diseased.
    alpha : float
        Two-sided level.

    Returns
    -------
    Estimate
        SE from the expected information, normal interval cut at 0 and 1. Perfectly separated
        scores have no finite curve: the value is then 1 or 0 and a warning says so.

    Raises
    ------
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        If a class is absent, or the vectors hold NaN or differ in length.

    References
    ----------
    Dorfman & Alf 1969, J Math Psychol 6:487. Metz, Herman & Shen 1998, Stat Med 17:1033.

    Examples
    --------
    >>> ratings = [1] * 6 + [2] * 3 + [3] * 3 + [1] * 2 + [2] * 3 + [3] * 7
    >>> found = binormal_auc(ratings, [0] * 12 + [1] * 12)
    >>> round(found.value, 3)
    0.74
    """
    check_alpha(alpha)
    values, diseased = scores_and_truth(scores, truth)
    counts = count(values, diseased)
    found = fit(counts.healthy[::-1], counts.diseased[::-1])
    se = root(found.variance)
    low, high = interval(found.auc, se, alpha=alpha)
    warnings = (
        ()
        if found.converged
        else (
            "the likelihood has no maximum inside its range (few or separated categories): "
            "the curve is a limit and its SE is not to be used",
        )
    )
    return Estimate(
        value=found.auc,
        se=se,
        ci_low=max(low, 0.0) if low == low else low,
        ci_high=min(high, 1.0) if high == high else high,
        method="binormal AUC, maximum likelihood, normal interval",
        n=int(diseased.size),
        alpha=alpha,
        p_value=two_sided_p(standardised(found.auc - 0.5, se)),
        warnings=warnings,
        provenance=Provenance(PAPER, data_hash(values, diseased)),
    )


def fit_auc(healthy: Floats, diseased: Floats) -> float:
    """Return the binormal AUC of counts per category, lowest category first.

    Examples
    --------
    >>> round(fit_auc(np.array([6.0, 3.0, 3.0]), np.array([2.0, 3.0, 7.0])), 3)
    0.74
    """
    return fit(healthy, diseased).auc


def fit(healthy: Floats, diseased: Floats) -> Fit:
    """Fit the curve by Fisher scoring with halved steps.

    Parameters
    ----------
    healthy, diseased : ndarray, shape (k,)
        Counts per category, lowest first.

    Returns
    -------
    Fit

    Examples
    --------
    >>> fit(np.array([6.0, 3.0, 3.0]), np.array([2.0, 3.0, 7.0])).converged
    True
    """
    table = _categories(np.stack([healthy, diseased]))
    if table.shape[1] < 3:
        return _one_point(table)
    parameters = _start(table)
    likelihood = _likelihood(parameters, table)
    gain, rounds = np.inf, 0
    while gain > GAIN * abs(likelihood) and rounds < ITERATIONS:
        rounds += 1
        score, information = _score(parameters, table)
        step = _step(parameters, score, information)
        better = parameters
        size, gain = 1.0, 0.0
        while size > 1e-10 and gain <= 0.0:
            better = parameters + size * step
            better[1] = np.clip(better[1], -LARGEST_LOG, LARGEST_LOG)
            gain = _likelihood(better, table) - likelihood
            size /= 2.0
        if gain > 0.0:
            parameters, likelihood = better, likelihood + gain
    return _summary(parameters, table, converged=rounds < ITERATIONS)


def _step(parameters: Floats, score: Floats, information: Floats) -> Floats:
    """Return the scoring step; log b stays where it is when its bound is in the way."""
    free = np.ones(score.size, dtype=bool)
    free[1] = abs(parameters[1]) < LARGEST_LOG or score[1] * parameters[1] < 0.0
    scale = np.sqrt(np.maximum(np.diag(information)[free], SMALLEST))
    scaled = information[np.ix_(free, free)] / np.outer(scale, scale)
    step = np.zeros(score.size)
    step[free] = np.linalg.lstsq(scaled, score[free] / scale)[0] / scale
    return step


def _categories(table: Floats) -> Floats:
    """Join neighbouring categories of one class, then to about 20 of equal number."""
    table = table[:, table.sum(axis=0) > 0.0]
    only = np.where(table[0] == 0.0, 1, np.where(table[1] == 0.0, 0, -1))
    joins = (only[1:] == only[:-1]) & (only[1:] >= 0)
    group = np.concatenate([[0], np.cumsum(~joins)])
    if group[-1] + 1 > MOST_CATEGORIES:
        middle = np.cumsum(table.sum(axis=0)) - table.sum(axis=0) / 2.0
        share = np.floor(middle / table.sum() * MOST_CATEGORIES).astype(np.int64)
        group = np.unique(share, return_inverse=True)[1]
    joined = np.zeros((2, int(group[-1]) + 1))
    for row in (0, 1):
        joined[row] = np.bincount(group, weights=table[row])
    return joined


def _one_point(table: Floats) -> Fit:
    """Return the curve of at most one operating point: equal variances, or perfect separation."""
    if table.shape[1] == 1:
        return Fit(0.0, 1.0, np.nan, converged=False)
    below = np.cumsum(table, axis=1)[:, 0] / table.sum(axis=1)
    a = float(special.ndtri(below[0]) - special.ndtri(below[1]))
    return Fit(a, 1.0, np.nan, converged=False)


def _start(table: Floats) -> Floats:
    """Return a, log b and the cuts, from a straight line through the shrunken normal deviates."""
    shrunken = (np.cumsum(table, axis=1)[:, :-1] + 0.25) / (table.sum(axis=1, keepdims=True) + 0.5)
    cuts, others = special.ndtri(shrunken)
    cuts = cuts + 1e-3 * np.arange(cuts.size)  # no two cuts may start equal
    spread = float(((cuts - cuts.mean()) ** 2).sum())
    slope = float(((cuts - cuts.mean()) * (others - others.mean())).sum()) / spread
    b = min(max(slope, 0.2), 5.0)
    return np.concatenate([[b * cuts.mean() - others.mean(), np.log(b)], cuts])


def _cells(parameters: Floats) -> tuple[Floats, Floats]:
    a, b, cuts = parameters[0], np.exp(parameters[1]), parameters[2:]
    edges = np.concatenate([[-np.inf], cuts, [np.inf]])
    return edges, np.concatenate([[-np.inf], b * cuts - a, [np.inf]])


def _likelihood(parameters: Floats, table: Floats) -> float:
    if (np.diff(parameters[2:]) <= 0.0).any():
        return -np.inf
    chances = np.stack([_chances(edge) for edge in _cells(parameters)])
    return float((table * np.log(chances)).sum())


def _chances(edge: Floats) -> Floats:
    """Return normal probabilities between edges, above 0 from the upper tail, which stays exact."""
    low, high = edge[:-1], edge[1:]
    above = special.ndtr(-low) - special.ndtr(-high)
    below = special.ndtr(high) - special.ndtr(low)
    return np.maximum(np.where(low > 0.0, above, below), SMALLEST)


def _score(parameters: Floats, table: Floats) -> tuple[Floats, Floats]:
    """Return the gradient of the log-likelihood and the expected information."""
    b, cuts = np.exp(parameters[1]), parameters[2:]
    edges = _cells(parameters)
    score, information = np.zeros(parameters.size), np.zeros((parameters.size,) * 2)
    for row, (edge, own) in enumerate(zip(edges, (1.0, b), strict=True)):
        density = np.exp(-0.5 * edge[1:-1] ** 2) / np.sqrt(2.0 * np.pi)
        slopes = np.zeros((parameters.size, edge.size))
        slopes[2 + np.arange(cuts.size), 1 + np.arange(cuts.size)] = own * density
        if row == 1:
            slopes[0, 1:-1], slopes[1, 1:-1] = -density, b * cuts * density
        chances = _chances(edge)
        change = np.diff(slopes, axis=1)
        score += change @ (table[row] / chances)
        information += table[row].sum() * (change / chances) @ change.T
    return score, information


def _summary(parameters: Floats, table: Floats, *, converged: bool) -> Fit:
    a, b = float(parameters[0]), float(np.exp(parameters[1]))
    _, information = _score(parameters, table)
    inverse = np.linalg.pinv(information)[:2, :2]
    length = np.hypot(1.0, b)
    density = np.exp(-0.5 * (a / length) ** 2) / np.sqrt(2.0 * np.pi)
    gradient = density * np.array([1.0 / length, -a * b**2 / length**3])
    within = abs(parameters[1]) < LARGEST_LOG
    inside = converged and within and 1e-9 < special.ndtr(a / length) < 1.0 - 1e-9
    return Fit(a, b, float(gradient @ inverse @ gradient), converged=bool(inside))
