"""Localisation ROC: one rating and one location per case."""

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from stats.errors import InvalidArgumentError, MissingValueError, OneClassError
from stats.frames import Booleans, Floats, Frame, numbers
from stats.readings import readings
from stats.results import Row


@dataclass(frozen=True)
class LrocRow(Row):
    """The two figures of one reader in one modality."""

    reader: Hashable
    modality: Hashable
    pcl: float
    alroc: float


def lroc(
    data: Frame,
    *,
    reader: str,
    modality: str,
    case: str,
    truth: str,
    score: str,
    correct: str,
    fpf: float = 0.2,
) -> tuple[LrocRow, ...]:
    """Return correct localisation at a false-positive fraction, and the area under the LROC curve.

    Parameters
    ----------
    data : Frame
        One row per read: reader, modality, case, truth (1 = diseased), score (higher = more
        diseased), correct (1 = located rightly; not read for healthy cases).
    reader, modality, case, truth, score, correct : str
        Columns.
    fpf : float
        False-positive fraction in [0, 1] at which `pcl` is read off the curve.

    Returns
    -------
    tuple of LrocRow
        Rows reader, modality, pcl, alroc. `pcl` is the share of diseased cases located rightly and
        rated at the threshold or above, linear between operating points; `alroc` is the whole area,
        at most the share located rightly at all. Pairs that nobody read have no row.

    Raises
    ------
    InvalidArgumentError
        `fpf` outside [0, 1], or `correct` other than 0 and 1.
    MissingValueError
        A diseased case without `correct`.
    OneClassError
        A reader without a diseased or a healthy case in a modality.

    References
    ----------
    Swensson 1996, Med Phys 23:1709.

    Examples
    --------
    >>> reads = {"r": [1] * 4, "m": ["CT"] * 4, "c": [1, 2, 3, 4], "y": [0, 0, 1, 1],
    ...          "x": [1, 3, 2, 4], "ok": [0, 0, 1, 1]}
    >>> found = lroc(reads, reader="r", modality="m", case="c", truth="y", score="x", correct="ok",
    ...     fpf=0.5)
    >>> found[0].pcl, found[0].alroc
    (1.0, 0.75)
    """
    if not 0 <= fpf <= 1:
        raise InvalidArgumentError(f"fpf is {fpf}: give a fraction between 0 and 1")
    diseased = numbers(data, truth) == 1
    located = _located(data, correct, diseased)
    columns = {"reader": reader, "modality": modality, "case": case, "truth": truth}
    found = readings(data, **columns, score=score, one_class=True)
    rightly = readings(
        {**{name: data[name] for name in columns.values()}, correct: located},
        **columns,
        score=correct,
        one_class=True,
    )
    rows = []
    for r, t in np.ndindex(*found.scores.shape[:2]):
        read = found.read[r, t]
        if not read.any():
            continue
        scores, sick = found.scores[r, t, read], found.truth[read]
        if sick.all() or not sick.any():
            raise OneClassError(
                f"reader {found.readers[r]}, modality {found.modalities[t]}: "
                "the LROC curve needs diseased and healthy cases"
            )
        curve = _curve(scores, sick, rightly.scores[r, t, read] == 1)
        rows.append(LrocRow(found.readers[r], found.modalities[t], *_figures(*curve, fpf)))
    return tuple(rows)


def _located(data: Frame, correct: str, diseased: Booleans) -> Floats:
    given = numbers(data, correct, missing=True)
    if np.isnan(given[diseased]).any():
        raise MissingValueError(f"{correct!r} is missing for a diseased case")
    if not np.isin(given[diseased], (0.0, 1.0)).all():
        raise InvalidArgumentError(f"{correct!r} is 0 or 1, located wrongly or rightly")
    return np.where(diseased, given, 0.0)


def _curve(scores: Floats, diseased: Booleans, rightly: Booleans) -> tuple[Floats, Floats]:
    """Return false-positive fraction and correct localisation from (0, 0) on."""
    thresholds = np.unique(scores)[::-1]
    above = scores[None, :] >= thresholds[:, None]
    false_positive = above[:, ~diseased].mean(axis=1)
    localised = (above & rightly)[:, diseased].mean(axis=1)
    return np.concatenate([[0.0], false_positive]), np.concatenate([[0.0], localised])


def _figures(false_positive: Floats, localised: Floats, fpf: float) -> tuple[float, float]:
    after = int(np.searchsorted(false_positive, fpf, side="right"))
    if after == len(false_positive):
        pcl = float(localised[-1])
    else:
        span = false_positive[after] - false_positive[after - 1]
        share = (fpf - false_positive[after - 1]) / span
        pcl = float(localised[after - 1] + share * (localised[after] - localised[after - 1]))
    return pcl, float(np.trapezoid(localised, false_positive))
