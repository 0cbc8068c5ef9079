"""The AUC when a patient brings several lesions, images or regions."""

import numpy as np
from numpy.typing import ArrayLike

from stats.delong import scores_and_truth
from stats.errors import DegenerateError
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha, levels, same_length
from stats.inference import interval, root, standardised, two_sided_p
from stats.placements import placements
from stats.results import Provenance, data_hash

PAPER = "Obuchowski 1997, Biometrics 53:567"


def clustered_auc(
    scores: ArrayLike, truth: ArrayLike, cluster: ArrayLike, *, alpha: float = 0.05
) -> Estimate:
    """Estimate the AUC of units that come in clusters, such as lesions in patients.

    Parameters
    ----------
    scores : array_like, shape (n,)
        Of units; higher = more diseased.
    truth : array_like, shape (n,)
        Of units; 1 or True = diseased. One cluster may hold both.
    cluster : array_like, shape (n,)
        The patient of each unit.
    alpha : float
        Two-sided level.

    Returns
    -------
    Estimate
        `n` is the number of clusters. With one unit per cluster the SE is near that of DeLong.

    Raises
    ------
    DegenerateError
        If fewer than two clusters hold a diseased, or a healthy unit.
    OneClassError, MissingValueError, LengthError, InvalidArgumentError
        If a class is absent, or the vectors hold NaN or differ in length.

    References
    ----------
    Obuchowski 1997, Biometrics 53:567.

    Examples
    --------
    >>> found = clustered_auc([1, 2, 3, 4, 2, 5], [0, 0, 1, 1, 0, 1], [1, 1, 2, 2, 3, 3])
    >>> round(found.value, 3), found.n
    (1.0, 3)
    """
    check_alpha(alpha)
    values, diseased = scores_and_truth(scores, truth)
    column = cluster if hasattr(cluster, "dtype") else np.asarray(cluster)
    patients = levels({"cluster": column}, "cluster")
    same_length(scores=values, cluster=patients.codes)
    found = placements(values[None, :], diseased)
    value = float(found.auc[0])
    size = len(patients.labels)
    n1, n0 = int(diseased.sum()), int((~diseased).sum())
    parts = []
    for chosen, places, units in (
        (diseased, found.diseased[0], n1),
        (~diseased, found.healthy[0], n0),
    ):
        where = patients.codes[chosen]
        total = np.bincount(where, weights=places - value, minlength=size).astype(np.float64)
        holders = int((np.bincount(where, minlength=size) > 0).sum())
        if holders < 2:
            raise DegenerateError("two clusters with a unit of each class are needed")
        parts.append((total, holders / (holders - 1.0), units))
    (total1, scale1, _), (total0, scale0, _) = parts
    variance = (
        scale1 * _squares(total1) / n1**2
        + scale0 * _squares(total0) / n0**2
        + 2.0 * size / (size - 1.0) * float(total1 @ total0) / (n1 * n0)
    )
    se = root(variance)
    low, high = interval(value, se, alpha=alpha)
    said = "the variance over clusters is not above 0: the interval has no width"
    return Estimate(
        value=value,
        se=se,
        ci_low=max(low, 0.0) if low == low else low,
        ci_high=min(high, 1.0) if high == high else high,
        method="empirical AUC, Obuchowski's variance for clustered data, normal interval",
        n=size,
        alpha=alpha,
        p_value=two_sided_p(standardised(value - 0.5, se)),
        warnings=() if se > 0.0 else (said,),
        provenance=Provenance(PAPER, data_hash(values, diseased, patients.codes)),
    )


def _squares(total: Floats) -> float:
    return float(total @ total)
