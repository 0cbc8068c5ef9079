"""What stands before a signature: identity, statement, enrolment, and too many wrong passwords."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.acts import SYSTEM_LOG
from accounts.documents import add_document, document_content, documents
from accounts.errors import (
    AccountsError,
    EnrolmentNeeded,
    IdentityNotVerified,
    NotFound,
    NotPermitted,
    Refused,
    SigningBlocked,
    StatementNotAccepted,
    WrongPassphrase,
)
from accounts.identity import identity_of, verify_identity
from accounts.ledger import log
from accounts.memberships import add_member
from accounts.notices import mark_seen, notices
from accounts.people import PersonRow, create_person
from accounts.refusals import enter_refusal
from accounts.signatures import grant_signature
from accounts.signing_blocks import SigningBlockRow
from accounts.statements import STATEMENTS, accept_statement, accepted_at, present_statement
from tests.accounts.conftest import ORGANIZATION, PROJECT, House
from tests.examples.acts import CHEAP_HASHER, PASSWORD, START, act

RECORD = "66666666-6666-4666-8666-666666666666"


def newcomer(house: House) -> str:
    """Let a reader in who has done nothing of what stands before a signature."""
    with house.database.transaction() as session:
        person = create_person(
            act(session),
            login="new@demo.local",
            printed_name="Nora Newcomer",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(act(session), PROJECT, person, "Reader")
    return person


def ask(
    house: House, person: str, password: str = PASSWORD, *, after: timedelta = timedelta()
) -> str:
    """Ask for a grant; a refusal is entered as the api does it."""
    now = START + after
    try:
        with house.database.transaction() as session:
            return grant_signature(
                act(session, person, now=now),
                password=password,
                record_kind="read",
                record_id=RECORD,
                record_digest="d" * 64,
                meaning="authorship",
                log=PROJECT,
            ).token
    except AccountsError as error:
        with house.database.transaction() as session:
            enter_refusal(act(session, person, now=now), error)
        raise


def verified(house: House, person: str) -> None:
    with house.database.transaction() as session:
        verify_identity(act(session, house.people["admin"]), person, method="institution")


def accepted(house: House, person: str) -> None:
    words = present_statement()
    with house.database.transaction() as session:
        accept_statement(act(session, person), version=words.version, digest=words.digest)


def test_identity_then_statement_then_a_signature(house: House) -> None:
    person = newcomer(house)

    with pytest.raises(IdentityNotVerified):
        ask(house, person)
    verified(house, person)
    with pytest.raises(StatementNotAccepted):
        ask(house, person)
    accepted(house, person)

    assert ask(house, person)
    with house.database.reading() as session:
        failed = log.entries(session, PROJECT, action="signature_failed")
        problems = [dict(entry.after or {})["problem"] for entry in failed]
        assert problems == ["identity_not_verified", "statement_not_accepted"]
        found = identity_of(session, person)
        assert found is not None
        assert (found.method, found.verified_by) == ("institution", house.people["admin"])
        assert accepted_at(session, person) == START


def test_nobody_verifies_themselves(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(NotPermitted, match="own"):
        verify_identity(
            act(session, house.people["admin"]), house.people["admin"], method="institution"
        )


@pytest.mark.parametrize("who", ["reader", "viewer"])
def test_who_admits_nobody_verifies_nobody(house: House, who: str) -> None:
    person = newcomer(house)

    with house.database.transaction() as session, pytest.raises(NotPermitted):
        verify_identity(act(session, house.people[who]), person, method="institution")


def test_to_a_stranger_there_is_nobody_to_verify(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(NotFound):
        verify_identity(
            act(session, house.people["stranger"]), house.people["reader"], method="institution"
        )


def test_a_way_that_is_not_listed_verifies_nobody(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(Refused):
        verify_identity(act(session, house.people["admin"]), house.people["reader"], method="email")


def test_other_words_than_those_in_force_are_not_accepted(house: House) -> None:
    person = newcomer(house)

    with house.database.transaction() as session, pytest.raises(Refused):
        accept_statement(act(session, person), version="1", digest="0" * 64)

    with house.database.reading() as session:
        assert accepted_at(session, person) is None


def test_accepting_twice_is_accepting_once(house: House) -> None:
    person = newcomer(house)
    accepted(house, person)

    accepted(house, person)

    with house.database.reading() as session:
        found = log.entries(session, SYSTEM_LOG, action="statement_accepted")
    assert len([entry for entry in found if entry.actor_id == person]) == 1


def test_the_statement_is_named_by_a_digest_that_never_changes() -> None:
    assert [one.version for one in STATEMENTS] == ["1"]
    assert STATEMENTS[0].digest == (
        "b195498fcb1cdbaf3dea2c6e1ce2ebba4ff14b8490fb1001cbed9fcd4b73bebd"
    )


def test_three_wrong_passwords_block_for_a_quarter_of_an_hour(house: House) -> None:
    person = house.people["reader"]
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            ask(house, person, "wrong password")

    with pytest.raises(SigningBlocked):
        ask(house, person, after=timedelta(minutes=14, seconds=59))

    assert ask(house, person, after=timedelta(minutes=15))
    with house.database.reading() as session:
        assert len(log.entries(session, SYSTEM_LOG, action="signing_blocked")) == 1


def test_a_wrong_password_while_blocked_does_not_lengthen_the_block(house: House) -> None:
    person = house.people["reader"]
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            ask(house, person, "wrong password")
    for _ in range(5):
        with pytest.raises(SigningBlocked):
            ask(house, person, "wrong password", after=timedelta(minutes=10))

    assert ask(house, person, after=timedelta(minutes=15))


def test_one_persons_wrong_passwords_block_nobody_else(house: House) -> None:
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            ask(house, house.people["reader"], "wrong password")

    assert ask(house, house.people["admin"])


def test_person_and_security_contact_are_told_once(house: House) -> None:
    with house.database.transaction() as session:
        contact = create_person(
            act(session),
            login="contact@demo.local",
            printed_name="Carla Contact",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
        add_member(act(session), ORGANIZATION, contact, "Administrator")
    for _ in range(3):
        with pytest.raises(WrongPassphrase):
            ask(house, house.people["reader"], "wrong password")

    with house.database.transaction() as session:
        for person in (house.people["reader"], contact):
            (told,) = notices(act(session, person))
            assert (told.kind, told.about_id) == ("signing_blocked", house.people["reader"])
        assert notices(act(session, house.people["admin"])) == ()
        mine = act(session, contact, now=START + timedelta(hours=1))
        assert mark_seen(mine, told.id).seen_at == START + timedelta(hours=1)
        with pytest.raises(NotFound):
            mark_seen(act(session, house.people["reader"]), told.id)


def test_the_right_password_forgives_the_wrong_ones(house: House) -> None:
    person = house.people["reader"]
    for _ in range(2):
        with pytest.raises(WrongPassphrase):
            ask(house, person, "wrong password")

    ask(house, person)

    with house.database.reading() as session:
        row = session.scalars(select(SigningBlockRow)).one()
        assert row.failures == 0


def test_after_a_reset_nothing_is_signed_before_enrolment(house: House) -> None:
    person = house.people["reader"]
    with house.database.transaction() as session:
        row = session.get(PersonRow, person)
        assert row is not None
        row.signing_requires_enrolment = True

    with pytest.raises(EnrolmentNeeded):
        ask(house, person)


def test_an_organisations_letter_is_kept_and_listed(house: House) -> None:
    letter = b"%PDF-1.7 the letter"
    with house.database.transaction() as session:
        added = add_document(
            act(session),
            ORGANIZATION,
            kind="certification_letter",
            title="Letter of certification",
            media_type="application/pdf",
            content=letter,
        )

    with house.database.reading() as session:
        assert documents(act(session), ORGANIZATION) == (added,)
        assert document_content(act(session), ORGANIZATION, added.id) == (added, letter)


@pytest.mark.parametrize(
    ("media_type", "content"),
    [("application/pdf", b"no pdf"), ("text/html", b"<p>"), ("text/plain", b"")],
    ids=["bytes of another kind", "a kind that runs", "empty"],
)
def test_a_document_is_what_it_says(house: House, media_type: str, content: bytes) -> None:
    with house.database.transaction() as session, pytest.raises(Refused):
        add_document(
            act(session),
            ORGANIZATION,
            kind="policy",
            title="A policy",
            media_type=media_type,
            content=content,
        )


def test_who_does_not_manage_the_organisation_keeps_no_document(house: House) -> None:
    with house.database.transaction() as session, pytest.raises((NotFound, NotPermitted)):
        add_document(
            act(session, house.people["admin"]),
            ORGANIZATION,
            kind="policy",
            title="A policy",
            media_type="text/plain",
            content=b"words",
        )
