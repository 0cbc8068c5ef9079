"""Reader quality: adjudication rate, agreement with the adjudicator, disagreement index, p-chart.

Shares are exact fractions until they are handed out, so that a point that lies on a limit is
judged as lying on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt

from stats.errors import InvalidArgumentError
from stats.results import Result, Row

RUN_LENGTH = 8


@dataclass(frozen=True)
class ReadUnit:
    """One unit that readers read independently, and what became of it.

    Parameters
    ----------
    readers : frozenset of str
        Who has read it.
    decided : bool
        Whether an adjudicator has decided it.
    chosen : str, optional
        The reader whose record the adjudicator chose; None where nobody's was (an own read).
    """

    readers: frozenset[str]
    decided: bool = False
    chosen: str | None = None


@dataclass(frozen=True)
class ReaderFigures(Row):
    """The figures of one reader; a share over nothing is None.

    Parameters
    ----------
    reader : str
    n_read, n_adjudicated, n_chosen : int
        Units read, those of them that were decided, those of these decided for the reader.
    agreement : float or None
        `n_chosen / n_adjudicated`.
    disagreement_index : float or None
        RDI: units in which the adjudicator disagreed with the reader over all units read.
    """

    reader: str
    n_read: int
    n_adjudicated: int
    n_chosen: int
    agreement: float | None
    disagreement_index: float | None


@dataclass(frozen=True)
class ReaderQuality(Result):
    """The figures of all readers.

    Parameters
    ----------
    n_units, n_adjudicated : int
        Units that at least two readers have read, and those of them that were decided.
    adjudication_rate : float or None
    readers : tuple of ReaderFigures
        In the order of their names.
    """

    n_units: int
    n_adjudicated: int
    adjudication_rate: float | None
    readers: tuple[ReaderFigures, ...]


@dataclass(frozen=True)
class ChartPoint(Row):
    """One point of a p-chart: its share, its limits, and why it is a signal.

    Parameters
    ----------
    n, events : int
    share, lower, upper : float
        The limits are p̄ ± 3 √(p̄ (1 − p̄) / n), cut to 0…1.
    outside : bool
        Whether the share lies beyond a limit; on it is within.
    in_run : bool
        Whether it is one of 8 or more points in a row on one side of p̄.
    """

    n: int
    events: int
    share: float
    lower: float
    upper: float
    outside: bool
    in_run: bool


@dataclass(frozen=True)
class PChart(Result):
    """A p-chart: the mean share and its points in order.

    Parameters
    ----------
    mean : float
        p̄, all events over all units.
    points : tuple of ChartPoint
    """

    mean: float
    points: tuple[ChartPoint, ...]


def reader_quality(units: Sequence[ReadUnit]) -> ReaderQuality:
    """Return adjudication rate, and each reader's agreement and disagreement index.

    Parameters
    ----------
    units : sequence of ReadUnit

    Returns
    -------
    ReaderQuality

    Raises
    ------
    InvalidArgumentError
        If a unit was decided for somebody who did not read it, or chosen without a decision.

    Examples
    --------
    >>> both = frozenset({"R1", "R2"})
    >>> found = reader_quality([ReadUnit(both), ReadUnit(both, decided=True, chosen="R1")])
    >>> found.adjudication_rate, [one.disagreement_index for one in found.readers]
    (0.5, [0.0, 0.5])
    """
    for place, unit in enumerate(units):
        if unit.chosen is not None and not (unit.decided and unit.chosen in unit.readers):
            raise InvalidArgumentError(
                f"unit {place} chose {unit.chosen}, who is no reader of a decided unit: "
                "name one of its readers, or None for an own read"
            )
    shared = [unit for unit in units if len(unit.readers) > 1]
    decided = sum(unit.decided for unit in shared)
    names = sorted({name for unit in units for name in unit.readers})
    return ReaderQuality(
        n_units=len(shared),
        n_adjudicated=decided,
        adjudication_rate=_share(decided, len(shared)),
        readers=tuple(_figures(name, units) for name in names),
    )


def p_limits(mean: float, n: int) -> tuple[float, float]:
    """Return the limits of a p-chart around a mean share for n units.

    Parameters
    ----------
    mean : float
        p̄, from 0 to 1.
    n : int
        Units behind the point, at least 1.

    Returns
    -------
    tuple of float
        p̄ ± 3 √(p̄ (1 − p̄) / n), cut to 0…1.

    Raises
    ------
    InvalidArgumentError
        If the mean is no share, or n is below 1.

    Examples
    --------
    >>> [round(100 * limit, 1) for limit in p_limits(0.4, 20)]
    [7.1, 72.9]
    """
    if not 0 <= mean <= 1:
        raise InvalidArgumentError(f"a mean share lies from 0 to 1, not at {mean}")
    if n < 1:
        raise InvalidArgumentError(f"a point of a p-chart rests on at least 1 unit, not on {n}")
    width = 3 * sqrt(mean * (1 - mean) / n)
    return max(0.0, mean - width), min(1.0, mean + width)


def p_chart(events: Sequence[int], n: Sequence[int]) -> PChart:
    """Return a p-chart over points in their order.

    Parameters
    ----------
    events, n : sequence of int
        Events and units of each point.

    Returns
    -------
    PChart

    Raises
    ------
    InvalidArgumentError
        If there is no point, the lengths differ, or a point has no unit or more events than units.

    Examples
    --------
    >>> [point.outside for point in p_chart([1, 1, 9], [10, 10, 10]).points]
    [False, False, True]
    """
    if not events or len(events) != len(n):
        raise InvalidArgumentError(
            f"{len(events)} counts of events and {len(n)} of units: give one of each for every "
            "point, and at least one point"
        )
    for place, (one, units) in enumerate(zip(events, n, strict=True)):
        if not 0 <= one <= units or units < 1:
            raise InvalidArgumentError(f"point {place} has {one} events in {units} units")
    mean = Fraction(sum(events), sum(n))
    shares = [Fraction(one, units) for one, units in zip(events, n, strict=True)]
    runs = _in_runs([(share > mean) - (share < mean) for share in shares])
    points = []
    for one, units, share, in_run in zip(events, n, shares, runs, strict=True):
        lower, upper = p_limits(float(mean), units)
        outside = (share - mean) ** 2 > 9 * mean * (1 - mean) / units
        points.append(ChartPoint(units, one, float(share), lower, upper, outside, in_run))
    return PChart(mean=float(mean), points=tuple(points))


def _figures(name: str, units: Sequence[ReadUnit]) -> ReaderFigures:
    own = [unit for unit in units if name in unit.readers]
    decided = [unit for unit in own if unit.decided]
    chosen = sum(unit.chosen == name for unit in decided)
    return ReaderFigures(
        reader=name,
        n_read=len(own),
        n_adjudicated=len(decided),
        n_chosen=chosen,
        agreement=_share(chosen, len(decided)),
        disagreement_index=_share(len(decided) - chosen, len(own)),
    )


def _in_runs(sides: Sequence[int]) -> list[bool]:
    """Tell of each point whether it stands in a run; one on the mean itself ends a run."""
    found = [False] * len(sides)
    start = 0
    for end in range(1, len(sides) + 1):
        if end == len(sides) or sides[end] != sides[start]:
            if sides[start] and end - start >= RUN_LENGTH:
                found[start:end] = [True] * (end - start)
            start = end
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
