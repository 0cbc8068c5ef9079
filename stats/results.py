"""What every result can do: become plain values, print itself, and state where it came from."""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from importlib.metadata import version
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from stats.text_tables import render

Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True)
class Provenance:
    """Where a result came from: its paper, the hash of its data, its seed and what was left out."""

    paper: str
    data_hash: str
    seed: int | None = None
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row(Mapping[str, object]):
    """One row of a result's table, read by attribute (`row.se`) or by name (`row["se"]`)."""

    def __getitem__(self, name: str) -> object:
        if name not in self.__dataclass_fields__:
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.__dataclass_fields__)

    def __len__(self) -> int:
        return len(self.__dataclass_fields__)

    def to_dict(self) -> dict[str, Plain]:
        """Return the row as plain values that JSON can hold; as `Result.to_dict`."""
        return {name: plain(value) for name, value in _fields(self)}


@dataclass(frozen=True)
class Result:
    """Base of every frozen result: `to_dict()`, `str()` and `manifest()`.

    Parameters
    ----------
    provenance : Provenance, optional
        Paper, data hash, seed and exclusions; part of the manifest, not of `to_dict()`.
    """

    provenance: Provenance | None = field(default=None, kw_only=True, compare=False, repr=False)

    def to_dict(self) -> dict[str, Plain]:
        """Return the fields as plain values that JSON can hold.

        Returns
        -------
        dict
            NaN is None, infinities are "inf" and "-inf", a Decimal is its text, a date is ISO 8601,
            a row or a nested result is a dict, a tuple or an array is a list.
        """
        return {name: plain(value) for name, value in _fields(self)}

    def manifest(self) -> dict[str, Plain]:
        """Return what a reviewer needs to trust and repeat the analysis.

        Returns
        -------
        dict
            Keys method, paper, version, data_hash, seed, exclusions, warnings.
        """
        source = self.provenance
        return {
            "method": str(getattr(self, "method", type(self).__name__)),
            "paper": source.paper if source else None,
            "version": version("readout"),
            "data_hash": source.data_hash if source else None,
            "seed": source.seed if source else None,
            "exclusions": list(source.exclusions) if source else [],
            "warnings": list(getattr(self, "warnings", ())),
        }

    def __str__(self) -> str:
        return render(type(self).__name__, dict(_fields(self)))


def plain(value: object) -> Plain:
    """Return a value as str, int, float, bool, None, list or dict.

    Parameters
    ----------
    value : object
        A scalar (of Python or numpy), Decimal, date, array, sequence, mapping or dataclass.

    Returns
    -------
    str, int, float, bool, None, list or dict
        NaN becomes None, infinities become "inf" and "-inf".

    Raises
    ------
    TypeError
        If the value is of a kind that no result may hold.

    Examples
    --------
    >>> plain({"p": float("nan"), "df": float("inf"), "n": [1, 2]})
    {'p': None, 'df': 'inf', 'n': [1, 2]}
    """
    if isinstance(value, np.generic | np.ndarray):
        return plain(value.tolist())
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return _plain_float(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {name: plain(item) for name, item in _fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    raise TypeError(f"a result may not hold a {type(value).__name__}: {value!r}")


def data_hash(*columns: ArrayLike) -> str:
    """Return the SHA-256 of columns of data, whatever their names and number types.

    Parameters
    ----------
    *columns : array_like
        The input columns, in a fixed order; the order of the rows counts.

    Returns
    -------
    str
        64 hexadecimal digits. Numbers are hashed as little-endian float64 (one NaN for all), other
        values as UTF-8 text.

    Examples
    --------
    >>> data_hash([1, 2, 3]) == data_hash([1.0, 2.0, 3.0])
    True
    >>> data_hash(["a", "b"])[:8] != data_hash(["b", "a"])[:8]
    True
    """
    digest = hashlib.sha256()
    for column in columns:
        values = np.asarray(column)
        numeric = values.dtype.kind in "biuf"
        digest.update(f"{'number' if numeric else 'text'}{values.shape}".encode())
        digest.update(_number_bytes(values) if numeric else _text_bytes(values))
    return digest.hexdigest()


def _fields(value: object) -> list[tuple[str, object]]:
    names = [item.name for item in fields(value)]  # type: ignore[arg-type]
    return [(name, getattr(value, name)) for name in names if name != "provenance"]


def _plain_float(value: float) -> float | str | None:
    if math.isnan(value):
        return None
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return float(value)


def _number_bytes(values: NDArray[np.generic]) -> bytes:
    numbers = values.astype("<f8") + 0.0  # −0 becomes 0
    numbers[np.isnan(numbers)] = np.nan
    return numbers.tobytes()


def _text_bytes(values: NDArray[np.generic]) -> bytes:
    words = (str(item).encode() for item in values.ravel().tolist())
    return b"".join(len(word).to_bytes(8, "little") + word for word in words)
