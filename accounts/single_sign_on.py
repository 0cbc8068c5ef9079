"""Single sign-on by OpenID Connect: authorization code with PKCE, state and nonce, once each.

Whoever the provider names is let in only when that issuer and subject are linked to a person who
was invited; nobody is made on the way. Re-authentication for a signature asks for `prompt=login`
and `max_age=0` and believes neither: the provider's `auth_time` must be later than our question.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import JsonValue

from accounts.acts import Act
from accounts.challenges import Challenge, make_challenge, take_challenge
from accounts.errors import SignInFailed
from accounts.ledger.entries import format_time

PURPOSE = "single_sign_on"
PROOF = "single_sign_on_proof"
# Public keys alone: a shared secret would let the provider's other clients sign, `none` anybody.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY = timedelta(seconds=60)
# The clock of the provider may be a little behind ours when it says when somebody signed in.
CLOCKS_DIFFER = timedelta(seconds=5)


@dataclass(frozen=True)
class Provider:
    """The identity provider as the installation knows it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and the secret that it alone holds meanwhile."""

    address: str
    browser_secret: str


@dataclass(frozen=True)
class Returned:
    """What came back from the provider, checked against what was asked."""

    content: Mapping[str, JsonValue]
    person_id: str | None
    login_session: str | None
    asked_at: datetime

    @property
    def verifier(self) -> str:
        """Return the secret half of the code challenge (RFC 7636)."""
        return str(self.content["verifier"])


@dataclass(frozen=True)
class Subject:
    """Who somebody is at an identity provider, and when they last proved it there."""

    issuer: str
    subject: str
    authenticated_at: datetime | None


def begin_single_sign_on(
    act: Act,
    provider: Provider,
    *,
    authorization_endpoint: str,
    redirect_uri: str,
    errand: str,
    content: Mapping[str, JsonValue],
    person_id: str | None = None,
) -> Begun:
    """Return the address of the provider's page for an errand; `prove` asks for fresh proof."""
    state, nonce, verifier, browser = (secrets.token_urlsafe(32) for _ in range(4))
    make_challenge(
        act,
        PURPOSE,
        {
            **content,
            "errand": errand,
            "nonce": nonce,
            "verifier": verifier,
            "redirect_uri": redirect_uri,
            "browser": _hash(browser),
        },
        secret=state,
        person_id=person_id,
    )
    parameters = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": create_s256_code_challenge(verifier),  # type: ignore[no-untyped-call]
        "code_challenge_method": "S256",
    }
    if errand == "prove":
        parameters |= {"prompt": "login", "max_age": "0"}
    joint = "&" if "?" in authorization_endpoint else "?"
    return Begun(f"{authorization_endpoint}{joint}{urlencode(parameters)}", browser)


def take_return(act: Act, *, state: str, browser_secret: str) -> Returned:
    """Return what was asked under a state, once, in the browser that asked it."""
    found: Challenge | None = take_challenge(act, PURPOSE, state)
    if found is None or not secrets.compare_digest(
        str(found.content["browser"]), _hash(browser_secret)
    ):
        raise SignInFailed("single sign-on does not answer a question of ours: begin anew")
    return Returned(found.content, found.person_id, found.login_session, found.created_at)


def subject_of(
    token: str, keys: KeySet, provider: Provider, *, returned: Returned, now: datetime
) -> Subject:
    """Return whom an id token names, when every word of it is for us, for now and for this."""
    try:
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        _registry(provider, str(returned.content["nonce"]), now).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError) as problem:
        raise SignInFailed("the identity provider's answer does not hold: begin anew") from problem
    audience, party = claims["aud"], claims.get("azp")
    several = isinstance(audience, list) and len(audience) > 1
    if (several or party is not None) and party != provider.client_id:
        raise SignInFailed("the identity provider's answer is for somebody else: begin anew")
    moment = claims.get("auth_time")
    authenticated_at = None
    if isinstance(moment, int) and not isinstance(moment, bool):
        authenticated_at = datetime.fromtimestamp(moment, UTC)
    if returned.content["errand"] == "prove":
        _require_fresh(authenticated_at, returned.asked_at)
    return Subject(provider.issuer, str(claims["sub"]), authenticated_at)


def make_proof(act: Act, subject: Subject, *, person_id: str, digest: str) -> str:
    """Return the token of a fresh re-authentication: for one use, person, session and digest."""
    moment = subject.authenticated_at
    content: dict[str, JsonValue] = {
        "digest": digest,
        "issuer": subject.issuer,
        "authenticated_at": None if moment is None else format_time(moment),
    }
    return make_challenge(act, PROOF, content, person_id=person_id)


def sso_reauthenticated(act: Act, proof: str, *, digest: str) -> Challenge | None:
    """Return how the acting person proved anew at the provider, for this digest; it serves once.

    The proof is bound to the login session that asked for it and is over after five minutes.
    """
    found = take_challenge(act, PROOF, proof)
    if (
        found is None
        or act.actor.kind != "person"
        or found.person_id != act.actor.id
        or found.login_session != act.login_session
        or found.content["digest"] != digest
    ):
        return None
    return found


def _registry(provider: Provider, nonce: str, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": provider.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )


def _require_fresh(authenticated_at: datetime | None, asked_at: datetime) -> None:
    """Refuse a provider that let an earlier sign-in count, whatever it was asked for."""
    if authenticated_at is None or authenticated_at < asked_at - CLOCKS_DIFFER:
        raise SignInFailed(
            "the identity provider did not ask for your password again: use a passkey instead"
        )


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
