"""A change and its entry are one: at whatever statement the work is cut off, both stay or none.

What is cut is a real command, at every boundary between it and the database in turn, by an error in
that place; `test_killed_writers.py` does the same to whole processes with SIGKILL.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from accounts.acts import Identifying, Reason
from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.errors import EntryRefused
from accounts.ledger.log import LedgerEntry, LedgerHead
from accounts.ledger.nodes import LedgerNode
from accounts.ledger.verify import Verdict, verify
from accounts.vault import VaultValueRow
from research.replay import TABLES
from research.scheduling import create_subject
from research.subjects import NewSubject, SubjectRow
from tests.examples.trials import Trial, make_trial


class CutOff(Exception):
    """The machine stops here."""


@contextmanager
def cut_at(number: int) -> Iterator[list[str]]:
    """Stop right after the n-th statement of the block, or right before its commit."""
    seen: list[str] = []

    def step(words: str) -> None:
        seen.append(words)
        if len(seen) == number:
            raise CutOff(words)

    def statement(_c: object, _u: object, words: str, *_rest: object) -> None:
        if not words.startswith("PRAGMA"):
            step(words)

    def commit(_session: Session) -> None:
        step("COMMIT")

    event.listen(Engine, "after_cursor_execute", statement)
    event.listen(Session, "before_commit", commit)
    try:
        yield seen
    finally:
        event.remove(Engine, "after_cursor_execute", statement)
        event.remove(Session, "before_commit", commit)


def everything(database: Database) -> dict[str, list[object]]:
    """Return what is stored, of the change as of the ledger and the vault."""
    with database.reading() as session:
        return {
            "subjects": list(session.scalars(select(SubjectRow.code))),
            "entries": list(session.execute(select(LedgerEntry.log, LedgerEntry.leaf_hash)).all()),
            "heads": list(session.execute(select(LedgerHead.size, LedgerHead.frontier)).all()),
            "nodes": list(session.execute(select(LedgerNode.log, LedgerNode.place)).all()),
            "vault": list(session.scalars(select(VaultValueRow.commitment))),
        }


def change(trial: Trial, code: str) -> None:
    with trial.acting("manager") as by:
        subject = create_subject(by, trial.project, NewSubject(code=code))
        by.record(
            trial.project, "visit_corrected", "subject", subject,
            after={"why": Identifying("a name")}, reason=Reason(code="slip", text="a name"),
        )  # fmt: skip


def was_cut(trial: Trial, *, after: int) -> bool:
    """Return whether the change has so many statements, and was cut off after the last of them."""
    with cut_at(after):
        try:
            change(trial, "afterwards")
        except CutOff:
            return True
    return False


def test_a_change_cut_off_at_any_statement_leaves_change_entry_head_and_vault_or_none(
    database: Database,
) -> None:
    trial = make_trial(database)
    change(trial, "before")
    before = everything(database)

    # Right after one statement is right before the next; before the first, nothing was done. How
    # many there are depends on the tree's size: the change that is not cut any more ends the loop.
    cuts = 0
    while was_cut(trial, after=cuts + 1):
        cuts += 1
        assert everything(database) == before, cuts
    assert cuts > 20

    with database.reading() as session:
        report = verify(session, keys=[], tables=TABLES, logs=[trial.project])
        assert ledger_log.size(session, trial.project) > 0
    assert report.verdict is not Verdict.FAIL
    assert "afterwards" in everything(database)["subjects"]
    assert len(everything(database)["entries"]) > len(before["entries"])


def test_an_entry_that_is_refused_takes_its_change_with_it(database: Database) -> None:
    trial = make_trial(database)
    before = everything(database)
    too_much = {"much": "x" * 300_000}

    def change_too_much() -> None:
        with trial.acting("manager") as by:
            subject = create_subject(by, trial.project, NewSubject(code="001"))
            by.record(trial.project, "visit_corrected", "subject", subject, after=too_much)

    with pytest.raises(EntryRefused, match="the most is"):
        change_too_much()

    assert everything(database) == before


@pytest.mark.parametrize(
    "words", ["UPDATE ledger_entries SET action = 'x'", "DELETE FROM ledger_entries"]
)
def test_an_entry_is_not_changed_even_by_mistake(words: str, sqlite_database: Database) -> None:
    """SQLite has no roles: its triggers guard; what PostgreSQL's role may is tested at its wall."""
    make_trial(sqlite_database)

    with pytest.raises(IntegrityError, match="never changed"), sqlite_database.connection() as one:
        one.exec_driver_sql(words)
