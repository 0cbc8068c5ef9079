"""What every answer carries and every request must keep: headers, an id, a bounded body."""

import time
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ApiError, BodyTooLarge, LengthRequired, answer_for
from api.logs import LOGGER
from api.problems import broken, problem_response

POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self' blob:",
    # The component library writes its style sheets at run time.
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
STREAMED = "multipart/related"
HSTS = "max-age=31536000; includeSubDomains"


class Envelope:
    """Give each request an id, log it, and put the security headers on its answer."""

    def __init__(
        self, app: ASGIApp, *, new_id: Callable[[], str], https: bool, max_body: int
    ) -> None:
        self.app = app
        self._new_id = new_id
        self._max_body = max_body
        self._headers = {**HEADERS, **({"Strict-Transport-Security": HSTS} if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wrap one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = self._new_id()
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status, started_answer = 500, False

        async def send_with_headers(message: Message) -> None:
            nonlocal status, started_answer
            if message["type"] == "http.response.start":
                started_answer = True
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            refusal = self._body_refusal(scope)
            await (refusal or self.app)(scope, receive, send_with_headers)
        except Exception as error:  # noqa: BLE001 (the edge of the process: nobody is behind it)
            answer = broken(Request(scope), error)
            if not started_answer:
                await answer(scope, receive, send_with_headers)
        finally:
            # The route's pattern, not the address: an address may hold a code or a UID.
            route = getattr(scope.get("route"), "path", "")
            fields = {
                "request_id": request_id,
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round((time.perf_counter() - started) * 1000, 1),
            }
            LOGGER.info("request", extra={"fields": fields})

    def _body_refusal(self, scope: Scope) -> ASGIApp | None:
        """Refuse a body that is too large, or hides its size, before a byte of it is read."""
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if headers.get("content-type", "").lower().startswith(STREAMED):
            return None  # its route counts while it reads
        if "transfer-encoding" in headers:
            refusal: ApiError = LengthRequired("send the body with its Content-Length")
        elif length.isdigit() and int(length) > self._max_body:
            refusal = BodyTooLarge(f"the body is larger than {self._max_body} bytes")
        else:
            return None
        return problem_response(Request(scope), answer_for(refusal), str(refusal))
