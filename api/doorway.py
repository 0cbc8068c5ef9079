"""The doorway: a request is measured, and read in bounded time, before any route sees it."""

import asyncio
import re
import time
from collections.abc import Callable, Collection

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import (
    ApiError,
    BodyTooLarge,
    BodyTooSlow,
    LengthRequired,
    MethodNotAllowed,
    UnfitText,
    answer_for,
)
from api.limits import check_address, check_headers, check_host, check_json
from api.problems import problem_response

METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"))
# Images arrive as a stream that their route counts and spools; nothing else does.
STREAMED = re.compile(r"^/api/projects/[^/]+/dicomweb/studies(/[^/]+)?$")
STREAMED_TYPE = "multipart/related"
# A client is waited for this long, and a second more for every such number of bytes that came.
PATIENCE_S = 20.0
SLOWEST_BYTES_PER_S = 4096
# Larger bodies are checked beside the event loop, which others wait for.
LARGE_JSON = 65_536


class Doorway:
    """Refuse what no route should have to think about."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        hosts: Collection[str],
        max_body: int,
        patience_s: float = PATIENCE_S,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self._hosts = hosts
        self._max_body = max_body
        self._patience = patience_s
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or answer why not."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        in_time = _InTime(receive, patience_s=self._patience, seconds=self._seconds)
        try:
            headers = Headers(scope=scope)
            self._check_head(scope, headers)
            if _is_streamed(scope, headers):
                onward: Receive = in_time
            else:
                self._check_length(headers)
                body = await _whole(in_time)
                await _check_body(headers, body)
                onward = _again(body, receive)
        except ApiError as refusal:
            await _refuse(scope, refusal)(scope, receive, send)
        except ClientDisconnect:
            # Nobody is there to be answered.
            return
        else:
            await self.app(scope, onward, send)

    def _check_head(self, scope: Scope, headers: Headers) -> None:
        check_headers(scope["headers"])
        check_host(headers.getlist("host"), self._hosts)
        check_address(scope["raw_path"], scope["query_string"])
        if scope["method"] not in METHODS:
            raise MethodNotAllowed(f"use one of {', '.join(sorted(METHODS))}")

    def _check_length(self, headers: Headers) -> None:
        """Refuse a body that is too large, or hides its size, before a byte of it is read."""
        length = headers.get("content-length", "")
        if "transfer-encoding" in headers:
            raise LengthRequired("send the body with its Content-Length")
        if length.isdigit() and int(length) > self._max_body:
            raise BodyTooLarge(f"the body is larger than {self._max_body} bytes")


class _InTime:
    """Receive a body from a client that keeps sending; a trickle is refused."""

    def __init__(
        self, receive: Receive, *, patience_s: float, seconds: Callable[[], float]
    ) -> None:
        self._receive = receive
        self._seconds = seconds
        self._patience = self._left = patience_s
        self._ended = False

    async def __call__(self) -> Message:
        """Return the next message, or say that it took too long."""
        if self._ended:
            # The next message is the client's leaving, for which an answer may wait for long.
            return await self._receive()
        began = self._seconds()
        try:
            if self._left <= 0:
                raise TimeoutError
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError as problem:
            raise BodyTooSlow("the body came too slowly: nothing was stored") from problem
        earned = len(message.get("body", b"")) / SLOWEST_BYTES_PER_S
        # Only waiting counts, not our own work; and nobody saves up patience.
        waited = self._seconds() - began
        self._left = max(0.0, min(self._patience, self._left - waited + earned))
        self._ended = not message.get("more_body", False)
        return message


def _is_streamed(scope: Scope, headers: Headers) -> bool:
    return (
        scope["method"] == "POST"
        and headers.get("content-type", "").lower().startswith(STREAMED_TYPE)
        and STREAMED.match(scope["path"]) is not None
    )


async def _whole(receive: Receive) -> bytes:
    chunks = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(chunks)


async def _check_body(headers: Headers, body: bytes) -> None:
    kind = headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if not body or not (kind == "application/json" or kind.endswith("+json")):
        return
    if len(body) > LARGE_JSON:
        await run_in_threadpool(check_json, body)
    else:
        check_json(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Return a receive that gives the body that was read already, then what comes after it."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _refuse(scope: Scope, refusal: ApiError) -> ASGIApp:
    extensions: dict[str, object] = {}
    if isinstance(refusal, UnfitText):
        extensions["errors"] = [{"where": refusal.where, "message": refusal.message}]
    response = problem_response(Request(scope), answer_for(refusal), str(refusal), **extensions)
    if isinstance(refusal, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(METHODS))
    # What the client still sends of a refused request is not waited for.
    response.headers["Connection"] = "close"
    return response
