"""Distances between the surfaces of two masks: Hausdorff, average, and agreement in a tolerance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import InvalidArgumentError
from stats.frames import Booleans, Floats
from stats.masks import INF, NAN, Empty, agreement_when_empty, masks, spacing
from stats.results import Result
from stats.surface import surfaces


@dataclass(frozen=True)
class AverageDistance(Result):
    """Mean distance between two surfaces in mm, each way, and over both surfaces together."""

    reference_to_prediction: float
    prediction_to_reference: float
    symmetric: float
    method: str = "surface-weighted mean distance"


class SurfaceOverlap(NamedTuple):
    """Share of each surface that lies within the tolerance of the other."""

    of_reference: float
    of_prediction: float


def hausdorff(
    reference: ArrayLike,
    prediction: ArrayLike,
    *,
    spacing_mm: Sequence[float],
    percentile: float = 100.0,
    empty: Empty,
) -> float:
    """Return the Hausdorff distance, or a percentile of it, between the surfaces of two masks.

    Parameters
    ----------
    reference, prediction : array_like of bool, two or three dimensions
        The masks.
    spacing_mm : sequence of float
        Voxel size along each axis, in array order.
    percentile : float
        100 for the maximum, 95 for HD95: the least distance within which that share of a surface
        lies, by area; the larger of the two directions.
    empty : {'surface_distance', 'undefined', 'perfect'}
        'surface_distance' gives inf whenever a mask is empty, 'undefined' NaN; 'perfect' gives 0
        when both are empty and inf when one is.

    Returns
    -------
    float
        mm.

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `dice`; a spacing or percentile out of range.

    References
    ----------
    Huttenlocher et al. 1993, IEEE TPAMI 15:850; surface weighting: Nikolov et al. 2021, J Med
    Internet Res 23:e26151.

    Examples
    --------
    >>> a, b = np.zeros((2, 5, 5), dtype=bool)
    >>> a[2, 1], b[2, 3] = True, True
    >>> hausdorff(a, b, spacing_mm=(1, 0.5), empty="undefined")
    1.0
    """
    if not 0 < percentile <= 100:
        raise InvalidArgumentError(f"percentile is {percentile}: give more than 0, at most 100")
    a, b, sizes = _checked(reference, prediction, spacing_mm, empty)
    if not (a.any() and b.any()):
        if empty == "undefined":
            return NAN
        return 0.0 if empty == "perfect" and a.any() == b.any() else INF
    found = surfaces(a, b, sizes)
    return max(
        _quantile(found.reference_distance, found.reference_area, percentile / 100),
        _quantile(found.prediction_distance, found.prediction_area, percentile / 100),
    )


def average_surface_distance(
    reference: ArrayLike, prediction: ArrayLike, *, spacing_mm: Sequence[float], empty: Empty
) -> AverageDistance:
    """Return the mean distances between the surfaces of two masks, weighted by area.

    Parameters
    ----------
    reference, prediction, spacing_mm
        As in `hausdorff`.
    empty : {'surface_distance', 'undefined', 'perfect'}
        'surface_distance' gives NaN when both are empty and inf from a surface to an absent one
        (NaN from the absent one); 'undefined' NaN; 'perfect' as the first, 0 when both are empty.

    Returns
    -------
    AverageDistance
        mm; `symmetric` pools both surfaces.

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `hausdorff`.

    References
    ----------
    Nikolov et al. 2021, J Med Internet Res 23:e26151.

    Examples
    --------
    >>> a = np.ones((2, 2), dtype=bool)
    >>> average_surface_distance(a, a, spacing_mm=(1, 1), empty="undefined").symmetric
    0.0
    """
    a, b, sizes = _checked(reference, prediction, spacing_mm, empty)
    if not (a.any() and b.any()):
        if empty == "undefined":
            return AverageDistance(NAN, NAN, NAN)
        if not (a.any() or b.any()):
            both = 0.0 if empty == "perfect" else NAN
            return AverageDistance(both, both, both)
        return AverageDistance(INF if a.any() else NAN, INF if b.any() else NAN, INF)
    found = surfaces(a, b, sizes)
    of_a = float(found.reference_distance @ found.reference_area)
    of_b = float(found.prediction_distance @ found.prediction_area)
    area_a, area_b = float(found.reference_area.sum()), float(found.prediction_area.sum())
    return AverageDistance(of_a / area_a, of_b / area_b, (of_a + of_b) / (area_a + area_b))


def normalized_surface_dice(
    reference: ArrayLike,
    prediction: ArrayLike,
    *,
    spacing_mm: Sequence[float],
    tolerance_mm: float,
    empty: Empty,
) -> float:
    """Return the share of both surfaces that lies within a tolerance of the other.

    Parameters
    ----------
    reference, prediction, spacing_mm
        As in `hausdorff`.
    tolerance_mm : float
        Distance that still counts as agreement, at least 0.
    empty : {'surface_distance', 'undefined', 'perfect'}
        As in `dice`.

    Returns
    -------
    float
        0 to 1, or NaN.

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `hausdorff`; a negative tolerance.

    References
    ----------
    Nikolov et al. 2021, J Med Internet Res 23:e26151.

    Examples
    --------
    >>> a = np.ones((2, 2), dtype=bool)
    >>> normalized_surface_dice(a, a, spacing_mm=(1, 1), tolerance_mm=0.5, empty="undefined")
    1.0
    """
    _check_tolerance(tolerance_mm)
    a, b, sizes = _checked(reference, prediction, spacing_mm, empty)
    if not (a.any() and b.any()):
        return agreement_when_empty(a, b, empty)
    found = surfaces(a, b, sizes)
    near_a = found.reference_area[found.reference_distance <= tolerance_mm].sum()
    near_b = found.prediction_area[found.prediction_distance <= tolerance_mm].sum()
    return float((near_a + near_b) / (found.reference_area.sum() + found.prediction_area.sum()))


def surface_overlap(
    reference: ArrayLike,
    prediction: ArrayLike,
    *,
    spacing_mm: Sequence[float],
    tolerance_mm: float,
    empty: Empty,
) -> SurfaceOverlap:
    """Return the share of each surface that lies within a tolerance of the other.

    Parameters
    ----------
    reference, prediction, spacing_mm, tolerance_mm
        As in `normalized_surface_dice`.
    empty : {'surface_distance', 'undefined', 'perfect'}
        A surface against an absent one is 0, an absent one NaN; when both are absent NaN, or 1 with
        'perfect'; 'undefined' gives NaN for both whenever either is absent.

    Returns
    -------
    SurfaceOverlap
        (of_reference, of_prediction), each 0 to 1 or NaN.

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `normalized_surface_dice`.

    References
    ----------
    Nikolov et al. 2021, J Med Internet Res 23:e26151.

    Examples
    --------
    >>> a = np.ones((2, 2), dtype=bool)
    >>> surface_overlap(a, a, spacing_mm=(1, 1), tolerance_mm=0.5, empty="undefined").of_reference
    1.0
    """
    _check_tolerance(tolerance_mm)
    a, b, sizes = _checked(reference, prediction, spacing_mm, empty)
    if not (a.any() and b.any()):
        share = agreement_when_empty(a, b, empty)
        alone = a.any() != b.any()
        return SurfaceOverlap(
            NAN if alone and not a.any() else share, NAN if alone and not b.any() else share
        )
    found = surfaces(a, b, sizes)
    return SurfaceOverlap(
        _share(found.reference_area, found.reference_distance <= tolerance_mm),
        _share(found.prediction_area, found.prediction_distance <= tolerance_mm),
    )


def _checked(
    reference: ArrayLike, prediction: ArrayLike, spacing_mm: Sequence[float], empty: str
) -> tuple[Booleans, Booleans, tuple[float, ...]]:
    a, b = masks(reference, prediction, empty)
    if a.ndim not in (2, 3):
        raise InvalidArgumentError(f"a mask of {a.ndim} axes: a surface needs two or three")
    return a, b, spacing(spacing_mm, a.ndim)


def _check_tolerance(tolerance_mm: float) -> None:
    if not tolerance_mm >= 0:
        raise InvalidArgumentError(f"tolerance_mm is {tolerance_mm}: give 0 or more")


def _share(area: Floats, near: Booleans) -> float:
    return float(area[near].sum() / area.sum())


def _quantile(distance: Floats, area: Floats, share: float) -> float:
    """Return the least distance within which a share of the area lies; distances ascend."""
    reached = np.cumsum(area) / area.sum()
    at = int(np.searchsorted(reached, share))
    return float(distance[min(at, len(distance) - 1)])
