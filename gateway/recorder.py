"""Enters received instances into the state database, many in one transaction.

The sender is not kept waiting for it: the file alone makes an instance safe, and a start enters
whatever file is not yet known.
"""

import queue
import sqlite3
import threading
from typing import Final

from gateway.log import say
from gateway.states import States

GROUP: Final = 500
RETRY_S: Final = 1.0


class Recorder:
    """A thread that enters instances in groups."""

    def __init__(self, states: States) -> None:
        self._states = states
        self._queue: queue.SimpleQueue[tuple[str, int] | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def put(self, instance: str, size: int) -> None:
        """Hand over an instance that is safe in the spool."""
        self._queue.put((instance, size))

    def stop(self) -> None:
        """Enter what was handed over and end."""
        self._stopping.set()
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            group, ended = self._next_group()
            while group and not self._entered(group):
                if self._stopping.wait(RETRY_S):
                    return

    def _next_group(self) -> tuple[list[tuple[str, int]], bool]:
        group: list[tuple[str, int]] = []
        item = self._queue.get()
        while item is not None:
            group.append(item)
            if len(group) >= GROUP or self._queue.empty():
                return group, False
            item = self._queue.get()
        return group, True

    def _entered(self, group: list[tuple[str, int]]) -> bool:
        try:
            self._states.add(group)
        except sqlite3.OperationalError:
            say("state_not_written", failed=True, count=len(group))
            return False
        return True
