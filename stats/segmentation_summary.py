"""Mean of per-case segmentation metrics with an interval that respects patients."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stats.errors import MissingValueError
from stats.estimates import Estimate
from stats.frames import (
    Floats,
    Frame,
    Levels,
    check_alpha,
    column,
    levels,
    numbers,
    refuse_duplicates,
    same_length,
)
from stats.resampling import chunks, percentile_interval
from stats.results import Provenance, Row, data_hash

RESAMPLES = 10_000
PAPER = "Efron & Tibshirani 1993, An Introduction to the Bootstrap"


@dataclass(frozen=True)
class SegmentationSummary(Row):
    """The mean of one metric in one stratum, and how many values could not count."""

    metric: str
    stratum: Hashable
    estimate: Estimate
    n_undefined: int


def segmentation_summary(
    data: Frame,
    *,
    case: str,
    metric: str,
    value: str,
    cluster: str | None = None,
    stratum: str | None = None,
    seed: int,
    alpha: float = 0.05,
) -> tuple[SegmentationSummary, ...]:
    """Return the mean of each metric, for all and in each stratum, with a bootstrap interval.

    Parameters
    ----------
    data : Frame
        One row per case and metric.
    case, metric, value : str
        Columns: what was segmented, the metric's name, its value (NaN or inf where undefined).
    cluster : str, optional
        Column of the patient, when cases of one patient belong together; they are resampled
        together.
    stratum : str, optional
        Column of a subgroup; each gets rows of its own, without any test between them.
    seed : int
        Seed of the Philox generator.
    alpha : float
        Two-sided level.

    Returns
    -------
    tuple of SegmentationSummary
        Rows metric, stratum (None without strata), estimate, n_undefined, sorted. The interval is
        the percentile interval of 10,000 resamples of patients; its warnings say when values were
        left out.

    Raises
    ------
    DuplicateRowsError
        A case twice for one metric.
    MissingColumnError, MissingValueError, InvalidArgumentError
        A column, name or level that is missing or wrong.

    References
    ----------
    Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.

    Examples
    --------
    >>> rows = {"case": [1, 2, 3], "metric": ["dice"] * 3, "value": [0.8, 0.9, float("nan")]}
    >>> found = segmentation_summary(rows, case="case", metric="metric", value="value", seed=1)
    >>> round(found[0].estimate.value, 3), found[0].n_undefined
    (0.85, 1)
    """
    check_alpha(alpha)
    cases, metrics = levels(data, case), levels(data, metric)
    refuse_duplicates({case: cases, metric: metrics})
    values = numbers(data, value, missing=True)
    patients = levels(data, cluster) if cluster else cases
    strata = levels(data, stratum) if stratum else Levels((None,), np.zeros_like(cases.codes))
    same_length(case=cases.codes, metric=metrics.codes, value=values, stratum=strata.codes)
    if not len(values):
        raise MissingValueError("the data holds no row: there is nothing to summarise")
    unit = cluster or case
    source = [column(data, name) for name in (unit, metric)]
    provenance = Provenance(PAPER, data_hash(*source, values), seed=seed)
    found = []
    for name_code, name in enumerate(metrics.labels):
        for code, label in enumerate(strata.labels):
            chosen = (metrics.codes == name_code) & (strata.codes == code)
            if chosen.any():
                estimate = _mean(values[chosen], patients.codes[chosen], seed, alpha, provenance)
                undefined = int(np.count_nonzero(~np.isfinite(values[chosen])))
                found.append(SegmentationSummary(str(name), label, estimate, undefined))
    return tuple(found)


def _mean(
    values: Floats,
    patients: NDArray[np.int64],
    seed: int,
    alpha: float,
    provenance: Provenance,
) -> Estimate:
    defined = np.isfinite(values)
    used, of_patient = values[defined], patients[defined]
    _, position = np.unique(of_patient, return_inverse=True)
    sums: Floats = np.bincount(position, weights=used).astype(np.float64)
    counts: Floats = np.bincount(position).astype(np.float64)
    warnings = []
    if left_out := int(np.count_nonzero(~defined)):
        warnings.append(
            f"{left_out} of {len(values)} values are not finite and are left out: the mean "
            "describes the other cases only."
        )
    se = low = high = float("nan")
    if len(sums) > 1:
        means = _resampled_means(sums, counts, seed)
        se = float(means.std(ddof=1))
        low, high = percentile_interval(means, alpha=alpha)
    else:
        warnings.append(f"{len(sums)} patients with a value: an interval needs at least two.")
    return Estimate(
        value=float(used.mean()) if len(used) else float("nan"),
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"mean of cases, percentile bootstrap of {len(sums)} patients, {RESAMPLES} times",
        n=len(used),
        alpha=alpha,
        warnings=tuple(warnings),
        provenance=provenance,
    )


def _resampled_means(sums: Floats, counts: Floats, seed: int) -> Floats:
    """Return the mean of all cases in each resample of patients."""
    rng = np.random.Generator(np.random.Philox(seed))
    patients = len(sums)
    means = []
    for size in chunks(RESAMPLES, units=8 * patients):  # draws and values take eight bytes each
        drawn = rng.integers(patients, size=(size, patients))
        means.append(sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1))
    return np.concatenate(means)
