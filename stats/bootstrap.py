"""Bootstraps of AUC differences: over cases or patients, and over readers and cases."""

from collections.abc import Hashable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from stats.delong import estimate as delong_estimate
from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Comparison
from stats.frames import (
    Booleans,
    Floats,
    Frame,
    Integers,
    check_alpha,
    check_option,
    levels,
    same_length,
    truth_vector,
    two_classes,
    vector,
)
from stats.inference import standardised, two_sided_p
from stats.placements import Placements, placements
from stats.readings import Readings, readings, without_one_class_curves
from stats.resampling import (
    Counts,
    SortedCurve,
    bca_interval,
    chunks,
    percentile_interval,
    resampled_counts,
)
from stats.results import Provenance, Result, Row, data_hash

PAPER = "Efron 1987, JASA 82:171; Carpenter & Bithell 2000, Stat Med 19:1141"
MRMC_PAPER = "Beiden, Wagner & Campbell 2000, Acad Radiol 7:341"
FEWEST = 100
SENSITIVITY = (
    "resampling readers and cases together overstates the variance: "
    "this is a sensitivity analysis, not a primary one"
)


def bootstrap_auc_difference(
    scores_a: ArrayLike,
    scores_b: ArrayLike,
    truth: ArrayLike,
    *,
    seed: int,
    resamples: int = 10_000,
    cluster: ArrayLike | None = None,
    alpha: float = 0.05,
) -> Comparison:
    """Compare the AUCs of two scores of the same cases by the bootstrap.

    Parameters
    ----------
    scores_a, scores_b : array_like, shape (n,)
        The two scores, case by case.
    truth : array_like, shape (n,)
        1 or True = diseased.
    seed : int
        Of the Philox generator.
    resamples : int
        At least 100.
    cluster : array_like, shape (n,), optional
        The patient of each case: patients are then drawn, not cases.
    alpha : float
        Two-sided level.

    Returns
    -------
    Comparison
        Cases (or patients) are drawn within strata of truth; patients with both classes are a
        stratum of their own. SE is the spread of the resamples, the p-value that of z with it, the
        interval BCa; where BCa fails, the percentile interval with a warning.

    Raises
    ------
    InvalidArgumentError
        If there are fewer than 100 resamples.
    OneClassError, MissingValueError, LengthError
        If a class is absent, or the vectors hold NaN or differ in length.

    References
    ----------
    Efron 1987, JASA 82:171. Carpenter & Bithell 2000, Stat Med 19:1141.

    Examples
    --------
    >>> truth = [0] * 5 + [1] * 5
    >>> a, b = [1, 2, 3, 4, 6, 5, 7, 8, 9, 10], [2, 7, 3, 4, 6, 5, 1, 8, 9, 10]
    >>> found = bootstrap_auc_difference(a, b, truth, seed=1, resamples=1000)
    >>> round(found.value, 2)
    0.24
    """
    check_alpha(alpha)
    _check_resamples(resamples)
    diseased = truth_vector(truth)
    a, b = vector(scores_a, name="scores_a"), vector(scores_b, name="scores_b")
    same_length(scores_a=a, scores_b=b, truth=diseased)
    two_classes(diseased)
    unit = _units(cluster, a.size)
    strata = _strata(unit, diseased)
    size = int(unit.max()) + 1
    draw = np.random.Generator(np.random.Philox(seed))
    curves = SortedCurve.of(a, diseased), SortedCurve.of(b, diseased)
    parts = []
    for count in chunks(resamples, units=2 * a.size):
        weights = resampled_counts(strata, size=size, draw=draw, resamples=count)
        cases = weights if cluster is None else weights[:, unit]
        parts.append(curves[0].auc(cases) - curves[1].auc(cases))
    values = np.concatenate(parts)
    arms = delong_estimate(a, diseased, alpha=alpha), delong_estimate(b, diseased, alpha=alpha)
    found = placements(np.stack([a, b]), diseased)
    cases_influence = _influence(found, diseased)
    influence = np.bincount(unit, weights=cases_influence, minlength=size).astype(np.float64)
    value = arms[0].value - arms[1].value
    ends = bca_interval(values, value, influence, alpha=alpha)
    failed = "BCa does not exist for these resamples: the interval is the percentile one"
    low, high = ends or percentile_interval(values, alpha=alpha)
    se = float(values.std(ddof=1))
    drawn = "cases" if cluster is None else "patients"
    kind = "BCa" if ends else "percentile"
    statistic = standardised(value, se)
    return Comparison(
        value=value,
        se=se,
        ci_low=low,
        ci_high=high,
        method=f"difference of two paired AUCs, {resamples} stratified bootstraps of {drawn}, "
        f"{kind} interval, z with the bootstrap SE",
        n=a.size,
        alpha=alpha,
        p_value=two_sided_p(statistic),
        warnings=() if ends else (failed,),
        estimate_a=arms[0],
        estimate_b=arms[1],
        statistic=statistic,
        distribution="z",
        provenance=Provenance(PAPER, data_hash(a, b, diseased, unit), seed=seed),
    )


@dataclass(frozen=True)
class BootstrapDifference(Row):
    """The bootstrap of the difference a − b of the mean AUC of two modalities."""

    modality_a: Hashable
    modality_b: Hashable
    estimate: float
    se: float
    p_value: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class MrmcBootstrap(Result):
    """A bootstrap over readers and cases.

    Parameters
    ----------
    differences : tuple of BootstrapDifference
    resamples, n_readers, n_cases : int
    n_undefined : int
        Resamples without an AUC in some modality, which are left out.
    alpha : float
    warnings : tuple of str
    method : str
    """

    differences: tuple[BootstrapDifference, ...]
    resamples: int
    n_readers: int
    n_cases: int
    n_undefined: int
    alpha: float
    warnings: tuple[str, ...]
    method: str


def bootstrap_mrmc(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    truth: str,
    score: str,
    seed: int,
    resamples: int = 10_000,
    readers: str = "random",
    cases: str = "random",
    alpha: float = 0.05,
) -> MrmcBootstrap:
    """Compare modalities by drawing readers and cases anew: a sensitivity analysis.

    Parameters
    ----------
    data : DataFrame of polars or pandas, or mapping of columns
        One row per read; any design.
    reader, modality, case, truth, score : str
        Columns; truth 1 = diseased, higher score = more diseased.
    seed : int
        Of the Philox generator.
    resamples : int
        At least 100.
    readers, cases : {'random', 'fixed'}
        What is drawn; not both fixed.
    alpha : float
        Two-sided level.

    Returns
    -------
    MrmcBootstrap
        Differences of the mean AUC of the readers who have one, percentile intervals, z with the
        bootstrap SE. Always with a warning: the naive bootstrap of both factors overstates the
        variance.

    Raises
    ------
    InvalidArgumentError
        If an option does not exist or there are fewer than 100 resamples.
    DegenerateError
        If there is one modality only.
    DuplicateRowsError, MissingValueError, MissingColumnError, OneClassError
        If the data does not allow the analysis.

    References
    ----------
    Beiden, Wagner & Campbell 2000, Acad Radiol 7:341.

    Examples
    --------
    >>> from stats.simulate import roe_metz, ROE_METZ_1997
    >>> study = roe_metz(readers=4, healthy=20, diseased=20, seed=1, **ROE_METZ_1997["HH1.50"])
    >>> columns = dict(reader="reader", modality="modality", case="case", truth="truth")
    >>> found = bootstrap_mrmc(study, score="score", seed=2, resamples=200, **columns)
    >>> len(found.differences)
    1
    """
    check_alpha(alpha)
    _check_resamples(resamples)
    for name, value in (("readers", readers), ("cases", cases)):
        check_option(value, ("random", "fixed"), name=name)
    if readers == cases == "fixed":
        raise InvalidArgumentError("readers and cases are both fixed: nothing is drawn")
    found = without_one_class_curves(
        readings(
            data,
            reader=reader,
            modality=modality,
            case=case,
            truth=truth,
            score=score,
            one_class=True,
        )
    )
    if len(found.modalities) < 2:
        raise DegenerateError("there is one modality only: nothing to compare")
    drawn = _mean_aucs(found, seed=seed, resamples=resamples, readers=readers, cases=cases)
    kept = drawn[1:][np.isfinite(drawn[1:]).all(axis=1)]
    rows = tuple(
        _row(found, drawn[0], kept, a, b, alpha)
        for a, b in combinations(range(len(found.modalities)), 2)
    )
    lost = resamples - kept.shape[0]
    said = (f"{lost} resamples have no AUC in some modality and are left out",) if lost else ()
    return MrmcBootstrap(
        differences=rows,
        resamples=resamples,
        n_readers=len(found.readers),
        n_cases=len(found.cases),
        n_undefined=lost,
        alpha=alpha,
        warnings=(*found.warnings, SENSITIVITY, *said),
        method=f"mean AUC, {resamples} bootstraps of readers ({readers}) and cases ({cases}), "
        "percentile interval, sensitivity analysis",
        provenance=Provenance(MRMC_PAPER, found.hashed, seed=seed, exclusions=found.exclusions),
    )


def _mean_aucs(found: Readings, *, seed: int, resamples: int, readers: str, cases: str) -> Floats:
    """Return the mean AUC by modality, the data's own first, shape (1 + resamples, modalities)."""
    draw = np.random.Generator(np.random.Philox(seed))
    n, r = len(found.cases), len(found.readers)
    strata = np.flatnonzero(found.truth), np.flatnonzero(~found.truth)
    panel = (np.arange(r),)
    curves = [
        (i, k, SortedCurve.of(found.scores[i, k], found.truth))
        for i, k in np.ndindex(r, len(found.modalities))
        if found.read[i, k].any()
    ]
    parts = []
    for number, count in enumerate((1, *chunks(resamples, units=n))):
        own = number == 0  # the first is the data as they are
        drawn_cases: Counts = np.ones((count, n), dtype=np.float32)
        drawn_readers: Counts = np.ones((count, r), dtype=np.float32)
        if not own and cases == "random":
            drawn_cases = resampled_counts(strata, size=n, draw=draw, resamples=count)
        if not own and readers == "random":
            drawn_readers = resampled_counts(panel, size=r, draw=draw, resamples=count)
        total, weight = np.zeros((2, count, len(found.modalities)))
        for i, k, curve in curves:
            values = curve.auc(drawn_cases)
            there = np.where(np.isfinite(values), drawn_readers[:, i], 0.0)
            total[:, k] += there * np.nan_to_num(values)
            weight[:, k] += there
        empty = np.full(total.shape, np.nan)
        parts.append(np.divide(total, weight, out=empty, where=weight > 0.0))
    return np.concatenate(parts)


def _row(
    found: Readings, own: Floats, drawn: Floats, a: int, b: int, alpha: float
) -> BootstrapDifference:
    values, value = drawn[:, a] - drawn[:, b], float(own[a] - own[b])
    se = float(values.std(ddof=1)) if values.size > 1 else np.nan
    low, high = percentile_interval(values, alpha=alpha) if values.size else (np.nan, np.nan)
    p = two_sided_p(standardised(value, se))
    return BootstrapDifference(found.modalities[a], found.modalities[b], value, se, p, low, high)


def _units(cluster: ArrayLike | None, size: int) -> Integers:
    if cluster is None:
        return np.arange(size)
    column = cluster if hasattr(cluster, "dtype") else np.asarray(cluster)
    codes = levels({"cluster": column}, "cluster").codes
    same_length(scores=np.zeros(size), cluster=codes)
    return codes


def _strata(unit: Integers, diseased: Booleans) -> tuple[Integers, ...]:
    """Return the units that hold diseased cases only, healthy only, and both."""
    positive = np.bincount(unit, weights=diseased) > 0.0
    negative = np.bincount(unit, weights=~diseased) > 0.0
    groups = (positive & ~negative, negative & ~positive, positive & negative)
    return tuple(np.flatnonzero(group) for group in groups if group.any())


def _influence(found: Placements, diseased: Booleans) -> Floats:
    influence = np.empty(diseased.size)
    for chosen, places in ((diseased, found.diseased), (~diseased, found.healthy)):
        contrast = places[0] - places[1]
        influence[chosen] = (contrast - contrast.mean()) / contrast.size
    return influence


def _check_resamples(resamples: int) -> None:
    if resamples < FEWEST:
        raise InvalidArgumentError(f"{resamples} resamples: take at least {FEWEST}")
