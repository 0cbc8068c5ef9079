from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from accounts.database import Database
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import Entry
from accounts.ledger.verify import Verdict, verify

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def entry(object_id: str) -> Entry:
    return Entry(
        log="p1",
        sequence=0,
        time=NOW,
        actor_kind="system",
        actor_id="s",
        action="thing_made",
        object_kind="thing",
        object_id=object_id,
    )


@pytest.mark.req("R-AUD")
def test_many_writers_leave_no_gap_and_no_twin(database: Database) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            with database.transaction() as session:
                ledger_log.append(session, entry(f"{writer}-{number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))

    with database.reading() as session:
        assert ledger_log.size(session, "p1") == 40
        report = verify(session, keys=[], tables=[], logs=["p1"])
    found = {check.name: check.verdict for check in report.checks}
    assert found["entries"] is found["head"] is Verdict.PASS


def test_a_head_that_was_read_before_is_read_again_when_it_is_locked(database: Database) -> None:
    with database.transaction() as session:
        ledger_log.append(session, entry("first"))
    with database.reading() as early:
        assert ledger_log.size(early, "p1") == 1
    with database.transaction() as session:
        ledger_log.root(session, "p1")
        ledger_log.append(session, entry("second"))
        assert ledger_log.append(session, entry("third")) == 2


@pytest.mark.req("R-AUD")
def test_an_entry_is_gone_with_the_transaction_that_failed(database: Database) -> None:
    try:
        with database.transaction() as session:
            ledger_log.append(session, entry("lost"))
            raise ConnectionError("the change fails")
    except ConnectionError:
        pass

    with database.reading() as session:
        assert ledger_log.size(session, "p1") == 0
