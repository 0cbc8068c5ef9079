"""Whatever is sent to whichever operation: no answer breaks, lies or lets a stranger in.

Schemathesis makes the requests from the OpenAPI document; `make fuzz` sends many more of them.
"""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from schemathesis import Case

from accounts.people import create_person
from tests.api.running import Running
from tests.contracts.asking import Asked, Caller, Judge, ask, known_ids, operations
from tests.examples.acts import CHEAP_HASHER, PASSWORD

# They end what the caller asks with; each has its own tests.
ENDS_THE_CALLER = {"sign_out"}


def the_document(world: Running) -> dict[str, Any]:
    return dict(world.anybody().get("/api/openapi.json").json())


def session_of(client: httpx.Client) -> requests.Session:
    """Return the same caller for the library that asks."""
    session = requests.Session()
    for name in ("Authorization", "X-CSRF-Token"):
        if name in client.headers:
            session.headers[name] = client.headers[name]
    for name, value in client.cookies.items():
        session.cookies.set(name, value)
    return session


def anything(case: Case, status: int) -> str | None:
    return None


def stranger(case: Case, status: int) -> str | None:
    """Judge the answer to somebody who has no business in the project."""
    scoped = {"project_id", "task_id"} & set(case.path_parameters or {})
    return f"answered {status} to a stranger" if scoped and status < 300 else None


def nobody(case: Case, status: int) -> str | None:
    """Judge the answer to somebody who has not signed in."""
    needed = case.operation.definition.raw.get("security")
    return f"answered {status} to nobody" if needed and status < 300 else None


JUDGES: dict[str, Judge] = {
    # In this order: whoever may change most asks last.
    "nobody": nobody,
    "stranger": stranger,
    "machine": anything,
    "person": anything,
}


@pytest.fixture(scope="module")
def answers(fuzzed_world: Running, fuzz_examples: int) -> Iterator[dict[str, Asked]]:
    """What each caller met who sent the same requests to every operation."""
    with fuzzed_world.trial.acting() as by:
        create_person(
            by,
            login="stranger@demo.local",
            printed_name="Stranger",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )
    clients = {
        "nobody": fuzzed_world.anybody(),
        "stranger": fuzzed_world.person("stranger"),
        "machine": fuzzed_world.machine(),
        "person": fuzzed_world.person("manager"),
    }
    callers = {name: Caller(session_of(client), JUDGES[name]) for name, client in clients.items()}
    document = the_document(fuzzed_world)
    known = {"project_id": fuzzed_world.trial.project, "table": "results"}
    known_ids(document, clients["person"], known)
    for operation in operations(document):
        if operation.definition.raw["operationId"] not in ENDS_THE_CALLER:
            everybody = [callers[name] for name in JUDGES]
            ask(operation, everybody, fuzzed_world.url, known=known, examples=fuzz_examples)
    yield {name: caller.asked for name, caller in callers.items()}
    for caller in callers.values():
        caller.session.close()


def told(asked: Asked) -> str:
    return json.dumps(asked.faults, indent=1)


def test_no_request_of_a_person_breaks_the_api_or_its_document(
    answers: dict[str, Asked],
) -> None:
    asked = answers["person"]

    assert not asked.faults, told(asked)
    assert asked.statuses[200] > asked.statuses[401]


def test_no_request_of_a_machine_breaks_the_api_or_its_document(
    answers: dict[str, Asked],
) -> None:
    asked = answers["machine"]

    assert not asked.faults, told(asked)
    assert asked.statuses[403] > asked.statuses[401], "the key was taken"


@pytest.mark.req("R-AUTHZ")
def test_no_request_of_a_stranger_is_let_into_a_project(answers: dict[str, Asked]) -> None:
    asked = answers["stranger"]

    assert not asked.faults, told(asked)
    assert asked.statuses[404] > asked.statuses[200]


@pytest.mark.req("R-AUTHZ", "R-ACC")
def test_no_request_of_nobody_is_let_in(answers: dict[str, Asked]) -> None:
    asked = answers["nobody"]

    assert not asked.faults, told(asked)
    assert asked.statuses[401] > 100
