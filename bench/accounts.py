"""Signing in: what one passphrase costs on purpose, and what stands around it."""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act
from accounts.database import Database
from accounts.errors import AccountsError
from accounts.login_sessions import Beginning, begin, check_password, resolve
from accounts.people import create_person
from accounts.throttling import admit, forgive, gates
from bench.rows import BenchRow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LOGIN, PASSWORD = "ann@example.org", "tall giraffe reads backwards"
SIGN_INS = 30
RESOLVES = 500


def rows() -> list[BenchRow]:
    """Measure on SQLite with a full synchronisation at each commit, as a platform runs."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'accounts.db'}")
        database.migrate()
        with database.transaction() as session:
            person = create_person(
                _act(session), login=LOGIN, printed_name="Ann", password=PASSWORD
            )
        with database.transaction() as session:
            token = begin(_act(session), person, Beginning()).token
        measured = [
            _row("passphrase, known login", _known(database, LOGIN), SIGN_INS, "70 to 500"),
            _row("passphrase, unknown login", _known(database, "nobody"), SIGN_INS, "as known"),
            _row("counting a try and forgiving it", _counting(database), SIGN_INS, "≤ 20"),
            _row("a session behind its cookie", _resolving(database, token), RESOLVES, "≤ 2"),
        ]
        database.dispose()
    return measured


def _known(database: Database, login: str) -> Callable[[], None]:
    def ask() -> None:
        with database.reading() as session:
            try:
                check_password(session, login=login, password=PASSWORD)
            except AccountsError:
                return

    return ask


def _counting(database: Database) -> Callable[[], None]:
    at = gates(purpose="sign_in", who=LOGIN, address="192.0.2.1", device=None)

    def ask() -> None:
        with database.transaction() as session:
            admit(_act(session), at)
        with database.transaction() as session:
            forgive(session, at)

    return ask


def _resolving(database: Database, token: str) -> Callable[[], None]:
    def ask() -> None:
        with database.reading() as session:
            resolve(session, token=token, now=NOW)

    return ask


def _row(name: str, ask: Callable[[], None], times: int, target: str) -> BenchRow:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
    return BenchRow(f"sign-in: {name}, p95", statistics.quantiles(taken, n=20)[-1], "ms", target)


def _act(session: Session) -> Act:
    return Act(session, SYSTEM, NOW, "", "bench", "bench")
