import pytest

from accounts.acts import Reason
from accounts.errors import NotFound
from accounts.ledger import log
from research.assignments import assign_task
from research.errors import ConflictOfInterest, IllegalTransition, Invalid
from research.reads import open_task
from research.task_lists import my_tasks
from tests.examples.trials import Trial

WHY = Reason(code="holiday", text="the reader is away")


def test_a_task_is_given_and_taken_back(pool: Trial) -> None:
    subject = pool.add_subject("001", ["BL"])
    pool.approve(subject)
    task = pool.task(subject, "READ", position="R2")

    with pool.acting("manager") as by:
        assign_task(by, task, pool.people["reader2"], WHY)
    with pool.looking("reader2") as by:
        given = {t.id: t.assignee_is_me for t in my_tasks(by)}
    with pool.acting("manager") as by:
        assign_task(by, task, None, WHY)

    assert given == {task: True}
    with pool.looking() as by:
        entries = log.entries(by.session, pool.project, action="task_assigned")
    assert [entry.after for entry in entries] == [
        {"assignee": pool.people["reader2"]},
        {"assignee": None},
    ]
    assert all(entry.reason is not None for entry in entries)


def test_nobody_gets_two_positions_on_a_subject(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    task = trial.task(subject, "READ", visit="W6", position="R2")

    with trial.acting("manager") as by, pytest.raises(ConflictOfInterest):
        assign_task(by, task, trial.people["reader1"], WHY)


def test_only_a_member_with_the_steps_role_gets_a_task(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    task = trial.task(subject, "READ", position="R1")

    with trial.acting("manager") as by:
        for person in (trial.people["qc"], "99999999-9999-4999-8999-999999999999"):
            with pytest.raises(Invalid, match="role Reader"):
                assign_task(by, task, person, WHY)


def test_a_begun_task_is_not_given_away(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    task = trial.task(subject, "READ", position="R1")
    with trial.acting("reader1") as by:
        open_task(by, task)

    with trial.acting("manager") as by, pytest.raises(IllegalTransition):
        assign_task(by, task, None, WHY)


def test_only_who_may_gives_tasks_and_unknown_ones_are_not_found(trial: Trial) -> None:
    subject = trial.add_subject("001", ["BL"])
    task = trial.task(subject, "READ", position="R1")
    trial.people["stranger"] = "99999999-9999-4999-8999-999999999999"

    # Another reader is not shown the task at all: for them it is not there.
    with trial.acting("reader2") as by, pytest.raises(NotFound):
        assign_task(by, task, None, WHY)
    with trial.acting("stranger") as by, pytest.raises(NotFound):
        assign_task(by, task, None, WHY)
    with trial.acting("manager") as by, pytest.raises(NotFound):
        assign_task(by, "nothing", None, WHY)
