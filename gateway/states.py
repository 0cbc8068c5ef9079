"""The state of every instance in SQLite: where it is on its way, and why it waits.

The files are the truth about what is held; this database says how far each one is. It holds no
original identifier: the spool's random id, the new UID, digests, sizes and codes.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from gateway.clock import Clock


class State(Enum):
    """Where an instance is on its way."""

    RECEIVED = "received"
    DEIDENTIFIED = "deidentified"
    UPLOADING = "uploading"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"
    QUARANTINED = "quarantined"


# Every move an instance can make. Back to received: its de-identified file was lost or spoiled.
MOVES: Final[dict[State, tuple[State, ...]]] = {
    State.DEIDENTIFIED: (State.RECEIVED,),
    State.UPLOADING: (State.DEIDENTIFIED, State.FAILED),
    State.ACKNOWLEDGED: (State.UPLOADING,),
    State.FAILED: (State.UPLOADING,),
    State.RECEIVED: (State.UPLOADING,),
    State.QUARANTINED: (State.RECEIVED, State.UPLOADING),
}
MAX_CRASHES: Final = 3

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS instances (
  id TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  received_at REAL NOT NULL,
  changed_at REAL NOT NULL,
  due_at REAL NOT NULL,
  size INTEGER NOT NULL,
  in_hand INTEGER NOT NULL DEFAULT 0,
  crashes INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0,
  code TEXT,
  sop_instance_uid TEXT,
  sha256 TEXT,
  outgoing_size INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS instances_by_state ON instances (state, due_at);
"""


@dataclass(frozen=True)
class Instance:
    """One instance as far as its next step needs it."""

    id: str
    size: int
    crashes: int
    failures: int
    sop_instance_uid: str
    sha256: str
    outgoing_size: int


@dataclass(frozen=True)
class Cleaned:
    """What is known of an instance once it is de-identified."""

    id: str
    sop_instance_uid: str
    sha256: str
    outgoing_size: int


_COLUMNS: Final = "id, size, crashes, failures, sop_instance_uid, sha256, outgoing_size"


class States:
    """The state database of one process; threads share its connection."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30
        )
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SCHEMA)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._connection.close()

    def add(self, received: Iterable[tuple[str, int]]) -> None:
        """Enter instances that are safe in the spool; one that is there already stays as it is."""
        now = self._now()
        rows = [(instance, now, now, now, size) for instance, size in received]
        with self._transaction() as connection:
            connection.executemany(
                "INSERT INTO instances (id, state, received_at, changed_at, due_at, size) "
                "VALUES (?, 'received', ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
                rows,
            )

    def take_received(self, limit: int) -> list[Instance]:
        """Take the oldest received instances in hand; one that crashed the work comes alone."""
        with self._transaction() as connection:
            rows = _instances(
                connection.execute(
                    f"SELECT {_COLUMNS} FROM instances WHERE state = 'received' AND in_hand = 0 "
                    "ORDER BY due_at LIMIT ?",
                    (limit,),
                )
            )
            if any(row.crashes for row in rows):
                rows = [row for row in rows if row.crashes][:1]
            connection.executemany(
                "UPDATE instances SET in_hand = 1 WHERE id = ?", [(row.id,) for row in rows]
            )
        return rows

    def take_outgoing(self, *, instances: int, size: int) -> list[Instance]:
        """Take what is due for upload, up to a number and a size but at least one."""
        now = self._now()
        with self._transaction() as connection:
            rows = _instances(
                connection.execute(
                    f"SELECT {_COLUMNS} FROM instances WHERE state IN ('deidentified', 'failed') "
                    "AND due_at <= ? ORDER BY due_at LIMIT ?",
                    (now, instances),
                )
            )
            rows = _up_to(rows, size)
            connection.executemany(
                "UPDATE instances SET state = 'uploading', changed_at = ? WHERE id = ?",
                [(now, row.id) for row in rows],
            )
        return rows

    def deidentified(self, cleaned: Sequence[Cleaned]) -> None:
        """Enter the results of de-identification."""
        now = self._now()
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE instances SET state = 'deidentified', in_hand = 0, code = NULL, "
                "sop_instance_uid = ?, sha256 = ?, outgoing_size = ?, changed_at = ?, due_at = ? "
                "WHERE id = ? AND state = 'received'",
                [(c.sop_instance_uid, c.sha256, c.outgoing_size, now, now, c.id) for c in cleaned],
            )

    def move(
        self, ids: Sequence[str], to: State, *, code: str | None = None, wait_s: float = 0.0
    ) -> None:
        """Move instances to a state, with the code that says why; only as `MOVES` allows."""
        now = self._now()
        sources = ", ".join(f"'{state.value}'" for state in MOVES[to])
        failed = int(to is State.FAILED)
        with self._transaction() as connection:
            connection.executemany(
                "UPDATE instances SET state = ?, code = ?, in_hand = 0, failures = failures + ?, "
                f"changed_at = ?, due_at = ? WHERE id = ? AND state IN ({sources})",
                [(to.value, code, failed, now, now + wait_s, instance) for instance in ids],
            )

    def count_crash(self) -> None:
        """Note that the work crashed on what it had in hand, so that one object cannot stop all."""
        with self._transaction() as connection:
            connection.execute(
                "UPDATE instances SET crashes = crashes + 1, in_hand = 0 WHERE in_hand = 1"
            )

    def recover(self) -> None:
        """After a start nothing is in hand, and an upload without an answer is done again."""
        with self._transaction() as connection:
            connection.execute("UPDATE instances SET in_hand = 0 WHERE in_hand = 1")
            connection.execute(
                "UPDATE instances SET state = 'deidentified' WHERE state = 'uploading'"
            )

    def known(self, ids: Sequence[str]) -> dict[str, State]:
        """Return the states of those instances that are entered."""
        marks = ", ".join("?" * len(ids))
        with self._lock:
            rows = self._connection.execute(
                f"SELECT id, state FROM instances WHERE id IN ({marks})", list(ids)
            ).fetchall()
        return {instance: State(state) for instance, state in rows}

    def counts(self) -> dict[str, int]:
        """Return how many instances are in each state."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT state, COUNT(*) FROM instances GROUP BY state"
            ).fetchall()
        return {state.value: dict(rows).get(state.value, 0) for state in State}

    def waiting(self) -> int:
        """Return how many de-identified instances wait for their upload."""
        with self._lock:
            row = self._connection.execute(
                "SELECT COUNT(*) FROM instances "
                "WHERE state IN ('deidentified', 'failed', 'uploading')"
            ).fetchone()
        return int(row[0])

    def reasons(self) -> dict[str, int]:
        """Return how many instances wait or are held for each code."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT code, COUNT(*) FROM instances "
                "WHERE state IN ('failed', 'quarantined') AND code IS NOT NULL GROUP BY code"
            ).fetchall()
        return dict(rows)

    def _now(self) -> float:
        return self._clock().timestamp()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def _instances(rows: Iterable[tuple[str, int, int, int, str, str, int]]) -> list[Instance]:
    return [Instance(*row) for row in rows]


def _up_to(rows: list[Instance], size: int) -> list[Instance]:
    taken = 0
    for index, row in enumerate(rows):
        taken += row.outgoing_size
        if taken > size and index:
            return rows[:index]
    return rows
