"""Every operation of the document, called as every role: what the permission table says, happens.

What is expected comes from `accounts/permissions.py` and from `api/asked.py` alone. A new operation
without its line in that table, or without a body here where it takes one, fails.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest

from accounts.memberships import add_member
from accounts.people import create_person
from accounts.permissions import PRESETS, Grant
from api.asked import Asked, asked_by
from research.organizations import create_organization, create_repository
from research.projects import ProjectOptions, create_project
from research.scheduling import create_subject
from research.sites import create_site
from research.subjects import NewSubject
from tests.api.running import Running, running
from tests.databases import Databases
from tests.examples.acts import CHEAP_HASHER, PASSWORD
from tests.examples.calls import call, likeness


@dataclass(frozen=True)
class Matrix:
    """A server with two sponsors, a person of each preset in the first, and ids of both."""

    running: Running
    operations: dict[str, tuple[str, str, Asked | None]]
    ours: dict[str, str]
    theirs: dict[str, str]
    clients: dict[str, httpx.Client]
    absent: dict[str, tuple[object, ...]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def matrix(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    with (
        databases.fresh("sqlite") as database,
        running(database, tmp_path_factory.mktemp("matrix")) as world,
    ):
        yield _made(world)


def _made(world: Running) -> Matrix:
    trial = world.trial
    with trial.acting() as by:
        home = (
            by.session.connection()
            .exec_driver_sql(
                "SELECT r.id, r.organization_id FROM repositories r JOIN projects p "
                f"ON p.repository_id = r.id WHERE p.id = '{trial.project}'"
            )
            .one()
        )
        ours_site = create_site(by, trial.project, code="S-1", name="Site")
        subject = create_subject(by, trial.project, NewSubject(code="001", site_id=ours_site))
        organization = create_organization(by, code="OTHER", name="Another CRO")
        repository = create_repository(by, organization, code="OTHER", name="Another sponsor")
        project = create_project(
            by, repository, code="B-1", title="B", options=ProjectOptions(signed_access=False)
        )
        theirs_site = create_site(by, project, code="S-9", name="Site")
        member = ""
        for role in PRESETS:
            if role in ("Administrator",):
                scope, role_sites = home[1], []
            else:
                scope, role_sites = home[0], [ours_site] if role == "SiteUploader" else []
            person = create_person(
                by, login=f"{role.lower()}@matrix.local", printed_name=f"{role} Person",
                password=PASSWORD, hasher=CHEAP_HASHER,
            )  # fmt: skip
            add_member(by, scope, person, role, sites=role_sites)
        for name, scope in (("stranger", None), ("neighbour", project)):
            person = create_person(
                by, login=f"{name}@matrix.local", printed_name="Another Person",
                password=PASSWORD, hasher=CHEAP_HASHER,
            )  # fmt: skip
            if scope:
                member = add_member(by, scope, person, "Admin")
    trial.receive(subject, "BL")
    clients = {name: _browser(world, name) for name in (*PRESETS, "stranger", "neighbour")}
    clients["nobody"] = world.anybody()
    document = clients["nobody"].get("/api/openapi.json").json()
    operations = {
        operation["operationId"]: (method.upper(), path, asked_by(operation["operationId"]))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    ours = {
        "project_id": trial.project, "repository_id": home[0], "organization_id": home[1],
        "subject_id": subject, "task_id": trial.task(subject, "QC"), "site_id": ours_site,
    }  # fmt: skip
    theirs = {
        "project_id": project, "repository_id": repository, "organization_id": organization,
        "site_id": theirs_site, "membership_id": member,
    }  # fmt: skip
    return Matrix(world, operations, ours, theirs, clients)


@pytest.mark.req("R-AUTHZ")
def test_every_operation_is_in_the_table(matrix: Matrix) -> None:
    unknown = sorted(name for name, (_, _, asked) in matrix.operations.items() if asked is None)

    assert unknown == [], "say in api/asked.py what they ask"


@pytest.mark.parametrize("role", sorted(PRESETS))
@pytest.mark.req("R-AUTHZ")
def test_a_role_may_what_the_table_says_and_nothing_else(matrix: Matrix, role: str) -> None:
    wrong = []
    for name, (method, path, asked) in sorted(matrix.operations.items()):
        if asked is None or asked.verb is None or asked.scope == "record":
            continue
        answer = _call(matrix, role, method, path, name, matrix.ours)
        if not _is_expected(role, asked, path, answer):
            wrong.append((name, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize("name", ["stranger", "neighbour"])
@pytest.mark.req("R-AUTHZ")
def test_what_is_another_sponsors_answers_like_what_never_was(matrix: Matrix, name: str) -> None:
    assert _told_apart(matrix, name, matrix.ours) == []


@pytest.mark.parametrize("role", sorted(PRESETS))
@pytest.mark.req("R-AUTHZ")
def test_no_role_reaches_the_other_sponsor(matrix: Matrix, role: str) -> None:
    assert _told_apart(matrix, role, matrix.theirs) == []


def _told_apart(matrix: Matrix, who: str, ids: dict[str, str]) -> list[tuple[str, int]]:
    """Return the operations at which somebody sees that these ids are of something."""
    wrong = []
    for operation, (method, path, asked) in sorted(matrix.operations.items()):
        if asked is None or asked.verb is None or "{" not in path:
            continue
        if operation not in matrix.absent:
            answer = _call(matrix, "stranger", method, path, operation, {})
            matrix.absent[operation] = likeness(answer)
        hidden = _call(matrix, who, method, path, operation, ids)
        if hidden.status_code != 404 or likeness(hidden) != matrix.absent[operation]:
            wrong.append((operation, hidden.status_code))
    return wrong


@pytest.mark.req("R-AUTHZ", "R-ACC")
def test_whoever_is_not_signed_in_learns_nothing(matrix: Matrix) -> None:
    wrong = []
    for operation, (method, path, asked) in sorted(matrix.operations.items()):
        if asked is None or asked.scope == "anybody":
            continue
        answer = _call(matrix, "nobody", method, path, operation, matrix.ours)
        if answer.status_code != 401:
            wrong.append((operation, answer.status_code))

    assert wrong == []


def _is_expected(role: str, asked: Asked, path: str, answer: httpx.Response) -> bool:
    """Judge an answer by the table; members hold their role in the repository."""
    if role == "Administrator" and asked.scope == "repository":
        if asked.object_kind != "repository":
            return answer.status_code == 404
    elif (role == "Administrator") != (asked.scope == "organization"):
        # The organisation's administrators see no trial; the trial's members no organisation.
        return answer.status_code == 404
    return _judged(role, asked, path, answer)


def _judged(role: str, asked: Asked, path: str, answer: httpx.Response) -> bool:
    grants, status = PRESETS[role], answer.status_code
    verb, kind = str(asked.verb), str(asked.object_kind)
    if asked.scope == "task":
        views = _reaches(grants, "view", "task", "site")
        if not _reaches(grants, verb, kind, "own"):
            return status == (403 if views else 404)
        return status not in (401, 403)
    if any(_reaches(grants, verb, str(each), asked.least) for each in (kind, *asked.also)):
        return status not in (401, 403)
    # Of what lies further inside, a role without the verb may be told that it is not there.
    return status == 403 or (status == 404 and path.count("{") > 1)


def _reaches(grants: frozenset[Grant], verb: str, kind: str, least: str) -> bool:
    order = ("own", "site", "project")
    enough = order[order.index(least) :]
    return any(
        (grant.verb, grant.object_kind) == (verb, kind) and grant.reach in enough
        for grant in grants
    )


def _call(
    matrix: Matrix, who: str, method: str, path: str, operation: str, ids: dict[str, str]
) -> httpx.Response:
    return call(matrix.clients[who], method, path, operation, ids)


def _browser(world: Running, name: str) -> httpx.Client:
    client = world.anybody()
    answer = client.post(
        "/api/session", json={"login": f"{name.lower()}@matrix.local", "password": PASSWORD}
    )
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client
