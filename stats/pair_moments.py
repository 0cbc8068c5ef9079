"""Second moments of the AUC kernel over every pair of curves, whatever was read.

A curve is one reader in one modality. For two curves the product of their kernels is summed over
the pairs of comparisons that share both cases, the diseased case, the healthy case, or anything
(Gallas 2006; Gallas et al. 2009). Reads that are absent add nothing to the sum or to its count.
"""

from dataclasses import dataclass

import numpy as np

from stats.frames import Booleans, Floats

CHUNK_BYTES = 64_000_000
CHUNK_PAIRS = 4_000_000  # of one curve: sums of products up to 4 stay below 2²⁴, exact in float32

# Rows turn the inclusive sums into those of exactly: both cases, the diseased, the healthy, none.
EXCLUSIVE = np.array(
    [[1.0, 0.0, 0.0, 0.0], [-1.0, 1.0, 0.0, 0.0], [-1.0, 0.0, 1.0, 0.0], [1.0, -1.0, -1.0, 1.0]]
)


@dataclass(frozen=True)
class PairMoments:
    """Inclusive sums and counts over pairs of curves.

    Parameters
    ----------
    sums, counts : ndarray, shape (4, curves, curves)
        Sharing both cases, the diseased case, the healthy case, or unconditional.
    totals : ndarray, shape (curves,)
        Sum of the kernel of each curve.
    n_healthy, n_diseased : ndarray, shape (curves,)
        Cases read.
    """

    sums: Floats
    counts: Floats
    totals: Floats
    n_healthy: Floats
    n_diseased: Floats

    @property
    def sizes(self) -> Floats:
        """Number of comparisons of each curve."""
        return self.n_healthy * self.n_diseased


def pair_moments(scores: Floats, truth: Booleans) -> PairMoments:
    """Return the moments of curves.

    Parameters
    ----------
    scores : ndarray, shape (curves, cases)
        NaN where a case was not read.
    truth : ndarray of bool, shape (cases,)

    Returns
    -------
    PairMoments

    Examples
    --------
    >>> found = pair_moments(np.array([[1.0, 2.0, 2.0, 3.0]]), np.array([0, 0, 1, 1], dtype=bool))
    >>> found.totals / found.sizes, found.sums[:, 0, 0]
    (array([0.875]), array([ 3.25,  6.25,  6.25, 12.25]))
    """
    diseased, healthy = scores[:, truth], scores[:, ~truth]
    curves = scores.shape[0]
    both = np.zeros((curves, curves))
    per_diseased = np.zeros(diseased.shape)
    per_healthy = np.zeros(healthy.shape)
    pairs = min(CHUNK_BYTES // (4 * curves), CHUNK_PAIRS)
    step = max(1, pairs // max(1, healthy.shape[1]))
    for start in range(0, diseased.shape[1], step):
        part = diseased[:, start : start + step, None]
        # Twice the kernel is 0, 1 or 2: exact in float32, and so are the sums of one chunk.
        twice = (part > healthy[:, None, :]).view(np.uint8)
        twice += (part >= healthy[:, None, :]).view(np.uint8)
        success = twice.astype(np.float32)
        per_diseased[:, start : start + step] = success.sum(axis=2) / 2.0
        per_healthy += success.sum(axis=1) / 2.0
        flat = success.reshape(curves, -1)
        both += (flat @ flat.T).astype(np.float64) / 4.0
    totals = per_diseased.sum(axis=1)
    read1, read0 = (~np.isnan(part) for part in (diseased, healthy))
    common1, common0 = (
        read.astype(np.float64) @ read.T.astype(np.float64) for read in (read1, read0)
    )
    n1, n0 = read1.sum(axis=1).astype(np.float64), read0.sum(axis=1).astype(np.float64)
    return PairMoments(
        sums=np.stack(
            [both, per_diseased @ per_diseased.T, per_healthy @ per_healthy.T, _outer(totals)]
        ),
        counts=np.stack(
            [common1 * common0, common1 * _outer(n0), common0 * _outer(n1), _outer(n0 * n1)]
        ),
        totals=totals,
        n_healthy=n0,
        n_diseased=n1,
    )


def unbiased_covariance(found: PairMoments) -> Floats:
    """Return the unbiased covariance of the AUCs of each pair of curves.

    It is the product of the two AUCs less the mean product over comparisons that share no case.

    Parameters
    ----------
    found : PairMoments

    Returns
    -------
    ndarray, shape (curves, curves)
        NaN where a class holds one case only.

    References
    ----------
    Gallas 2006, Academic Radiology 13:353. Bamber 1975, J Math Psychol 12:387.

    Examples
    --------
    >>> truth = np.array([0, 0, 1, 1], dtype=bool)
    >>> unbiased_covariance(pair_moments(np.array([[1.0, 2.0, 2.0, 3.0]]), truth))
    array([[0.015625]])
    """
    sums = np.einsum("k,kij->ij", EXCLUSIVE[3], found.sums)
    counts = np.einsum("k,kij->ij", EXCLUSIVE[3], found.counts)
    shared = found.counts[3] - counts
    covariance = ratio(found.sums[3], found.counts[3]) - ratio(sums, counts)
    return np.where(shared > 0.0, covariance, 0.0)


def ratio(sums: Floats, counts: Floats) -> Floats:
    """Return sums / counts; NaN where nothing was counted.

    Examples
    --------
    >>> ratio(np.array([1.0, 0.0]), np.array([2.0, 0.0]))
    array([0.5, nan])
    """
    found: Floats = np.full(np.shape(sums), np.nan)
    np.divide(sums, counts, out=found, where=counts > 0.0)
    return found


def _outer(values: Floats) -> Floats:
    return np.multiply.outer(values, values)
