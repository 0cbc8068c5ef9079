"""Whatever is sent to whichever operation: no answer breaks, lies or lets a stranger in.

Schemathesis makes the requests from the OpenAPI document; `make fuzz` sends many more of them.
"""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import requests
from schemathesis import Case

from accounts.people import create_person
from tests.api.running import Running
from tests.contracts.asking import Asked, ask, known_ids, operations
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


def ask_all(
    world: Running, client: httpx.Client, examples: int, judge: Callable[[Case, int], str | None]
) -> Asked:
    document, asked = the_document(world), Asked()
    known = {"project_id": world.trial.project, "table": "results"}
    known_ids(document, world.person("manager"), known)
    with session_of(client) as session:
        for operation in operations(document):
            if operation.definition.raw["operationId"] not in ENDS_THE_CALLER:
                ask(
                    operation,
                    session,
                    world.url,
                    known=known,
                    examples=examples,
                    judge=judge,
                    asked=asked,
                )
    return asked


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


def told(asked: Asked) -> str:
    return json.dumps(asked.faults, indent=1)


def test_no_request_of_a_person_breaks_the_api_or_its_document(
    fuzzed_world: Running, fuzz_examples: int
) -> None:
    asked = ask_all(fuzzed_world, fuzzed_world.person("manager"), fuzz_examples, anything)

    assert not asked.faults, told(asked)
    assert asked.statuses[200] > 0


def test_no_request_of_a_machine_breaks_the_api_or_its_document(
    fuzzed_world: Running, fuzz_examples: int
) -> None:
    asked = ask_all(fuzzed_world, fuzzed_world.machine(), fuzz_examples, anything)

    assert not asked.faults, told(asked)
    assert asked.statuses[403] > asked.statuses[401], "the key was taken"


@pytest.mark.req("R-AUTHZ")
def test_no_request_of_a_stranger_is_let_into_a_project(
    fuzzed_world: Running, fuzz_examples: int
) -> None:
    with fuzzed_world.trial.acting() as by:
        create_person(
            by,
            login="stranger@demo.local",
            printed_name="Stranger",
            password=PASSWORD,
            hasher=CHEAP_HASHER,
        )

    asked = ask_all(fuzzed_world, fuzzed_world.person("stranger"), fuzz_examples, stranger)

    assert not asked.faults, told(asked)
    assert asked.statuses[404] > asked.statuses[200]


@pytest.mark.req("R-AUTHZ", "R-ACC")
def test_no_request_of_nobody_is_let_in(fuzzed_world: Running, fuzz_examples: int) -> None:
    asked = ask_all(fuzzed_world, fuzzed_world.anybody(), fuzz_examples, nobody)

    assert not asked.faults, told(asked)
    assert asked.statuses[401] > 100
