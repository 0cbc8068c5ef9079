import hashlib

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from accounts.database import Database
from accounts.digests import digest_of_rows, row_digest
from accounts.people import PersonRow
from tests.accounts.conftest import House

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.lists(st.none() | TEXT)))
def test_rows_are_digested_in_their_canonical_form(rows: list[list[str | None]]) -> None:
    assert digest_of_rows(rows) == hashlib.sha256(rfc8785.dumps(rows)).hexdigest()


def test_a_row_has_the_same_digest_once_stored_and_another_once_changed(house: House) -> None:
    person = house.people["reader"]
    with house.database.reading() as session:
        row = session.get(PersonRow, person)
        assert row is not None
        before = row_digest(row)
    with house.database.transaction() as session:
        row = session.get(PersonRow, person)
        assert row is not None
        unchanged = row_digest(row)
        row.printed_name = "Somebody else"

    with house.database.reading() as session:
        row = session.get(PersonRow, person)
        assert row is not None
        assert before == unchanged != row_digest(row)


def test_a_columns_null_and_its_empty_text_differ(database: Database) -> None:
    absent = PersonRow(id="a", password_hash=None)
    empty = PersonRow(id="a", password_hash="")

    assert row_digest(absent) != row_digest(empty)
