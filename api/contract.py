"""What the OpenAPI document says of every operation: who may call it, and how it is refused.

Both are read off the route itself, so that the document cannot say otherwise than the code does.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import RouteContext, iter_route_contexts

from api.asked import mark
from api.settings import Settings
from api.work import CSRF_HEADER, SAFE_METHODS, anonymous, arriving, cookie_name, signed_in

COOKIE, CSRF, MACHINE = "session", "csrf", "machineKey"
PROBLEM = "#/components/schemas/Problem"
MEDIA_TYPE = "application/problem+json"

# The refusals that any operation knows, then those of the ones for which a condition holds.
WORDS = {
    400: "The request is not well formed: its address, its JSON or its multipart body",
    401: "Nobody is signed in, or signing needs the passphrase again",
    403: "The caller may see it and not do this, or another site's page asked",
    404: "Not there, or not for the caller; the two look alike",
    405: "No such method here",
    406: "No representation that the Accept header allows",
    408: "The body came too slowly",
    409: "The state does not allow it",
    410: "It was there, and has been used or has run out",
    411: "The body must declare its length",
    412: "The draft changed meanwhile: If-Match does not hold",
    413: "The body is too large",
    414: "The address is too long",
    415: "A body of another kind than this takes",
    421: "This site is not served under that host name",
    422: "The content is refused",
    423: "The project is frozen or locked",
    429: "Too many tries: wait as long as Retry-After says",
    431: "The headers are too large",
    500: "Something is broken on our side",
    503: "Busy or failing: try again",
    507: "The disk is full",
}
ALWAYS = (400, 405, 414, 421, 431, 500, 503)
SIGNED_IN = (401, 403)
NAMED = (404, 422)
CHANGING = (403, 408, 409, 411, 413, 422, 507)
CHANGING_SOMETHING_NAMED = (404, 415, 423)


def install(app: FastAPI, settings: Settings) -> None:
    """Let the app describe itself with its security schemes and its refusals."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = describe(app, settings)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def describe(app: FastAPI, settings: Settings) -> dict[str, Any]:
    """Return the document."""
    found = get_openapi(
        title=app.title, version=app.version, summary=app.summary, routes=app.routes
    )
    components = found.setdefault("components", {})
    components["securitySchemes"] = _schemes(settings)
    components["responses"] = {
        str(status): {
            "description": words,
            "content": {MEDIA_TYPE: {"schema": {"$ref": PROBLEM}}},
        }
        for status, words in WORDS.items()
    }
    for route in iter_route_contexts(app.routes):
        if not getattr(route, "include_in_schema", False) or not hasattr(route, "dependant"):
            continue
        for method in route.methods or ():
            _describe(found["paths"][route.path_format][method.lower()], route, method)
    mark(found)
    return found


def _describe(operation: dict[str, Any], route: RouteContext, method: str) -> None:
    responses = operation["responses"]
    for wildcard in ("4XX", "5XX"):
        responses.pop(wildcard, None)
    for status in sorted(_statuses(route, method)):
        reference = {"$ref": f"#/components/responses/{status}"}
        stated = responses.setdefault(str(status), reference)
        if "$ref" not in stated and status >= 400:
            # A route that has its own words for a refusal may still refuse with a problem.
            problem = {"schema": {"$ref": PROBLEM}}
            stated.setdefault("content", {}).setdefault(MEDIA_TYPE, problem)
    person: dict[str, list[str]] = (
        {COOKIE: []} if method in SAFE_METHODS else {COOKIE: [], CSRF: []}
    )
    if _depends_on(route.dependant, signed_in):
        operation["security"] = [person, {MACHINE: []}]
    elif _depends_on(route.dependant, arriving):
        operation["security"] = [person]
    else:
        operation["security"] = []


def _statuses(route: RouteContext, method: str) -> set[int]:
    """Return how an operation may be refused."""
    dependant, changes, path = route.dependant, method not in SAFE_METHODS, route.path or ""
    has_body = getattr(route, "body_field", None) is not None
    conditions = {
        SIGNED_IN: _depends_on(dependant, signed_in, arriving),
        (401, 410, 429): changes and _depends_on(dependant, anonymous),
        NAMED: "{" in path or bool(dependant.query_params),
        CHANGING: changes,
        CHANGING_SOMETHING_NAMED: changes and ("{" in path or has_body),
        (412, 422): any(each.alias == "If-Match" for each in dependant.header_params),
        (406, 422): "dicomweb" in path,
    }
    return {*ALWAYS, *(status for held, true in conditions.items() if true for status in held)}


def _depends_on(dependant: Dependant, *calls: Callable[..., object]) -> bool:
    return dependant.call in calls or any(
        _depends_on(each, *calls) for each in dependant.dependencies
    )


def _schemes(settings: Settings) -> dict[str, Any]:
    return {
        COOKIE: {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie_name(settings),
            "description": "The login session's cookie; by HTTPS its name begins with __Host-.",
        },
        CSRF: {
            "type": "apiKey",
            "in": "header",
            "name": CSRF_HEADER,
            "description": "The login session's token, with every call that changes something.",
        },
        MACHINE: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "prefix.id.secret",
            "description": "The key of a machine, in the scope of one project.",
        },
    }
