"""S10.8: the Inspector looks, changes nothing, leaves entries, and is gone after two days."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from readout.signer import Signer, follow
from tests.examples.calls import call
from tests.journeys.served import Served
from tests.journeys.two_sponsors import EDITOR, two_sponsors

INSPECTOR = "Inspector One"
# What a person does with the account they are signed in with, wherever they are a member.
OWN = ("/api/account", "/api/session", "/api/sign", "/api/notices", "/api/single-sign-on")


@pytest.fixture
def signed(api: Served, tmp_path: Path) -> Iterator[Served]:
    """The api with its signer at work: an export waits for its checkpoint."""
    stop = threading.Event()
    signer = Signer.open(tmp_path / "signer", tmp_path / "keys")
    follower = threading.Thread(
        target=follow,
        args=(signer, api.database),
        kwargs={"clock": api.clock, "every": timedelta(seconds=60), "stop": stop},
    )
    follower.start()
    yield api
    stop.set()
    follower.join()


def test_s10_8_an_inspector_looks_and_changes_nothing_and_is_gone_after_two_days(
    signed: Served,
) -> None:
    api = signed
    project, _ = two_sponsors(api)
    api.invite(INSPECTOR)
    until = api.clock.now + timedelta(days=2)
    scope = f"projects/{project.project}"
    without_end = api.post(
        project.admin,
        f"/api/{scope}/access-requests",
        {"person_id": api.person_id(INSPECTOR), "role": "Inspector"},
        status=422,
    )
    api.give_role(project.admin, scope, INSPECTOR, "Inspector", valid_until=until)

    changed = _not_refused(api, project.ids)
    images = f"/api/{scope}/dicomweb/studies/{project.ids['study']}/metadata"
    seen = [api.get(INSPECTOR, f"/api/{scope}{part}").status_code for part in
            ("", "/ledger", "/subjects", "/tasks", "/members", "/sites")]  # fmt: skip
    seen.append(api.get(INSPECTOR, images).status_code)
    exported = api.get(INSPECTOR, f"/api/{scope}/ledger/export", params={"format": "json"})
    entries = api.get(EDITOR, f"/api/{scope}/ledger", params={"limit": 200}).json()["entries"]
    theirs = {each["action"] for each in entries
              if each["actor"]["id"] == api.person_id(INSPECTOR)}  # fmt: skip
    api.clock.move(days=2)
    afterwards = api.get(INSPECTOR, f"/api/{scope}")

    assert without_end.json()["type"] == "invalid"
    assert changed == []
    assert set(seen) == {200}
    assert exported.status_code == 200
    assert {"access_denied", "exported"} <= theirs
    assert (afterwards.status_code, afterwards.json()["type"]) == (404, "not_found")


def _not_refused(api: Served, ids: dict[str, str]) -> list[tuple[str, int]]:
    """Call every changing operation about the project's own things; return what was not 403."""
    document = api.anybody().get("/api/openapi.json").json()
    wrong = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            asked = operation.get("x-permission")
            if method == "get" or asked is None or path.startswith(OWN):
                continue
            if asked["scope"] in ("organization", "repository"):
                continue
            of_something_unknown = asked["scope"] == "record"
            answer = call(
                api.person(INSPECTOR), method.upper(), path, operation["operationId"], ids
            )
            allowed = (403, 404) if of_something_unknown else (403,)
            if answer.status_code not in allowed:
                wrong.append((f"{method} {path}", answer.status_code))
    return wrong
