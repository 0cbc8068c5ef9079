"""Re-authentication for one signature by a passkey, whose owner is verified by the authenticator.

The challenge that the authenticator signs is the SHA-256 of what is being signed: record, digest,
meaning, signer and moment. The assertion is kept with the signature, so that whoever has the public
key can show that this passkey agreed to this record, and not merely that somebody was signed in.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import cast

from pydantic import JsonValue

from accounts.acts import Act
from accounts.challenges import make_challenge, take_challenge
from accounts.errors import ReauthRequired, Refusal, Refused, SignInFailed, WrongPassphrase
from accounts.ledger.entries import canonical, format_time
from accounts.passkeys import Site, ask_passkey, challenge_of, passkey_person
from accounts.signatures import GRANT_LIFE, SignGrant, may_sign, new_grant
from accounts.signing_blocks import forgive

PURPOSE = "signature"
KEPT = ("clientDataJSON", "authenticatorData", "signature")


def ask_to_sign(
    act: Act,
    site: Site,
    *,
    record_kind: str,
    record_id: str,
    record_digest: str,
    meaning: str,
    log: str,
    block_minutes: int | None = None,
) -> dict[str, JsonValue]:
    """Return what the browser hands to the authenticator to agree to exactly this signature."""
    refusal = Refusal(
        log=log, object_kind=record_kind, object_id=record_id, block_minutes=block_minutes
    )
    person = may_sign(act, refusal)
    statement: dict[str, JsonValue] = {
        "record_kind": record_kind,
        "record_id": record_id,
        "record_digest": record_digest,
        "meaning": meaning,
        "log": log,
        "signer": person.id,
        "printed_name": person.printed_name,
        "asked_at": format_time(act.now),
        "nonce": act.new_id(),
    }
    challenge = sha256(canonical(cast("dict[str, str]", statement))).digest()
    options = ask_passkey(act, site, person.id, challenge=challenge)
    content: dict[str, JsonValue] = {"statement": statement, "block_minutes": block_minutes}
    make_challenge(act, PURPOSE, content, secret=_kept_under(challenge), person_id=person.id)
    return options


def grant_by_passkey(act: Act, site: Site, credential: dict[str, JsonValue]) -> SignGrant:
    """Grant the signature that a passkey agreed to; the assertion goes with it as evidence.

    A wrong answer counts like a wrong passphrase; one that merely came too late does not.
    """
    statement, refusal = _asked(act, credential)
    person = may_sign(act, refusal)
    try:
        owner = passkey_person(act, site, credential)
    except SignInFailed as problem:
        raise WrongPassphrase("the passkey was not accepted: nothing was signed", refusal) from (
            problem
        )
    assert owner == person.id, "a challenge for one person is answered by their own passkeys"
    forgive(act.session, person.id)
    response = cast("dict[str, JsonValue]", credential["response"])
    return new_grant(
        act,
        record_kind=statement["record_kind"],
        record_id=statement["record_id"],
        record_digest=statement["record_digest"],
        meaning=statement["meaning"],
        evidence={
            "method": "passkey",
            "passkey": credential["id"],
            "statement": cast("JsonValue", statement),
            "assertion": {name: response[name] for name in KEPT},
        },
    )


def _asked(act: Act, credential: dict[str, JsonValue]) -> tuple[dict[str, str], Refusal]:
    """Return what this answer was asked for, once, and what is entered if it is refused."""
    try:
        found = take_challenge(act, PURPOSE, f"{PURPOSE}:{challenge_of(credential)}")
    except Refused as problem:
        raise WrongPassphrase(
            "that is not what a passkey answers: nothing was signed", Refusal()
        ) from problem
    if found is None or found.person_id != act.actor.id or found.login_session != act.login_session:
        raise WrongPassphrase("that is not what was to be signed here: ask anew", Refusal())
    statement = cast("dict[str, str]", found.content["statement"])
    refusal = Refusal(
        log=statement["log"],
        object_kind=statement["record_kind"],
        object_id=statement["record_id"],
        block_minutes=cast("int | None", found.content["block_minutes"]),
    )
    if act.now >= found.created_at + GRANT_LIFE:
        raise ReauthRequired("the passkey's answer came too late: ask anew", refusal)
    return statement, refusal


def _kept_under(challenge: bytes) -> str:
    return f"{PURPOSE}:{urlsafe_b64encode(challenge).rstrip(b'=').decode()}"
