"""The free-response curve of one reader, and its sensitivity at a rate of false positives."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import Floats, Frame, check_alpha
from stats.froc_marks import FrocStudy, froc_study
from stats.inference import interval
from stats.results import Provenance, Result

PAPER = "Rao & Scott 1992, Biometrics 48:577; Bunch et al. 1978, J Appl Photogr Eng 4:166"


@dataclass(frozen=True)
class FrocCurve(Result):
    """Operating points of a reader, from the strictest threshold on.

    Parameters
    ----------
    fp_per_case : tuple of float
        Marks that hit no lesion, rated at the threshold or above, per case, healthy or diseased.
    sensitivity : tuple of float
        Share of all lesions marked at the threshold or above.
    thresholds : tuple of float
        Descending, from +inf.
    """

    fp_per_case: tuple[float, ...]
    sensitivity: tuple[float, ...]
    thresholds: tuple[float, ...]
    method: str = "empirical FROC, threshold ≥"


def froc_curve(marks: Frame, cases: Frame, *, reader: Hashable, modality: Hashable) -> FrocCurve:
    """Return the empirical FROC curve of one reader in one modality.

    Parameters
    ----------
    marks, cases : Frame
        As in `stats.froc.wafroc`.
    reader, modality
        Whose marks; one without any has the single point (0, 0).

    Returns
    -------
    FrocCurve
        One point per observed rating, after (0, 0) at +inf.

    Raises
    ------
    StatisticsError
        As in `stats.froc.wafroc`.

    References
    ----------
    Bunch, Hamilton, Sanderson & Simmons 1978, J Appl Photogr Eng 4:166.

    Examples
    --------
    >>> cases = {"case": [1, 2], "diseased": [0, 1], "n_lesions": [0, 1], "weights": ["", "1"]}
    >>> marks = {"reader": [1, 1], "modality": ["CT", "CT"], "case": [1, 2],
    ...          "mark_type": ["NL", "LL"], "lesion": [None, 1], "rating": [2, 3]}
    >>> curve = froc_curve(marks, cases, reader=1, modality="CT")
    >>> curve.fp_per_case, curve.sensitivity
    ((0.0, 0.0, 0.5), (0.0, 1.0, 1.0))
    """
    study, r, t = _of(marks, cases, reader, modality)
    noise, signal = _ratings(study, r, t)
    thresholds = _thresholds(noise, signal)
    return FrocCurve(
        fp_per_case=_at_or_above(noise, thresholds, len(study.lesions.cases)),
        sensitivity=_at_or_above(signal, thresholds, len(signal)),
        thresholds=tuple(thresholds.tolist()),
        provenance=Provenance(PAPER, study.hashed),
    )


def froc_sensitivity(
    marks: Frame,
    cases: Frame,
    *,
    fp_per_case: float,
    reader: Hashable,
    modality: Hashable,
    alpha: float = 0.05,
) -> Estimate:
    """Return a reader's lesion sensitivity at a rate of false positives per case.

    Parameters
    ----------
    marks, cases : Frame
        As in `stats.froc.wafroc`.
    fp_per_case : float
        The rate, at least 0: the threshold is the lowest observed rating that keeps to it, nothing
        is interpolated.
    reader, modality
        Whose marks.
    alpha : float
        Two-sided level.

    Returns
    -------
    Estimate
        n is the number of diseased cases. The standard error is that of a ratio over cases, so that
        lesions of one case may depend on each other; the threshold is taken as fixed. The interval
        is cut at 0 and 1.

    Raises
    ------
    InvalidArgumentError
        A negative rate.
    DegenerateError
        Fewer than two diseased cases.

    References
    ----------
    Rao & Scott 1992, Biometrics 48:577.

    Examples
    --------
    >>> cases = {"case": [1, 2, 3], "diseased": [0, 1, 1], "n_lesions": [0, 2, 1],
    ...          "weights": ["", "", ""]}
    >>> marks = {"reader": [1, 1], "modality": ["CT", "CT"], "case": [2, 3],
    ...          "mark_type": ["LL", "LL"], "lesion": [1, 1], "rating": [2, 3]}
    >>> found = froc_sensitivity(marks, cases, fp_per_case=1, reader=1, modality="CT")
    >>> round(found.value, 4), round(found.se, 4)
    (0.6667, 0.2222)
    """
    check_alpha(alpha)
    if not fp_per_case >= 0:
        raise InvalidArgumentError(f"fp_per_case is {fp_per_case}: give 0 or more")
    study, r, t = _of(marks, cases, reader, modality)
    noise, signal = _ratings(study, r, t)
    thresholds = _thresholds(noise, signal)
    rates = np.array(_at_or_above(noise, thresholds, len(study.lesions.cases)))
    kept = np.flatnonzero(rates <= fp_per_case)
    threshold = float(thresholds[kept[-1]])
    value, se, n = _ratio(study, signal >= threshold)
    warnings = []
    if len(kept) == len(thresholds) and rates[-1] < fp_per_case:
        warnings.append(
            f"All marks make {rates[-1]:.4g} false positives per case, fewer than asked."
        )
    if se == 0:
        warnings.append("Every case has the same sensitivity: the interval has no width.")
    low, high = interval(value, se, alpha=alpha)
    return Estimate(
        value=value,
        se=se,
        ci_low=max(low, 0.0),
        ci_high=min(high, 1.0),
        method=(
            f"lesion sensitivity at {rates[kept[-1]]:.4g} false positives per case, "
            f"threshold ≥ {threshold:g}, ratio estimator over cases, z"
        ),
        n=n,
        alpha=alpha,
        warnings=tuple(warnings),
        provenance=Provenance(PAPER, study.hashed),
    )


def _of(
    marks: Frame, cases: Frame, reader: Hashable, modality: Hashable
) -> tuple[FrocStudy, int, int]:
    everyone = froc_study(marks, cases, readers=None, modalities=None)
    readers = (*everyone.readers, *({reader} - set(everyone.readers)))
    modalities = (*everyone.modalities, *({modality} - set(everyone.modalities)))
    study = froc_study(marks, cases, readers=readers, modalities=modalities)
    return study, readers.index(reader), modalities.index(modality)


def _ratings(study: FrocStudy, r: int, t: int) -> tuple[Floats, Floats]:
    place, _, rating = study.noise_marks
    return rating[place == r * len(study.modalities) + t], study.lesion_rating[r, t]


def _thresholds(noise: Floats, signal: Floats) -> Floats:
    observed = np.unique(np.concatenate([noise, signal[np.isfinite(signal)]]))
    return np.concatenate([[np.inf], observed[::-1]])


def _at_or_above(ratings: Floats, thresholds: Floats, count: int) -> tuple[float, ...]:
    ascending = np.sort(ratings)
    above = len(ratings) - np.searchsorted(ascending, thresholds, side="left")
    return tuple((above / count).tolist())


def _ratio(
    study: FrocStudy, found: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
) -> tuple[float, float, int]:
    """Return found lesions over lesions, its standard error over cases, and how many cases."""
    lesions = study.lesions
    per_case = np.bincount(lesions.case_of, minlength=len(lesions.cases))
    hits = np.bincount(lesions.case_of, weights=found, minlength=len(lesions.cases))
    n = int(lesions.diseased.sum())
    if n < 2:
        raise DegenerateError("one diseased case: a standard error over cases needs at least two")
    value = float(hits.sum() / per_case.sum())
    residual = (hits - value * per_case)[lesions.diseased]
    se = float(np.sqrt(n / (n - 1) * (residual**2).sum()) / per_case.sum())
    return value, se, n
