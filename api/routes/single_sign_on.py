"""Single sign-on: to the provider's page and back, to sign in, accept, link, or prove anew."""

from dataclasses import replace
from typing import Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.responses import RedirectResponse
from pydantic import Field, SecretStr

from accounts.acts import Act, Actor
from accounts.errors import AccountsError, NotFound, SignInFailed
from accounts.invitations import complete, open_invitation, reopen_invitation
from accounts.login_sessions import begin, require_step_up
from accounts.people import find_person
from accounts.single_sign_on import (
    Returned,
    Subject,
    begin_single_sign_on,
    make_proof,
    subject_of,
    take_return,
)
from accounts.single_sign_on_links import link_person, linked_person, unlink_person
from api.attempts import admitted
from api.browser import public_address, set_cookie, set_session
from api.errors import NotSignedIn
from api.problems import enter
from api.routes.sessions import on_device
from api.schemas.wire import Wire
from api.settings import Settings
from api.work import Anonymous, SignedIn, Work, identity_provider_of

router = APIRouter(prefix="/api/single-sign-on", tags=["session"])
CALLBACK = "/api/single-sign-on/callback"
COOKIE_SECONDS = 300
# One leading slash: two, or a backslash, would be another host's address.
OWN_PAGE = r"^/([\x21-\x2e\x30-\x5b\x5d-\x7e][\x21-\x7e]*)?$"


class SignInErrand(Wire):
    """Sign in, or accept an invitation without choosing a password."""

    invitation_token: SecretStr | None = Field(None, max_length=200)
    next: str = Field("/", pattern=OWN_PAGE, max_length=500)


class OwnErrand(Wire):
    """Link the own account, or prove anew who is there, for a record's digest or a step-up."""

    errand: Literal["link", "prove"]
    digest: str = Field("", pattern="^([0-9a-f]{64})?$")
    next: str = Field("/account", pattern=OWN_PAGE, max_length=500)


class ProviderPage(Wire):
    """Where the browser goes now."""

    address: str


class ProviderView(Wire):
    """Whether single sign-on is offered, and what it is called."""

    available: bool
    name: str


@router.get("")
def get_provider(work: Anonymous) -> ProviderView:
    """Say whether single sign-on is offered here."""
    settings = work.platform.settings
    return ProviderView(available=bool(settings.sso_issuer), name=settings.sso_name)


@router.post("/sign-in", status_code=status.HTTP_201_CREATED)
def start_sign_in(
    body: SignInErrand, request: Request, response: Response, work: Anonymous
) -> ProviderPage:
    """Begin to sign in, or to accept an invitation, at the identity provider."""
    invitation = ""
    if body.invitation_token is not None:
        with admitted(work, "invitation"), work.changing() as act:
            row, _ = open_invitation(act, body.invitation_token.get_secret_value())
            invitation = row.id
    content = {"next": body.next, "invitation": invitation}
    return _begin(work, request, response, "accept" if invitation else "sign_in", content)


@router.post("/errands", status_code=status.HTTP_201_CREATED)
def start_errand(
    body: OwnErrand, request: Request, response: Response, work: SignedIn
) -> ProviderPage:
    """Link the own account to the identity provider, or prove there anew who is here."""
    if work.login_session is None:
        raise NotSignedIn("a machine key has no account")
    if body.errand == "link":
        with work.looking() as act:
            require_step_up(act)
    content = {"next": body.next, "digest": body.digest}
    person = work.login_session.person.id
    return _begin(work, request, response, body.errand, content, person)


@router.delete("/link", status_code=status.HTTP_204_NO_CONTENT)
def unlink(work: SignedIn) -> None:
    """Take the link away; a fresh step-up is needed, and a password must be there."""
    if work.login_session is None:
        raise NotSignedIn("a machine key has no account")
    with work.changing() as act:
        require_step_up(act)
        unlink_person(act, issuer=work.platform.settings.sso_issuer)


@router.get("/callback", status_code=303, response_class=RedirectResponse)
def come_back(
    request: Request,
    work: Anonymous,
    state: str = Query("", max_length=200),
    code: str = Query("", max_length=4000),
    iss: str | None = Query(None, max_length=500),
) -> Response:
    """Take what the identity provider answers, and go on in the application."""
    settings = work.platform.settings
    try:
        # RFC 9207: an answer of another provider is not ours, whatever it holds.
        if iss not in (None, settings.sso_issuer):
            raise SignInFailed("another identity provider answered: begin anew")
        response = _finish(request, work, state=state, code=code)
    except AccountsError as error:
        enter(work, error)
        response = RedirectResponse(f"/sign-in?refused={quote(error.type)}", 303)
    set_cookie(response, settings, _cookie(settings), "", seconds=0, same_site="lax")
    return response


def _begin(
    work: Work,
    request: Request,
    response: Response,
    errand: str,
    content: dict[str, str],
    person_id: str | None = None,
) -> ProviderPage:
    settings = work.platform.settings
    provider = identity_provider_of(work.platform)
    if provider is None:
        raise NotFound("there is no single sign-on here")
    endpoint = provider.metadata().authorization_endpoint
    with work.changing() as act:
        begun = begin_single_sign_on(
            act,
            provider.provider,
            authorization_endpoint=endpoint,
            redirect_uri=public_address(request, settings) + CALLBACK,
            errand=errand,
            content=dict(content),
            person_id=person_id,
        )
    # Lax: the provider's page sends the browser back to us, which a strict cookie would not see.
    set_cookie(
        response, settings, _cookie(settings), begun.browser_secret,
        seconds=COOKIE_SECONDS, same_site="lax",
    )  # fmt: skip
    return ProviderPage(address=begun.address)


def _finish(request: Request, work: Work, *, state: str, code: str) -> Response:
    provider = identity_provider_of(work.platform)
    if provider is None:
        raise NotFound("there is no single sign-on here")
    secret = request.cookies.get(_cookie(work.platform.settings), "")
    with admitted(work, "single_sign_on"):
        with work.changing() as act:
            returned = take_return(act, state=state, browser_secret=secret)
        if not code:
            raise SignInFailed("the identity provider did not let you in")
        token = provider.id_token(
            code=code,
            verifier=returned.verifier,
            redirect_uri=str(returned.content["redirect_uri"]),
        )
        subject = subject_of(
            token,
            provider.keys_for(token),
            provider.provider,
            returned=returned,
            now=work.platform.clock(),
        )
        with work.changing() as act:
            return ERRANDS[str(returned.content["errand"])](act, request, work, returned, subject)


def _sign_in(
    act: Act, request: Request, work: Work, returned: Returned, subject: Subject
) -> Response:
    person = linked_person(act.session, issuer=subject.issuer, subject=subject.subject)
    if person is None:
        raise SignInFailed("nobody here is linked to that single sign-on account")
    response = RedirectResponse(str(returned.content["next"]), 303)
    how = on_device(act, request, response, work, person, second_factor="single_sign_on")
    begun = begin(act, person, how)
    set_session(response, work.platform.settings, begun.token)
    return response


def _accept(
    act: Act, request: Request, work: Work, returned: Returned, subject: Subject
) -> Response:
    row, person = reopen_invitation(act, str(returned.content["invitation"]))
    complete(act, row, person)
    by = act.by(Actor("person", person.id))
    link_person(by, issuer=subject.issuer, subject=subject.subject)
    return _sign_in(act, request, work, returned, subject)


def _link(act: Act, request: Request, work: Work, returned: Returned, subject: Subject) -> Response:
    by = _as_asker(act, returned)
    link_person(by, issuer=subject.issuer, subject=subject.subject)
    return RedirectResponse(str(returned.content["next"]), 303)


def _prove(
    act: Act, request: Request, work: Work, returned: Returned, subject: Subject
) -> Response:
    by = _as_asker(act, returned)
    linked = linked_person(act.session, issuer=subject.issuer, subject=subject.subject)
    if linked != by.actor.id:
        raise SignInFailed("that single sign-on account is not yours here")
    proof = make_proof(by, subject, person_id=linked, digest=str(returned.content["digest"]))
    # Behind the #, where it reaches neither a server's log nor a Referer.
    return RedirectResponse(f"{returned.content['next']}#proof={proof}", 303)


ERRANDS = {"sign_in": _sign_in, "accept": _accept, "link": _link, "prove": _prove}


def _as_asker(act: Act, returned: Returned) -> Act:
    """Return the act of the person who began this, while the account is in use."""
    person = find_person(act.session, returned.person_id or "")
    if not person.is_active:
        raise SignInFailed("the account is not in use")
    return replace(act, actor=Actor("person", person.id), login_session=returned.login_session)


def _cookie(settings: Settings) -> str:
    return "__Host-readout_sso" if settings.cookie_secure else "readout_sso"
