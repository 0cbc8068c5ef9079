"""Ratings of units by raters, from any kind of table to category codes; missing stays missing."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from stats.errors import DesignError, InvalidArgumentError, LengthError, UnknownLevelError
from stats.frames import Floats, Integers, category_order, is_missing


class RatingsFrame(Protocol):
    """A polars, pandas or pyarrow table with one column for each rater."""

    def __getitem__(self, name: str, /) -> object: ...


class Column(Protocol):
    """One rater's ratings: a series, an array or a list."""

    def __len__(self) -> int: ...


RatingsLike: TypeAlias = (
    NDArray[np.generic] | Sequence[Sequence[object]] | Mapping[str, Sequence[object]] | RatingsFrame
)
Categories: TypeAlias = Sequence[Hashable] | NDArray[np.generic]

MISSING = -1


class TableRatings(np.ndarray[tuple[int, ...], np.dtype[np.int64]]):
    """Ratings that were a square table of counts: they keep its number of categories."""

    n_categories: int

    def __array_finalize__(self, source: object) -> None:
        self.n_categories = getattr(source, "n_categories", 0)


@dataclass(frozen=True)
class Ratings:
    """Units × raters as codes into categories.

    Parameters
    ----------
    codes : ndarray of int64, shape (units, raters)
        Position in `categories`; −1 where the rating is missing.
    categories : tuple
        The scale, in order.
    positions : ndarray of float64, shape (categories,)
        Where each category lies on the scale: its value, or 1, 2, … for text.
    order_is_assumed : bool
        The categories are text and nobody said in which order: they were sorted.
    from_table : bool
        The ratings come from a table of counts: the sampling is multinomial.
    """

    codes: Integers
    categories: tuple[Hashable, ...]
    positions: Floats
    order_is_assumed: bool
    from_table: bool

    @property
    def counts(self) -> Floats:
        """How many raters put each unit into each category, shape (units, categories)."""
        return self._tally(axis=0)

    @property
    def counts_by_rater(self) -> Floats:
        """How often each rater used each category, shape (raters, categories)."""
        return self._tally(axis=1)

    def _tally(self, *, axis: int) -> Floats:
        size, q = self.codes.shape[axis], len(self.categories)
        places = np.nonzero(self.codes != MISSING)
        flat = places[axis] * q + self.codes[places]
        return np.bincount(flat, minlength=size * q).reshape(size, q).astype(np.float64)

    @property
    def n_raters(self) -> int:
        """The number of raters."""
        return int(self.codes.shape[1])

    def of_units(self, chosen: NDArray[np.bool_]) -> "Ratings":
        """Return the ratings of some units, on the same scale."""
        return replace(self, codes=self.codes[chosen])


def read_ratings(ratings: RatingsLike, categories: Categories | None = None) -> Ratings:
    """Return ratings as codes.

    Parameters
    ----------
    ratings : array_like or frame, shape (units, raters)
        Numbers, booleans or text, one column for each rater; missing is NaN, None or blank. Text
        that spells a number in every cell is read as numbers.
    categories : sequence, optional
        The whole scale in its order, with categories that nobody used; by default those that occur,
        sorted, or in the order of Enum or Categorical columns.

    Returns
    -------
    Ratings

    Raises
    ------
    DesignError
        If there are fewer than two raters, no unit or no rating.
    UnknownLevelError
        If a rating is not one of `categories`.
    InvalidArgumentError
        If a rating is infinite, or a category is given twice.

    Examples
    --------
    >>> read_ratings([["b", "a"], ["b", None]]).codes
    array([[ 1,  0],
           [ 1, -1]])
    """
    from_table = isinstance(ratings, TableRatings)
    if isinstance(ratings, TableRatings) and categories is None and ratings.n_categories:
        categories = range(1, ratings.n_categories + 1)
    columns = rating_columns(ratings)
    if len(columns) < 2 or not len(columns[0]):
        raise DesignError("agreement needs units × raters: at least one unit and two raters")
    given = tuple(categories.tolist() if isinstance(categories, np.ndarray) else categories or ())
    values, present = _present_values(columns, given)
    if not present.any():
        raise DesignError("no unit has a rating: every cell is missing")
    found, inverse = np.unique(values, return_inverse=True)
    is_numeric = values.dtype.kind == "f"
    declared = () if given or is_numeric else _declared(columns, set(found.tolist()))
    scale = _given_scale(given, is_numeric=is_numeric) or declared or tuple(found.tolist())
    position = {category: index for index, category in enumerate(scale)}
    codes = np.full(present.shape, MISSING, dtype=np.int64)
    codes[present] = _positions(found.tolist(), position)[inverse]
    return Ratings(
        codes=codes,
        categories=scale,
        positions=np.array(scale if is_numeric else range(1, len(scale) + 1), dtype=np.float64),
        order_is_assumed=not (is_numeric or given or declared),
        from_table=from_table,
    )


def ratings_from_table(table: RatingsLike) -> TableRatings:
    """Return the ratings that a square table of counts stands for.

    Parameters
    ----------
    table : array_like or frame, shape (q, q)
        Counts: row = category by the first rater, column = by the second. A leading column of text
        is taken as the labels of the rows.

    Returns
    -------
    ndarray of int64, shape (n, 2)
        Categories are 1 … q in the order of the table. The coefficients know that it was a table:
        they keep its empty categories and use the multinomial variance (divisor n, as the formulas
        for two raters are printed), not that of sampled units (n − 1).

    Raises
    ------
    DesignError
        If the table is not square, smaller than 2 × 2, or empty.
    InvalidArgumentError
        If a cell is no count.

    References
    ----------
    Fleiss, Cohen & Everitt (1969), Psychological Bulletin 72:323. Gwet (2014), Handbook of
    Inter-Rater Reliability, 4th ed.

    Examples
    --------
    >>> ratings_from_table([[1, 0], [2, 0]]).tolist()
    [[1, 1], [2, 1], [2, 1]]
    """
    columns = [_listed(column) for column in rating_columns(table)]
    if columns and all(isinstance(cell, str) for cell in columns[0]):
        columns = columns[1:]  # the labels of the rows
    if len(columns) < 2 or any(len(column) != len(columns) for column in columns):
        raise DesignError("a table of two raters is square: categories × categories, at least 2")
    try:
        counts = np.array(columns, dtype=np.float64).T
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError("a cell of the table is no number") from error
    if not (np.isfinite(counts).all() and (counts >= 0).all() and (counts % 1 == 0).all()):
        raise InvalidArgumentError("every cell of the table must be a count: 0, 1, 2, …")
    if not counts.any():
        raise DesignError("the table holds no unit")
    first, second = np.indices(counts.shape)
    repeats = counts.ravel().astype(np.int64)
    pairs = np.column_stack([first.ravel() + 1, second.ravel() + 1]).astype(np.int64)
    ratings = np.repeat(pairs, repeats, axis=0).view(TableRatings)
    ratings.n_categories = len(counts)
    return ratings


def rating_columns(ratings: RatingsLike) -> list[Column]:
    """Return the column of each rater, of any kind of table.

    Raises
    ------
    LengthError
        If the raters have different numbers of units, or the data is not a table.

    Examples
    --------
    >>> rating_columns({"first": [1, 2], "second": [1, 3]})
    [[1, 2], [1, 3]]
    """
    if hasattr(ratings, "items"):  # a mapping, pandas
        columns = [column for _, column in ratings.items()]
    elif hasattr(ratings, "get_columns"):  # polars
        columns = list(ratings.get_columns())
    elif hasattr(ratings, "itercolumns"):  # pyarrow
        columns = list(ratings.itercolumns())
    else:
        columns = _array_columns(ratings)
    if len({len(column) for column in columns}) > 1:
        raise LengthError("the raters' columns differ in length: give one row for each unit")
    return columns


def _array_columns(ratings: object) -> list[Column]:
    cells = ratings if isinstance(ratings, np.ndarray) else np.array(ratings, dtype=object)
    if cells.ndim != 2:
        raise LengthError(f"ratings are a table of units × raters, not of {cells.ndim} dimensions")
    return list(cells.T)


def _present_values(
    columns: list[Column], given: tuple[object, ...]
) -> tuple[NDArray[np.generic], NDArray[np.bool_]]:
    """Return the ratings that are there, as numbers or as text, and where they are."""
    arrays = [np.asarray(column) for column in columns]
    if all(array.dtype.kind in "biuf" for array in arrays) and _as_numbers(given) is not None:
        matrix = np.column_stack(arrays).astype(np.float64)
        if np.isinf(matrix).any():
            raise InvalidArgumentError("a rating is infinite")
        present: NDArray[np.bool_] = ~np.isnan(matrix)
        return matrix[present], present
    cells = np.empty((len(columns[0]), len(columns)), dtype=object)
    for rater, column in enumerate(columns):
        cells[:, rater] = _listed(column)
    present = ~_missing_cells(cells)
    values = cells[present].tolist()
    numbers = _as_numbers([*values, *given])
    if numbers is None:
        return np.array([str(value).strip() for value in values]), present
    return np.array(numbers[: len(values)], dtype=np.float64), present


def _listed(series: object) -> list[object]:
    for method in ("to_list", "to_pylist", "tolist"):
        if hasattr(series, method):
            return list(getattr(series, method)())
    return list(series)  # type: ignore[call-overload, no-any-return]


def _missing_cells(cells: NDArray[np.object_]) -> NDArray[np.bool_]:
    flags = [
        not value.strip() or value.strip().lower() == "nan"
        if isinstance(value, str)
        else is_missing(value)
        for value in cells.ravel().tolist()
    ]
    return np.array(flags, dtype=np.bool_).reshape(cells.shape)


def _as_numbers(values: Iterable[object]) -> list[float] | None:
    """Return the values as numbers, or None when one of them is no number."""
    try:
        numbers = [float(value) for value in values]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    if not np.isfinite(numbers).all():
        raise InvalidArgumentError("a rating or category is infinite or NaN")
    return numbers


def _given_scale(given: tuple[object, ...], *, is_numeric: bool) -> tuple[Hashable, ...]:
    """Return the categories that were asked for; numbers in ascending order, text as it came."""
    if is_numeric:
        scale: tuple[Hashable, ...] = tuple(sorted(float(item) for item in given))  # type: ignore[arg-type]
    else:
        scale = tuple(str(item).strip() for item in given)
    if len(set(scale)) < len(scale):
        raise InvalidArgumentError("a category is given twice")
    return scale


def _declared(columns: list[Column], used: set[object]) -> tuple[Hashable, ...]:
    """Return the used levels in the order of Enum or Categorical columns, if all raters' agree."""
    orders = {category_order(column) for column in columns}
    if len(orders) > 1 or () in orders:
        return ()
    declared = [str(item).strip() for item in orders.pop()]
    return tuple(item for item in declared if item in used)


def _positions(found: list[Hashable], position: Mapping[Hashable, int]) -> Integers:
    unknown = [str(value) for value in found if value not in position]
    if unknown:
        raise UnknownLevelError(
            f"ratings that are not among the categories: {', '.join(unknown)}; "
            "correct them or name the whole scale in `categories`"
        )
    return np.array([position[value] for value in found], dtype=np.int64)
