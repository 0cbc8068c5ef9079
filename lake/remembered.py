"""Small versions kept in memory, with the orders they were asked for in: a version never changes.

Reading and sorting a table anew for each page of it takes a hundred times as long as the page.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import RLock
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from lake.engine import shared_connection
from lake.filters import Scalar
from lake.location import Lake
from lake.snapshots import Snapshot

MOST_ROWS = 200_000
MOST_BYTES = 96 << 20
MOST_ORDER_BYTES = 16 << 20
_ROW = "row of this version"

Kept = TypeVar("Kept", pa.Table, np.ndarray)
Key = tuple[object, ...]


class _Memory(Generic[Kept]):
    """Keep what was asked for last, up to so many bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._bytes = 0
        # Whoever asks for what is being made waits for it instead of making it as well.
        self._lock = RLock()

    def get(self, key: Key, make: Callable[[], Kept]) -> Kept:
        """Return what is kept under a key, or make it and keep it if it is not too large."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            made = make()
            if made.nbytes <= self._most_bytes:
                self._kept[key] = made
                self._bytes += made.nbytes
            while self._bytes > self._most_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._bytes -= dropped.nbytes
            return made

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._bytes = 0


_CONTENTS: _Memory[pa.Table] = _Memory(MOST_BYTES)
_ORDERS: _Memory[np.ndarray] = _Memory(MOST_ORDER_BYTES)


def forget_contents() -> None:
    """Forget every version, after something of one was removed."""
    _CONTENTS.clear()
    _ORDERS.clear()


def is_small(found: Snapshot) -> bool:
    """Say whether a version is kept in memory once it was asked for."""
    return 0 < found.rows <= MOST_ROWS


def page(
    lake: Lake,
    project: str,
    found: Snapshot,
    *,
    where: str,
    values: Sequence[Scalar],
    order: str,
    offset: int,
    limit: int,
) -> tuple[pa.Table, int]:
    """Return some rows of a small version, and how many rows satisfy the condition.

    Parameters
    ----------
    lake, project, found
        Which version.
    where, values, order
        The condition with its bound values and the order, as `lake.filters` writes them.
    offset, limit
        Which rows.

    Returns
    -------
    tuple of pyarrow.Table and int
    """
    key = (lake.uri, project, found.table.name, found.version)
    content = _CONTENTS.get(key, lambda: _read(lake, found))
    if not where and not order:
        return content.slice(offset, limit), found.rows
    rows = _ORDERS.get(
        (*key, where, tuple(values), order),
        lambda: _ordered(lake, content, where=where, values=values, order=order),
    )
    return content.take(pa.array(rows[offset : offset + limit])), len(rows)


def _read(lake: Lake, found: Snapshot) -> pa.Table:
    with shared_connection(lake) as connection:
        return connection.sql(found.select()).to_arrow_table().combine_chunks()


def _ordered(
    lake: Lake, content: pa.Table, *, where: str, values: Sequence[Scalar], order: str
) -> np.ndarray:
    numbered = content.append_column(_ROW, pa.array(np.arange(len(content), dtype=np.int32)))
    with shared_connection(lake) as connection:
        connection.register("numbered", numbered)
        query = f'SELECT "{_ROW}" FROM numbered{where}{order}'
        found = connection.sql(query, params=list(values)).to_arrow_table()
        connection.unregister("numbered")
    return np.asarray(found[_ROW].to_numpy(), dtype=np.int32)
