"""S3: one CRO works for two sponsors, and neither learns that the other is there.

S3.1 and S3.2 are here. S3.2 covers every kind of id that has an address of its own today: project,
repository, site, subject, study, series, instance, task, read, form, workflow, membership, access
request, access review, and ledger entries by their place. Queries and reports have no address yet,
a lock needs tables that the pipelines write, an object's digest has no address by design.
Still missing: S3.3 and S3.4 (exclusion of an investigator from the allocation, its override), S3.5
(SQL as a sponsor), S3.6 (no common value of the shared patient), S3.7, S3.8 (closing a sponsor).
"""

from itertools import chain

from tests.examples.calls import RANDOM, call, likeness
from tests.journeys.served import Served
from tests.journeys.two_sponsors import EDITOR, Sponsor, two_sponsors

# What a project's own route is asked about with the other sponsor's inner id.
INNER = ("site_id", "subject_id", "study", "series", "instance", "form_id", "lock_id")


def test_s3_1_a_monitor_lists_one_project_and_the_editor_two(api: Served) -> None:
    a, b = two_sponsors(api)

    of_monitor = api.get(a.monitor, "/api/projects").json()
    of_editor = api.get(EDITOR, "/api/projects").json()

    assert [each["id"] for each in of_monitor] == [a.project]
    assert of_monitor[0]["counts"]["subjects"] == 12
    assert {each["id"] for each in of_editor} == {a.project, b.project}
    assert [each["counts"]["subjects"] for each in of_editor] == [12, 8]


def test_s3_2_every_id_of_the_other_sponsor_answers_like_a_random_one(api: Served) -> None:
    a, b = two_sponsors(api)
    before = _what_moves(api, b)

    told_apart = [*_of_the_other(api, a, b), *_mixed(api, a, b)]

    assert told_apart == []
    assert _what_moves(api, b) == before


def _of_the_other(api: Served, a: Sponsor, b: Sponsor) -> list[tuple[str, int]]:
    """Call every operation about B's things as A's monitor, and about things that never were."""
    wrong = []
    for operation, method, path in _operations(api):
        if path.split("/")[2] in ("organizations", "account", "invitations", "people"):
            continue
        hidden = call(api.person(a.monitor), method, path, operation, b.ids)
        absent = call(api.person(a.monitor), method, path, operation, {})
        if hidden.status_code != 404 or likeness(hidden) != likeness(absent):
            wrong.append((f"{method} {path}", hidden.status_code))
    return wrong


def _mixed(api: Served, a: Sponsor, b: Sponsor) -> list[tuple[str, int]]:
    """Call A's routes with B's inner ids: they answer as with ids that nobody ever made."""
    wrong = []
    for operation, method, path in _operations(api):
        if not path.startswith("/api/projects/{project_id}/") or path.count("{") < 2:
            continue
        own = {"project_id": a.project}
        theirs = own | {name: b.ids.get(name, RANDOM) for name in INNER}
        # The shared patient's scan is in A too, under the same UIDs: those are A's own.
        ours = ("study", "series", "instance")
        hidden = call(
            api.person(a.monitor), method, path, operation,
            {name: id for name, id in theirs.items() if name not in ours},
        )  # fmt: skip
        absent = call(api.person(a.monitor), method, path, operation, own)
        if likeness(hidden) != likeness(absent):
            wrong.append((f"{method} {path}", hidden.status_code))
    return wrong


def _operations(api: Served) -> list[tuple[str, str, str]]:
    document = api.anybody().get("/api/openapi.json").json()
    return [
        (operation["operationId"], method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if "{" in path and operation["security"]
    ]


def _what_moves(api: Served, sponsor: Sponsor) -> tuple[object, ...]:
    """Return what an attempt from outside must not move: B's ledger, counts and tasks."""
    project = f"/api/projects/{sponsor.project}"
    ledger = api.get(sponsor.admin, f"{project}/ledger").json()
    shown = api.get(sponsor.admin, project).json()
    tasks = api.get(EDITOR, f"{project}/tasks").json()
    states = sorted(chain.from_iterable((each["id"], each["state"]) for each in tasks))
    return (
        ledger["size"],
        shown["row_version"],
        tuple(sorted(shown["counts"].items(), key=str)),
        states,
    )
