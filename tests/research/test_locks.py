import pytest

from accounts.errors import AlreadyExists, NotPermitted
from accounts.ledger import log
from research.errors import Invalid
from research.locks import locks, record_lock
from tests.examples.trials import Trial


def test_locks_are_numbered_listed_and_entered(trial: Trial) -> None:
    with trial.acting("manager") as by:
        for name in ("First", "Second"):
            record_lock(by, trial.project, name=name, manifest_digest="a" * 64, as_of_sequence=10)

    with trial.looking("statistician") as by:
        found = locks(by, trial.project)
        entries = log.entries(by.session, trial.project, action="locked")
    assert [(lock.number, lock.name) for lock in found] == [(2, "Second"), (1, "First")]
    assert [entry.sequence for entry in entries] == [
        lock.ledger_sequence for lock in reversed(found)
    ]


def test_a_lock_needs_a_name_of_its_own_and_a_right(trial: Trial) -> None:
    with trial.acting("manager") as by:
        record_lock(by, trial.project, name="First", manifest_digest="a" * 64, as_of_sequence=1)
        with pytest.raises(AlreadyExists):
            record_lock(
                by, trial.project, name=" First ", manifest_digest="a" * 64, as_of_sequence=1
            )
        for name in (" ", "x" * 101):
            with pytest.raises(Invalid):
                record_lock(
                    by, trial.project, name=name, manifest_digest="a" * 64, as_of_sequence=1
                )
    with trial.acting("statistician") as by, pytest.raises(NotPermitted):
        record_lock(by, trial.project, name="Mine", manifest_digest="a" * 64, as_of_sequence=1)
