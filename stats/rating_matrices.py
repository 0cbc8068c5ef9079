"""Measurements of units by raters as a complete matrix of numbers, and pairs of measurements."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from stats.agreement_estimates import left_out_note
from stats.errors import DegenerateError, DesignError, InvalidArgumentError
from stats.frames import Floats, same_length, vector
from stats.ratings import RatingsLike, rating_columns
from stats.results import data_hash


@dataclass(frozen=True)
class RatingMatrix:
    """The units that all raters measured.

    Parameters
    ----------
    values : ndarray of float64, shape (units, raters)
        Without missing values.
    left_out : tuple of str
        The sentence on the units that are not in it, if there are any.
    hash : str
        Of the data as given.
    """

    values: Floats
    left_out: tuple[str, ...]
    hash: str


def rating_matrix(ratings: RatingsLike) -> RatingMatrix:
    """Return the complete rows of units × raters.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers; missing is NaN or None.

    Returns
    -------
    RatingMatrix

    Raises
    ------
    DesignError
        If there are fewer than two raters.
    InvalidArgumentError
        If a rating is no finite number.

    Examples
    --------
    >>> rating_matrix([[1, 2], [3, None]]).left_out
    ('Left out: 1 units with a missing value.',)
    """
    columns = rating_columns(ratings)
    if len(columns) < 2:
        raise DesignError("ratings need at least two raters: one column for each")
    named = {f"rater {1 + index}": np.asarray(column) for index, column in enumerate(columns)}
    return _complete([vector(each, name=name, missing=True) for name, each in named.items()])


def measurement_pairs(a: ArrayLike, b: ArrayLike, *, at_least: int) -> RatingMatrix:
    """Return the complete pairs of two vectors of measurements.

    Parameters
    ----------
    a, b : array_like, shape (n,)
        The same units in the same order; missing is NaN or None.
    at_least : int
        How many complete pairs are needed.

    Returns
    -------
    RatingMatrix
        Of two columns.

    Raises
    ------
    LengthError
        If the lengths differ.
    DegenerateError
        If there are too few complete pairs.
    InvalidArgumentError
        If a value is no finite number.

    Examples
    --------
    >>> measurement_pairs([1.0, 2.0], [1.5, float("nan")], at_least=1).values.tolist()
    [[1.0, 1.5]]
    """
    first, second = vector(a, name="a", missing=True), vector(b, name="b", missing=True)
    same_length(a=first, b=second)
    pairs = _complete([first, second])
    if len(pairs.values) < at_least:
        raise DegenerateError(f"{len(pairs.values)} complete pairs: at least {at_least} are needed")
    return pairs


def _complete(columns: list[Floats]) -> RatingMatrix:
    matrix = np.column_stack(columns)
    if np.isinf(matrix).any():
        raise InvalidArgumentError("a measurement is infinite")
    complete = ~np.isnan(matrix).any(axis=1)
    count = int((~complete).sum())
    return RatingMatrix(
        values=matrix[complete],
        left_out=left_out_note(count, of="units with a missing value"),
        hash=data_hash(matrix),
    )
