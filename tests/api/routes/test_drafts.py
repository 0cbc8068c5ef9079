"""Drafts of a form with rules, through the api and on both databases."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from accounts.database import Database
from accounts.ledger import log
from accounts.ledger.entries import Entry
from research.tasks import TaskRow
from tests.api.routes.test_tasks import grant_for
from tests.api.running import Running, running
from tests.examples.ruled_forms import RULED_FORM, go_live, put, sign

PRESENT = {"group": "FINDING", "item": "STATUS", "value": "present"}
ABSENT = {"group": "FINDING", "item": "STATUS", "value": "absent"}
DIAM_KEY = "FINDING//DIAM"


def diam(value: str | None, **more: str) -> dict[str, Any]:
    return {"group": "FINDING", "item": "DIAM", "value": value, **more}


def size(row: int, value: str | None) -> dict[str, Any]:
    return {"group": "LESION", "repeat": str(row), "item": "MM", "value": value}


@dataclass
class Reading:
    """A reader before an open task whose form has rules."""

    world: Running
    reader: httpx.Client
    task: str
    draft: int = 0

    def save(
        self, *changes: dict[str, Any], onto: int | None = None, **more: Any
    ) -> httpx.Response:
        """Save onto the newest draft, or onto another."""
        answer = self.reader.patch(
            f"/api/tasks/{self.task}/draft",
            json={"changes": changes, **more},
            headers={"If-Match": f'"{self.draft if onto is None else onto}"'},
        )
        if answer.status_code == 200:
            self.draft = answer.json()["draft"]
        return answer

    def submit(self) -> httpx.Response:
        """Submit the newest draft."""
        return self.reader.post(
            f"/api/tasks/{self.task}/submit", headers={"If-Match": f'"{self.draft}"'}
        )

    def sign(self) -> httpx.Response:
        """Submit and sign."""
        submitted = self.submit().json()
        page = self.page()
        grant = grant_for(self.reader, page["read"]["id"], submitted["record_digest"]).json()
        return self.reader.post(f"/api/tasks/{self.task}/sign", json={"grant": grant["grant"]})

    def page(self) -> dict[str, Any]:
        """Return the task's page."""
        return dict(self.reader.get(f"/api/tasks/{self.task}").json())

    def values(self) -> dict[str, str | None]:
        """Return the stored values by path."""
        return {
            f"{one['group']}/{one['repeat']}/{one['item']}": one["value"]
            for one in self.page()["read"]["answers"]
        }

    def entries(self, action: str) -> list[Entry]:
        """Return the project's entries of one action."""
        with self.world.trial.looking() as by:
            return list(log.entries(by.session, self.world.trial.project, action=action))


@pytest.fixture
def reading(database: Database, tmp_path: Path) -> Iterator[Reading]:
    """A reader before an open task, on each kind of database."""
    with running(database, tmp_path) as world:
        go_live(world.trial, world.person("manager"), RULED_FORM)
        subject = world.trial.add_subject("001", ["BL", "W6"])
        world.trial.approve(subject)
        task = world.trial.task(subject, "READ", position="R1")
        reader = world.person("reader1")
        reader.post(f"/api/tasks/{task}/open").raise_for_status()
        yield Reading(world, reader, task)


def test_the_server_says_what_is_visible_required_and_computed(reading: Reading) -> None:
    before = reading.page()["evaluation"]

    after = reading.save(PRESENT, size(1, "10.5"), size(2, "4.5")).json()["evaluation"]

    assert before["visible"][DIAM_KEY] is False
    assert before["computed"]["RESULT//TOTAL"] is None
    assert after["visible"][DIAM_KEY] is True
    assert DIAM_KEY in after["required"]
    assert DIAM_KEY in after["missing_required"]
    assert after["computed"]["RESULT//TOTAL"] == "15.0"


def test_an_answer_to_a_hidden_item_is_refused_and_its_neighbours_with_it(reading: Reading) -> None:
    refused = reading.save(ABSENT, diam("12"))

    assert (refused.status_code, refused.json()["type"]) == (422, "invalid")
    assert refused.json()["errors"][0]["where"] == DIAM_KEY
    assert "hidden" in refused.json()["errors"][0]["message"]
    assert reading.values() == {}


def test_hiding_an_item_clears_it_by_an_entry_of_its_own(reading: Reading) -> None:
    reading.save(PRESENT, diam("12"))

    hidden = reading.save(ABSENT).json()

    assert hidden["cleared"] == [DIAM_KEY]
    assert DIAM_KEY not in reading.values()
    (cleared,) = reading.entries("item_cleared")
    assert cleared.before == {DIAM_KEY: {"value": "12"}}
    assert cleared.after == {DIAM_KEY: None}


def test_a_computed_value_of_the_clients_must_be_the_servers(reading: Reading) -> None:
    total = {"group": "RESULT", "item": "TOTAL"}
    reading.save(PRESENT, size(1, "10"))

    same = reading.save(size(2, "5"), {**total, "value": "15"})
    other = reading.save(size(2, "6"), {**total, "value": "15"})

    assert same.status_code == 200
    assert (other.status_code, other.json()["type"]) == (409, "stale_read")
    assert other.json()["errors"] == [
        {"where": "RESULT//TOTAL", "message": "was sent as 15, the server computes 16"}
    ]
    assert reading.values()["LESION/2/MM"] == "5"


def test_a_blocking_check_and_an_open_item_refuse_the_submit_by_name(reading: Reading) -> None:
    reading.save(PRESENT, diam("101"))

    blocked = reading.submit()

    assert (blocked.status_code, blocked.json()["type"]) == (422, "check_failed")
    assert [one["where"] for one in blocked.json()["errors"]] == [DIAM_KEY, DIAM_KEY]
    assert "No finding is that large." in blocked.text
    assert reading.page()["state"] == "in_progress"


def test_a_warning_is_submitted_with_a_reason_only_and_the_reason_is_signed(
    reading: Reading,
) -> None:
    warned = reading.save(PRESENT, diam("60")).json()["evaluation"]["checks"]

    silent = reading.submit()
    said = reading.save(reasons=[{"check": "LARGE", "text": "CANARY measured twice"}])
    signed = reading.sign()

    assert {one["check"]: one["severity"] for one in warned} == {"LARGE": "warn", "ASK": "query"}
    assert (silent.status_code, silent.json()["type"]) == (422, "check_failed")
    assert said.status_code == 200
    assert signed.status_code == 200
    checks = {one["check"]: one["reason"] for one in reading.page()["evaluation"]["checks"]}
    assert checks["LARGE"] == "CANARY measured twice"
    assert all(b"CANARY" not in entry.to_bytes() for entry in reading.entries("draft_saved"))
    (entry,) = reading.entries("read_signed")
    assert list(entry.rows["check_reasons"]) == [reading.page()["read"]["id"]]


def test_a_reason_answers_a_warning_of_the_form_and_nothing_else(reading: Reading) -> None:
    for check in ("HUGE", "ASK", "NOTHING"):
        refused = reading.save(reasons=[{"check": check, "text": "Because."}])

        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, check)


def test_a_query_that_a_check_asks_for_is_kept_for_data_managers(reading: Reading) -> None:
    reading.save(PRESENT, diam("45"))
    address = f"{reading.world.project}/query-requests"
    manager = reading.world.person("manager")

    before = manager.get(address).json()
    assert reading.submit().status_code == 200
    after = manager.get(address).json()

    assert before == []
    assert [(one["check"], one["item"], one["subject_code"], one["state"]) for one in after] == [
        ("ASK", "DIAM", "001", "open")
    ]
    assert reading.reader.get(address).status_code in (403, 404)
    assert len(reading.entries("query_requested")) == 1


def test_a_query_is_withdrawn_when_the_answers_no_longer_ask_for_it(reading: Reading) -> None:
    reading.save(PRESENT, diam("45"))
    reading.submit()
    reading.reader.post(f"/api/tasks/{reading.task}/reopen")
    reading.save(diam("5"))

    reading.submit()

    requests = reading.world.person("manager").get(f"{reading.world.project}/query-requests")
    assert [one["state"] for one in requests.json()] == ["withdrawn"]


def test_a_missing_answer_needs_its_reason_and_is_not_the_same_as_none(reading: Reading) -> None:
    reading.save(PRESENT, diam(None, missing="not_evaluable"))

    silent = reading.submit()
    reading.save(diam(None, missing="not_evaluable", reason="Motion."))
    said = reading.submit()

    assert "Say why it is not evaluable." in silent.json()["errors"][0]["message"]
    assert said.status_code == 200
    answers = {one["item"]: one for one in reading.page()["read"]["answers"]}
    assert (answers["DIAM"]["missing"], answers["DIAM"]["reason"]) == ("not_evaluable", "Motion.")
    assert "ONSET" not in answers


def test_the_former_word_for_no_answer_is_not_taken_any_more(reading: Reading) -> None:
    refused = reading.save({"group": "FINDING", "item": "STATUS", "missing": "no_answer"})

    assert refused.status_code == 422


def test_a_stale_save_is_answered_with_both_sides_and_loses_neither(reading: Reading) -> None:
    reading.save(PRESENT)
    reading.save(diam("12"))

    stale = reading.save(diam("13"), onto=1)
    again = reading.save(diam("13"), onto=1)

    body = stale.json()
    assert (stale.status_code, body["type"], body["current"]) == (412, "stale_revision", 2)
    assert [(one["item"], one["value"]) for one in body["yours"]] == [("DIAM", "13")]
    assert {one["item"]: one["value"] for one in body["theirs"]}["DIAM"] == "12"
    assert again.json()["conflict"] == body["conflict"]
    (kept,) = reading.page()["conflicts"]
    assert (kept["base_draft"], kept["draft"], kept["changes"][0]["value"]) == (1, 2, "13")
    settled = reading.reader.post(f"/api/tasks/{reading.task}/conflicts/{kept['id']}/settle")
    assert settled.status_code == 204
    assert reading.page()["conflicts"] == []
    assert len(reading.entries("draft_conflict_kept")) == 1


def test_nobody_else_settles_a_conflict(reading: Reading) -> None:
    reading.save(PRESENT)
    conflict = reading.save(ABSENT, onto=0).json()["conflict"]
    address = f"/api/tasks/{reading.task}/conflicts/{conflict}/settle"

    assert reading.world.person("reader2").post(address).status_code == 404
    assert reading.reader.post(address.replace(conflict, "nothing")).status_code == 404


def test_earlier_signed_visits_of_the_same_reader_are_seen_and_no_draft(reading: Reading) -> None:
    reading.save(ABSENT, size(1, "30"))
    reading.sign().raise_for_status()
    trial = reading.world.trial
    next_visit = trial.task(_subject_of(reading), "READ", visit="W6", position="R1")
    trial.approve(_subject_of(reading), visit="W6")
    reading.reader.post(f"/api/tasks/{next_visit}/open").raise_for_status()
    later = Reading(reading.world, reading.reader, next_visit)

    found = later.save(ABSENT, size(1, "36")).json()["evaluation"]["computed"]

    assert found == {"RESULT//TOTAL": "36", "RESULT//CHANGE": "20"}
    address = f"/api/tasks/{next_visit}/explain"
    told = reading.reader.get(address, params={"group": "RESULT", "item": "CHANGE"}).json()
    (how,) = told["reasonings"]
    assert (told["value"], how["about"]) == ("20", "computed")
    assert "prior of TOTAL = 30 at BL" in how["words"]


def _subject_of(reading: Reading) -> str:
    with reading.world.trial.looking() as by:
        row = by.session.get(TaskRow, reading.task)
        assert row is not None
        return row.subject_id


def test_an_explanation_is_for_who_may_see_the_answer(reading: Reading) -> None:
    address = f"/api/tasks/{reading.task}/explain"
    item = {"group": "FINDING", "item": "DIAM"}

    own = reading.reader.get(address, params=item)
    unknown = reading.reader.get(address, params={"group": "FINDING", "item": "GONE"})
    other = reading.world.person("reader2").get(address, params=item)

    assert own.status_code == 200
    assert own.json()["visible"] is False
    assert "STATUS is missing" in own.json()["reasonings"][0]["words"]
    assert (unknown.status_code, other.status_code) == (404, 404)


def test_a_form_superseded_under_an_open_draft_changes_nothing_of_it(reading: Reading) -> None:
    pinned = reading.page()["form_digest"]
    manager = reading.world.person("manager")
    newer = {**copy.deepcopy(RULED_FORM), "version": "2.0.0", "title": "Another"}
    form = put(manager, reading.world.trial, newer).json()
    sign(manager, form).raise_for_status()

    reading.save(ABSENT, size(1, "7"))
    signed = reading.sign()

    assert signed.status_code == 200
    assert reading.page()["form_digest"] == pinned
    assert reading.page()["form"]["title"] == "A form with rules"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (diam("12,5"), "after a point"),
        (diam("1e400"), "exponent"),
        (diam("NaN"), "say instead why there is none"),
        (diam("\uff11\uff12"), "digits other than 0 to 9"),
        ({"group": "FINDING", "item": "ONSET", "value": "2026-02-30"}, "no 2026-02-30"),
        ({"group": "FINDING", "item": "ONSET", "value": "2026"}, "is not a date"),
        (size(4, "1"), "from 1 to 3"),
        (diam(None, missing="forgotten"), ""),
    ],
)
def test_what_is_no_answer_is_refused_in_words(
    reading: Reading, change: dict[str, Any], words: str
) -> None:
    reading.save(PRESENT)

    refused = reading.save(change)

    assert refused.status_code == 422
    assert words in refused.text
    assert reading.draft == 1


def test_what_was_typed_its_one_spelling_and_its_unit_are_kept(reading: Reading) -> None:
    reading.save(PRESENT, diam(" +12.50 "))

    (answer,) = (one for one in reading.page()["read"]["answers"] if one["item"] == "DIAM")

    assert (answer["typed"], answer["value"], answer["unit"]) == (" +12.50 ", "12.50", "mm")


def test_a_signed_read_holds_what_the_server_computed(reading: Reading) -> None:
    reading.save(ABSENT, size(1, "10"), size(2, "20.5"))

    reading.sign().raise_for_status()

    assert reading.values()["RESULT//TOTAL"] == "30.5"
    assert "RESULT//CHANGE" not in reading.values()


def test_a_file_is_attached_by_its_digest_and_no_other_object_can_be_named(
    reading: Reading,
) -> None:
    item = {"group": "FINDING", "item": "LETTER"}
    address = f"/api/tasks/{reading.task}/attachments"
    data = b"%PDF-1.7 a letter"

    taken = send(reading, data, item)
    other = send(reading, b"\x7fELF a program", item)
    wrong = send(reading, data, {"group": "FINDING", "item": "STATUS"})
    assert taken.status_code == 201, taken.text
    named = reading.save({**item, "value": taken.json()["sha256"]})
    stranger = reading.save({**item, "value": "a" * 64})

    assert (taken.status_code, taken.json()["media_type"]) == (201, "application/pdf")
    assert (other.status_code, wrong.status_code) == (422, 422)
    assert named.status_code == 200
    assert (stranger.status_code, "not an attachment of this read" in stranger.text) == (422, True)
    given = reading.reader.get(f"{address}/{taken.json()['sha256']}")
    assert (given.status_code, given.content) == (200, data)
    assert given.headers["content-disposition"].startswith("attachment")
    assert reading.reader.get(f"{address}/{'a' * 64}").status_code == 404
    elsewhere = reading.world.person("reader2").get(f"{address}/{taken.json()['sha256']}")
    assert elsewhere.status_code == 404


def send(reading: Reading, data: bytes, item: dict[str, str]) -> httpx.Response:
    """Send a file to an item of the open draft."""
    return reading.reader.post(
        f"/api/tasks/{reading.task}/attachments",
        params=item,
        content=data,
        headers={"Content-Type": "application/octet-stream"},
    )
