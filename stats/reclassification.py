"""Net reclassification and integrated discrimination improvement, labelled as discouraged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import DegenerateError, InvalidArgumentError
from stats.estimates import Estimate
from stats.frames import Floats, check_alpha
from stats.predictions import checked_predictions
from stats.results import Provenance, Result, data_hash
from stats.wald import wald_estimate

PAPER = "Pencina et al. 2008, Stat Med 27:157; Pencina et al. 2011, Stat Med 30:11"
WARNING = (
    "NRI and IDI are discouraged: they can improve when a model gets worse "
    "(Hilden & Gerds 2014, Stat Med 33:3405); prefer net benefit."
)


@dataclass(frozen=True)
class Reclassification(Result):
    """What a new prediction changes against an old one.

    Parameters
    ----------
    nri, nri_events, nri_nonevents, idi : Estimate
        z is value / se; p is of 0. `nri` is the sum of its parts, from −2 to 2.
    cuts : tuple of float or None
        Borders of the risk categories; None for any change at all.
    label : str
        'discouraged'.
    """

    nri: Estimate
    nri_events: Estimate
    nri_nonevents: Estimate
    idi: Estimate
    cuts: tuple[float, ...] | None
    label: str = "discouraged"
    warnings: tuple[str, ...] = (WARNING,)


def reclassification(
    old: ArrayLike,
    new: ArrayLike,
    outcome: ArrayLike,
    *,
    cuts: Sequence[float] | None = None,
    alpha: float = 0.05,
) -> Reclassification:
    """Return net reclassification and integrated discrimination improvement of new over old.

    Parameters
    ----------
    old, new : array_like, shape (n,)
        Predicted probabilities of the same subjects.
    outcome : array_like, shape (n,)
        0 or 1.
    cuts : sequence of float, optional
        Borders of risk categories, ascending; a probability at a border is in the upper category.
        Without them every change counts.
    alpha : float
        Two-sided level.

    Returns
    -------
    Reclassification
        With a warning: these measures are discouraged.

    Raises
    ------
    InvalidArgumentError
        Cuts that do not ascend inside 0 to 1.
    DegenerateError
        Fewer than two subjects with, or without, the outcome.
    StatisticsError
        As in `stats.calibration.calibration`.

    References
    ----------
    Pencina et al. 2008, Stat Med 27:157. Pencina et al. 2011, Stat Med 30:11.

    Examples
    --------
    >>> old, new = [0.2, 0.3, 0.4, 0.6], [0.1, 0.4, 0.6, 0.7]
    >>> found = reclassification(old, new, [0, 0, 1, 1])
    >>> found.nri.value, round(found.idi.value, 4), found.label
    (1.0, 0.15, 'discouraged')
    """
    check_alpha(alpha)
    before, y = checked_predictions(old, outcome)
    after, _ = checked_predictions(new, outcome)
    borders = _borders(cuts)
    if min(y.sum(), len(y) - y.sum()) < 2:
        raise DegenerateError("a standard error needs two subjects with and two without outcome")
    change = after - before
    if borders is not None:
        change = (np.digitize(after, borders) - np.digitize(before, borders)).astype(np.float64)
    provenance = Provenance(PAPER, data_hash(before, after, y))
    kind = "categories" if borders else "any change"
    up, up_variance = _net(change[y == 1])
    fallen, down_variance = _net(-change[y == 0])
    sick, well = (after - before)[y == 1], (after - before)[y == 0]
    idi_variance = float(sick.var(ddof=1) / len(sick) + well.var(ddof=1) / len(well))

    def estimate(value: float, variance: float, what: str, n: int) -> Estimate:
        se = float(np.sqrt(variance))
        return wald_estimate(value, se, method=what, n=n, alpha=alpha, provenance=provenance)

    return Reclassification(
        nri=estimate(up + fallen, up_variance + down_variance, f"NRI, {kind}", len(y)),
        nri_events=estimate(up, up_variance, f"NRI of events, {kind}", len(sick)),
        nri_nonevents=estimate(fallen, down_variance, f"NRI of non-events, {kind}", len(well)),
        idi=estimate(float(sick.mean() - well.mean()), idi_variance, "IDI", len(y)),
        cuts=borders,
        provenance=provenance,
    )


def _net(change: Floats) -> tuple[float, float]:
    """Return the share moved up less the share moved down, and its variance."""
    up, down = float((change > 0).mean()), float((change < 0).mean())
    return up - down, (up + down - (up - down) ** 2) / len(change)


def _borders(cuts: Sequence[float] | None) -> tuple[float, ...] | None:
    if cuts is None:
        return None
    borders = tuple(float(cut) for cut in cuts)
    inside = all(0 < cut < 1 for cut in borders)
    if not borders or not inside or list(borders) != sorted(set(borders)):
        raise InvalidArgumentError(f"cuts is {borders}: give ascending probabilities inside 0 to 1")
    return borders
