from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from accounts.acts import SYSTEM, Actor
from accounts.database import Database
from accounts.ids import new_id
from accounts.ledger import log
from tests.examples.acts import START, act


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


def test_ids_are_random_and_not_time_ordered() -> None:
    ids = [new_id() for _ in range(50)]

    assert len(set(ids)) == 50
    assert all(id[14] == "4" for id in ids), "version 4 is the random one"
    assert ids != sorted(ids)
