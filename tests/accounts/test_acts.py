from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from accounts.acts import SYSTEM, Actor
from accounts.database import Database
from accounts.ids import new_id
from accounts.ledger import log
from tests.examples.acts import START, act


@pytest.mark.req("R-AUD", "R-DOC")
def test_an_entry_says_who_when_from_where_and_by_which_build(database: Database) -> None:
    with database.transaction() as session:
        by = act(session, Actor("machine", "m", on_behalf_of="p"), login="s")
        sequence = by.record("system", "looked", "thing", "t", after={"n": 1})

    with database.reading() as session:
        entry = log.read_entry(session, "system", sequence)
    assert (entry.actor_kind, entry.actor_id, entry.on_behalf_of) == ("machine", "m", "p")
    assert (entry.time, entry.origin, entry.build) == (START, "127.0.0.1", "test")
    assert (entry.request_id, entry.login_session) == ("request", "s")


def test_the_platform_acts_in_its_own_name_within_somebodys_act(database: Database) -> None:
    with database.transaction() as session:
        by = act(session, "person")

        assert by.by(SYSTEM).actor == SYSTEM
        assert by.by(SYSTEM).now == by.now


def test_acts_at_the_same_moment_have_sequences_without_gap_or_twin(database: Database) -> None:
    barrier = Barrier(4)

    def record_some(worker: int) -> list[int]:
        barrier.wait(timeout=30)
        sequences = []
        for number in range(10):
            with database.transaction() as session:
                made = act(session).record("system", "counted", "thing", f"{worker}-{number}")
                sequences.append(made)
        return sequences

    with ThreadPoolExecutor(4) as threads:
        sequences = [n for some in threads.map(record_some, range(4)) for n in some]

    assert sorted(sequences) == list(range(40))


@pytest.mark.req("R-BLIND", "R-UNIQ")
def test_ids_are_random_and_not_time_ordered() -> None:
    ids = [new_id() for _ in range(50)]

    assert len(set(ids)) == 50
    assert all(id[14] == "4" for id in ids), "version 4 is the random one"
    assert ids != sorted(ids)


@pytest.mark.req("R-UTC")
def test_a_clock_that_steps_back_raises_an_entry_and_the_sequence_goes_on(
    database: Database,
) -> None:
    with database.transaction() as session:
        for seconds in (0, -4, -60, -59):
            moved = act(session, now=START + timedelta(seconds=seconds))
            moved.record("p1", "thing_done", "thing", "t")

    with database.reading() as session:
        entries = log.entries(session, "p1")
    assert [entry.sequence for entry in entries] == [0, 1, 2, 3, 4]
    stepped = entries[2]
    assert [entry.action for entry in entries].count("clock_stepped_back") == 1
    assert stepped.action == "clock_stepped_back"
    assert stepped.before == {"time": "2026-03-02T08:59:56.000000Z"}
    assert stepped.after is not None
    assert "UTC" in str(stepped.after["source"])
