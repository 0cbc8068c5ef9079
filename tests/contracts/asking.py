"""Asking every operation of the OpenAPI document with fitting and unfitting data."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.running import STOW_TYPE, stow_body

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("multipart/related")
def related(context: schemathesis.SerializationContext, value: object) -> dict[str, object]:
    """Write one part that a route for images takes apart, whatever it holds."""
    data = value if isinstance(value, bytes) else str(value).encode()
    return {"data": stow_body([data]), "headers": {"Content-Type": STOW_TYPE}}


@schemathesis.serializer("application/dicom")
def octets(context: schemathesis.SerializationContext, value: object) -> dict[str, object]:
    """Write bytes that claim to be an object."""
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


Judge = Callable[[Case, int], str | None]


@dataclass
class Asked:
    """What was asked and what was wrong with the answers."""

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


def operations(document: Mapping[str, Any]) -> Iterator[APIOperation[Any, Any, Any, Any]]:
    """Return every operation of a document."""
    schema = schemathesis.openapi.from_dict(dict(document))
    # Who asks is our choice; and text without control characters gets beyond the doorway.
    schema.config.generation.with_security_parameters = False
    schema.config.generation.allow_x00 = False
    for found in schema.get_all_operations():
        yield found.ok()


def known_ids(document: Mapping[str, Any], client: httpx.Client, known: dict[str, str]) -> None:
    """Learn ids that exist: each collection is asked for the first thing in it."""
    for path in sorted(document["paths"], key=len):
        before, _, rest = path.rpartition("{")
        name = rest.partition("}")[0]
        if not name or name in known or "get" not in document["paths"].get(before[:-1], {}):
            continue
        try:
            answer = client.get(before[:-1].format(**known))
        except KeyError:
            continue
        if answer.is_success and "json" in answer.headers["content-type"]:
            for item in _items(answer.json())[:1]:
                if found := _id(item, name):
                    known[name] = str(found)


def _id(item: dict[str, object], name: str) -> object:
    """Return what names a thing: its id, or in DICOM JSON its UID."""
    uid = {"study": "0020000D", "series": "0020000E", "instance": "00080018"}.get(name, "")
    in_dicom = item.get(uid)
    if isinstance(in_dicom, dict):
        return in_dicom["Value"][0]
    return item.get("id") or item.get(name) or item.get("name")


def _items(content: object) -> list[dict[str, object]]:
    """Return the things of a list, or of the first list of a page."""
    if isinstance(content, dict):
        content = next((value for value in content.values() if isinstance(value, list)), [])
    assert isinstance(content, list)
    return [item for item in content if isinstance(item, dict)]


@dataclass
class Caller:
    """Somebody who asks, how the answers are judged, and what came of it."""

    session: requests.Session
    judge: Judge
    asked: Asked = field(default_factory=Asked)


def ask(
    operation: APIOperation[Any, Any, Any, Any],
    callers: Sequence[Caller],
    url: str,
    *,
    known: Mapping[str, str],
    examples: int,
) -> None:
    """Ask one operation, half with fitting data; three in four address things that exist."""
    modes = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(modes), real=st.sampled_from((True, True, True, False)))
    def each(case: Case, real: bool) -> None:
        if real and case.path_parameters:
            exist = {name: known[name] for name in case.path_parameters if name in known}
            case.path_parameters = {**case.path_parameters, **exist}
        for caller in callers:
            response = case.call(
                base_url=url, session=caller.session, timeout=30, allow_redirects=False
            )
            caller.asked.requests += 1
            caller.asked.statuses[response.status_code] += 1
            for fault in _faults(case, response, caller.judge):
                caller.asked.faults.setdefault(
                    f"{operation.label}: {fault}", case.as_curl_command()
                )

    each()


def _faults(case: Case, response: schemathesis.Response, judge: Judge) -> Sequence[str]:
    found: list[str] = []
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        found += [f"{one.title}: {_short(one)}" for one in group.exceptions]
    except Failure as failure:
        found.append(f"{failure.title}: {_short(failure)}")
    told = judge(case, response.status_code)
    return [*found, told] if told else found


def _short(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:400]
