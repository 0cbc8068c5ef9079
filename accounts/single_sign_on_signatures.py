"""Re-authentication for one signature by the identity provider, for who has no passphrase here.

The proof is made for the digest of one record, when the provider has asked for the password after
our question (`prompt=login`, `max_age=0`, `auth_time`). What the provider said is kept with the
signature: its issuer and the moment, and nothing by which it knows the person.
"""

from accounts.acts import Act
from accounts.errors import ReauthRequired, Refusal, WrongPassphrase
from accounts.signatures import GRANT_LIFE, SignGrant, may_sign, new_grant
from accounts.signing_blocks import forgive
from accounts.single_sign_on import sso_reauthenticated


def grant_by_single_sign_on(
    act: Act,
    proof: str,
    *,
    record_kind: str,
    record_id: str,
    record_digest: str,
    meaning: str,
    log: str,
    block_minutes: int | None = None,
) -> SignGrant:
    """Grant one signature to the acting person, who proved anew for exactly this digest."""
    refusal = Refusal(
        log=log, object_kind=record_kind, object_id=record_id, block_minutes=block_minutes
    )
    person = may_sign(act, refusal)
    found = sso_reauthenticated(act, proof, digest=record_digest)
    if found is None:
        raise WrongPassphrase(
            "the identity provider did not prove that you are here for this record: "
            "nothing was signed; ask it again",
            refusal,
        )
    if act.now >= found.created_at + GRANT_LIFE:
        raise ReauthRequired("the proof is over two minutes old: ask for a new one", refusal)
    forgive(act.session, person.id)
    return new_grant(
        act,
        record_kind=record_kind,
        record_id=record_id,
        record_digest=record_digest,
        meaning=meaning,
        evidence={
            "method": "single_sign_on",
            "issuer": found.content["issuer"],
            "authenticated_at": found.content["authenticated_at"],
        },
    )
