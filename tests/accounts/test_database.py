from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, StatementError

from accounts.database import Database
from accounts.people import PersonRow
from accounts.signatures import SignatureRow


def person(login: str, *, created_at: datetime) -> PersonRow:
    return PersonRow(
        id=login,
        login=login,
        printed_name="A Person",
        password_hash=None,
        state="active",
        created_at=created_at,
        ledger_sequence=0,
    )


@pytest.mark.req("R-UTC")
def test_a_stored_moment_comes_back_aware_and_in_utc(database: Database) -> None:
    cet = timezone(timedelta(hours=1))
    with database.transaction() as session:
        session.add(person("a", created_at=datetime(2026, 3, 1, 0, 30, 0, 123456, tzinfo=cet)))

    with database.reading() as session:
        stored = session.scalars(select(PersonRow.created_at)).one()

    assert stored == datetime(2026, 2, 28, 23, 30, 0, 123456, tzinfo=UTC)
    assert stored.tzinfo is UTC


def test_moments_sort_in_time_order(database: Database) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    with database.transaction() as session:
        for minutes in (10, 9, 100):
            session.add(person(str(minutes), created_at=start + timedelta(minutes=minutes)))

    with database.reading() as session:
        logins = session.scalars(select(PersonRow.login).order_by(PersonRow.created_at)).all()

    assert logins == ["9", "10", "100"]


@pytest.mark.req("R-UTC")
def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with (
        pytest.raises((AssertionError, StatementError), match="zone"),
        database.transaction() as session,
    ):
        session.add(person("a", created_at=datetime(2026, 1, 1)))


def test_an_error_leaves_nothing_of_its_transaction(database: Database) -> None:
    def write_and_fail() -> None:
        with database.transaction() as session:
            session.add(person("a", created_at=datetime(2026, 1, 1, tzinfo=UTC)))
            session.flush()
            raise RuntimeError("after the write")

    with pytest.raises(RuntimeError):
        write_and_fail()

    with database.reading() as session:
        assert session.scalars(select(PersonRow)).all() == []


def test_a_reading_session_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(text("DELETE FROM people"))


def test_a_writer_after_a_reader_on_the_same_connection_may_write(database: Database) -> None:
    for login in ("a", "b", "c"):
        with database.reading() as session:
            session.scalars(select(PersonRow)).all()
        with database.transaction() as session:
            session.add(person(login, created_at=datetime(2026, 1, 1, tzinfo=UTC)))

    with database.reading() as session:
        assert len(session.scalars(select(PersonRow)).all()) == 3


def test_a_reading_session_sees_one_moment(database: Database) -> None:
    with database.reading() as session:
        before = len(session.scalars(select(PersonRow.id)).all())
        with database.transaction() as writer:
            writer.add(person("a", created_at=datetime(2026, 1, 1, tzinfo=UTC)))
        after = len(session.scalars(select(PersonRow.id)).all())

    assert (before, after) == (0, 0)


def test_a_missing_parent_is_refused_by_the_database_itself(database: Database) -> None:
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.add(
            SignatureRow(
                id="s",
                log="p",
                person_id="nobody",
                printed_name="Nobody",
                meaning="approval",
                signed_at=datetime(2026, 1, 1, tzinfo=UTC),
                record_kind="read",
                record_id="r",
                revision=1,
                record_digest="0",
                payload={},
                ledger_sequence=0,
            )
        )
