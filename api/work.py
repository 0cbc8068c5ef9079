"""What every route works with: the platform, the caller, and one transaction per request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from sqlalchemy.orm import Session

from accounts.acts import Act, Actor
from accounts.authorize import projects_reached
from accounts.database import Database
from accounts.errors import SecondFactorMissing, SecondFactorRequired
from accounts.identity_providers import IdentityProvider
from accounts.login_sessions import LoginSession, csrf_matches, resolve, touch
from accounts.machine_keys import resolve_machine_key, touch_machine_key
from accounts.second_wall import admit
from accounts.single_sign_on import Provider
from api.errors import NotSignedIn, OriginRefused
from api.locked_projects import refuse_closed
from api.settings import Settings
from lake.location import Lake

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS"))
CSRF_HEADER = "X-CSRF-Token"
BEARER = "Bearer "
# Nobody has signed in yet; no command but signing in is ever given this actor.
NOBODY = Actor("person", "nobody")


@dataclass(frozen=True)
class Platform:
    """What one process serves: made once, in `app.py`."""

    settings: Settings
    database: Database
    lake: Lake
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    build: str
    providers: dict[str, IdentityProvider] = field(default_factory=dict)


@dataclass(frozen=True)
class Work:
    """One request's caller, and the transactions its commands and views run in."""

    platform: Platform
    actor: Actor
    login_session: LoginSession | None
    origin: str
    request_id: str

    def act(self, session: Session) -> Act:
        """Return the act that commands take."""
        return Act(
            session=session,
            actor=self.actor,
            now=self.platform.clock(),
            origin=self.origin,
            request_id=self.request_id,
            build=self.platform.build,
            login_session=self.login_session.id if self.login_session else None,
            new_id=self.platform.new_id,
        )

    @contextmanager
    def changing(self) -> Iterator[Act]:
        """Give the act of a request that changes something, or whose looking is an entry."""
        with self.platform.database.transaction() as session:
            yield self._walled(session)

    @contextmanager
    def looking(self) -> Iterator[Act]:
        """Give the act of a request that changes nothing."""
        with self.platform.database.reading() as session:
            yield self._walled(session)

    def _walled(self, session: Session) -> Act:
        """Return the act of a transaction that sees rows of the caller's projects alone."""
        act = self.act(session)
        if not self.platform.database.is_sqlite:
            admit(session, projects_reached(act))
        return act


def platform_of(request: Request) -> Platform:
    """Return what this process serves."""
    platform = request.app.state.platform
    assert isinstance(platform, Platform)
    return platform


def anonymous(request: Request) -> Work:
    """Return the work of a request that needs no caller."""
    check_origin(request)
    work = Work(
        platform=platform_of(request),
        actor=NOBODY,
        login_session=None,
        origin=request.client.host if request.client else "",
        request_id=request.state.request_id,
    )
    request.state.work = work
    return work


def signed_in(request: Request) -> Work:
    """Return the work of a request by a person or a machine, or refuse it."""
    platform = platform_of(request)
    authorization = request.headers.get("authorization", "")
    token = request.cookies.get(cookie_name(platform.settings), "")
    if authorization.startswith(BEARER):
        work = _machine(request, platform, authorization.removeprefix(BEARER))
    elif token:
        work = _person(request, platform, token)
        assert work.login_session is not None
        _refuse_half_signed_in(work.login_session)
    else:
        raise NotSignedIn("you are not signed in: sign in first")
    request.state.work = work
    if request.method not in SAFE_METHODS:
        with work.looking() as act:
            refuse_closed(act, request)
    return work


def arriving(request: Request) -> Work:
    """Return the work of a person who need not have finished signing in; machines never arrive."""
    platform = platform_of(request)
    token = request.cookies.get(cookie_name(platform.settings), "")
    if not token:
        raise NotSignedIn("you are not signed in: sign in first")
    work = _person(request, platform, token)
    request.state.work = work
    return work


def _refuse_half_signed_in(found: LoginSession) -> None:
    if found.stage == "second_factor":
        raise SecondFactorRequired("the second step of signing in is still to be taken")
    if found.stage == "enrolment":
        raise SecondFactorMissing(
            "your organisation asks for a second factor: add an authenticator or a passkey first"
        )


def identity_provider_of(platform: Platform) -> IdentityProvider | None:
    """Return the identity provider of this process, with what it keeps of it."""
    settings = platform.settings
    if not settings.sso_issuer:
        return None
    file = settings.sso_client_secret_file
    secret = file.read_text().strip() if file is not None else None
    provider = Provider(settings.sso_issuer, settings.sso_client_id, secret)
    return platform.providers.setdefault(
        settings.sso_issuer, IdentityProvider(provider, platform.clock)
    )


def work_of(request: Request) -> Work:
    """Return the work that a request got as far as having, else an anonymous one."""
    work = getattr(request.state, "work", None)
    if isinstance(work, Work):
        return work
    return Work(platform_of(request), NOBODY, None, "", request.state.request_id)


def cookie_name(settings: Settings) -> str:
    """Return the session cookie's name; the prefix binds it to HTTPS and to this host alone."""
    return "__Host-readout_session" if settings.cookie_secure else "readout_session"


def check_origin(request: Request) -> None:
    """Refuse a changing request that another site's page sent."""
    origin = request.headers.get("origin")
    if request.method in SAFE_METHODS or origin is None:
        return
    if urlsplit(origin).netloc != request.headers.get("host"):
        raise OriginRefused("the request was sent by a page of another site")


def _person(request: Request, platform: Platform, token: str) -> Work:
    now = platform.clock()
    with platform.database.reading() as session:
        found = resolve(session, token=token, now=now)
    if request.method not in SAFE_METHODS:
        check_origin(request)
        if not csrf_matches(found, request.headers.get(CSRF_HEADER, "")):
            raise OriginRefused(f"a changing call carries the session's {CSRF_HEADER} header")
    if found.wants_touch:
        with platform.database.transaction() as session:
            touch(session, found.id, now)
    return _work(request, platform, Actor("person", found.person.id), found)


def _machine(request: Request, platform: Platform, key: str) -> Work:
    now, address = platform.clock(), request.client.host if request.client else ""
    with platform.database.reading() as session:
        machine = resolve_machine_key(session, key=key, now=now, address=address)
    if machine.wants_touch:
        with platform.database.transaction() as session:
            touch_machine_key(session, machine.id, now)
    return _work(request, platform, Actor("machine", machine.id), None)


def _work(
    request: Request, platform: Platform, actor: Actor, login_session: LoginSession | None
) -> Work:
    return Work(
        platform=platform,
        actor=actor,
        login_session=login_session,
        origin=request.client.host if request.client else "",
        request_id=request.state.request_id,
    )


Arriving = Annotated[Work, Depends(arriving)]
SignedIn = Annotated[Work, Depends(signed_in)]
Anonymous = Annotated[Work, Depends(anonymous)]
