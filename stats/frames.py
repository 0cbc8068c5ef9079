"""From a data frame of any kind to checked numpy arrays: the one edge where data enters."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.errors import (
    DuplicateRowsError,
    InvalidArgumentError,
    LengthError,
    MissingColumnError,
    MissingValueError,
    OneClassError,
)

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Booleans: TypeAlias = NDArray[np.bool_]


class Frame(Protocol):
    """What polars, pandas and pyarrow tables and a mapping of columns have in common."""

    def __getitem__(self, name: str, /) -> object: ...


@dataclass(frozen=True)
class Levels:
    """A column of names as codes into its labels.

    Parameters
    ----------
    labels : tuple
        The distinct values, sorted, or in the order of an Enum or Categorical column.
    codes : ndarray of int64, shape (rows,)
        Position of each row's value in `labels`.
    absent : tuple
        Categories of an Enum or Categorical column that no row has.
    """

    labels: tuple[Hashable, ...]
    codes: Integers
    absent: tuple[Hashable, ...] = field(default=(), repr=False)


def column(data: Frame, name: str) -> NDArray[np.generic]:
    """Return one column as a numpy array.

    Parameters
    ----------
    data : DataFrame of polars or pandas, pyarrow.Table, or mapping of name to vector
        Long data, one row per reading.
    name : str
        The column.

    Returns
    -------
    ndarray, shape (rows,)
        Missing values are NaN in a column of numbers, and None or NaN in a column of objects.

    Raises
    ------
    MissingColumnError
        If there is no such column.

    Examples
    --------
    >>> column({"reader": ["b", "a"], "score": [1, 2]}, "score")
    array([1, 2])
    """
    values = _series(data, name)
    if isinstance(values, np.ndarray):
        return values
    if hasattr(values, "to_numpy"):
        return np.asarray(values.to_numpy())
    return np.asarray(values)


def numbers(data: Frame, name: str, *, missing: bool = False) -> Floats:
    """Return a column as float64.

    Parameters
    ----------
    data : Frame
        Long data.
    name : str
        The column: numbers, booleans, or text that spells numbers.
    missing : bool
        Whether NaN may stay; by default it is refused.

    Returns
    -------
    ndarray of float64, shape (rows,)

    Raises
    ------
    MissingValueError
        If a value is missing and `missing` is false.
    InvalidArgumentError
        If a value is not a number.

    Examples
    --------
    >>> numbers({"score": ["1", "2.5"]}, "score")
    array([1. , 2.5])
    """
    return vector(column(data, name), name=name, missing=missing)


def vector(values: ArrayLike, *, name: str, missing: bool = False) -> Floats:
    """Return a vector as float64; as `numbers`, of values already at hand.

    Examples
    --------
    >>> vector([True, False], name="truth")
    array([1., 0.])
    """
    raw = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if raw.dtype == object:
        raw = np.array([np.nan if is_missing(item) else item for item in raw.tolist()])
    try:
        found = raw.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidArgumentError(f"column {name!r} holds a value that is no number") from error
    if found.ndim != 1:
        raise LengthError(f"{name!r} has {found.ndim} dimensions: give a vector")
    if not missing and np.isnan(found).any():
        raise MissingValueError(
            f"{int(np.isnan(found).sum())} of {found.size} values of {name!r} are missing: "
            "leave those rows out, or decide how a missing value counts"
        )
    return found


def truth_vector(values: ArrayLike, *, name: str = "truth") -> Booleans:
    """Return a vector of truth as booleans, diseased = True.

    Parameters
    ----------
    values : array_like, shape (n,)
        0/1, False/True.
    name : str
        What to call it in a refusal.

    Returns
    -------
    ndarray of bool, shape (n,)

    Raises
    ------
    InvalidArgumentError
        If a value is neither 0 nor 1.
    MissingValueError
        If a value is missing.

    Examples
    --------
    >>> truth_vector([0, 1, 1])
    array([False,  True,  True])
    """
    found = vector(values, name=name)
    if not np.isin(found, (0.0, 1.0)).all():
        raise InvalidArgumentError(f"{name!r} must be 0 (healthy) or 1 (diseased) in every row")
    diseased: Booleans = found == 1.0
    return diseased


def two_classes(truth: Booleans, *, of: str = "the data") -> None:
    """Refuse truth without a diseased or without a healthy case.

    Raises
    ------
    OneClassError
        If one of the two is absent.

    Examples
    --------
    >>> two_classes(np.array([True, False]))
    """
    for absent, there in (("diseased", truth.any()), ("healthy", not truth.all())):
        if not there:
            raise OneClassError(f"{of} holds no {absent} case: both classes are needed")


def same_length(**vectors: NDArray[np.generic]) -> int:
    """Return the one length of several vectors.

    Raises
    ------
    LengthError
        If they differ.

    Examples
    --------
    >>> same_length(scores=np.zeros(3), truth=np.ones(3))
    3
    """
    lengths = {name: len(values) for name, values in vectors.items()}
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise LengthError(f"the vectors differ in length: {said}")
    return next(iter(lengths.values()))


def levels(data: Frame, name: str) -> Levels:
    """Return a column of names as codes and labels.

    Parameters
    ----------
    data : Frame
        Long data.
    name : str
        The column: text, integers, reals, or a polars Enum or pandas Categorical.

    Returns
    -------
    Levels
        Only labels that occur.

    Raises
    ------
    MissingValueError
        If a name is missing.

    Examples
    --------
    >>> levels({"reader": ["b", "a", "b"]}, "reader")
    Levels(labels=('a', 'b'), codes=array([1, 0, 1]))
    """
    series = _series(data, name)
    values = _listed(series)
    present = set(values)
    if any(map(is_missing, present)):
        count = sum(map(is_missing, values))
        raise MissingValueError(f"{count} rows name no {name!r}: leave them out or name it")
    order = category_order(series)
    labels = tuple(item for item in order if item in present) if order else _sorted(present)
    position = {label: index for index, label in enumerate(labels)}
    codes = np.fromiter((position[value] for value in values), dtype=np.int64, count=len(values))
    absent = tuple(item for item in order if item not in present)
    return Levels(labels=labels, codes=codes, absent=absent)


def refuse_duplicates(keys: Mapping[str, Levels]) -> None:
    """Refuse two rows with the same combination of levels.

    Parameters
    ----------
    keys : mapping of column name to Levels
        The columns that together name a row.

    Raises
    ------
    DuplicateRowsError
        If a combination occurs twice; the message names the first.

    Examples
    --------
    >>> refuse_duplicates({"case": levels({"case": [1, 2]}, "case")})
    """
    combined = np.zeros(len(next(iter(keys.values())).codes), dtype=np.int64)
    for key in keys.values():
        combined = combined * len(key.labels) + key.codes
    _, first, counts = np.unique(combined, return_index=True, return_counts=True)
    if (counts > 1).any():
        row = first[np.argmax(counts > 1)]
        said = ", ".join(f"{name} {key.labels[key.codes[row]]}" for name, key in keys.items())
        raise DuplicateRowsError(
            f"{int((counts > 1).sum())} combinations occur in more than one row, first: {said}; "
            "keep one row of each"
        )


def is_missing(value: object) -> bool:
    """Return whether a value is None, NaN, or pandas' NA or NaT.

    Examples
    --------
    >>> is_missing(None), is_missing(float("nan")), is_missing(0)
    (True, True, False)
    """
    if value is None or type(value).__name__ == "NAType":
        return True
    return bool(value != value)


def check_alpha(alpha: float) -> None:
    """Refuse a level outside (0, 1).

    Raises
    ------
    InvalidArgumentError
        If it is.

    Examples
    --------
    >>> check_alpha(0.05)
    """
    if not 0.0 < alpha < 1.0:
        raise InvalidArgumentError(f"alpha is {alpha}: give a level between 0 and 1")


def check_option(value: str, allowed: Sequence[str], *, name: str) -> None:
    """Refuse an option that does not exist.

    Raises
    ------
    InvalidArgumentError
        If `value` is not one of `allowed`.

    Examples
    --------
    >>> check_option("delong", ("delong", "jackknife"), name="covariance")
    """
    if value not in allowed:
        raise InvalidArgumentError(f"{name} {value!r} does not exist: one of {', '.join(allowed)}")


def category_order(series: object) -> tuple[Hashable, ...]:
    """Return the categories of a polars Enum or pandas Categorical; empty for other columns.

    Examples
    --------
    >>> category_order(["mild", "severe"])
    ()
    """
    categories = getattr(getattr(series, "dtype", None), "categories", None)
    if categories is None or not hasattr(categories, "__len__"):
        return ()  # a polars Categorical has no order of its own
    return tuple(categories)


def _series(data: Frame, name: str) -> object:
    names = _names(data)
    if name not in names:
        raise MissingColumnError(f"there is no column {name!r}: {', '.join(map(str, names))}")
    return data[name]


def _names(data: Frame) -> list[str]:
    if hasattr(data, "collect"):
        raise InvalidArgumentError(f"a {type(data).__name__} holds no data yet: collect it first")
    for attribute in ("column_names", "columns"):  # pyarrow's columns are the columns themselves
        if hasattr(data, attribute):
            return [str(name) for name in getattr(data, attribute)]
    if isinstance(data, Mapping):
        return list(data)
    raise InvalidArgumentError(
        f"a {type(data).__name__} is no frame: give polars, pandas, pyarrow or a mapping of columns"
    )


def _listed(series: object) -> list[Hashable]:
    for method in ("to_list", "to_pylist", "tolist"):
        if hasattr(series, method):
            return list(getattr(series, method)())
    return list(np.asarray(series).tolist()) if not isinstance(series, list) else series


def _sorted(present: set[Hashable]) -> tuple[Hashable, ...]:
    try:
        return tuple(sorted(present))  # type: ignore[type-var]
    except TypeError:  # text among numbers
        return tuple(sorted(present, key=str))
