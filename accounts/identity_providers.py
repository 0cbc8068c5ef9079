"""Talking to an identity provider: its metadata, its keys, and a code for an id token."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import quote_plus, urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from accounts.errors import ProviderUnavailable, SignInFailed
from accounts.single_sign_on import Provider

TIMEOUT_S = 10.0
LARGEST_ANSWER = 1 << 20
KEPT_FOR = timedelta(hours=1)
# A key of an unknown name makes us ask again, but not for each forged token.
ASK_AGAIN_AFTER = timedelta(seconds=30)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Metadata:
    """Where the provider's pages are (OpenID Connect Discovery)."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass
class IdentityProvider:
    """One provider and what is kept of it for an hour."""

    provider: Provider
    clock: Callable[[], datetime]
    _metadata: tuple[datetime, Metadata] | None = None
    _keys: tuple[datetime, KeySet] | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def metadata(self) -> Metadata:
        """Return the provider's addresses; its issuer must be the one we were told."""
        with self._lock:
            if self._metadata is None or self.clock() - self._metadata[0] >= KEPT_FOR:
                self._metadata = (self.clock(), self._discover())
            return self._metadata[1]

    def keys_for(self, token: str) -> KeySet:
        """Return the provider's public keys, asked for anew when the token names another one."""
        try:
            kid = extract_compact(token.encode()).headers().get("kid")
        except (JoseError, ValueError) as problem:
            raise SignInFailed("the identity provider's answer does not hold") from problem
        address = self.metadata().jwks_uri
        with self._lock:
            now = self.clock()
            age = now - self._keys[0] if self._keys else KEPT_FOR
            known = self._keys is not None and any(key.kid == kid for key in self._keys[1].keys)
            if self._keys is None or age >= KEPT_FOR or (not known and age >= ASK_AGAIN_AFTER):
                try:
                    keys = KeySet.import_key_set(_get(address))  # type: ignore[arg-type]
                except (JoseError, ValueError, KeyError, TypeError) as problem:
                    raise ProviderUnavailable(
                        "the identity provider's keys are broken"
                    ) from problem
                self._keys = (now, keys)
            return self._keys[1]

    def id_token(self, *, code: str, verifier: str, redirect_uri: str) -> str:
        """Exchange a code, which the provider takes once, for the id token."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "code_verifier": verifier,
            "redirect_uri": redirect_uri,
            "client_id": self.provider.client_id,
        }
        secret = self.provider.client_secret
        # RFC 6749, 2.3.1: both halves are form-encoded before they are joined.
        auth = (quote_plus(self.provider.client_id), quote_plus(secret)) if secret else None
        try:
            answer = httpx.post(
                self.metadata().token_endpoint,
                data=form,
                auth=auth,
                timeout=TIMEOUT_S,
                trust_env=False,
            )
            found = answer.json() if len(answer.content) <= LARGEST_ANSWER else None
        except (httpx.HTTPError, ValueError) as problem:
            raise ProviderUnavailable("the identity provider does not answer") from problem
        token = found.get("id_token") if isinstance(found, dict) else None
        if not answer.is_success or not isinstance(token, str):
            raise SignInFailed("the identity provider named nobody: begin anew")
        return token

    def _discover(self) -> Metadata:
        issuer = self.provider.issuer
        found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        addresses = {name: found.get(name) for name in ENDPOINTS}
        if found.get("issuer") != issuer:
            raise ProviderUnavailable("the identity provider states another issuer than ours")
        for name, address in addresses.items():
            if not isinstance(address, str) or not is_safe(address):
                raise ProviderUnavailable(f"the identity provider's {name} is not reached by HTTPS")
        return Metadata(**{name: str(address) for name, address in addresses.items()})


def is_safe(address: str) -> bool:
    """Tell whether an address is HTTPS, or on this machine itself."""
    parts = urlsplit(address)
    if parts.scheme == "https":
        return bool(parts.hostname)
    try:
        is_loopback = ip_address(parts.hostname or "").is_loopback
    except ValueError:
        is_loopback = parts.hostname == "localhost"
    return parts.scheme == "http" and is_loopback


def _get(address: str) -> dict[str, object]:
    if not is_safe(address):
        raise ProviderUnavailable("the identity provider is not reached by HTTPS")
    try:
        answer = httpx.get(address, timeout=TIMEOUT_S, trust_env=False)
        answer.raise_for_status()
        found = answer.json() if len(answer.content) <= LARGEST_ANSWER else None
    except (httpx.HTTPError, ValueError) as problem:
        raise ProviderUnavailable("the identity provider does not answer") from problem
    if not isinstance(found, dict):
        raise ProviderUnavailable("the identity provider's answer is not understood")
    return found
