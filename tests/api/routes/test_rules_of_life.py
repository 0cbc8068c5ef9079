"""The rules of freeze, lock, hold, retention and erasure, in orders that would suit a cheat."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from accounts.ledger import log
from accounts.memberships import add_member
from lake.objects import has_object, put_object
from research.answers import AnswerChange
from research.attachments import AttachmentRow
from research.read_records import ReadRow
from tests.api.life import WHY, erase, lock, propose, sign, sponsor
from tests.api.routes.test_resolutions import file_of, filled, withdraw
from tests.api.running import RECEIPT, STOW_TYPE, Running, stow_body
from tests.examples.acts import PASSWORD

People = tuple[httpx.Client, httpx.Client]
PRESENT = {"group": "OVERALL", "item": "PRESENT", "value": "true"}


@pytest.fixture
def people(any_world: Running) -> People:
    return any_world.person("manager"), sponsor(any_world)


def grant(client: httpx.Client, found: dict[str, Any]) -> httpx.Response:
    body = {"record_kind": "resolution", "record_id": found["id"], "meaning": "approval"}
    body |= {"record_digest": found["digest"], "password": PASSWORD}
    return client.post("/api/sign-grants", json=body)


def failures(world: Running) -> int:
    with world.trial.database.reading() as session:
        return log.count(session, world.trial.project, action="signature_failed")


def retention(world: Running, client: httpx.Client, years: int, event: date) -> None:
    body = {"years": years, "event": "end of the trial", "event_date": event.isoformat()}
    answer = client.put(f"{world.project}/retention", json={**body, "source": "X", "reason": WHY})
    assert answer.status_code == 200, answer.text


def archived(world: Running, manager: httpx.Client, other: httpx.Client) -> None:
    lock(world, manager, other)
    done = sign(manager, world, propose(manager, world, "archive", manifest="a" * 64))
    assert done.json()["state"] == "done", done.text


@pytest.mark.req("R-LOCKDB", "R-SIG2")
def test_one_person_in_two_roles_takes_one_seat(any_world: Running, people: People) -> None:
    manager, other = people
    with any_world.trial.acting() as by:
        add_member(by, any_world.trial.project, any_world.trial.people["manager"], "Sponsor")
    sign(manager, any_world, propose(manager, any_world, "freeze"))
    final = propose(manager, any_world, "lock", name="Final")
    sign(manager, any_world, final)

    again = sign(manager, any_world, final)

    assert again.status_code == 409
    assert manager.get(f"{any_world.project}/resolutions/{final['id']}").json()["missing"] == [
        "sponsor"
    ]
    assert sign(other, any_world, final).json()["state"] == "done"
    opening = propose(manager, any_world, "unlock")
    sign(manager, any_world, opening)
    assert sign(manager, any_world, opening).status_code == 409
    assert manager.get(any_world.project).json()["state"] == "locked"


@pytest.mark.req("R-LOCKDB", "R-LINK")
def test_a_lock_is_not_signed_over_data_that_changed_and_the_attempt_is_entered(
    any_world: Running, people: People
) -> None:
    manager, other = people
    sign(manager, any_world, propose(manager, any_world, "freeze"))
    final = propose(manager, any_world, "lock", name="Final")
    sign(manager, any_world, final)
    sign(manager, any_world, propose(manager, any_world, "thaw"))
    late = manager.post(f"{any_world.project}/subjects", json={"code": "777"})
    assert late.status_code == 201, late.text

    while_open = sign(other, any_world, final)
    sign(manager, any_world, propose(manager, any_world, "freeze"))
    before = failures(any_world)
    stale = sign(other, any_world, final)

    assert while_open.status_code == 409
    assert (stale.status_code, stale.json()["type"]) == (409, "stale_read")
    assert failures(any_world) == before + 1
    shown = manager.get(f"{any_world.project}/resolutions/{final['id']}").json()
    assert (shown["state"], len(shown["signatures"])) == ("open", 1)
    assert manager.get(any_world.project).json()["state"] == "frozen"


@pytest.mark.req("R-LOCKDB")
def test_a_lock_states_open_tasks_and_closes_them_until_it_is_opened_again(
    any_world: Running, people: People
) -> None:
    manager, other = people
    subject = any_world.trial.add_subject("001")
    assert any_world.stow(any_world.machine(), [file_of("001", 1)]).json()["failed"] == []
    any_world.trial.approve(subject)
    task = any_world.trial.task(subject, "READ", position="R1")
    reader = any_world.person("reader1")
    read = reader.post(f"/api/tasks/{task}/open").json()["read"]["id"]
    address, body = f"/api/tasks/{task}/draft", {"changes": [PRESENT]}
    assert reader.patch(address, json=body, headers={"If-Match": '"0"'}).status_code == 200
    digest = reader.post(f"/api/tasks/{task}/submit", headers={"If-Match": '"1"'}).json()
    asked = {"record_kind": "read", "record_id": read, "meaning": "authorship"}
    asked |= {"record_digest": digest["record_digest"], "password": PASSWORD}
    kept = reader.post("/api/sign-grants", json=asked).json()["grant"]
    sign(manager, any_world, propose(manager, any_world, "freeze"))
    final = propose(manager, any_world, "lock", name="Final")
    sign(manager, any_world, final)
    sign(other, any_world, final)

    signed = reader.post(f"/api/tasks/{task}/sign", json={"grant": kept})
    fresh = reader.post("/api/sign-grants", json=asked)
    reopened = reader.post(f"/api/tasks/{task}/reopen")

    assert final["content"]["open_tasks"] == 1
    assert [one.status_code for one in (signed, fresh, reopened)] == [423, 423, 423]
    opening = propose(manager, any_world, "unlock")
    sign(manager, any_world, opening)
    sign(other, any_world, opening)
    assert reader.get(f"/api/tasks/{task}").json()["state"] == "submitted"


@pytest.mark.req("R-SIG")
def test_a_grant_of_the_last_unlock_does_not_open_the_next_one(
    any_world: Running, people: People
) -> None:
    manager, other = people
    lock(any_world, manager, other)
    first = propose(manager, any_world, "unlock")
    used = grant(manager, first).json()["grant"]
    spare = grant(manager, first).json()["grant"]
    address = f"{any_world.project}/resolutions"
    manager.post(f"{address}/{first['id']}/sign", json={"grant": used}).raise_for_status()
    sign(other, any_world, first)
    sign(manager, any_world, propose(manager, any_world, "freeze"))
    again = propose(manager, any_world, "lock", name="Again")
    sign(manager, any_world, again)
    sign(other, any_world, again)
    second = propose(manager, any_world, "unlock")

    answers = [
        manager.post(f"{address}/{found['id']}/sign", json={"grant": one})
        for found in (first, second)
        for one in (used, spare)
    ]

    assert [one.status_code for one in answers] == [409, 409, 401, 401]
    assert manager.get(any_world.project).json()["state"] == "locked"


@pytest.mark.req("R-RET")
def test_a_hold_or_a_longer_period_after_the_signatures_still_stops_destruction(
    any_world: Running, people: People
) -> None:
    manager, other = people
    today = any_world.clock().date()
    retention(any_world, manager, 0, today)
    archived(any_world, manager, other)
    ending = propose(manager, any_world, "destroy_project", basis="retention_over")
    address = f"{any_world.project}/resolutions/{ending['id']}/execution"
    sign(manager, any_world, ending)
    sign(other, any_world, propose(other, any_world, "hold"))
    sign(other, any_world, ending)

    held = manager.post(address)
    hold = manager.get(f"{any_world.project}/retention").json()["holds"][0]["id"]
    sign(other, any_world, propose(other, any_world, "release_hold", object_id=hold))
    retention(any_world, manager, 25, today)
    longer = manager.post(address)

    assert [(one.status_code, one.json()["type"]) for one in (held, longer)] == [
        (409, "retained")
    ] * 2
    assert manager.get(any_world.project).json()["state"] == "archived"


@pytest.mark.req("R-RET")
def test_the_period_is_over_on_its_last_day_at_midnight_utc_and_no_second_sooner(
    any_world: Running, people: People
) -> None:
    manager, other = people
    archived(any_world, manager, other)
    tomorrow = any_world.clock().date() + timedelta(days=1)
    retention(any_world, manager, 0, tomorrow)
    now = any_world.clock()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    body = {"kind": "destroy_project", "reason": WHY, "basis": "retention_over"}

    any_world.clock.now = midnight - timedelta(microseconds=1)
    early = any_world.person("manager").post(f"{any_world.project}/resolutions", json=body)
    any_world.clock.now = midnight
    due = any_world.person("manager").post(f"{any_world.project}/resolutions", json=body)

    assert (early.status_code, early.json()["type"]) == (409, "retained")
    assert due.status_code == 201, due.text


@pytest.mark.req("R-ERASE")
def test_erasure_takes_attached_files_and_leaves_what_another_subject_has_too(
    any_world: Running, people: People
) -> None:
    manager, other = people
    gone, trial = filled(any_world), any_world.trial
    listed = manager.get(f"{any_world.project}/subjects").json()
    (kept,) = (one["id"] for one in listed if one["id"] != gone)
    trial.sign(
        "reader1",
        trial.task(kept, "READ", position="R1"),
        AnswerChange("OVERALL", "", "PRESENT", "true"),
    )
    files = {
        name: put_object(any_world.lake, trial.project, name.encode()).sha256
        for name in ("own", "shared")
    }
    with trial.acting() as by:
        reads = {
            subject: by.session.scalars(
                select(ReadRow).where(ReadRow.subject_id == subject).limit(1)
            ).first()
            for subject in (gone, kept)
        }
        for subject, name in ((gone, "own"), (gone, "shared"), (kept, "shared")):
            read = reads[subject]
            assert read is not None
            by.session.add(
                AttachmentRow(
                    read_id=read.id, sha256=files[name], media_type="text/plain", size=len(name)
                )
            )
    withdraw(manager, any_world, gone, "erasure")

    done = erase(any_world, manager, other, "erase_subject", object_id=gone, basis="data_subject")

    assert done.status_code == 200, done.text
    held = {name: has_object(any_world.lake, trial.project, sha) for name, sha in files.items()}
    assert held == {"own": False, "shared": True}
    left = " ".join(done.json()["content"]["not_reached"])
    assert "Dagster" in left
    assert "matched to no subject: 0" in left


@pytest.mark.req("R-LOCKDB")
def test_an_upload_that_streams_while_the_project_is_locked_stores_nothing(
    any_world: Running, people: People
) -> None:
    manager, other = people
    any_world.trial.add_subject("001")
    machine = any_world.machine()
    whole = stow_body([file_of("001", 1)])
    half = len(whole) // 2

    def slowly() -> Iterator[bytes]:
        yield whole[:half]
        lock(any_world, manager, other)
        yield whole[half:]

    answer = machine.post(
        f"{any_world.project}/dicomweb/studies",
        content=slowly(),
        headers={"Content-Type": STOW_TYPE, "Accept": RECEIPT},
    )

    assert answer.status_code == 423, answer.text
    assert manager.get(f"{any_world.project}/studies").json()["total"] == 0
    with any_world.trial.database.reading() as session:
        assert log.count(session, any_world.trial.project, action="images_received") == 0


@pytest.mark.req("R-ERASE")
def test_the_same_withdrawal_twice_and_an_erasure_twice_are_refused(
    any_world: Running, people: People
) -> None:
    manager, other = people
    subject = any_world.trial.add_subject("001")
    answers = [withdraw(manager, any_world, subject, "erasure").status_code for _ in range(2)]

    named = {"object_id": subject, "basis": "data_subject"}
    done = erase(any_world, manager, other, "erase_subject", **named)
    (found,) = manager.get(f"{any_world.project}/resolutions").json()
    again = manager.post(f"{any_world.project}/resolutions/{found['id']}/execution")

    assert answers == [201, 409]
    assert done.status_code == 200, done.text
    assert again.status_code == 409
    assert withdraw(manager, any_world, subject, "erasure").status_code == 404
    assert len(manager.get(f"{any_world.project}/certificates").json()) == 1
