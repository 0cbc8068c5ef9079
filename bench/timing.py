"""How long a task takes on a machine that others use too."""

import time
from collections.abc import Callable

REPEATS = 3


def seconds(task: Callable[[], object]) -> float:
    """Return the shortest of a few runs: the others measure the neighbours on the machine."""
    runs = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        task()
        runs.append(time.perf_counter() - start)
    return min(runs)
