"""What every answer carries, and what is refused before a route is reached."""

import json
import logging

import httpx
import pytest

from api.logs import JsonLines
from tests.api.running import Running


def test_every_answer_carries_the_security_headers(shared_world: Running) -> None:
    client = shared_world.anybody()

    for path in ("/api/health", "/api/nothing", "/api/session", "/api/docs"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["cross-origin-embedder-policy"] == "require-corp"
        assert headers["cache-control"] == "no-store"
        assert len(headers["x-request-id"]) == 36


def test_what_breaks_is_answered_with_headers_and_without_details(
    shared_world: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = shared_world.person("reader1")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("CANARY of the inside")

    with monkeypatch.context() as patched:
        patched.setattr("api.routes.tasks.my_tasks", broken)
        answer = client.get("/api/tasks")

    assert answer.status_code == 500
    assert answer.json()["type"] == "internal_error"
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "CANARY" not in answer.text


def test_an_unknown_address_of_the_api_is_a_problem(shared_world: Running) -> None:
    answer = shared_world.anybody().get("/api/nothing")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_over_the_limit_is_refused_before_it_is_read(shared_world: Running) -> None:
    answer = shared_world.anybody().post(
        "/api/session", content=b" " * (5 << 20), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 413
    assert answer.json()["type"] == "too_large"


def test_a_body_that_hides_its_size_is_refused(shared_world: Running) -> None:
    answer = shared_world.anybody().post(
        "/api/session", content=iter([b"{}"]), headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 411


def test_hidden_and_absent_answer_alike(shared_world: Running) -> None:
    subject = shared_world.trial.add_subject("ALIKE")
    others = shared_world.trial.task(subject, "READ", position="R2")
    client = shared_world.person("reader1")

    hidden = client.get(f"/api/tasks/{others}")
    absent = client.get("/api/tasks/00000000-0000-4000-8000-000000000000")

    assert without_names(hidden) == without_names(absent)
    assert hidden.headers.keys() == absent.headers.keys()


def without_names(answer: httpx.Response) -> dict[str, object]:
    return {
        name: value
        for name, value in answer.json().items()
        if name not in ("instance", "request_id")
    }


def test_the_log_names_the_place_of_an_error_and_not_its_words() -> None:
    try:
        raise ValueError("CANARY^Patient")
    except ValueError as error:
        record = logging.LogRecord(
            "api", logging.ERROR, __file__, 1, "internal error", None,
            (type(error), error, error.__traceback__),
        )  # fmt: skip

    line = JsonLines().format(record)

    assert json.loads(line)["exception"] == "ValueError"
    assert "CANARY" not in line.replace('raise ValueError("CANARY^Patient")', "").replace(
        'raise ValueError(\\"CANARY^Patient\\")', ""
    )


def test_requests_are_logged_by_route_and_never_by_address(
    shared_world: Running, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api"):
        client = shared_world.person("reader1")
        client.get("/api/tasks/CANARY-ID")
        client.get("/api/build")  # on the same connection: the first one is logged by then

    fields = [getattr(record, "fields", {}) for record in caplog.records]
    assert "/api/tasks/{task_id}" in [each.get("route") for each in fields]
    assert "CANARY" not in str(fields)
