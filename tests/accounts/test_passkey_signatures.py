"""Signing by passkey: the authenticator agrees to one record, and its answer is kept."""

from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import select

from accounts.errors import AccountsError, ReauthRequired, SigningBlocked, WrongPassphrase
from accounts.ledger import log as ledger_log
from accounts.ledger.entries import canonical
from accounts.passkey_signatures import ask_to_sign, grant_by_passkey
from accounts.passkeys import Site, add_passkey, ask_passkey, offer_passkey
from accounts.refusals import enter_refusal
from accounts.signatures import Signature, SignaturePayload, SignatureRow, sign
from tests.accounts.conftest import PROJECT, House
from tests.accounts.software_authenticator import SoftwareAuthenticator, text
from tests.examples.acts import START, act

SITE = Site(host="localhost", origin="http://localhost:8000")
RECORD = "66666666-6666-4666-8666-666666666666"
PAYLOAD = SignaturePayload(
    log=PROJECT,
    record_kind="read",
    record_id=RECORD,
    revision=1,
    record_digest="d" * 64,
    meaning="authorship",
)


def owned(house: House, key: SoftwareAuthenticator, who: str = "reader") -> None:
    person = house.people[who]
    with house.database.transaction() as session:
        options = offer_passkey(act(session, person), SITE, login=who, printed_name=who)
    with house.database.transaction() as session:
        add_passkey(act(session, person), SITE, key.make(options), name="a key")


def asked(house: House, who: str = "reader", *, login: str = "session") -> dict[str, object]:
    with house.database.transaction() as session:
        return dict(
            ask_to_sign(
                act(session, house.people[who], login=login),
                SITE,
                record_kind="read",
                record_id=RECORD,
                record_digest="d" * 64,
                meaning="authorship",
                log=PROJECT,
            )
        )


def granted(
    house: House,
    answer: dict[str, object],
    who: str = "reader",
    *,
    login: str = "session",
    after: timedelta = timedelta(),
) -> str:
    with house.database.transaction() as session:
        by = act(session, house.people[who], login=login, now=START + after)
        return grant_by_passkey(by, SITE, answer).token  # type: ignore[arg-type]


def signed(house: House, grant: str) -> Signature:
    with house.database.transaction() as session:
        return sign(act(session, house.people["reader"], login="session"), grant, PAYLOAD)


def test_a_passkey_signs_and_its_answer_is_kept(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    options = asked(house)

    signature = signed(house, granted(house, key.answer(options)))

    with house.database.reading() as session:
        row = session.scalars(select(SignatureRow).where(SignatureRow.id == signature.id)).one()
    evidence = row.evidence
    assert isinstance(evidence, dict)
    statement = evidence["statement"]
    assert options["challenge"] == text(sha256(canonical(statement)).digest())
    assert statement["record_digest"] == PAYLOAD.record_digest
    assert set(evidence["assertion"]) == {"clientDataJSON", "authenticatorData", "signature"}


def test_an_answer_serves_once(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    answer = key.answer(asked(house))
    granted(house, answer)

    with pytest.raises(ReauthRequired):
        granted(house, answer)


def test_an_answer_of_another_session_or_person_or_too_late_grants_nothing(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    for how in (
        {"login": "another session"},
        {"who": "admin"},
        {"after": timedelta(minutes=2)},
    ):
        with pytest.raises(ReauthRequired):
            granted(house, key.answer(asked(house)), **how)  # type: ignore[arg-type]


def test_a_sign_in_by_passkey_is_no_signature(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    with house.database.transaction() as session:
        options = ask_passkey(act(session, house.people["reader"]), SITE, house.people["reader"])

    with pytest.raises(ReauthRequired):
        granted(house, key.answer(options))


def test_another_key_is_not_accepted(house: House) -> None:
    owned(house, SoftwareAuthenticator())
    stranger = SoftwareAuthenticator()

    with pytest.raises(AccountsError):
        granted(house, stranger.answer(asked(house)))


@pytest.mark.req("R-PWD")
def test_three_refused_passkeys_block_signing_like_wrong_passphrases(house: House) -> None:
    owned(house, SoftwareAuthenticator())
    wrong = (
        lambda: SoftwareAuthenticator().answer(asked(house)),
        lambda: {"id": "nonsense"},
        lambda: SoftwareAuthenticator().answer({"challenge": text(b"invented")}),
    )

    for answer in wrong:
        with pytest.raises(WrongPassphrase) as refused:
            granted(house, answer())
        with house.database.transaction() as session:
            enter_refusal(act(session, house.people["reader"], login=None), refused.value)

    with house.database.reading() as session:
        failures = [
            entry
            for name in ("system", PROJECT)
            for entry in ledger_log.entries(session, name, action="signature_failed")
        ]
    assert len(failures) == 3
    with pytest.raises(SigningBlocked):
        asked(house)


def test_an_answer_that_came_too_late_is_entered_but_not_counted(house: House) -> None:
    key = SoftwareAuthenticator()
    owned(house, key)
    answer = key.answer(asked(house))

    with pytest.raises(ReauthRequired) as late:
        granted(house, answer, after=timedelta(minutes=2))

    assert not isinstance(late.value, WrongPassphrase)
    assert late.value.refusal is not None
    assert late.value.refusal.log == PROJECT
