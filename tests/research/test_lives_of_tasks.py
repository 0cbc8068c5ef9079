"""Whatever is tried, a task moves only along its table, and what is signed is kept whole."""

from collections.abc import Callable
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.acts import Act
from research.amendments import abandon_amendment, amend_read, reconfirm_read, repeat_task
from research.answers import AnswerChange
from research.drafts import save_draft
from research.errors import ResearchError
from research.read_records import ReadRow, read_of_task, revisions_of_task
from research.reads import open_task, reopen_read, sign_read, submit_read
from research.tasks import TaskRow
from research.transitions import TRANSITIONS
from tests.examples.trials import Trial
from tests.research.amending import sign_amended

WHY = {"code": "other", "text": "tried"}
NUMBERS = count(1)
YES, NO = (AnswerChange("OVERALL", "", "PRESENT", value) for value in ("true", "false"))


def newest(act: Act, task: str) -> ReadRow:
    read = read_of_task(act.session, task)
    return read if read is not None else ReadRow(id="none", draft=0)


def save(act: Act, task: str) -> None:
    save_draft(
        act, task, draft=newest(act, task).draft, changes=[YES, NO][: 1 + (act.now.second % 2)]
    )


TRIES: dict[str, tuple[str, Callable[[Act, str], object]]] = {
    "open": ("reader1", open_task),
    "save": ("reader1", save),
    "submit": ("reader1", lambda act, task: submit_read(act, task, draft=newest(act, task).draft)),
    "reopen": ("reader1", reopen_read),
    "amend": ("reader1", lambda act, task: amend_read(act, task, **WHY)),
    "abandon": ("reader1", lambda act, task: abandon_amendment(act, task, **WHY)),
    "reconfirm": ("reader1", lambda act, task: reconfirm_read(act, task, **WHY)),
    "repeat": ("manager", lambda act, task: repeat_task(act, task, **WHY)),
}
# Preparing a confirmation moves nothing; while amending, the revision moves and the task stays.
STAYS = {
    ("stale", "reconfirm"),
    ("amending", "save"),
    ("amending", "submit"),
    ("amending", "reopen"),
}
# Opening what is open already is no error.
OPENED = {("in_progress", "open"), ("submitted", "open"), ("done", "open"), ("stale", "open"),
          ("amending", "open"), ("superseded", "open")}  # fmt: skip
# An amendment that is given up while what it rests on is newer is stale again at once.
BACK_TO_STALE = ("amending", "abandon")


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(tries=st.lists(st.sampled_from([*TRIES, "sign", "sign", "submit", "upstream"]), max_size=14))
def test_no_illegal_state_is_reached(trial: Trial, tries: list[str]) -> None:
    subject = trial.add_subject(f"S{next(NUMBERS)}", ["BL", "W6"])
    for visit in ("BL", "W6"):
        trial.approve(subject, visit=visit)
    first = trial.task(subject, "READ", position="R1")
    trial.sign("reader1", first, YES)
    task = trial.task(subject, "READ", visit="W6", position="R1")
    kept: dict[str, str | None] = {}

    for name in tries:
        before = trial.state(task)
        moved = attempt(trial, name, task, first)
        after = trial.state(task)

        allowed(before, name, after, moved=moved)
        kept = same_as_ever(trial, task, kept)


def attempt(trial: Trial, name: str, task: str, first: str) -> bool:
    """Try something and tell whether it was done."""
    try:
        if name == "upstream":
            upstream(trial, first)
        elif name == "sign":
            sign(trial, task)
        else:
            who, does = TRIES[name]
            with trial.acting(who) as by:
                does(by, task)
    except ResearchError:
        return False
    return True


def sign(trial: Trial, task: str) -> None:
    with trial.looking("reader1") as by:
        digest = newest(by, task).record_digest
    grant = trial.grant("reader1", task, digest) if digest else "none"
    with trial.acting("reader1") as by:
        sign_read(by, task, grant=grant)


def upstream(trial: Trial, first: str) -> None:
    """Amend the visit before, to another answer than it has."""
    with trial.acting("reader1") as by:
        amend_read(by, first, **WHY)
        revision = newest(by, first).revision
    sign_amended(trial, "reader1", first, YES if revision % 2 else NO)


def allowed(before: str, name: str, after: str, *, moved: bool) -> None:
    steps = {"sign": ("sign", "reconfirm"), "upstream": ("input_changed",)}.get(name, (name,))
    legal = {TRANSITIONS.get((before, event)) for event in steps} - {None}  # type: ignore[arg-type]
    if not moved:
        assert after == before, f"{name} was refused and yet moved {before} to {after}"
    elif name == "upstream":
        assert after in (legal or {before})
    elif (before, name) in STAYS | OPENED:
        assert after == before
    elif (before, name) == BACK_TO_STALE:
        assert after in ("done", "stale")
    else:
        assert after in legal, f"{name} moved {before} to {after}"


def same_as_ever(trial: Trial, task: str, kept: dict[str, str | None]) -> dict[str, str | None]:
    """Check that signed revisions number 1, 2, … and that none ever changes."""
    with trial.looking() as by:
        rows = revisions_of_task(by.session, task)
        found = {row.id: row.record_digest for row in rows}
        row = by.session.get(TaskRow, task)
        assert row is not None
        in_force = row.state in ("done", "stale", "amending", "superseded")
    assert [one.revision for one in reversed(rows)] == list(range(1, len(rows) + 1))
    assert {id: found[id] for id in kept} == kept
    assert bool(rows) == in_force, "what is signed is in force whatever is tried"
    return found
