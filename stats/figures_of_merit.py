"""Figures of merit of one curve, their values without each case, and which cases they use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial as partial_of
from typing import TypeAlias

import numpy as np

from stats.binormal import fit_auc
from stats.errors import DegenerateError, InvalidArgumentError
from stats.frames import Booleans, Floats, check_option
from stats.placements import placements
from stats.roc_curves import (
    CORRECTIONS,
    Counts,
    count,
    false_positive_range,
    partial_area,
    without_one,
)

Merit: TypeAlias = Callable[[Floats, Booleans], float]
NAMES = ("auc", "partial_auc", "binormal_auc", "sensitivity", "specificity")


@dataclass(frozen=True)
class Figure:
    """A figure of merit.

    Parameters
    ----------
    label : str
        Its name in `method`.
    value : callable (scores, truth) -> float
    leave_one_out : callable (scores, truth) -> ndarray, shape (n,)
        Its value without each case in turn; the value itself for a case it does not use.
    classes : tuple of bool
        The truth classes it uses.
    bounds : tuple of float
        Its smallest and largest value.
    """

    label: str
    value: Merit
    leave_one_out: Callable[[Floats, Booleans], Floats]
    classes: tuple[bool, ...] = (False, True)
    bounds: tuple[float, float] = (0.0, 1.0)

    def uses(self, truth: Booleans) -> Booleans:
        """Return which cases the figure uses, shape (n,)."""
        return truth == self.classes[0] if len(self.classes) == 1 else np.ones_like(truth)


def figure(
    name: str | Merit,
    *,
    partial: Mapping[str, object] | None = None,
    threshold: float | None = None,
) -> Figure:
    """Return a figure of merit by name, or make one of a function.

    Parameters
    ----------
    name : {'auc', 'partial_auc', 'binormal_auc', 'sensitivity', 'specificity'} or callable
        A callable takes scores and truth of one curve and returns a number.
    partial : mapping, optional
        `specificity` and `correction` of `partial_auc`.
    threshold : float, optional
        For sensitivity and specificity: a score ≥ threshold is positive. Without it the scores must
        be 0 and 1.

    Returns
    -------
    Figure

    Raises
    ------
    InvalidArgumentError
        If there is no such figure or option.

    Examples
    --------
    >>> figure("auc").value(np.array([1.0, 2.0]), np.array([False, True]))
    1.0
    """
    if callable(name):
        label = getattr(name, "__name__", "callable")
        without = partial_of(_one_by_one, name)
        return Figure(label, name, without, bounds=(-np.inf, np.inf))
    check_option(name, NAMES, name="figure_of_merit")
    if name == "auc":
        return Figure("empirical AUC", _auc, _auc_without)
    if name == "partial_auc":
        return _partial(dict(partial or {}))
    if name == "binormal_auc":
        return Figure("binormal AUC", _binormal, lambda x, y: _grouped(_fit, x, y))
    return _proportion(name, threshold)


def _auc(scores: Floats, truth: Booleans) -> float:
    return float(placements(scores[None, :], truth).auc[0])


def _auc_without(scores: Floats, truth: Booleans) -> Floats:
    found = placements(scores[None, :], truth)
    value = found.auc[0]
    without = np.empty(scores.size)
    for chosen, places in ((truth, found.diseased[0]), (~truth, found.healthy[0])):
        if places.size < 2:
            raise DegenerateError("the jackknife needs two cases of each class of every reader")
        without[chosen] = (places.size * value - places) / (places.size - 1)
    return without


def _proportion(name: str, threshold: float | None) -> Figure:
    wanted = name == "sensitivity"

    def hits(scores: Floats, truth: Booleans) -> Floats:
        if threshold is None and not np.isin(scores, (0.0, 1.0)).all():
            raise InvalidArgumentError(f"{name} of scores that are not 0 and 1 needs a threshold")
        positive = scores >= (0.5 if threshold is None else threshold)
        return np.asarray(positive[truth == wanted] == wanted, dtype=np.float64)

    def value(scores: Floats, truth: Booleans) -> float:
        return float(hits(scores, truth).mean())

    def without(scores: Floats, truth: Booleans) -> Floats:
        found = hits(scores, truth)
        if found.size < 2:
            raise DegenerateError(f"the jackknife of {name} needs two cases of every reader")
        left = np.full(scores.size, found.mean())
        left[truth == wanted] = (found.sum() - found) / (found.size - 1)
        return left

    said = "0/1 scores" if threshold is None else f"score >= {threshold:g}"
    return Figure(f"{name} ({said})", value, without, (wanted,))


def _partial(options: dict[str, object]) -> Figure:
    unknown = set(options) - {"specificity", "correction"}
    if unknown:
        raise InvalidArgumentError(f"partial has no {', '.join(sorted(unknown))}")
    specificity = options.get("specificity", (0.9, 1.0))
    low, high = false_positive_range(specificity)  # type: ignore[arg-type]
    correction = str(options.get("correction", "none"))
    check_option(correction, CORRECTIONS, name="correction")

    def of_counts(counts: Counts) -> float:
        return partial_area(counts, low=low, high=high, correction=correction)

    label = f"partial AUC (specificity {1.0 - high:g} to {1.0 - low:g}, {correction})"
    return Figure(
        label,
        lambda scores, truth: of_counts(count(scores, truth)),
        lambda scores, truth: _grouped(of_counts, scores, truth),
    )


def _binormal(scores: Floats, truth: Booleans) -> float:
    return _fit(count(scores, truth))


def _fit(counts: Counts) -> float:
    return fit_auc(counts.healthy[::-1], counts.diseased[::-1])


def _grouped(of_counts: Callable[[Counts], float], scores: Floats, truth: Booleans) -> Floats:
    """Return a figure without each case, computed once for all cases of one score and class."""
    counts = count(scores, truth)
    if min(counts.diseased.sum(), counts.healthy.sum()) < 2.0:
        raise DegenerateError("the jackknife needs two cases of each class of every reader")
    diseased, healthy = without_one(counts, of_counts)
    score = np.searchsorted(-counts.thresholds, -scores)
    return np.where(truth, diseased[score], healthy[score])


def _one_by_one(merit: Merit, scores: Floats, truth: Booleans) -> Floats:
    keep = ~np.eye(scores.size, dtype=bool)
    return np.array([float(merit(scores[row], truth[row])) for row in keep])
