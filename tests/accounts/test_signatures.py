from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from accounts.acts import SYSTEM, Actor
from accounts.errors import AccountsError, NotPermitted, ReauthRequired, StaleRecord
from accounts.ledger import log
from accounts.refusals import enter_refusal
from accounts.signatures import (
    Signature,
    SignaturePayload,
    SignatureRow,
    SignGrantRow,
    find_signature,
    grant_signature,
    sign,
)
from accounts.vault import openings
from tests.accounts.conftest import PROJECT, House
from tests.examples.acts import PASSWORD, START, act

RECORD = "66666666-6666-4666-8666-666666666666"
PAYLOAD = SignaturePayload(
    log=PROJECT,
    record_kind="read",
    record_id=RECORD,
    revision=1,
    record_digest="d" * 64,
    meaning="authorship",
    form_oid="LESIONS",
    form_version="1.0.0",
    form_digest="f" * 64,
    image_set_digest="i" * 64,
)


def granted(house: House, *, login: str | None = "session") -> str:
    with house.database.transaction() as session:
        return grant_signature(
            act(session, house.people["reader"], login=login),
            password=PASSWORD,
            record_kind="read",
            record_id=RECORD,
            record_digest=PAYLOAD.record_digest,
            meaning="authorship",
            log=PROJECT,
        ).token


def signed(
    house: House,
    grant: str,
    payload: SignaturePayload = PAYLOAD,
    *,
    who: Actor | str | None = None,
    after: timedelta = timedelta(),
    login: str | None = "session",
) -> Signature:
    with house.database.transaction() as session:
        actor = who or house.people["reader"]
        return sign(act(session, actor, now=START + after, login=login), grant, payload)


def refused_and_entered(house: House, grant: str, **how: object) -> AccountsError:
    """Try to sign, and enter the refusal as the api does: in a transaction of its own."""
    with pytest.raises(AccountsError) as refused:
        signed(house, grant, **how)  # type: ignore[arg-type]
    with house.database.transaction() as session:
        enter_refusal(act(session, house.people["reader"]), refused.value)
    return refused.value


@pytest.mark.req("R-MAN")
def test_a_signature_carries_name_time_and_meaning_and_its_entry_the_whole_payload(
    house: House,
) -> None:
    signature = signed(house, granted(house), after=timedelta(seconds=30))

    with house.database.reading() as session:
        found = find_signature(session, signature.id)
        (entry,) = log.entries(session, PROJECT, action="signature_made")
        assert entry.after is not None
        name = str(entry.after["printed_name"])
        assert openings(session, [name])[name].value == "Reader"
    assert found == signature
    assert signature.printed_name == "Reader"
    assert signature.signed_at == START + timedelta(seconds=30)
    assert signature.meaning == "authorship"
    assert entry.sequence == signature.ledger_sequence
    assert entry.after["image_set_digest"] == "i" * 64
    assert b"Reader" not in entry.to_bytes()
    assert list(entry.rows["signatures"]) == [signature.id]


@pytest.mark.req("R-SIG")
def test_a_grant_is_spent_by_one_signature(house: House) -> None:
    grant = granted(house)
    signed(house, grant)

    with pytest.raises(ReauthRequired):
        signed(house, grant)

    with house.database.reading() as session:
        assert len(session.scalars(select(SignatureRow)).all()) == 1


@pytest.mark.req("R-SIG")
def test_a_grant_lives_two_minutes(house: House) -> None:
    grant = granted(house)

    with pytest.raises(ReauthRequired):
        signed(house, grant, after=timedelta(minutes=2))

    signed(house, grant, after=timedelta(minutes=1, seconds=59))


@pytest.mark.req("R-SIG", "R-LINK")
def test_a_grant_for_one_state_of_a_record_signs_no_other(house: House) -> None:
    grant = granted(house)
    changed = replace(PAYLOAD, record_digest="e" * 64)

    error = refused_and_entered(house, grant, payload=changed)

    assert isinstance(error, StaleRecord)
    with pytest.raises(ReauthRequired):
        signed(house, grant)


@pytest.mark.parametrize(
    "change",
    [{"record_id": "another"}, {"record_kind": "form"}, {"meaning": "approval"}],
    ids=["record", "kind", "meaning"],
)
def test_a_grant_is_for_one_record_and_one_meaning(house: House, change: dict[str, str]) -> None:
    error = refused_and_entered(house, granted(house), payload=replace(PAYLOAD, **change))  # type: ignore[arg-type]

    assert isinstance(error, ReauthRequired)


@pytest.mark.req("R-SIG2")
def test_nobody_else_and_no_other_session_uses_a_grant(house: House) -> None:
    for how in (
        {"who": house.people["admin"]},
        {"login": "another session"},
        {"who": Actor("machine", house.people["reader"])},
        {"who": SYSTEM},
    ):
        assert isinstance(refused_and_entered(house, granted(house), **how), ReauthRequired)


@pytest.mark.req("R-SIG")
def test_an_invented_grant_signs_nothing(house: House) -> None:
    assert isinstance(refused_and_entered(house, "invented"), ReauthRequired)


def test_a_wrong_password_gives_no_grant_and_is_entered(house: House) -> None:
    with pytest.raises(ReauthRequired) as refused, house.database.transaction() as session:
        grant_signature(
            act(session, house.people["reader"]),
            password="wrong password",
            record_kind="read",
            record_id=RECORD,
            record_digest="d" * 64,
            meaning="authorship",
            log=PROJECT,
        )
    with house.database.transaction() as session:
        enter_refusal(act(session, house.people["reader"]), refused.value)

    with house.database.reading() as session:
        assert session.scalars(select(SignGrantRow)).all() == []
        (entry,) = log.entries(session, PROJECT, action="signature_failed")
    assert (entry.object_id, entry.actor_id) == (RECORD, house.people["reader"])


@pytest.mark.parametrize("kind", ["machine", "system"])
@pytest.mark.req("R-AI")
def test_a_machine_never_signs(house: House, kind: str) -> None:
    actor = Actor(kind, house.people["reader"])  # type: ignore[arg-type]

    with house.database.transaction() as session, pytest.raises(NotPermitted):
        grant_signature(
            act(session, actor),
            password=PASSWORD,
            record_kind="read",
            record_id=RECORD,
            record_digest="d" * 64,
            meaning="authorship",
        )


def test_the_grants_token_is_nowhere_in_the_database(house: House) -> None:
    token = granted(house)

    with house.database.reading() as session:
        row = session.scalars(select(SignGrantRow)).one()

    assert token not in {str(value) for value in vars(row).values()}
