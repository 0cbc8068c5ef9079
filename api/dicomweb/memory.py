"""A bounded memory of bytes that were costly to make; the oldest unused go first."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock


class ByteMemory:
    """Remember up to `max_bytes` of answers under keys that say for whom they were made."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held = 0
        self._kept: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """Return what is remembered under the key, else make it and remember it."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = make()
        with self._lock:
            if key not in self._kept and len(made) <= self._max_bytes // 4:
                self._kept[key] = made
                self._held += len(made)
            while self._held > self._max_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._held -= len(dropped)
        return made
