"""authorize(): the question every command asks, in a project of 1,000 members."""

import statistics
import tempfile
import time

from accounts.authorize import authorize
from accounts.database import Database
from accounts.memberships import enrol
from accounts.roles import install_presets
from accounts.scopes import register_scope
from bench.rows import BenchRow
from tests.examples.acts import act

ORGANIZATION, REPOSITORY, PROJECT = (f"{n}" * 8 + "-1111-4111-8111-111111111111" for n in "123")
MEMBERS = 1000
QUESTIONS = 20_000
REQUESTS = 500


def rows() -> list[BenchRow]:
    """Measure a question inside a request, and the first one of each request."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        database.migrate()
        _people(database)
        inside, first = _inside(database), _first(database)
        database.dispose()
    return [
        BenchRow("authorize, within a request", inside, "µs", "≤ 50"),
        BenchRow("authorize, first of a request, p50", first, "µs"),
    ]


def _people(database: Database) -> None:
    with database.transaction() as session:
        by = act(session)
        install_presets(by)
        register_scope(session, "organization", ORGANIZATION, parent_id=None)
        register_scope(session, "repository", REPOSITORY, parent_id=ORGANIZATION)
        register_scope(session, "project", PROJECT, parent_id=REPOSITORY)
        for number in range(MEMBERS):
            enrol(by, PROJECT, f"person-{number}", "Editor")


def _inside(database: Database) -> float:
    with database.reading() as session:
        people = [act(session, f"person-{number}") for number in range(MEMBERS)]
        for by in people:
            authorize(by, "edit", "subject", PROJECT)
        began = time.perf_counter()
        for number in range(QUESTIONS):
            authorize(people[number % MEMBERS], "edit", "subject", PROJECT)
        return (time.perf_counter() - began) / QUESTIONS * 1e6


def _first(database: Database) -> float:
    times = []
    for number in range(REQUESTS):
        with database.reading() as session:
            by = act(session, f"person-{number}")
            session.connection()
            began = time.perf_counter()
            authorize(by, "edit", "subject", PROJECT)
            times.append((time.perf_counter() - began) * 1e6)
    return statistics.median(times)
