"""A locked project: every operation of the document that would change it is answered 423."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from accounts.people import create_person
from api.locked_projects import ALLOWED
from research.forms import FormRow
from research.workflows import WorkflowRow
from tests.api.life import lock, sponsor
from tests.api.running import Running, running
from tests.databases import Databases
from tests.examples.acts import CHEAP_HASHER, PASSWORD
from tests.examples.trials import Trial

SAFE = ("get", "head", "options")
# What concerns no project, or somebody's rights in it: those may end, and an inspector comes late.
ELSEWHERE = {
    "people": "accounts, sessions, sign-in, notices and documents belong to no project",
    "access": "access is asked for and ended under its own signatures, in any state of a project",
    "repository": "what is above projects",
}
OUTSIDE: dict[str, str] = {
    name: where
    for where, names in {
        "people": "sign_in sign_out end_session end_other_sessions take_second_step step_up"
        " make_sign_grant accept_accountability verify_person see_notice invite accept_invitation"
        " preview_invitation revoke_invitation reset_person deactivate_person set_sign_in_rules"
        " change_password offer_authenticator confirm_authenticator remove_authenticator"
        " offer_passkey add_passkey remove_passkey make_recovery_codes forget_device"
        " ask_for_passkey ask_for_own_passkey sign_in_with_passkey keep_document"
        " start_sign_in start_errand unlink ask_to_sign_by_passkey make_passkey_sign_grant"
        " make_single_sign_on_grant",
        "access": "approve_access refuse_access end_membership projects_ask_access"
        " repositories_ask_access organizations_ask_access sign_access_review make_access_review",
        "repository": "edit_organization create_repository edit_repository create_project"
        " create_role change_role retire_role add_repository_site",
    }.items()
    for name in names.split()
}


@pytest.fixture(scope="module")
def locked(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, dict[str, str]]]:
    """A locked project with a subject, images, a QC that is signed and a read that is not."""
    with (
        databases.fresh("sqlite") as database,
        running(database, tmp_path_factory.mktemp("locked")) as world,
    ):
        ids = _ids(world.trial)
        lock(world, world.person("manager"), sponsor(world))
        yield world, {**ids, "project_id": world.trial.project, "scope_id": world.trial.project}


def _ids(trial: Trial) -> dict[str, str]:
    subject = trial.add_subject("001", ["BL"])
    trial.approve(subject)
    with trial.looking() as by:
        form = by.session.scalars(select(FormRow.id)).first()
        workflow = by.session.scalars(select(WorkflowRow.id)).first()
    return {
        "subject_id": subject,
        "task_id": trial.task(subject, "READ", position="R1"),
        "form_id": str(form),
        "workflow_id": str(workflow),
    }


def _example(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """Return a value that a schema of the document accepts."""
    if "$ref" in schema:
        return _example(document["components"]["schemas"][schema["$ref"].split("/")[-1]], document)
    if "anyOf" in schema:
        return _example(schema["anyOf"][0], document)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    kind = schema.get("type", "object")
    if kind == "object":
        wanted = schema.get("required", [])
        return {name: _example(schema["properties"][name], document) for name in wanted}
    if kind == "array":
        return [_example(schema["items"], document)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return schema.get("minimum", 1)
    return {"boolean": True}.get(kind) or _text(schema)


def _text(schema: dict[str, Any]) -> str:
    pattern = schema.get("pattern", "")
    if "0-9a-f]{64}" in pattern:
        return "0" * 64
    return "other".ljust(schema.get("minLength", 5), "x")


def _operations(client: httpx.Client) -> list[tuple[str, str, str, Any]]:
    document = client.get("/api/openapi.json").json()
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method in SAFE:
                continue
            content = operation.get("requestBody", {}).get("content", {})
            schema = content.get("application/json", {}).get("schema")
            body = None if schema is None else _example(schema, document)
            found.append((operation["operationId"], method, path, body))
    return found


@pytest.mark.req("R-LOCKDB")
def test_every_operation_that_would_change_a_locked_project_answers_423(
    locked: tuple[Running, dict[str, str]],
) -> None:
    world, ids = locked
    manager, reader = world.person("manager"), world.person("reader1")
    wrong = []
    seen = set()
    for name, method, path, body in _operations(manager):
        if name in OUTSIDE or name in ALLOWED:
            seen.add(name)
            continue
        address = path
        for part, value in {**ids, "study": "1.2.3"}.items():
            address = address.replace(f"{{{part}}}", value)
        client = reader if "{task_id}" in path and name != "repeat_one_task" else manager
        answer = client.request(method, address, json=body, headers={"If-Match": '"1"'})
        if answer.status_code != 423 or answer.json()["type"] != "project_locked":
            wrong.append((name, address, answer.status_code, answer.text[:160]))

    assert not wrong, "\n".join(map(str, wrong))
    assert seen >= ALLOWED - {"revoke_machine_key"}


def test_a_locked_project_can_still_be_looked_at(locked: tuple[Running, dict[str, str]]) -> None:
    world, _ = locked
    manager = world.person("manager")

    for address in ("", "/subjects", "/tasks", "/locks", "/ledger", "/retention", "/resolutions"):
        assert manager.get(f"{world.project}{address}").status_code == 200, address


def test_to_a_stranger_there_is_no_locked_project(locked: tuple[Running, dict[str, str]]) -> None:
    world, _ = locked
    with world.trial.acting() as by:
        create_person(
            by, login="stranger@demo.local", printed_name="A Stranger", password=PASSWORD,
            hasher=CHEAP_HASHER,
        )  # fmt: skip
    stranger = world.person("stranger")

    answer = stranger.post(f"{world.project}/locks", json={"name": "a lock"})

    assert answer.status_code == 404
