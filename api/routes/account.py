"""The own account: password, second factors, passkeys, sessions, devices and what happened."""

from io import BytesIO

from fastapi import APIRouter, Request, Response, status
from segno import make as qr_code

from accounts import devices, login_sessions, one_time_codes, passkeys, recovery_codes
from accounts.acts import Act
from accounts.errors import SecondFactorRequired
from accounts.login_sessions import LoginSession, advance, end_sessions, require_step_up
from accounts.people import PersonRow
from accounts.sealing import seal_from
from accounts.second_factors import remove_own_factor, second_factors_of
from accounts.security_events import security_events
from accounts.sign_in_rules import rules_of
from accounts.single_sign_on_links import is_linked
from api.attempts import admitted
from api.browser import (
    has_name,
    login_session_of,
    public_address,
    recognised,
    remember_device,
    session_view,
    set_session,
    site_of,
)
from api.errors import NotSignedIn
from api.schemas.account import (
    AccountSecurity,
    AuthenticatorOffer,
    ConfirmedCode,
    DeviceView,
    Enrolled,
    NewPasskey,
    PasskeyView,
    PasswordChange,
    PublicKeyOptions,
    RecoveryCodes,
    SecurityEvent,
    SeenSessionView,
    SingleSignOnState,
)
from api.schemas.sessions import PersonView
from api.work import Arriving, SignedIn, Work

router = APIRouter(prefix="/api/account", tags=["account"])


@router.get("/security")
def get_security(request: Request, work: Arriving) -> AccountSecurity:
    """Show everything that guards the own account, and what happened to it lately."""
    session, settings = login_session_of(work), work.platform.settings
    _refuse_before_second_step(session)
    with work.looking() as act:
        person = act.session.get(PersonRow, session.person.id)
        assert person is not None, "a signed-in person has an account"
        factors = second_factors_of(act.session, person.id)
        return AccountSecurity(
            person=PersonView(id=person.id, login=person.login, printed_name=person.printed_name),
            has_password=person.password_hash is not None,
            password_changed_at=person.password_changed_at,
            second_factor_required=rules_of(
                act.session, person.organization_id
            ).second_factor_required,
            authenticator=factors.authenticator,
            recovery_codes_left=factors.recovery_codes_left,
            passkeys=tuple(
                PasskeyView.model_validate(one)
                for one in passkeys.own_passkeys(act.session, person.id)
            ),
            passkeys_possible=has_name(_host(request, work)),
            sessions=tuple(map(SeenSessionView.model_validate, login_sessions.own_sessions(act))),
            devices=tuple(map(DeviceView.model_validate, devices.own_devices(act))),
            events=tuple(map(SecurityEvent.model_validate, security_events(act))),
            single_sign_on=SingleSignOnState(
                available=bool(settings.sso_issuer),
                name=settings.sso_name,
                linked=is_linked(act.session, person.id, issuer=settings.sso_issuer),
            ),
            signing_requires_enrolment=bool(person.signing_requires_enrolment),
            stepped_up_until=session.stepped_up_until,
        )


@router.post("/password", status_code=status.HTTP_204_NO_CONTENT)
def change_password(body: PasswordChange, work: SignedIn) -> None:
    """Change the password with the present one; every other login session ends."""
    person = _person(work).person
    with admitted(work, "password", who=person.id), work.changing() as act:
        old, new = body.old.get_secret_value(), body.new.get_secret_value()
        login_sessions.change_password(act, old=old, new=new)


@router.post("/authenticator", status_code=status.HTTP_201_CREATED)
def offer_authenticator(work: Arriving) -> AuthenticatorOffer:
    """Make a new secret for an authenticator app; it is in force once a code of it was given."""
    session = login_session_of(work)
    with work.changing() as act:
        _may_enrol(act, session)
        seal = seal_from(work.platform.settings.second_factor_key)
        offer = one_time_codes.offer_code(act, seal, login=session.person.login)
    picture = BytesIO()
    qr_code(offer.address, error="m").save(
        picture, kind="svg", scale=5, border=2, omitsize=True, xmldecl=False
    )
    return AuthenticatorOffer(
        secret=offer.secret, address=offer.address, qr_svg=picture.getvalue().decode()
    )


@router.post("/authenticator/confirm")
def confirm_authenticator(
    body: ConfirmedCode, request: Request, response: Response, work: Arriving
) -> Enrolled:
    """Put the authenticator in force by its first code; recovery codes come with a first factor."""
    session = login_session_of(work)
    seal = seal_from(work.platform.settings.second_factor_key)
    with admitted(work, "confirm", who=session.person.id), work.changing() as act:
        _may_enrol(act, session)
        one_time_codes.confirm_code(act, seal, body.code.get_secret_value())
        return _enrolled(act, request, response, work, "authenticator")


@router.delete("/authenticator", status_code=status.HTTP_204_NO_CONTENT)
def remove_authenticator(work: SignedIn) -> None:
    """Remove the authenticator; a fresh step-up is needed."""
    _person(work)
    with work.changing() as act:
        require_step_up(act)
        remove_own_factor(act)


@router.post("/passkeys/options")
def offer_passkey(request: Request, work: Arriving) -> PublicKeyOptions:
    """Ask the browser to make a passkey for this account."""
    session = login_session_of(work)
    with work.changing() as act:
        _may_enrol(act, session)
        site = site_of(request, work.platform.settings)
        person = session.person
        options = passkeys.offer_passkey(
            act, site, login=person.login, printed_name=person.printed_name
        )
    return PublicKeyOptions(options=options)


@router.post("/passkeys", status_code=status.HTTP_201_CREATED)
def add_passkey(body: NewPasskey, request: Request, response: Response, work: Arriving) -> Enrolled:
    """Keep a passkey that was just made; recovery codes come with a first factor."""
    session = login_session_of(work)
    with work.changing() as act:
        _may_enrol(act, session)
        site = site_of(request, work.platform.settings)
        passkeys.add_passkey(act, site, body.credential, name=body.name)
        return _enrolled(act, request, response, work, "passkey")


@router.delete("/passkeys/{passkey_id}", status_code=status.HTTP_204_NO_CONTENT)
def remove_passkey(passkey_id: str, work: SignedIn) -> None:
    """Remove one of the own passkeys; a fresh step-up is needed."""
    _person(work)
    with work.changing() as act:
        require_step_up(act)
        remove_own_factor(act, passkey_id=passkey_id)


@router.post("/recovery-codes", status_code=status.HTTP_201_CREATED)
def make_recovery_codes(work: SignedIn) -> RecoveryCodes:
    """Make ten new recovery codes, shown once; the old ones serve no more."""
    _person(work)
    with work.changing() as act:
        require_step_up(act)
        return RecoveryCodes(codes=recovery_codes.make_recovery_codes(act))


@router.delete("/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT)
def end_session(session_id: str, work: SignedIn) -> None:
    """End one of the own login sessions at once."""
    _person(work)
    with work.changing() as act:
        login_sessions.end_own_session(act, session_id)


@router.delete("/sessions", status_code=status.HTTP_204_NO_CONTENT)
def end_other_sessions(work: SignedIn) -> None:
    """End every own login session but this one."""
    session = _person(work)
    with work.changing() as act:
        end_sessions(act, session.person.id, why="ended_by_owner", but=session.id)


@router.delete("/devices/{device_id}", status_code=status.HTTP_204_NO_CONTENT)
def forget_device(device_id: str, work: SignedIn) -> None:
    """Forget a device: it counts as a new one when it comes again."""
    _person(work)
    with work.changing() as act:
        devices.forget_device(act, device_id)


def _person(work: Work) -> LoginSession:
    if work.login_session is None:
        raise NotSignedIn("a machine key has no account")
    return work.login_session


def _refuse_before_second_step(session: LoginSession) -> None:
    if session.stage == "second_factor":
        raise SecondFactorRequired("the second step of signing in is still to be taken")


def _may_enrol(act: Act, session: LoginSession) -> None:
    """Return when a factor may be added: the first right after signing in, others after step-up.

    Whoever has a factor is never enrolled anew with a password alone.
    """
    _refuse_before_second_step(session)
    has_any = second_factors_of(act.session, session.person.id).any
    if session.stage == "enrolment" and not has_any:
        return
    require_step_up(act)


def _enrolled(act: Act, request: Request, response: Response, work: Work, factor: str) -> Enrolled:
    """Complete the session under a new token; a first factor ends every session without one."""
    session, settings = login_session_of(work), work.platform.settings
    factors = second_factors_of(act.session, session.person.id)
    codes: tuple[str, ...] = ()
    if factors.recovery_codes_left == 0:
        codes = recovery_codes.make_recovery_codes(act)
    if session.stage == "enrolment":
        device = recognised(act, request, settings, session.person.id)
        remember_device(response, settings, device)
    advanced = advance(act, session.id, second_factor=factor, is_step_up=False)
    if factors.authenticator + factors.passkeys == 1:
        end_sessions(act, session.person.id, why="second_factor_added", but=session.id)
    set_session(response, settings, advanced.token)
    return Enrolled(session=session_view(act, advanced.session), recovery_codes=codes)


def _host(request: Request, work: Work) -> str:
    return public_address(request, work.platform.settings).partition("://")[2].rsplit(":", 1)[0]
