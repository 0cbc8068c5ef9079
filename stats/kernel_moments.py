"""From sums over pairs of curves to the moments, coefficients and variance of a mean kernel."""

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from stats.frames import Floats
from stats.inference import settled
from stats.pair_moments import EXCLUSIVE, ratio


class Pairs(Protocol):
    """Inclusive sums and counts over pairs of curves, shape (k, curves, curves)."""

    @property
    def sums(self) -> Floats:
        """Sums of products of kernels."""

    @property
    def counts(self) -> Floats:
        """Numbers of products."""

    @property
    def totals(self) -> Floats:
        """Sum of the kernel of each curve, shape (curves,)."""

    @property
    def sizes(self) -> Floats:
        """Number of kernels of each curve, shape (curves,)."""


@dataclass(frozen=True)
class Factor:
    """A source of variation: the moment that shares it alone, and all moments that share it."""

    alone: int
    members: tuple[int, ...]


@dataclass(frozen=True)
class Kernel:
    """A kernel of a U-statistic: its moments, first of one reader, then of two.

    Parameters
    ----------
    label : str
    names : tuple of str
        Of the moments; the last shares nothing.
    shown : tuple of int
        The order of the moments in tables.
    exclusive : ndarray, shape (k, k)
        From inclusive sums of one reader pair to exclusive ones.
    factors : tuple of Factor
        Readers and cases.
    """

    label: str
    names: tuple[str, ...]
    shown: tuple[int, ...]
    exclusive: Floats
    factors: tuple[Factor, ...]


AUC = Kernel(
    label="AUC",
    names=("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"),
    shown=tuple(range(8)),
    exclusive=EXCLUSIVE,
    factors=(Factor(6, (0, 2, 4, 6)), Factor(5, (0, 1, 4, 5)), Factor(3, (0, 1, 2, 3))),
)
BINARY = Kernel(
    label="binary",
    names=("c1r1", "c0r1", "c1r0", "c0r0"),
    shown=(0, 2, 1, 3),
    exclusive=np.array([[1.0, 0.0], [-1.0, 1.0]]),
    factors=(Factor(2, (0, 2)), Factor(1, (0, 1))),
)


@dataclass(frozen=True)
class BinaryPairs:
    """Sums and counts of 0/1 scores over pairs of curves; as `PairMoments`."""

    sums: Floats
    counts: Floats
    totals: Floats
    sizes: Floats


@dataclass(frozen=True)
class Arms:
    """The moments of a pair of modalities, or of one with itself.

    Parameters
    ----------
    value_a, value_b : float
        Mean kernel of each.
    moments, biased, coefficients : ndarray, shape (2k,)
    unbiased, mle : float
        (Co)variance of the two means.
    """

    value_a: float
    value_b: float
    moments: Floats
    biased: Floats
    coefficients: Floats
    unbiased: float
    mle: float


def binary_pairs(scores: Floats) -> BinaryPairs:
    """Return the sums of 0/1 scores that share the case, or nothing.

    Parameters
    ----------
    scores : ndarray, shape (curves, cases)
        NaN where a case was not read.

    Returns
    -------
    BinaryPairs

    Examples
    --------
    >>> binary_pairs(np.array([[1.0, 0.0], [1.0, np.nan]])).counts[0]
    array([[2., 1.],
           [1., 1.]])
    """
    read = (~np.isnan(scores)).astype(np.float64)
    filled = np.where(read > 0.0, scores, 0.0)
    totals, sizes = filled.sum(axis=1), read.sum(axis=1)
    return BinaryPairs(
        sums=np.stack([filled @ filled.T, np.multiply.outer(totals, totals)]),
        counts=np.stack([read @ read.T, np.multiply.outer(sizes, sizes)]),
        totals=totals,
        sizes=sizes,
    )


def arms(
    pairs: Pairs, kernel: Kernel, *, readers: int, modalities: int, pair: tuple[int, int]
) -> Arms:
    """Return the moments of a pair of modalities.

    Parameters
    ----------
    pairs : Pairs
        Of curves in the order of readers, then modalities.
    kernel : Kernel
    readers, modalities : int
    pair : tuple of two int
        Positions of the modalities.

    Returns
    -------
    Arms

    References
    ----------
    Gallas, Bandos, Samuelson & Wagner 2009, Commun Stat Theory Methods 38:2586.

    Examples
    --------
    >>> pairs = binary_pairs(np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))
    >>> arms(pairs, BINARY, readers=2, modalities=1, pair=(0, 0)).value_a.__round__(3)
    0.667
    """
    a, b = (np.arange(readers) * modalities + position for position in pair)
    numbers = [_inclusive(table[:, a][:, :, b]) for table in (pairs.sums, pairs.counts)]
    sums, counts = (_exclusive(kernel, part) for part in numbers)
    whole = numbers[1][-1]
    moments, biased = ratio(sums, counts), ratio(*numbers)
    coefficients = counts / whole
    coefficients[-1] -= 1.0
    used = coefficients != 0.0
    value_a, value_b = (float(ratio(pairs.totals[k].sum(), pairs.sizes[k].sum())) for k in (a, b))
    return Arms(
        value_a=value_a,
        value_b=value_b,
        moments=moments,
        biased=biased,
        coefficients=coefficients,
        unbiased=settled(float((coefficients * moments)[used].sum()), scale=value_a * value_b),
        mle=settled(float((coefficients * biased)[used].sum()), scale=value_a * value_b),
    )


def degrees_of_freedom(kernel: Kernel, parts: tuple[tuple[float, Arms], ...], which: str) -> float:
    """Return the BDG degrees of freedom of a sum of (co)variances, not below their smallest factor.

    Parameters
    ----------
    kernel : Kernel
    parts : tuple of (weight, Arms)
        (1, a) for one modality; (1, a), (1, b), (−2, a and b) for a difference.
    which : {'unbiased', 'mle'}
        The variance.

    Returns
    -------
    float
        NaN when the variance is negative or a factor has one level.

    References
    ----------
    Satterthwaite 1946, Biometrics Bulletin 2:110. Gaylor & Hopper 1969, Technometrics 11:691.

    Examples
    --------
    >>> pairs = binary_pairs(np.array([[1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))
    >>> own = arms(pairs, BINARY, readers=2, modalities=1, pair=(0, 0))
    >>> round(degrees_of_freedom(BINARY, ((1.0, own),), "mle"), 3)
    5.556
    """
    variance = sum(weight * getattr(part, which) for weight, part in parts)
    singles = [part for weight, part in parts if weight > 0.0]
    whole = [min(_levels(part, factor) for part in singles) - 1.0 for factor in kernel.factors]
    if not variance >= 0.0 or min(whole) < 1.0:
        return math.nan
    spread = 0.0
    for factor, df in zip(kernel.factors, whole, strict=True):
        share = sum(
            weight * (part.biased[factor.alone] - part.biased[-1]) for weight, part in parts
        )
        spread += share**2 / df**3
    return max(float(variance**2 / spread) if spread > 0.0 else math.inf, min(whole))


def _levels(part: Arms, factor: Factor) -> float:
    """Return the effective number of levels of a factor, whole."""
    weight = float(part.coefficients[list(factor.members)].sum())
    return float(np.round(1.0 / weight)) if weight > 0.0 else math.nan


def _inclusive(block: Floats) -> Floats:
    """Return sums over one reader, then over any two, of the block of a pair of modalities."""
    return np.concatenate([np.einsum("krr->k", block), block.sum(axis=(1, 2))])


def _exclusive(kernel: Kernel, inclusive: Floats) -> Floats:
    size = len(kernel.exclusive)
    same, every = inclusive[:size], inclusive[size:]
    return np.concatenate([kernel.exclusive @ same, kernel.exclusive @ (every - same)])
