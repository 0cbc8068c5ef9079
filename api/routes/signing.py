"""What stands before a first signature: the statement, the identity, and the caller's notices."""

from fastapi import APIRouter, Request, status
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.identity import Identity, identity_of, verify_identity
from accounts.notices import mark_seen, notices
from accounts.passkey_signatures import ask_to_sign, grant_by_passkey
from accounts.people import PersonRow
from accounts.single_sign_on_signatures import grant_by_single_sign_on
from accounts.statements import accept_statement, accepted_at, present_statement
from api.browser import site_of
from api.schemas.account import PasskeyAnswer, PublicKeyOptions
from api.schemas.sessions import PasskeySignRequest, ProofSignRequest, SignGrant
from api.schemas.signing import (
    Acceptance,
    IdentityVerified,
    IdentityView,
    NoticeView,
    SigningView,
)
from api.work import SignedIn
from research.records import log_of_record, signing_block_minutes

router = APIRouter(prefix="/api", tags=["signing"])


@router.get("/signing")
def get_signing(work: SignedIn) -> SigningView:
    """Show the accountability statement in force and whether the caller may sign."""
    with work.looking() as act:
        return _view(act)


@router.post("/signing/acceptance", status_code=status.HTTP_201_CREATED)
def accept_accountability(body: Acceptance, work: SignedIn) -> SigningView:
    """Accept the accountability statement, once for each version of it."""
    with work.changing() as act:
        accept_statement(act, version=body.version, digest=body.digest)
        return _view(act)


@router.post("/people/{person_id}/identity", status_code=status.HTTP_201_CREATED)
def verify_person(person_id: str, body: IdentityVerified, work: SignedIn) -> IdentityView:
    """State how somebody else's identity was verified; without it they sign nothing."""
    with work.changing() as act:
        return _identity(act.session, verify_identity(act, person_id, method=body.method))


@router.get("/notices")
def list_notices(work: SignedIn) -> list[NoticeView]:
    """List what the caller was told, newest first."""
    with work.looking() as act:
        return [NoticeView.model_validate(notice) for notice in notices(act)]


@router.post("/notices/{notice_id}/seen")
def see_notice(notice_id: str, work: SignedIn) -> NoticeView:
    """Note that the caller has seen a notice."""
    with work.changing() as act:
        return NoticeView.model_validate(mark_seen(act, notice_id))


def _view(act: Act) -> SigningView:
    words = present_statement()
    identity = identity_of(act.session, act.actor.id)
    return SigningView(
        statement_version=words.version,
        statement=words.text,
        statement_digest=words.digest,
        accepted_at=accepted_at(act.session, act.actor.id),
        identity=None if identity is None else _identity(act.session, identity),
    )


def _identity(session: Session, identity: Identity) -> IdentityView:
    person = session.get(PersonRow, identity.verified_by)
    return IdentityView(
        method=identity.method,
        verified_by=identity.verified_by if person is None else person.printed_name,
        verified_at=identity.verified_at,
    )


@router.post("/sign-grants/passkey-options")
def ask_to_sign_by_passkey(
    body: PasskeySignRequest, request: Request, work: SignedIn
) -> PublicKeyOptions:
    """Ask one of the caller's passkeys to agree to one signature: its challenge is the digest."""
    with work.changing() as act:
        log = log_of_record(act, record_kind=body.record_kind, record_id=body.record_id)
        site = site_of(request, work.platform.settings)
        minutes = signing_block_minutes(act, log)
        options = ask_to_sign(act, site, log=log, block_minutes=minutes, **body.model_dump())
    return PublicKeyOptions(options=options)


@router.post("/sign-grants/passkey", status_code=status.HTTP_201_CREATED)
def make_passkey_sign_grant(body: PasskeyAnswer, request: Request, work: SignedIn) -> SignGrant:
    """Take the passkey's answer for a grant; the assertion is kept with the signature."""
    with work.changing() as act:
        made = grant_by_passkey(act, site_of(request, work.platform.settings), body.credential)
    return SignGrant(grant=made.token, expires_at=made.expires_at)


@router.post("/sign-grants/single-sign-on", status_code=status.HTTP_201_CREATED)
def make_single_sign_on_grant(body: ProofSignRequest, work: SignedIn) -> SignGrant:
    """Take a fresh proof of the identity provider, made for this digest, for a grant."""
    with work.changing() as act:
        log = log_of_record(act, record_kind=body.record_kind, record_id=body.record_id)
        made = grant_by_single_sign_on(
            act,
            body.proof.get_secret_value(),
            record_kind=body.record_kind,
            record_id=body.record_id,
            record_digest=body.record_digest,
            meaning=body.meaning,
            log=log,
            block_minutes=signing_block_minutes(act, log),
        )
    return SignGrant(grant=made.token, expires_at=made.expires_at)
