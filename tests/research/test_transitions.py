import pytest
from hypothesis import given
from hypothesis import strategies as st

from research.errors import IllegalTransition
from research.transitions import EVENTS, FINAL, STATES, TRANSITIONS, TaskEvent, after


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.req("R-SEQ")
def test_each_event_leads_where_the_table_says_or_is_refused(state: str, event: TaskEvent) -> None:
    target = next((to for (s, e), to in TRANSITIONS.items() if (s, e) == (state, event)), None)

    if target is not None:
        assert after(state, event, task_id="t") == target
    else:
        with pytest.raises(IllegalTransition, match="task t is"):
            after(state, event, task_id="t")


def test_nothing_leaves_a_final_state() -> None:
    assert not [source for source, _ in TRANSITIONS if source in FINAL]


def test_every_state_can_be_reached_from_waiting() -> None:
    reached = {"waiting"}
    while True:
        more = {to for (source, _), to in TRANSITIONS.items() if source in reached} - reached
        if not more:
            break
        reached |= more

    assert reached == set(STATES)


@given(st.lists(st.sampled_from(EVENTS), max_size=60))
def test_a_task_is_done_only_by_signing_or_confirming_or_going_back_to_it(
    events: list[TaskEvent],
) -> None:
    state, closing = "waiting", None
    for event in events:
        try:
            state = after(state, event, task_id="t")
        except IllegalTransition:
            continue
        if state == "done":
            closing = event

    assert state != "done" or closing in {"sign", "confirm", "abandon", "reconfirm"}
