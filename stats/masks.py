"""Two masks of one shape: what counts as a mask, overlap and volume, and what empty ones mean."""

from collections.abc import Sequence
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import ArrayLike

from stats.errors import EmptyMaskError, InvalidArgumentError
from stats.frames import Booleans, check_option

Empty: TypeAlias = Literal["surface_distance", "undefined", "perfect"]
NAN, INF = float("nan"), float("inf")


def dice(reference: ArrayLike, prediction: ArrayLike, *, empty: Empty) -> float:
    """Return the Dice coefficient 2|A∩B| / (|A| + |B|).

    Parameters
    ----------
    reference, prediction : array_like of bool, one shape
        The masks.
    empty : {'surface_distance', 'undefined', 'perfect'}
        'surface_distance' gives NaN when both are empty; 'undefined' gives NaN when either is;
        'perfect' gives 1 when both are. Otherwise an empty mask against another is 0.

    Returns
    -------
    float
        0 to 1, or NaN.

    Raises
    ------
    EmptyMaskError
        Masks of different shapes or without voxels.
    InvalidArgumentError
        Values other than true and false, or an unknown policy.

    References
    ----------
    Dice 1945, Ecology 26:297; Maier-Hein et al. 2024, Nat Methods 21:195.

    Examples
    --------
    >>> dice([True, True, False], [True, False, False], empty="undefined")
    0.6666666666666666
    """
    a, b = masks(reference, prediction, empty)
    if not (a.any() and b.any()):
        return agreement_when_empty(a, b, empty)
    return float(2 * np.count_nonzero(a & b) / (np.count_nonzero(a) + np.count_nonzero(b)))


def iou(reference: ArrayLike, prediction: ArrayLike, *, empty: Empty) -> float:
    """Return the intersection over union |A∩B| / |A∪B|.

    Parameters
    ----------
    reference, prediction, empty
        As in `dice`, with the same conventions.

    Returns
    -------
    float
        0 to 1, or NaN.

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `dice`.

    References
    ----------
    Jaccard 1912, New Phytologist 11:37.

    Examples
    --------
    >>> iou([True, True, False], [True, False, False], empty="undefined")
    0.5
    """
    a, b = masks(reference, prediction, empty)
    if not (a.any() and b.any()):
        return agreement_when_empty(a, b, empty)
    return float(np.count_nonzero(a & b) / np.count_nonzero(a | b))


def volume_error(
    reference: ArrayLike,
    prediction: ArrayLike,
    *,
    empty: Empty,
    spacing_mm: Sequence[float] | None = None,
    relative: bool = True,
) -> float:
    """Return prediction minus reference volume, as a share of the reference or in mm³.

    Parameters
    ----------
    reference, prediction, empty
        As in `dice`. 'surface_distance' gives NaN for a relative error when both are empty,
        'perfect' gives 0; against an empty reference the relative error is infinite.
    spacing_mm : sequence of float, optional
        Voxel size along each axis; needed when `relative` is false.
    relative : bool
        Whether to divide by the reference volume.

    Returns
    -------
    float
        Signed; −1 when the prediction is empty. In two dimensions mm².

    Raises
    ------
    EmptyMaskError, InvalidArgumentError
        As in `dice`; no spacing for an error in mm³.

    Examples
    --------
    >>> volume_error([[1, 1]], [[1, 0]], empty="undefined", spacing_mm=(1, 1))
    -0.5
    """
    a, b = masks(reference, prediction, empty)
    if empty == "undefined" and not (a.any() and b.any()):
        return NAN
    excess = np.count_nonzero(b) - np.count_nonzero(a)
    if not relative:
        if spacing_mm is None:
            raise InvalidArgumentError("an error in mm³ needs spacing_mm")
        return float(excess * np.prod(spacing(spacing_mm, a.ndim)))
    if not a.any():
        if b.any():
            return INF
        return 0.0 if empty == "perfect" else NAN
    return float(excess / np.count_nonzero(a))


def masks(reference: ArrayLike, prediction: ArrayLike, empty: str) -> tuple[Booleans, Booleans]:
    """Return both masks as booleans, checked, with the policy for empty ones checked too.

    Raises
    ------
    EmptyMaskError
        Masks of different shapes or without voxels.
    InvalidArgumentError
        Values other than true and false, or an unknown policy.

    Examples
    --------
    >>> masks([1, 0], [True, True], "perfect")[0]
    array([ True, False])
    """
    check_option(empty, get_args(Empty), name="empty")
    a, b = _mask(reference, "reference"), _mask(prediction, "prediction")
    if a.shape != b.shape or a.size == 0:
        raise EmptyMaskError(
            f"reference has shape {a.shape}, prediction {b.shape}: "
            "give two masks of one shape with at least one voxel"
        )
    return a, b


def spacing(spacing_mm: Sequence[float], ndim: int) -> tuple[float, ...]:
    """Return the voxel size as floats, checked against the number of axes.

    Raises
    ------
    InvalidArgumentError
        Another number of sizes than axes, or a size that is not finite and above 0.

    Examples
    --------
    >>> spacing([2, 1], 2)
    (2.0, 1.0)
    """
    sizes = tuple(float(size) for size in spacing_mm)
    if len(sizes) != ndim or not all(np.isfinite(size) and size > 0 for size in sizes):
        raise InvalidArgumentError(
            f"spacing_mm is {sizes}: give a size above 0 for each of the {ndim} axes"
        )
    return sizes


def agreement_when_empty(a: Booleans, b: Booleans, empty: str) -> float:
    """Return the agreement, 0 to 1, of two masks of which at least one is empty.

    Examples
    --------
    >>> agreement_when_empty(np.array([False]), np.array([True]), "perfect")
    0.0
    """
    if empty == "undefined":
        return NAN
    if a.any() or b.any():
        return 0.0
    return 1.0 if empty == "perfect" else NAN


def _mask(values: ArrayLike, name: str) -> Booleans:
    array = np.asarray(values)
    if array.dtype == bool:
        return array
    if array.dtype.kind not in "iu" or (array.size and (array.min() < 0 or array.max() > 1)):
        raise InvalidArgumentError(
            f"{name} is an array of {array.dtype} that holds more than true and false: "
            "compare with the label or the threshold first"
        )
    return array.astype(bool)
