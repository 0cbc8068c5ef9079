"""Observed and chance agreement of units × raters, and what each unit contributes to both.

Every coefficient is (observed − chance) / (1 − chance); they differ in chance alone. The variance
is that of the units' contributions, the linear part of the coefficient (Gwet 2014, chapter 5;
Gwet 2016): missing ratings need no further rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from stats.errors import DesignError
from stats.frames import Floats
from stats.ratings import MISSING, Ratings

NO_ROOM = 1e-12  # chance agreement this close to 1 leaves nothing to be corrected for


@dataclass(frozen=True)
class Chance:
    """Chance agreement and each unit's linear contribution to it.

    Parameters
    ----------
    value : float
        Chance agreement; NaN where it is 0/0.
    units : ndarray of float64, shape (units,)
        Contributions, of mean `value`.
    """

    value: float
    units: Floats


@dataclass(frozen=True)
class Coefficient:
    """A coefficient and the contributions of its units.

    Parameters
    ----------
    value : float
        The coefficient; NaN where chance agreement is 1.
    units : ndarray of float64, shape (used,)
        Linear contributions of the units that the coefficient uses.
    used : ndarray of bool, shape (units,)
        Which units those are: rated at all, or for Krippendorff's alpha rated twice.
    """

    value: float
    units: Floats
    used: NDArray[np.bool_]

    @property
    def n(self) -> int:
        """Number of units in use."""
        return len(self.units)

    @property
    def deviations(self) -> Floats:
        """The influence of every unit, of mean 0; those not in use have none."""
        spread = np.zeros(len(self.used))
        spread[self.used] = (self.units - self.units.mean()) * len(self.used) / self.n
        return spread


def chance_corrected(ratings: Ratings, weights: Floats, *, name: str) -> Coefficient:
    """Return a coefficient of agreement.

    Parameters
    ----------
    ratings : Ratings
        Units × raters.
    weights : ndarray of float64, shape (q, q)
        Agreement weights.
    name : str
        One of `CHANCE`, or 'krippendorff_alpha'.

    Returns
    -------
    Coefficient

    Raises
    ------
    DesignError
        If no unit has two ratings, or Cohen's kappa is asked of more than two raters.

    References
    ----------
    Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapters 2, 3, 5 and 6.

    Examples
    --------
    >>> from stats.ratings import read_ratings
    >>> ratings = read_ratings([[1, 1], [2, 2], [1, 2], [2, 2]])
    >>> chance_corrected(ratings, np.eye(2), name="percent_agreement").value
    0.75
    """
    if name == "cohen_kappa":
        ratings = _only_pairs(ratings)
    counts = ratings.counts
    n_ratings = counts.sum(axis=1)
    if not (n_ratings >= 2).any():
        raise DesignError("no unit was rated by two raters: there is nothing to agree on")
    if name == "krippendorff_alpha":
        return _krippendorff(counts, weights)
    used = n_ratings > 0
    seen = ratings.of_units(used)
    chance = CHANCE[name](seen, weights)
    paired = n_ratings[used] >= 2
    observed = _observed(seen.counts, weights)
    scale = len(paired) / paired.sum()
    room = 1.0 - chance.value
    if not room > NO_ROOM:  # 0/0, or NaN
        return Coefficient(np.nan, np.full(len(paired), np.nan), used)
    value = float((observed[paired].mean() - chance.value) / room)
    units = scale * (observed - chance.value * paired) / room
    units -= 2.0 * (1.0 - value) * (chance.units - chance.value) / room
    return Coefficient(value, units, used)


def _only_pairs(ratings: Ratings) -> Ratings:
    """Return the ratings of two raters without those that the other rater did not match."""
    if ratings.n_raters != 2:
        raise DesignError(
            f"Cohen's kappa is of two raters, here are {ratings.n_raters}: use conger_kappa"
        )
    both = (ratings.codes != MISSING).all(axis=1, keepdims=True)
    return replace(ratings, codes=np.where(both, ratings.codes, MISSING))


def _observed(counts: Floats, weights: Floats) -> Floats:
    """Return the share of each unit's pairs of raters that agree; 0 where there is no pair."""
    n_ratings = counts.sum(axis=1)
    pairs = n_ratings * (n_ratings - 1)
    agreeing = (counts * (counts @ weights - 1.0)).sum(axis=1)
    shares: Floats = np.divide(agreeing, pairs, out=np.zeros_like(agreeing), where=pairs > 0)
    return shares


def _shares(counts: Floats) -> Floats:
    shares: Floats = counts / counts.sum(axis=1, keepdims=True)
    return shares


def _none(ratings: Ratings, weights: Floats) -> Chance:
    """Percent agreement is not corrected for chance."""
    return Chance(0.0, np.zeros(len(ratings.codes)))


def _uniform(ratings: Ratings, weights: Floats) -> Chance:
    """Brennan & Prediger: every category is as likely."""
    value = float(weights.mean())
    return Chance(value, np.full(len(ratings.codes), value))


def _gwet(ratings: Ratings, weights: Floats) -> Chance:
    """Gwet: Σ w · Σ π(1 − π) / q(q − 1), with π the mean share of each category."""
    q = len(weights)
    if q == 1:
        return Chance(np.nan, np.full(len(ratings.codes), np.nan))
    shares = _shares(ratings.counts)
    mean = shares.mean(axis=0)
    factor = weights.sum() / (q * (q - 1))
    return Chance(float(factor * (mean * (1 - mean)).sum()), factor * (shares @ (1 - mean)))


def _fleiss(ratings: Ratings, weights: Floats) -> Chance:
    """Fleiss, and Scott for two raters: π'Wπ, with π the mean share of each category."""
    shares = _shares(ratings.counts)
    mean = shares.mean(axis=0)
    return Chance(float(mean @ weights @ mean), shares @ (weights @ mean))


def _conger(ratings: Ratings, weights: Floats) -> Chance:
    """Conger, and Cohen for two raters: two different raters draw from their own marginals."""
    rated = ratings.codes != MISSING
    n_rated = rated.sum(axis=0)
    if not n_rated.all():
        raise DesignError("a rater has no rating: leave that rater's column out")
    n, raters = ratings.codes.shape
    own = ratings.counts_by_rater / n_rated[:, None]
    others = own.sum(axis=0) - own  # each rater against the sum of the others
    toward = (others @ weights) / (raters * (raters - 1))
    means = (own * toward).sum(axis=1)
    moves = np.where(rated, toward[np.arange(raters), ratings.codes] - means, 0.0)
    value = float(means.sum())
    return Chance(value, value + (moves * (n / n_rated)).sum(axis=1))


def _krippendorff(counts: Floats, weights: Floats) -> Coefficient:
    """Return alpha: only units rated twice, each weighing as many as its ratings.

    Observed and chance agreement are ratios over the mean number of ratings, whose own variation
    enters the contributions. The small-sample term shifts the value, not its variance.
    """
    used = counts.sum(axis=1) >= 2
    counts = counts[used]
    n_ratings = counts.sum(axis=1)
    mean_ratings = n_ratings.mean()
    excess = (n_ratings - mean_ratings) / mean_ratings
    agreeing = _observed(counts, weights) * n_ratings / mean_ratings
    observed = agreeing.mean()
    marginal = counts.mean(axis=0) / mean_ratings
    chance = float(marginal @ weights @ marginal)
    room = 1.0 - chance
    if not room > NO_ROOM:
        return Coefficient(np.nan, np.full(len(counts), np.nan), used)
    first = (observed - chance) / room
    chance_units = counts @ (weights @ marginal) / mean_ratings - chance * excess
    small = 1.0 / n_ratings.sum()
    corrected = (1.0 - small) * observed + small
    units = (agreeing - corrected * excess - chance) / room
    units -= 2.0 * (1.0 - first) * (chance_units - chance) / room
    return Coefficient(float((corrected - chance) / room), units, used)


CHANCE: Mapping[str, Callable[[Ratings, Floats], Chance]] = {
    "percent_agreement": _none,
    "gwet_ac": _gwet,
    "fleiss_kappa": _fleiss,
    "scott_pi": _fleiss,
    "conger_kappa": _conger,
    "cohen_kappa": _conger,
    "brennan_prediger": _uniform,
}
