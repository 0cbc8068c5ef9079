"""S10, inspection day: signatures that fail, the life of a project's data, and what stays readable.

What stands here goes through the HTTP API on both databases. Still missing of S10: S10.1 (one page
that tells a subject's life) and ODM in S10.2. S10.4 to S10.6 are in `test_s10_ledger.py`; S10.8 and
S10.9 are about access and accounts; S10.9 stands at the end of this file.
"""

import csv
import io
import json
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select

from accounts.ledger import log as ledger
from accounts.signatures import SignatureRow
from tests.journeys.recist_trial import READERS, STATISTICIAN, RecistTrial, recist_trial
from tests.journeys.recist_trial import WHY as BY_HAND
from tests.journeys.served import ADMINISTRATOR, PASSPHRASE, Served, login

ADMIN, MANAGER = "Sponsor Admin", "Manager One"
SPONSOR = "Sponsor One"
WHY = {"code": "database_close", "text": "all data are in"}


def set_up(api: Served) -> str:
    """Make a project with a data manager and a sponsor; return its address."""
    api.invite(ADMIN, MANAGER, SPONSOR)
    repository = api.made(
        ADMINISTRATOR,
        f"/api/organizations/{api.organization}/repositories",
        {"code": "SPON-A", "name": "Sponsor A", "admin_id": api.person_id(ADMIN)},
    )
    project = api.made(
        ADMIN, f"/api/repositories/{repository}/projects", {"code": "A-1", "title": "Study A-1"}
    )
    for name, role in ((MANAGER, "Editor"), (SPONSOR, "Sponsor")):
        api.give_role(ADMIN, f"projects/{project}", name, role)
    return f"/api/projects/{project}"


def proposed(api: Served, project: str, kind: str, **fields: object) -> dict[str, str]:
    body = {"kind": kind, "reason": WHY, **fields}
    return dict(api.post(MANAGER, f"{project}/resolutions", body).json())


def sign(api: Served, name: str, project: str, found: dict[str, str]) -> httpx.Response:
    grant = api.sign_grant(name, kind="resolution", id=found["id"], digest=found["digest"])
    address = f"{project}/resolutions/{found['id']}/sign"
    return api.person(name).post(address, json={"grant": grant})


def attempt(client: httpx.Client, found: dict[str, str], password: str) -> httpx.Response:
    return client.post(
        "/api/sign-grants",
        json={
            "password": password,
            "record_kind": "resolution",
            "record_id": found["id"],
            "record_digest": found["digest"],
            "meaning": "approval",
        },
    )


def signed_in(api: Served, name: str) -> httpx.Client:
    client = api.anybody()
    answer = client.post("/api/session", json={"login": login(name), "password": PASSPHRASE})
    assert answer.status_code == 201, answer.text
    client.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
    return client


def entries(api: Served, project: str, action: str) -> int:
    page = api.get(ADMIN, f"{project}/ledger", params={"action": action, "limit": 100}).json()
    return len(page["entries"])


@pytest.mark.req("R-PWD", "R-SIG")
def test_s10_7_three_wrong_passwords_end_the_session_and_block_signing(api: Served) -> None:
    project = set_up(api)
    found = proposed(api, project, "freeze")
    client = signed_in(api, MANAGER)

    wrong = [attempt(client, found, "not the passphrase") for _ in range(3)]

    assert [answer.status_code for answer in wrong] == [401, 401, 401]
    assert entries(api, project, "signature_failed") == 3
    assert client.get("/api/session").status_code == 401
    shown = api.get(ADMIN, f"{project}/resolutions/{found['id']}").json()
    assert (shown["state"], shown["signatures"]) == ("open", [])
    told = {
        name: [one["kind"] for one in api.get(name, "/api/notices").json()]
        for name in (ADMINISTRATOR, SPONSOR)
    }
    assert told[ADMINISTRATOR].count("signing_blocked") == 1
    assert told[SPONSOR] == []
    again = signed_in(api, MANAGER)
    assert "signing_blocked" in [one["kind"] for one in again.get("/api/notices").json()]

    api.clock.move(minutes=14)
    early = attempt(again, found, PASSPHRASE)
    api.clock.move(minutes=1, seconds=1)
    late = attempt(signed_in(api, MANAGER), found, PASSPHRASE)

    assert (early.status_code, early.json()["type"]) == (403, "signing_blocked")
    assert late.status_code == 201, late.text
    assert sign(api, MANAGER, project, found).json()["state"] == "done"


def test_s10_7_a_right_password_between_wrong_ones_blocks_nobody(api: Served) -> None:
    project = set_up(api)
    found = proposed(api, project, "freeze")
    client = signed_in(api, MANAGER)

    for _ in range(2):
        for _ in range(2):
            assert attempt(client, found, "not the passphrase").status_code == 401
        assert attempt(client, found, PASSPHRASE).status_code == 201

    assert client.get("/api/session").status_code == 200


@pytest.mark.req("R-MAN", "R-SIG2")
def test_s10_every_seat_is_signed_by_somebody_else_and_stays_readable(api: Served) -> None:
    project = set_up(api)
    assert sign(api, MANAGER, project, proposed(api, project, "freeze")).json()["state"] == "done"
    final = proposed(api, project, "lock", name="Final")
    sign(api, MANAGER, project, final)
    twice = sign(api, MANAGER, project, final)

    done = sign(api, SPONSOR, project, final)

    assert twice.status_code == 409
    assert done.json()["state"] == "done", done.text
    assert api.get(ADMIN, project).json()["state"] == "locked"
    api.post(
        ADMINISTRATOR,
        f"/api/people/{api.person_id(MANAGER)}/deactivate",
        {"reason": {"code": "left", "text": "left the company"}},
    )
    shown = api.get(SPONSOR, f"{project}/resolutions/{final['id']}").json()
    assert [one["printed_name"] for one in shown["signatures"]] == [MANAGER, SPONSOR]
    assert {one["meaning"] for one in shown["signatures"]} == {"approval"}
    assert all(one["signed_at"].endswith(("Z", "+00:00")) for one in shown["signatures"])


@pytest.mark.req("R-RET")
def test_s10_a_hold_and_a_period_stand_before_destruction(api: Served) -> None:
    project = set_up(api)
    until = (api.clock.now + timedelta(days=366)).date().isoformat()
    sign(api, MANAGER, project, proposed(api, project, "hold"))
    body = {"kind": "destroy_project", "reason": WHY, "basis": "returned", "manifest": "a" * 64}

    held = api.post(MANAGER, f"{project}/resolutions", body, 409)
    hold = api.get(MANAGER, f"{project}/retention").json()["holds"][0]["id"]
    sign(api, SPONSOR, project, proposed(api, project, "release_hold", object_id=hold))
    api.person(MANAGER).put(
        f"{project}/retention",
        json={
            "years": 1,
            "event": "end of the trial",
            "event_date": api.clock.now.date().isoformat(),
            "source": "the contract",
            "reason": WHY,
        },
    )
    sign(api, MANAGER, project, proposed(api, project, "freeze"))
    final = proposed(api, project, "lock", name="Final")
    sign(api, MANAGER, project, final)
    sign(api, SPONSOR, project, final)
    sign(api, MANAGER, project, proposed(api, project, "archive", manifest="a" * 64))
    over = {"kind": "destroy_project", "reason": WHY, "basis": "retention_over"}
    early = api.post(MANAGER, f"{project}/resolutions", over, 409)

    assert held.json()["type"] == "retained"
    assert early.json()["type"] == "retained"
    assert str(until)[:4] in early.json()["detail"]
    api.clock.move(days=366)
    ending = proposed(api, project, "destroy_project", basis="retention_over")
    sign(api, MANAGER, project, ending)
    alone = api.person(MANAGER).post(f"{project}/resolutions/{ending['id']}/execution")
    sign(api, SPONSOR, project, ending)
    certificate = api.post(MANAGER, f"{project}/resolutions/{ending['id']}/execution", {})

    assert alone.status_code == 409
    counts = certificate.json()["content"]["counts"]
    assert (counts["projects"], counts["subjects"]) == (1, 0)
    assert "35 days" in certificate.json()["content"]["backup_horizon"]
    address = f"{project}/certificates/{certificate.json()['id']}"
    printed = api.get(SPONSOR, address, params={"format": "pdf"})
    assert printed.content.startswith(b"%PDF")


@pytest.fixture
def amended(api: Served) -> tuple[RecistTrial, str]:
    """A read that was signed and amended by Reader One, whose account is ended afterwards."""
    trial = recist_trial(api)
    trial.subject("014", ["BL"])
    trial.read("R1", "014", "BL", "31", "24")
    name, task = READERS["R1"], trial.tasks["R1", "014", "BL"]
    reason = {"reason_code": "measurement", "reason_text": "the wrong slice was measured"}
    api.post(name, f"/api/tasks/{task}/amend", reason)
    page = trial.page(name, task)
    read = dict(page["read"])  # type: ignore[arg-type]
    change = {"group": "TARGETS", "repeat": "1", "item": "DIAM", "value": "36", "by_hand": BY_HAND}
    saved = trial.save(name, task, int(str(read["draft"])), [change]).json()
    digest = trial.submit(name, task, saved["draft"]).json()["record_digest"]
    assert trial.sign(name, task, str(read["id"]), digest).status_code == 200
    api.post(
        ADMINISTRATOR,
        f"/api/people/{api.person_id(name)}/deactivate",
        {"reason": {"code": "left", "text": "left the company"}},
    )
    return trial, task


def copied(trial: RecistTrial, task: str, form: str) -> bytes:
    answer = trial.api.get(STATISTICIAN, f"/api/tasks/{task}/copy", params={"format": form})
    assert answer.status_code == 200, answer.text
    return answer.content


def test_s10_2_each_signature_shows_name_time_and_meaning_on_every_copy(
    amended: tuple[RecistTrial, str],
) -> None:
    trial, task = amended
    when = f"{trial.api.clock.now:%Y-%m-%d %H:%M:%S} UTC"

    written = copied(trial, task, "json")
    lines = list(csv.DictReader(io.StringIO(copied(trial, task, "csv").decode())))
    printed, shown = copied(trial, task, "pdf"), copied(trial, task, "html").decode()

    signatures = json.loads(written)["signatures"]
    assert [(one["printed_name"], one["meaning"]) for one in signatures] == [
        (READERS["R1"], "authorship")
    ] * 2
    assert [one["signed_at"] for one in signatures] == [when] * 2
    assert json.loads(written)["clock"] == "All times are the server's, in UTC."
    assert {(one["signed_by"], one["signed_at_utc"], one["meaning"]) for one in lines} == {
        (READERS["R1"], when, "authorship")
    }
    assert shown.count(READERS["R1"]) == 2
    assert when in shown
    assert printed.startswith(b"%PDF")
    page = trial.page(STATISTICIAN, task)
    assert dict(page["signature"])["printed_name"] == READERS["R1"]  # type: ignore[arg-type]


def test_s10_3_revision_1_stays_readable_and_its_signature_is_superseded_not_voided(
    amended: tuple[RecistTrial, str],
) -> None:
    trial, task = amended

    written = json.loads(copied(trial, task, "json"))
    found = trial.api.get(STATISTICIAN, f"/api/tasks/{task}/revisions").json()

    (line,) = [one for one in written["answers"] if (one["item"], one["repeat"]) == ("DIAM", "1")]
    assert line["values"] == ["31", "36"]
    first, second = written["signatures"]
    assert first["superseded_by"] == second["id"]
    assert second["superseded_by"] is None
    assert "the wrong slice was measured" in written["revisions"][1]["reason"]
    assert [one["status"] for one in written["revisions"]] == ["superseded", "in force"]
    assert len(found) == 2
    with trial.api.database.reading() as session:
        entries = ledger.entries(session, trial.project, action="signature_superseded")
    assert len(entries) == 1


def test_s10_9_a_re_created_account_has_a_new_id_and_none_of_the_old_signatures(
    amended: tuple[RecistTrial, str],
) -> None:
    trial, task = amended
    api, name = trial.api, READERS["R1"]
    old, before = api.person_id(name), json.loads(copied(trial, task, "json"))["signatures"]

    # The account of the reader who signed was deactivated: its login opens nothing any more.
    known = {"login": login(name), "password": PASSPHRASE}
    assert api.anybody().post("/api/session", json=known).status_code == 401
    asked = {"people": [{"login": login(name), "printed_name": name}]}
    (made,) = api.post(ADMINISTRATOR, "/api/invitations", asked).json()
    api.accept(made["token"])
    again = signed_in(api, name)

    assert made["person_id"] != old
    assert again.get("/api/tasks").json() == []
    assert again.get(f"/api/tasks/{task}").status_code == 404
    assert json.loads(copied(trial, task, "json"))["signatures"] == before
    with api.database.reading() as session:
        signers = set(session.scalars(select(SignatureRow.person_id)))
    assert old in signers
    assert made["person_id"] not in signers
