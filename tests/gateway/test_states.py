from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.states import MOVES, Cleaned, State
from tests.gateway.site import Site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


def cleaned(instance: str, size: int = 10) -> Cleaned:
    return Cleaned(instance, f"2.25.{instance}", "0" * 64, size)


def deidentify(site: Site, *instances: str, size: int = 10) -> None:
    """Bring instances to the state before the upload."""
    for instance in instances:
        site.receive(instance)
    site.states.take_received(100)
    site.states.deidentified([cleaned(instance, size) for instance in instances])


def test_an_instance_entered_twice_stays_as_it_is(site: Site) -> None:
    deidentify(site, "aa1")

    site.states.add([("aa1", 99)])

    assert site.states.known(["aa1"]) == {"aa1": State.DEIDENTIFIED}


def test_what_is_in_hand_is_not_taken_again(site: Site) -> None:
    site.receive("aa1")

    first, second = site.states.take_received(10), site.states.take_received(10)

    assert [row.id for row in first] == ["aa1"]
    assert second == []


def test_a_batch_is_bounded_by_number_and_size_but_never_empty(site: Site) -> None:
    deidentify(site, "aa1", "aa2", "aa3", size=60)

    by_size = site.states.take_outgoing(instances=10, size=100)
    by_number = site.states.take_outgoing(instances=1, size=1)

    assert len(by_size) == 1
    assert len(by_number) == 1


def test_a_failed_instance_waits_for_its_time(site: Site) -> None:
    deidentify(site, "aa1")
    site.states.take_outgoing(instances=1, size=1)

    site.states.move(["aa1"], State.FAILED, code="busy", wait_s=10)

    assert site.states.take_outgoing(instances=1, size=1) == []
    site.clock.pass_s(11)
    again = site.states.take_outgoing(instances=1, size=1)
    assert [row.failures for row in again] == [1]


@pytest.mark.parametrize("to", list(MOVES))
def test_only_the_moves_of_the_table_are_made(site: Site, to: State) -> None:
    site.receive("aa1")

    site.states.move(["aa1"], to)

    allowed = State.RECEIVED in MOVES[to]
    assert site.states.known(["aa1"])["aa1"] is (to if allowed else State.RECEIVED)


def test_what_crashed_the_work_is_taken_alone(site: Site) -> None:
    for instance in ("aa1", "aa2"):
        site.receive(instance)
    site.states.take_received(10)
    site.states.count_crash()
    site.receive("aa3")

    taken = site.states.take_received(10)

    assert len(taken) == 1
    assert taken[0].crashes == 1


def test_after_a_start_uploads_without_an_answer_are_done_again(site: Site) -> None:
    deidentify(site, "aa1")
    site.states.take_outgoing(instances=1, size=1)
    site.receive("aa2")
    site.states.take_received(10)

    site.states.recover()

    assert site.states.known(["aa1"])["aa1"] is State.DEIDENTIFIED
    assert [row.id for row in site.states.take_received(10)] == ["aa2"]


def test_counts_and_reasons_add_up(site: Site) -> None:
    deidentify(site, "aa1", "aa2", "aa3")
    site.receive("aa4")
    site.states.take_outgoing(instances=2, size=100)
    site.states.move(["aa1"], State.ACKNOWLEDGED)
    site.states.move(["aa2"], State.QUARANTINED, code="uid_collision")

    counts = site.states.counts()

    assert sum(counts.values()) == 4
    assert counts["acknowledged"] == counts["quarantined"] == counts["received"] == 1
    assert site.states.reasons() == {"uid_collision": 1}
    assert site.states.waiting() == 1


@given(st.lists(st.sampled_from(list(State)), max_size=8))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_an_acknowledged_instance_never_moves_again(site: Site, moves: list[State]) -> None:
    instance = f"aa{id(moves)}"
    deidentify(site, instance)
    site.states.take_outgoing(instances=100, size=10_000)
    site.states.move([instance], State.ACKNOWLEDGED)

    for to in moves:
        site.states.move([instance], to)

    assert site.states.known([instance])[instance] is State.ACKNOWLEDGED
