"""What no route ever sees: the real api, asked over a bare socket where a client would not."""

import json
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import anyio
import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from api.doorway import Doorway
from tests.api.running import STOW_TYPE, Running

JSON = {"Content-Type": "application/json"}


def refused(answer: httpx.Response, status: int, type: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == type
    assert answer.headers["x-content-type-options"] == "nosniff"


def asked(world: Running, head: str, body: bytes = b"") -> tuple[int, dict[str, object]]:
    """Send bytes as they are and return the status and the problem that come back."""
    address = urlsplit(world.url)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    first, _, rest = answer.partition(b"\r\n")
    text = rest.partition(b"\r\n\r\n")[2]
    return int(first.split()[1]), json.loads(text) if text.startswith(b"{") else {}


@pytest.mark.parametrize(
    ("body", "status", "type"),
    [
        (b'{"login": "a", "password": 1e400}', 400, "bad_json"),
        (b'{"login": "a", "password": NaN}', 400, "bad_json"),
        (b'{"login": "a", "login": "b", "password": "c"}', 400, "bad_json"),
        (b'{"login": "\xff", "password": "c"}', 400, "bad_json"),
        (b"[" * 200_000, 400, "bad_json"),
        (b'{"login": ' + b"[" * 70 + b"]" * 70 + b', "password": "c"}', 400, "bad_json"),
        (b"{", 400, "bad_json"),
        (b'{"login": "a\\u0000", "password": "c"}', 422, "invalid"),
        (b'{"login": "\\ud800", "password": "c"}', 422, "invalid"),
        (b'{"login": 5, "password": "c"}', 422, "invalid"),
        (b"5", 422, "invalid"),
        (b"", 422, "invalid"),
    ],
    ids=lambda value: value[:24].decode("latin-1") if isinstance(value, bytes) else str(value),
)
def test_a_hostile_body_is_a_problem_of_the_sender(
    shared_world: Running, body: bytes, status: int, type: str
) -> None:
    answer = shared_world.anybody().post("/api/session", content=body, headers=JSON)

    refused(answer, status, type)


def test_a_body_of_another_type_is_refused_without_being_read_as_json(
    shared_world: Running,
) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = shared_world.anybody().post(
            "/api/session", content=b'{"login": "a"}', headers={"Content-Type": kind}
        )
        refused(answer, 422, "invalid")


def test_calling_a_body_a_stream_of_images_does_not_lift_its_limit(shared_world: Running) -> None:
    answer = shared_world.anybody().post(
        "/api/session", content=b" " * (5 << 20), headers={"Content-Type": STOW_TYPE}
    )

    refused(answer, 413, "too_large")


def test_a_large_body_is_checked_too(shared_world: Running) -> None:
    many = b'{"login": "' + b"a" * 300_000 + b'", "login": "b", "password": "c"}'

    answer = shared_world.anybody().post("/api/session", content=many, headers=JSON)

    refused(answer, 400, "bad_json")


@pytest.mark.parametrize(
    ("address", "status", "type"),
    [
        ("/api/tasks/%00", 400, "bad_text"),
        ("/api/tasks/a%0d%0aSet-Cookie:x", 400, "bad_text"),
        ("/api/tasks/%c0%af", 400, "bad_text"),
        ("/api/tasks?project=%00", 400, "bad_text"),
        ("/api/tasks?" + "&".join(["state=ready"] * 150), 400, "bad_query"),
        ("/api/tasks?project=" + "a" * 9000, 414, "address_too_long"),
    ],
)
def test_a_hostile_address_is_refused(
    shared_world: Running, address: str, status: int, type: str
) -> None:
    refused(shared_world.person("reader1").get(address), status, type)


def test_more_headers_than_a_client_needs_are_refused(shared_world: Running) -> None:
    many = {f"X-{number}": "1" for number in range(150)}

    refused(shared_world.anybody().get("/api/health", headers=many), 431, "headers_too_large")


def test_another_sites_name_is_refused(shared_world: Running) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example:80"):
        answer = shared_world.anybody().get("/api/health", headers={"Host": host})
        refused(answer, 421, "wrong_host")


def test_a_request_without_a_host_is_refused(shared_world: Running) -> None:
    status, problem = asked(shared_world, "GET /api/health HTTP/1.0")

    assert (status, problem["type"]) == (421, "wrong_host")


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "CONNECT", "PROPFIND"])
def test_only_the_methods_that_routes_have_are_taken(shared_world: Running, method: str) -> None:
    head = f"{method} /api/health HTTP/1.1\nHost: localhost\nConnection: close"

    status, problem = asked(shared_world, head)

    assert status in (400, 405)
    if problem:
        assert problem["type"] == "method_not_allowed"


def test_no_other_site_is_told_that_it_may_ask(shared_world: Running) -> None:
    for origin in ("https://evil.example", "null"):
        answer = shared_world.anybody().options(
            "/api/session",
            headers={"Origin": origin, "Access-Control-Request-Method": "POST"},
        )
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "head",
    [
        "GET /api/health HTTP/1.1\nHost: localhost\nX-A: a\x00b",
        "GET /api/health HTTP/1.1\nHost: localhost\nX-A: a\x1bb",
        "GET /api/health HTTP/1.1\nHost: localhost\nHost: localhost",
        "POST /api/session HTTP/1.1\nHost: localhost\nContent-Length: -1",
        "POST /api/session HTTP/1.1\nHost: localhost\nContent-Length: 1\nContent-Length: 2",
        "POST /api/x HTTP/1.1\nHost: localhost\nContent-Length: 2\nTransfer-Encoding: chunked",
        "GET /api/health HTTP/9.9\nHost: localhost",
        "nonsense",
    ],
)
def test_a_head_that_two_servers_would_read_differently_is_refused(
    shared_world: Running, head: str
) -> None:
    status, _ = asked(shared_world, f"{head}\nConnection: close" if "HTTP" in head else head)

    assert 400 <= status < 500


async def took(scope: Scope, receive: Receive, send: Send) -> None:
    """Read a whole body and say so."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})


def status_for(chunks: Sequence[int], *, every_s: float, ends: bool = True) -> int:
    """Return how a client is answered that sends chunks of these sizes at this pace."""
    sent: list[Message] = []
    left = list(chunks)
    now = 0.0

    async def receive() -> Message:
        nonlocal now
        if not left:
            await anyio.sleep_forever()
        now += every_s
        return {
            "type": "http.request",
            "body": b" " * left.pop(0),
            "more_body": bool(left or not ends),
        }

    async def send(message: Message) -> None:
        sent.append(message)

    doorway = Doorway(
        took,
        hosts={"localhost"},
        max_body=1 << 20,
        patience_s=10.0 if ends else 0.05,
        seconds=lambda: now,
    )
    scope: Scope = {
        "type": "http", "method": "POST", "path": "/api/session", "raw_path": b"/api/session",
        "query_string": b"", "state": {"request_id": "r"},
        "headers": [(b"host", b"localhost"), (b"content-type", b"text/plain")],
    }  # fmt: skip
    anyio.run(doorway, scope, receive, send)
    return int(sent[0]["status"])


def test_a_body_that_never_ends_is_given_up() -> None:
    assert status_for([1], every_s=0, ends=False) == 408


def test_a_trickle_is_given_up_however_steady_it_is() -> None:
    assert status_for([1] * 1000, every_s=1) == 408


def test_a_client_that_keeps_sending_is_waited_for() -> None:
    assert status_for([4096] * 200, every_s=1) == 204


def test_patience_is_not_saved_up_by_sending_much() -> None:
    assert status_for([500_000, *[1] * 20], every_s=1) == 408
