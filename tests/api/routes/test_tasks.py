"""The whole way of a read through the api: QC, open, draft, submit, sign; and its blinding."""

import io
import json
from collections.abc import Iterator

import httpx
import pydicom
import pytest
from sqlalchemy import select

from accounts.ledger import log
from research.read_records import ReadRow
from research.visits import VisitRow
from tests.api.running import Running, parts_of
from tests.examples.acts import PASSWORD
from tests.examples.ct import PLANTED
from tests.examples.files import ct_file

CANARIES = (*PLANTED, "SUBJECT-CODE", "Imaginary Scanners")
CHECK = {"group": "CHECK", "item": "DECISION", "value": "approve"}
PRESENT = {"group": "OVERALL", "item": "PRESENT", "value": "true"}


@pytest.fixture
def with_images(any_world: Running) -> Running:
    """A world in which a subject's baseline images have arrived."""
    arrive(any_world)
    return any_world


@pytest.fixture
def ready(world: Running) -> Running:
    """A world in which they have also passed QC."""
    arrive(world)
    pass_qc(world)
    return world


def arrive(world: Running) -> None:
    world.trial.add_subject("SUBJECT-CODE")
    files = [ct_file(number, subject="SUBJECT-CODE") for number in (1, 2, 3)]
    answer = world.stow(world.machine(), files)
    assert answer.status_code == 200


def pass_qc(world: Running) -> None:
    qc = world.person("qc")
    (task,) = qc.get("/api/tasks", params={"state": "ready"}).json()
    do(qc, task["id"], [CHECK], meaning="approval")


def do(
    client: httpx.Client, task: str, changes: list[dict[str, str]], *, meaning: str = "authorship"
) -> httpx.Response:
    """Do a whole task: open, answer, submit, re-authenticate, sign."""
    read = client.post(f"/api/tasks/{task}/open").json()["read"]
    saved = save(client, task, read["draft"], changes).json()
    submitted = client.post(
        f"/api/tasks/{task}/submit", headers={"If-Match": f'"{saved["draft"]}"'}
    ).json()
    grant = grant_for(client, read["id"], submitted["record_digest"], meaning=meaning).json()
    return client.post(f"/api/tasks/{task}/sign", json={"grant": grant["grant"]})


def save(
    client: httpx.Client, task: str, draft: int, changes: list[dict[str, str]]
) -> httpx.Response:
    return client.patch(
        f"/api/tasks/{task}/draft",
        json={"changes": changes},
        headers={"If-Match": f'"{draft}"'},
    )


def grant_for(
    client: httpx.Client,
    read: str,
    digest: str,
    *,
    meaning: str = "authorship",
    password: str = PASSWORD,
) -> httpx.Response:
    return client.post(
        "/api/sign-grants",
        json={
            "password": password,
            "record_kind": "read",
            "record_id": read,
            "record_digest": digest,
            "meaning": meaning,
        },
    )


def first_task(client: httpx.Client) -> str:
    tasks = client.get("/api/tasks", params={"state": "ready"}).json()
    return str(tasks[0]["id"])


def test_a_read_goes_all_the_way_from_images_to_signature(with_images: Running) -> None:
    pass_qc(with_images)
    reader = with_images.person("reader1")
    task = first_task(reader)

    signed = do(reader, task, [PRESENT])

    page = reader.get(f"/api/tasks/{task}").json()
    assert signed.status_code == 200
    assert signed.json()["signature"]["printed_name"] == "Reader1"
    assert page["state"] == "done"
    assert page["signature"]["record_digest"] == page["record_digest"]
    assert [answer["value"] for answer in page["read"]["answers"]] == ["true"]


def test_the_page_shows_form_evaluation_and_images(ready: Running) -> None:
    reader = ready.person("reader1")
    page = reader.post(f"/api/tasks/{first_task(reader)}/open").json()

    (study,) = page["images"]["studies"]
    assert page["form"]["oid"] == "LESIONS"
    assert page["evaluation"]["missing_required"] == ["OVERALL//PRESENT"]
    assert study["series"][0]["instances"] == 3
    assert page["read"]["draft"] == 0
    assert page["position"] == "1 of 1"


def test_a_draft_that_moved_on_is_refused_and_told_its_number(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    reader.post(f"/api/tasks/{task}/open")
    save(reader, task, 0, [PRESENT])

    late = save(reader, task, 0, [{**PRESENT, "value": "false"}])

    assert late.status_code == 412
    assert late.json()["type"] == "stale_revision"
    assert late.json()["current"] == 1


@pytest.mark.parametrize(
    "change",
    [
        {"group": "OVERALL", "item": "PRESENT", "value": "perhaps"},
        {"group": "OVERALL", "item": "NOTHING", "value": "1"},
        {"group": "LESION", "repeat": "1", "item": "DIAMETER", "value": "12,5"},
        {"group": "LESION", "repeat": "x", "item": "DIAMETER", "value": "12.5"},
    ],
)
def test_an_answer_that_the_form_does_not_take_is_refused_whole(
    ready: Running, change: dict[str, str]
) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    reader.post(f"/api/tasks/{task}/open")

    refused = save(reader, task, 0, [PRESENT, change])

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["where"].startswith(change["group"])
    assert reader.get(f"/api/tasks/{task}").json()["read"]["answers"] == []


def test_an_incomplete_draft_cannot_be_submitted(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    reader.post(f"/api/tasks/{task}/open")

    refused = reader.post(f"/api/tasks/{task}/submit", headers={"If-Match": '"0"'})

    assert refused.status_code == 422
    assert refused.json()["type"] == "check_failed"
    assert refused.json()["errors"] == [{"where": "OVERALL//PRESENT", "message": "is required"}]


@pytest.mark.req("R-SIG")
def test_signing_needs_a_grant_made_with_the_password(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    read = reader.post(f"/api/tasks/{task}/open").json()["read"]["id"]
    save(reader, task, 0, [PRESENT])
    digest = reader.post(f"/api/tasks/{task}/submit", headers={"If-Match": '"1"'}).json()[
        "record_digest"
    ]

    invented = reader.post(f"/api/tasks/{task}/sign", json={"grant": "invented"})
    wrong = grant_for(reader, read, digest, password="wrong")
    other = grant_for(reader, read, "0" * 64).json()["grant"]
    misused = reader.post(f"/api/tasks/{task}/sign", json={"grant": other})

    assert (invented.status_code, invented.json()["type"]) == (401, "reauth_required")
    assert (wrong.status_code, wrong.json()["type"]) == (401, "reauth_required")
    assert (misused.status_code, misused.json()["type"]) == (409, "stale_read")
    assert reader.get(f"/api/tasks/{task}").json()["signature"] is None


@pytest.mark.req("R-SIG", "R-LINK")
def test_a_read_that_changed_under_the_signer_is_entered_and_its_grant_is_burnt(
    ready: Running,
) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    read = reader.post(f"/api/tasks/{task}/open").json()["read"]["id"]
    save(reader, task, 0, [PRESENT])
    submitted = reader.post(f"/api/tasks/{task}/submit", headers={"If-Match": '"1"'})
    grant = grant_for(reader, read, submitted.json()["record_digest"]).json()["grant"]
    with ready.trial.acting() as by:
        visit = by.session.scalars(
            select(VisitRow)
            .join(ReadRow, ReadRow.visit_id == VisitRow.id)
            .where(ReadRow.id == read)
        ).one()
        images, visit.image_set_digest = visit.image_set_digest, "0" * 64

    stale = reader.post(f"/api/tasks/{task}/sign", json={"grant": grant})
    with ready.trial.acting() as by:
        by.session.get_one(VisitRow, visit.id).image_set_digest = images
    again = reader.post(f"/api/tasks/{task}/sign", json={"grant": grant})

    assert (stale.status_code, stale.json()["type"]) == (409, "stale_read")
    assert (again.status_code, again.json()["type"]) == (401, "reauth_required")
    with ready.trial.looking() as by:
        first, second = log.entries(by.session, ready.trial.project, action="signature_failed")
    assert (first.object_kind, first.object_id) == ("read", read)
    assert first.after == {"problem": "stale_read"}
    assert second.after == {"problem": "reauth_required"}


def test_a_submitted_read_can_be_taken_back(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)
    reader.post(f"/api/tasks/{task}/open")
    save(reader, task, 0, [PRESENT])
    reader.post(f"/api/tasks/{task}/submit", headers={"If-Match": '"1"'})

    reopened = reader.post(f"/api/tasks/{task}/reopen").json()

    assert reopened["state"] == "in_progress"
    assert reopened["record_digest"] is None


def test_what_the_state_forbids_is_a_conflict(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)

    refused = reader.post(f"/api/tasks/{task}/reopen")

    assert refused.status_code == 409
    assert refused.json()["type"] == "illegal_transition"


def test_managers_see_all_tasks_and_readers_only_their_own(ready: Running) -> None:
    managed = ready.person("manager").get(f"{ready.project}/tasks").json()
    reader = ready.person("reader1")

    assert {task["subject_code"] for task in managed} == {"SUBJECT-CODE"}
    assert {task["assignee"] for task in managed if task["step"]["type"] == "read"} == {
        "Reader1",
        "Reader2",
    }
    assert reader.get(f"{ready.project}/tasks").status_code == 403
    assert len(reader.get("/api/tasks").json()) == 1


@pytest.mark.req("R-BLIND")
def test_a_blinded_reader_meets_no_identifying_value_anywhere(ready: Running) -> None:
    reader = ready.person("reader1")
    task = first_task(reader)

    for answer in everything_of(reader, task):
        body = answer.content
        for canary in CANARIES:
            assert canary.encode() not in body, (canary, str(answer.request.url))
        assert all(canary not in str(answer.headers) for canary in CANARIES)


def everything_of(client: httpx.Client, task: str) -> Iterator[httpx.Response]:
    """Fetch whatever a task's page leads to."""
    page = client.post(f"/api/tasks/{task}/open")
    root = page.json()["images"]["dicomweb"]
    yield page
    yield client.get("/api/tasks")
    for path in ("studies", "series", "instances"):
        yield client.get(f"{root}/{path}")
    for study in page.json()["images"]["studies"]:
        address = f"{root}/studies/{study['study_uid']}"
        for path in ("", "/metadata", "/series", "/instances", "/thumbnail"):
            yield client.get(f"{address}{path}")
        for instance in client.get(f"{address}/instances").json():
            here = instance["00081190"]["Value"][0]
            for path in ("", "/metadata", "/frames/1", "/rendered", "/thumbnail"):
                yield client.get(f"{here}{path}")


def test_a_blinded_object_keeps_its_pixels_and_geometry(ready: Running) -> None:
    reader = ready.person("reader1")
    root = f"/api/tasks/{first_task(reader)}/dicomweb"
    (instance, *_) = reader.get(f"{root}/instances").json()

    answer = reader.get(instance["00081190"]["Value"][0], headers={"Accept": "application/dicom"})

    shown = pydicom.dcmread(io.BytesIO(answer.content))
    original = pydicom.dcmread(io.BytesIO(ct_file(int(shown.InstanceNumber))))
    assert shown.PixelData == original.PixelData
    assert shown.ImagePositionPatient == original.ImagePositionPatient
    assert shown.PatientID == reader.get("/api/tasks").json()[0]["label"]


def test_a_task_serves_its_own_images_and_nothing_else_exists_there(ready: Running) -> None:
    ready.trial.add_subject("ANOTHER")
    other = ct_file(1, subject="ANOTHER", study="1.2.826.0.1.3680043.8.498.7777")
    ready.stow(ready.machine(), [other])
    reader = ready.person("reader1")
    root = f"/api/tasks/{first_task(reader)}/dicomweb"

    studies = reader.get(f"{root}/studies").json()
    others = reader.get(f"{root}/studies/1.2.826.0.1.3680043.8.498.7777/metadata")
    absent = reader.get(f"{root}/studies/1.2.3.4/metadata")
    by_patient = reader.get(f"{root}/studies", params={"PatientID": "ANOTHER"}).json()

    assert len(studies) == 1
    assert (others.status_code, absent.status_code) == (404, 404)
    assert without_names(others) == without_names(absent)
    assert by_patient == []


def test_images_that_came_after_the_set_was_fixed_are_not_in_the_task(ready: Running) -> None:
    reader = ready.person("reader1")
    root = f"/api/tasks/{first_task(reader)}/dicomweb"
    before = len(reader.get(f"{root}/instances").json())

    ready.stow(ready.machine(), [ct_file(9, subject="SUBJECT-CODE")])

    after = reader.get(f"{root}/instances")
    assert before == 3
    assert after.status_code == 404 or len(after.json()) == 3


def test_the_other_readers_task_is_not_there(ready: Running) -> None:
    theirs = first_task(ready.person("reader2"))
    reader = ready.person("reader1")

    answers = [
        reader.get(f"/api/tasks/{theirs}"),
        reader.post(f"/api/tasks/{theirs}/open"),
        reader.get(f"/api/tasks/{theirs}/dicomweb/studies"),
        save(reader, theirs, 0, [PRESENT]),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert len({json.dumps(without_names(answer)) for answer in answers}) == 1


@pytest.mark.req("R-LOCKTP", "R-SEQ")
def test_a_task_that_waits_shows_no_images(world: Running) -> None:
    arrive(world)
    task = world.trial.task(world_subject(world), "READ", position="R1")

    answer = world.person("reader1").get(f"/api/tasks/{task}/dicomweb/studies")

    assert answer.status_code == 404


def world_subject(world: Running) -> str:
    subjects = world.person("manager").get(f"{world.project}/subjects").json()
    return str(subjects[0]["id"])


def test_frames_of_a_task_are_the_stored_bytes(ready: Running) -> None:
    reader = ready.person("reader1")
    root = f"/api/tasks/{first_task(reader)}/dicomweb"
    (instance, *_) = reader.get(f"{root}/instances").json()

    answer = reader.get(
        f"{instance['00081190']['Value'][0]}/frames/1",
        headers={"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=*'},
    )

    number = instance["00200013"]["Value"][0]
    original = pydicom.dcmread(io.BytesIO(ct_file(number, subject="SUBJECT-CODE")))
    assert parts_of(answer)[0][1] == original.PixelData


def without_names(answer: httpx.Response) -> dict[str, object]:
    return {
        name: value
        for name, value in answer.json().items()
        if name not in ("instance", "request_id")
    }
