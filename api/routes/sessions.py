"""Signing in, in one step or two; stepping up, signing out; re-authenticating for a signature."""

from fastapi import APIRouter, Request, Response, status

from accounts.acts import Act
from accounts.errors import Refusal, Refused, SignInFailed
from accounts.login_sessions import (
    Beginning,
    LoginSession,
    advance,
    begin,
    check_password,
    enter_signed_in,
    rehash,
)
from accounts.login_sessions import sign_out as end_session
from accounts.notices import notify
from accounts.passkeys import ask_passkey, passkey_person
from accounts.people import find_login, normal_login
from accounts.sealing import seal_from
from accounts.second_factors import check_code, second_factors_of, stage_after_password
from accounts.signatures import grant_signature
from accounts.single_sign_on import sso_reauthenticated
from api.attempts import admitted
from api.browser import (
    browser_of,
    device_of,
    login_session_of,
    recognised,
    remember_device,
    session_view,
    set_session,
    site_of,
)
from api.errors import NotSignedIn
from api.schemas.account import CodeGiven, PasskeyAnswer, PublicKeyOptions, StepUp
from api.schemas.sessions import SessionView, SignGrant, SignGrantRequest, SignIn
from api.work import Anonymous, Arriving, SignedIn, Work
from research.records import log_of_record, signing_block_minutes

router = APIRouter(prefix="/api", tags=["session"])


@router.post("/session", status_code=status.HTTP_201_CREATED)
def sign_in(body: SignIn, request: Request, response: Response, work: Anonymous) -> SessionView:
    """Sign in with login and passphrase; `stage` says whether a second step follows."""
    settings, password = work.platform.settings, body.password.get_secret_value()
    with work.looking() as act:
        known = find_login(act.session, body.login)
        device = device_of(act, request, settings, known.id if known else None)
    with admitted(work, "sign_in", who=normal_login(body.login), device=device):
        with work.looking() as act:
            person = check_password(act.session, login=body.login, password=password)
        with work.changing() as act:
            rehash(act, person.id, password)
            stage = stage_after_password(act.session, person.id)
            how = Beginning(stage=stage, browser=browser_of(request))
            if stage == "complete":
                how = on_device(act, request, response, work, person.id, second_factor=None)
            begun = begin(act, person.id, how)
            view = session_view(act, begun.session)
    set_session(response, settings, begun.token)
    return view


@router.post("/session/second-factor")
def take_second_step(
    body: CodeGiven, request: Request, response: Response, work: Arriving
) -> SessionView:
    """Give a code of the authenticator or a recovery code, which completes the sign-in."""
    settings, session = work.platform.settings, login_session_of(work)
    person = session.person.id
    if session.stage != "second_factor":
        raise Refused("this login session waits for no second step")
    with work.looking() as act:
        device = device_of(act, request, settings, person)
    with admitted(work, "second_factor", who=person, device=device), work.changing() as act:
        _check_code(act, work, body)
        how = on_device(act, request, response, work, person, second_factor=body.kind)
        advanced = advance(act, session.id, second_factor=body.kind, is_step_up=False)
        enter_signed_in(act, session.id, body.kind, is_new_device=how.is_new_device)
        view = session_view(act, advanced.session)
    set_session(response, settings, advanced.token)
    return view


@router.post("/session/passkey-options")
def ask_for_passkey(request: Request, work: Anonymous) -> PublicKeyOptions:
    """Ask the browser for any passkey of this site, to sign in with it alone."""
    with work.changing() as act:
        site = site_of(request, work.platform.settings)
        return PublicKeyOptions(options=ask_passkey(act, site, None))


@router.post("/session/passkey", status_code=status.HTTP_201_CREATED)
def sign_in_with_passkey(
    body: PasskeyAnswer, request: Request, response: Response, work: Anonymous
) -> SessionView:
    """Sign in with a passkey: it is both steps, as its owner is verified each time."""
    settings = work.platform.settings
    with admitted(work, "passkey"), work.changing() as act:
        person = passkey_person(act, site_of(request, settings), body.credential)
        how = on_device(act, request, response, work, person, second_factor="passkey")
        begun = begin(act, person, how)
        view = session_view(act, begun.session)
    set_session(response, settings, begun.token)
    return view


@router.post("/session/step-up-options")
def ask_for_own_passkey(request: Request, work: SignedIn) -> PublicKeyOptions:
    """Ask the browser for one of the caller's own passkeys, to step up with it."""
    session = _session(work)
    with work.changing() as act:
        site = site_of(request, work.platform.settings)
        return PublicKeyOptions(options=ask_passkey(act, site, session.person.id))


@router.post("/session/step-up")
def step_up(body: StepUp, request: Request, response: Response, work: SignedIn) -> SessionView:
    """Prove anew who is there; sensitive changes are open for five minutes, under a new token."""
    settings, session = work.platform.settings, _session(work)
    person = session.person
    with work.looking() as act:
        device = device_of(act, request, settings, person.id)
        factors = second_factors_of(act.session, person.id)
    with admitted(work, "step_up", who=person.id, device=device):
        by = "passkey" if body.credential else "single_sign_on" if body.proof else "password"
        if by == "password":
            password = body.password.get_secret_value() if body.password else ""
            with work.looking() as act:
                check_password(act.session, login=person.login, password=password)
        with work.changing() as act:
            if by == "password" and factors.any:
                if body.code is None:
                    raise Refused("give a code of your second factor too, or use a passkey")
                _check_code(act, work, body.code)
                by = body.code.kind
            elif by != "password":
                _check_proof(act, request, work, body)
            kept = session.second_factor if by == "password" else by
            stepped = advance(act, session.id, second_factor=kept, is_step_up=True)
            view = session_view(act, stepped.session)
    set_session(response, settings, stepped.token)
    return view


@router.get("/session")
def get_session(work: Arriving) -> SessionView:
    """Say who is signed in, or how far somebody has come; 401 when nobody is."""
    with work.looking() as act:
        return session_view(act, login_session_of(work))


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(response: Response, work: Arriving) -> None:
    """End this login session at once."""
    with work.changing() as act:
        end_session(act, login_session_of(work).id)
    set_session(response, work.platform.settings, "")


@router.post("/sign-grants", status_code=status.HTTP_201_CREATED)
def make_sign_grant(body: SignGrantRequest, work: SignedIn) -> SignGrant:
    """Re-authenticate for one signature over one record digest."""
    with work.changing() as act:
        log = log_of_record(act, record_kind=body.record_kind, record_id=body.record_id)
        made = grant_signature(
            act,
            log=log,
            password=body.password.get_secret_value(),
            record_kind=body.record_kind,
            record_id=body.record_id,
            record_digest=body.record_digest,
            meaning=body.meaning,
            block_minutes=signing_block_minutes(act, log),
        )
    return SignGrant(grant=made.token, expires_at=made.expires_at)


def _session(work: Work) -> LoginSession:
    if work.login_session is None:
        raise NotSignedIn("a machine key has no login session")
    return work.login_session


def _check_proof(act: Act, request: Request, work: Work, body: StepUp) -> None:
    """Return when a passkey or the identity provider says that it is the caller."""
    person = login_session_of(work).person.id
    if body.credential is not None:
        site = site_of(request, work.platform.settings)
        right = passkey_person(act, site, body.credential) == person
    else:
        proof = body.proof.get_secret_value() if body.proof else ""
        right = sso_reauthenticated(act, proof, digest="") is not None
    if not right:
        raise SignInFailed(
            "that proof is not yours, or is over", Refusal(object_kind="person", object_id=person)
        )


def _check_code(act: Act, work: Work, given: CodeGiven) -> None:
    seal = seal_from(work.platform.settings.second_factor_key)
    code = given.code.get_secret_value()
    check_code(act, seal, login_session_of(work).person.id, kind=given.kind, code=code)


def on_device(
    act: Act,
    request: Request,
    response: Response,
    work: Work,
    person_id: str,
    *,
    second_factor: str | None,
) -> Beginning:
    """Return how a complete session begins, on a device that is known from now on."""
    settings = work.platform.settings
    device = recognised(act, request, settings, person_id)
    remember_device(response, settings, device)
    if device.is_surprise:
        notify(act, {person_id}, "new_device", about_kind="device", about_id=device.id)
    return Beginning(
        second_factor=second_factor,
        device_id=device.id,
        is_new_device=device.new_token is not None,
        browser=browser_of(request),
    )
