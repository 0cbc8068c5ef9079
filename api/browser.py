"""What a browser holds for us and says of itself: cookies, the site's address, its own name."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from fastapi import Request, Response

from accounts.acts import Act
from accounts.devices import LIFE as DEVICE_LIFE
from accounts.devices import Recognised, known_device, recognise
from accounts.errors import Refused
from accounts.login_sessions import ABSOLUTE_LIMIT, LoginSession
from accounts.passkeys import Site
from accounts.second_factors import second_factors_of
from api.schemas.sessions import PersonView, SessionView
from api.settings import Settings
from api.work import Work, cookie_name


def set_cookie(
    response: Response,
    settings: Settings,
    name: str,
    value: str,
    *,
    seconds: int,
    same_site: str = "strict",
) -> None:
    """Set a cookie that scripts cannot read; no seconds take it away."""
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings.cookie_secure,
        httponly=True,
        samesite=same_site,  # type: ignore[arg-type]
    )


def set_session(response: Response, settings: Settings, token: str) -> None:
    """Give the browser the token of a login session, or take it away."""
    seconds = int(ABSOLUTE_LIMIT.total_seconds()) if token else 0
    set_cookie(response, settings, cookie_name(settings), token, seconds=seconds)


def device_cookie(settings: Settings) -> str:
    """Return the name of the cookie by which a device is known again."""
    return "__Host-readout_device" if settings.cookie_secure else "readout_device"


def device_token(request: Request, settings: Settings) -> str:
    """Return what a device says it is known by."""
    return request.cookies.get(device_cookie(settings), "")[:200]


def device_of(act: Act, request: Request, settings: Settings, person_id: str | None) -> str | None:
    """Return the known device of this person that a request comes from, if it does."""
    token = device_token(request, settings)
    if not token or person_id is None:
        return None
    return known_device(act.session, token=token, person_id=person_id, now=act.now)


def recognised(act: Act, request: Request, settings: Settings, person_id: str) -> Recognised:
    """Make the device known, now that its person is signed in on it."""
    token = device_token(request, settings)
    return recognise(act, person_id=person_id, token=token, browser=browser_of(request))


def remember_device(response: Response, settings: Settings, device: Recognised) -> None:
    """Give a device that is new the cookie by which it will be known."""
    if device.new_token is not None:
        seconds = int(DEVICE_LIFE.total_seconds())
        set_cookie(response, settings, device_cookie(settings), device.new_token, seconds=seconds)


def browser_of(request: Request) -> str:
    """Return how a browser names itself, in printable characters, cut to a line."""
    name = request.headers.get("user-agent", "")
    return "".join(sign for sign in name if sign.isprintable())[:200]


def site_of(request: Request, settings: Settings) -> Site:
    """Return where passkeys are good: a host that has a name."""
    address = public_address(request, settings)
    host = urlsplit(address).hostname or ""
    if not has_name(host):
        raise Refused(
            "a passkey needs a host with a name, not an address of numbers: open the platform by "
            "its name, on this machine as http://localhost"
        )
    return Site(host, address)


def public_address(request: Request, settings: Settings) -> str:
    """Return scheme, host and port as browsers see them."""
    if settings.public_url:
        parts = urlsplit(settings.public_url)
        return f"{parts.scheme}://{parts.netloc}"
    scheme = "https" if settings.cookie_secure else request.url.scheme
    return f"{scheme}://{request.headers.get('host', '')}"


def has_name(host: str) -> bool:
    """Tell whether a host is a name: WebAuthn knows no others."""
    try:
        ip_address(host)
    except ValueError:
        return bool(host)
    return False


def session_view(act: Act, session: LoginSession) -> SessionView:
    """Return a login session as the browser may know it."""
    has = second_factors_of(act.session, session.person.id)
    factors = {
        "authenticator": has.authenticator,
        "passkey": has.passkeys > 0,
        "recovery_code": has.recovery_codes_left > 0,
    }
    return SessionView(
        person=PersonView(
            id=session.person.id,
            login=session.person.login,
            printed_name=session.person.printed_name,
        ),
        csrf_token=session.csrf_token,
        expires_at=session.expires_at,
        stage=session.stage,
        second_factor=session.second_factor,
        factors=tuple(name for name, there in factors.items() if there),
        stepped_up_until=session.stepped_up_until,
    )


def login_session_of(work: Work) -> LoginSession:
    """Return the login session of a person's request."""
    assert work.login_session is not None, "only people arrive, and with a session"
    return work.login_session
