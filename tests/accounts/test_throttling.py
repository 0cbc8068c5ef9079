from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.database import Database
from accounts.errors import Throttled
from accounts.throttling import MOST_WAIT, TRIES, Gate, admit, forgive, gates, wait_after
from tests.examples.acts import START, act

HERE = gates(purpose="test", who="ann", address="192.0.2.1", device=None)


def attempt(database: Database, at: tuple[Gate, ...] = HERE, *, minutes: float = 0) -> bool:
    """Tell whether a try was let through."""
    try:
        with database.transaction() as session:
            admit(act(session, now=START + timedelta(minutes=minutes)), at)
    except Throttled:
        return False
    return True


def test_ten_tries_are_let_through_and_the_next_waits(database: Database) -> None:
    assert [attempt(database) for _ in range(12)] == [True] * TRIES + [False] * 2


def test_a_right_try_forgets_the_wrong_ones_of_its_place(database: Database) -> None:
    for _ in range(TRIES):
        attempt(database)
    with database.transaction() as session:
        forgive(session, HERE)

    assert all(attempt(database) for _ in range(TRIES))


def test_counts_are_forgotten_after_an_hour_without_a_try(database: Database) -> None:
    for _ in range(TRIES):
        attempt(database)

    assert all(attempt(database, minutes=61) for _ in range(TRIES))


def test_purposes_and_people_are_counted_apart(database: Database) -> None:
    for _ in range(TRIES + 1):
        attempt(database)

    other_purpose = gates(purpose="other", who="ann", address="192.0.2.1", device=None)
    other_person = gates(purpose="test", who="bob", address="192.0.2.1", device=None)
    device = gates(purpose="test", who="ann", address="192.0.2.1", device="known")
    for at in (other_purpose, other_person, device):
        assert attempt(database, at)


def test_keys_say_nothing_of_whom_they_count() -> None:
    assert all(len(gate.key) == 64 and "ann" not in gate.key for gate in HERE)


@given(st.integers(min_value=0, max_value=10_000))
def test_waits_grow_and_are_never_for_good(excess: int) -> None:
    assert timedelta(0) < wait_after(excess) <= wait_after(excess + 1) <= MOST_WAIT


def test_a_wait_names_its_length(database: Database) -> None:
    for _ in range(TRIES):
        attempt(database)

    with pytest.raises(Throttled) as refused, database.transaction() as session:
        admit(act(session, now=START + timedelta(seconds=10)), HERE)
    assert refused.value.retry_after == 20


def test_twenty_tries_at_one_moment_from_two_processes_are_ten(database: Database) -> None:
    url = database.url.render_as_string(hide_password=False)
    others = (Database(url), Database(url))

    with ThreadPoolExecutor(8) as pool:
        let_through = list(pool.map(lambda n: attempt(others[n % 2]), range(20)))

    for other in others:
        other.dispose()
    assert sum(let_through) == TRIES
