"""Figures of merit of free-response studies, and each of them without every case in turn.

Two shapes hold all nine. A *paired* figure compares the highest noise rating of some cases with the
rating of every lesion: the share of weight where the lesion is rated higher, ties half. A *share*
is a count over a count of cases or lesions.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from stats.errors import DegenerateError
from stats.figure_tables import FigureTable
from stats.frames import Booleans, Floats, Integers
from stats.froc_marks import UNMARKED, FrocStudy


@dataclass(frozen=True)
class Paired:
    """Noise against signals: which cases give noise, and the signals with their weights."""

    noise_cases: Integers
    noise: Floats  # readers × modalities × noise cases
    signal_case: Integers
    signal: Floats  # readers × modalities × signals
    weight: Floats


@dataclass(frozen=True)
class Share:
    """A count of each case over another count of it, both summed over the cases that count."""

    counted: Floats  # readers × modalities × cases
    of: Floats  # cases


@dataclass(frozen=True)
class FrocFigure:
    """A figure of merit: its name, what it is made of, and which cases it uses."""

    label: str
    of: Callable[[FrocStudy], Paired | Share]
    uses: Callable[[Booleans], Booleans]


def froc_table(study: FrocStudy, figure: FrocFigure) -> FigureTable:
    """Return a figure of every reader in every modality, and without each case that it uses.

    Parameters
    ----------
    study : FrocStudy
    figure : FrocFigure

    Returns
    -------
    FigureTable
        `leave_one_out` over the cases that the figure uses.

    Examples
    --------
    See `stats.froc.wafroc`.
    """
    parts = figure.of(study)
    used = figure.uses(study.lesions.diseased)
    count = len(study.lesions.cases)
    if isinstance(parts, Share):
        values, without = _shares(parts)
    else:
        values, without = _pairs(parts, count)
    return FigureTable(
        readers=study.readers,
        modalities=study.modalities,
        values=values,
        n_cases=int(used.sum()),
        n_diseased=int((used & study.lesions.diseased).sum()),
        label=figure.label,
        leave_one_out=np.moveaxis(without[..., used], 2, 0),
    )


def _shares(share: Share) -> tuple[Floats, Floats]:
    counted, of = share.counted.sum(axis=2), share.of.sum()
    with np.errstate(invalid="ignore", divide="ignore"):
        without = (counted[..., None] - share.counted) / (of - share.of)
    return counted / of, without


def _pairs(parts: Paired, n_cases: int) -> tuple[Floats, Floats]:
    """Return the values and the leave-one-out values, linear in what each case contributes."""
    shape = parts.noise.shape[:2]
    values, without = np.empty(shape), np.empty((*shape, n_cases))
    own = np.bincount(parts.signal_case, weights=parts.weight, minlength=n_cases)
    is_noise = np.zeros(n_cases)
    is_noise[parts.noise_cases] = 1.0
    pairs = len(parts.noise_cases) * parts.weight.sum()
    left = (len(parts.noise_cases) - is_noise) * (parts.weight.sum() - own)
    place = np.full(n_cases, -1)
    place[parts.noise_cases] = np.arange(len(parts.noise_cases))
    both = place[parts.signal_case] >= 0  # signals of a case that gives noise too
    for r, t in np.ndindex(*shape):
        noise, signal = parts.noise[r, t], parts.signal[r, t]
        below = _wins(signal, noise, np.ones(len(noise)))
        won_by_case = np.bincount(
            parts.signal_case, weights=parts.weight * below, minlength=n_cases
        )
        lost_by_case = np.zeros(n_cases)
        lost_by_case[parts.noise_cases] = parts.weight.sum() - _wins(noise, signal, parts.weight)
        at_home = noise[place[parts.signal_case[both]]]
        wins = np.where(signal[both] > at_home, 1.0, np.where(signal[both] == at_home, 0.5, 0.0))
        twice = np.bincount(
            parts.signal_case[both], weights=parts.weight[both] * wins, minlength=n_cases
        )
        total = won_by_case.sum()
        values[r, t] = total / pairs
        with np.errstate(invalid="ignore", divide="ignore"):
            without[r, t] = (total - won_by_case - lost_by_case + twice) / left
    return values, without


def _wins(of: Floats, over: Floats, weight: Floats) -> Floats:
    """Return for each of `of` the weight of those in `over` that it exceeds, ties half."""
    order = np.argsort(over, kind="stable")
    reached = np.concatenate([[0.0], np.cumsum(weight[order])])
    ascending = over[order]
    below = reached[np.searchsorted(ascending, of, side="left")]
    up_to = reached[np.searchsorted(ascending, of, side="right")]
    result: Floats = (below + up_to) / 2
    return result


def _healthy(diseased: Booleans) -> Booleans:
    return ~diseased


def _diseased(diseased: Booleans) -> Booleans:
    return diseased


def _all(diseased: Booleans) -> Booleans:
    return np.ones_like(diseased)


def _lesions_against(
    *, noise_of: Callable[[Booleans], Booleans], weighted: bool
) -> Callable[[FrocStudy], Paired]:
    def parts(study: FrocStudy) -> Paired:
        lesions = study.lesions
        cases = np.flatnonzero(noise_of(lesions.diseased))
        return Paired(
            noise_cases=cases,
            noise=study.noise[..., cases],
            signal_case=lesions.case_of,
            signal=study.lesion_rating,
            weight=lesions.weight if weighted else np.ones_like(lesions.weight),
        )

    return parts


def _highest(study: FrocStudy) -> Floats:
    """Return the highest rating of any mark on each case, −∞ without a mark."""
    highest = study.noise.copy()
    places = np.moveaxis(highest, 2, 0)
    np.maximum.at(places, study.lesions.case_of, np.moveaxis(study.lesion_rating, 2, 0))
    return highest


def _highest_against(study: FrocStudy) -> Paired:
    healthy = np.flatnonzero(~study.lesions.diseased)
    diseased = np.flatnonzero(study.lesions.diseased)
    highest = _highest(study)
    return Paired(
        noise_cases=healthy,
        noise=highest[..., healthy],
        signal_case=diseased,
        signal=highest[..., diseased],
        weight=np.ones(len(diseased)),
    )


def _called(study: FrocStudy) -> Share:
    marked = _highest(study) > UNMARKED
    diseased = study.lesions.diseased
    return Share(counted=(marked & diseased).astype(np.float64), of=diseased.astype(np.float64))


def _left_alone(study: FrocStudy) -> Share:
    marked, healthy = _highest(study) > UNMARKED, ~study.lesions.diseased
    return Share(counted=(~marked & healthy).astype(np.float64), of=healthy.astype(np.float64))


def _found_lesions(study: FrocStudy) -> Share:
    lesions = study.lesions
    found = np.zeros_like(study.noise)
    marked = (study.lesion_rating > UNMARKED).astype(np.float64)
    np.add.at(np.moveaxis(found, 2, 0), lesions.case_of, np.moveaxis(marked, 2, 0))
    of = np.bincount(lesions.case_of, minlength=len(lesions.cases)).astype(np.float64)
    return Share(counted=found, of=of)


def _noise_marks(study: FrocStudy) -> Share:
    healthy = ~study.lesions.diseased
    return Share(counted=study.noise_count() * healthy, of=healthy.astype(np.float64))


FIGURES = {
    "wafroc": FrocFigure("wAFROC", _lesions_against(noise_of=_healthy, weighted=True), _all),
    "afroc": FrocFigure("AFROC", _lesions_against(noise_of=_healthy, weighted=False), _all),
    "wafroc1": FrocFigure("wAFROC1", _lesions_against(noise_of=_all, weighted=True), _all),
    "afroc1": FrocFigure("AFROC1", _lesions_against(noise_of=_all, weighted=False), _all),
    "hr_auc": FrocFigure("HrAuc", _highest_against, _all),
    "hr_sensitivity": FrocFigure("HrSe", _called, _diseased),
    "hr_specificity": FrocFigure("HrSp", _left_alone, _healthy),
    "max_llf": FrocFigure("MaxLLF", _found_lesions, _diseased),
    "max_nlf": FrocFigure("MaxNLF", _noise_marks, _healthy),
}


def check_leave_one_out(table: FigureTable) -> None:
    """Refuse a table whose jackknife does not exist.

    Raises
    ------
    DegenerateError
        If the figure needs a class of which there is one case only.

    Examples
    --------
    >>> one = np.zeros((2, 1, 1))
    >>> check_leave_one_out(FigureTable((1,), (1,), one[0], 2, 1, "", leave_one_out=one))
    """
    if table.leave_one_out is None or not np.isfinite(table.leave_one_out).all():
        raise DegenerateError(
            f"{table.label} without one of the cases does not exist: "
            "the jackknife needs two diseased and two healthy cases"
        )
