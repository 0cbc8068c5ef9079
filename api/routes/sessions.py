"""Signing in and out, and re-authenticating for a signature."""

from fastapi import APIRouter, Response, status

from accounts.login_sessions import LoginSession
from accounts.login_sessions import sign_in as begin_session
from accounts.login_sessions import sign_out as end_session
from accounts.signatures import grant_signature
from api.errors import NotSignedIn
from api.schemas.sessions import PersonView, SessionView, SignGrant, SignGrantRequest, SignIn
from api.settings import Settings
from api.work import Anonymous, SignedIn, cookie_name
from research.records import log_of_record

router = APIRouter(prefix="/api", tags=["session"])
COOKIE_SECONDS = 12 * 3600


@router.post("/session", status_code=status.HTTP_201_CREATED)
def sign_in(body: SignIn, response: Response, work: Anonymous) -> SessionView:
    """Sign in with login and passphrase; the answer sets the session cookie."""
    with work.changing() as act:
        begun = begin_session(act, login=body.login, password=body.password.get_secret_value())
    _set_cookie(response, work.platform.settings, begun.token, COOKIE_SECONDS)
    return _view(begun.session)


@router.get("/session")
def get_session(work: SignedIn) -> SessionView:
    """Say who is signed in; 401 when nobody is."""
    return _view(_login_session(work.login_session))


@router.delete("/session", status_code=status.HTTP_204_NO_CONTENT)
def sign_out(response: Response, work: SignedIn) -> None:
    """End this login session at once."""
    session = _login_session(work.login_session)
    with work.changing() as act:
        end_session(act, session.id)
    _set_cookie(response, work.platform.settings, "", 0)


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
        )
    return SignGrant(grant=made.token, expires_at=made.expires_at)


def _login_session(session: LoginSession | None) -> LoginSession:
    if session is None:
        raise NotSignedIn("a machine key has no login session")
    return session


def _view(session: LoginSession) -> SessionView:
    return SessionView(
        person=PersonView(
            id=session.person.id,
            login=session.person.login,
            printed_name=session.person.printed_name,
        ),
        csrf_token=session.csrf_token,
        expires_at=session.expires_at,
    )


def _set_cookie(response: Response, settings: Settings, token: str, seconds: int) -> None:
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=seconds,
        path="/",
        secure=settings.cookie_secure,
        httponly=True,
        samesite="strict",
    )
