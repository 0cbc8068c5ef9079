"""Forms through the api: drafted, checked in words, signed, superseded, retired."""

import copy
from typing import Any

import pytest

from tests.api.running import Running
from tests.examples.ruled_forms import RULED_FORM, put, sign


def changed(**changes: object) -> dict[str, Any]:
    return {**copy.deepcopy(RULED_FORM), **changes}


def test_a_draft_is_saved_onto_the_newest_and_never_over_somebody_elses(any_world: Running) -> None:
    manager = any_world.person("manager")

    first = put(manager, any_world.trial, RULED_FORM)
    second = put(manager, any_world.trial, changed(title="Better"), onto=first.json()["draft"])
    stale = put(manager, any_world.trial, changed(title="Lost"), onto=first.json()["draft"])
    unknown = put(manager, any_world.trial, changed(title="Unseen"))

    assert (first.status_code, second.status_code) == (200, 200)
    assert (stale.status_code, stale.json()["type"]) == (412, "stale_revision")
    assert stale.json()["current"] == second.json()["draft"]
    assert unknown.status_code == 412
    shown = manager.get(f"{any_world.project}/forms/{first.json()['id']}").json()
    assert (shown["title"], shown["state"]) == ("Better", "draft")


def test_a_save_says_which_draft_it_changes(world: Running) -> None:
    answer = world.person("manager").put(f"{world.project}/forms", json=RULED_FORM)

    assert answer.status_code == 422


@pytest.mark.req("R-CHAR", "R-DOC")
def test_a_signed_form_is_immutable_and_supersedes_the_older(any_world: Running) -> None:
    manager = any_world.person("manager")
    older = put(manager, any_world.trial, RULED_FORM).json()
    newer = put(manager, any_world.trial, changed(version="1.1.0")).json()

    first, second = sign(manager, older), sign(manager, newer)

    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["printed_name"] == "Manager"
    states = {form["version"]: form["state"]
              for form in manager.get(f"{any_world.project}/forms").json()
              if form["oid"] == "RULED"}  # fmt: skip
    assert states == {"1.0.0": "superseded", "1.1.0": "signed"}
    listed = manager.get(f"{any_world.project}/forms/{newer['id']}").json()
    again = put(manager, any_world.trial, changed(version="1.1.0"), onto=listed["draft"])
    assert (again.status_code, again.json()["type"]) == (409, "already_exists")


def test_signing_needs_a_grant_for_these_very_bytes(world: Running) -> None:
    manager = world.person("manager")
    form = put(manager, world.trial, RULED_FORM).json()

    without = manager.post(f"/api/forms/{form['id']}/sign", json={"grant": "none"})
    other = sign(manager, {**form, "digest": "0" * 64})

    assert without.status_code == 401
    assert other.status_code in (401, 409)


def test_retiring_needs_a_reason_and_keeps_the_form(any_world: Running) -> None:
    manager = any_world.person("manager")
    form = put(manager, any_world.trial, RULED_FORM).json()
    sign(manager, form)
    address = f"/api/forms/{form['id']}/retire"

    silent = manager.post(address, json={})
    said = manager.post(address, json={"reason_code": "replaced", "reason_text": "A new scale."})

    assert (silent.status_code, silent.json()["type"]) == (422, "reason_required")
    assert said.status_code == 204
    shown = manager.get(f"{any_world.project}/forms/{form['id']}").json()
    assert (shown["state"], shown["digest"]) == ("retired", form["digest"])


def rule(oid: str, **rules: object) -> dict[str, Any]:
    form = copy.deepcopy(RULED_FORM)
    for group in form["groups"]:
        for item in group["items"]:
            if item["oid"] == oid:
                item.update(rules)
    return form


@pytest.mark.parametrize(
    ("definition", "where", "words"),
    [
        (rule("DIAM", visible_if="STATUS == 'gone'"), "DIAM", "not one of its codes"),
        (rule("DIAM", visible_if="STATUS == 5"), "DIAM", "nothing is converted silently"),
        (rule("TOTAL", value="sum(LESION.SIZE)"), "TOTAL", "is not known here"),
        (rule("TOTAL", value="CHANGE + 1"), "TOTAL", "break the circle"),
        (rule("TOTAL", value="+".join(["1"] * 900)), "TOTAL", "words"),
        (rule("DIAM", unit="HU"), "FINDING.DIAM", "is [hnsf'U] meant?"),
        (changed(criteria="astrology"), "criteria", "none of"),
        (changed(groups=[]), "groups", "at least 1"),
    ],
)
def test_what_is_wrong_is_named_by_item_and_in_words(
    shared_world: Running, definition: dict[str, Any], where: str, words: str
) -> None:
    manager = shared_world.person("manager")

    checked = manager.post(f"{shared_world.project}/forms/validate", json=definition).json()
    saved = put(manager, shared_world.trial, definition)

    assert checked["valid"] is False
    assert saved.status_code == 422
    problems = {one["where"]: one["message"] for one in checked["problems"]}
    if where == "TOTAL" and "circle" in words:
        assert words in " ".join(problems.values())
    else:
        assert words in problems[where]


def test_a_form_without_fault_is_valid_and_not_saved(shared_world: Running) -> None:
    manager = shared_world.person("manager")

    checked = manager.post(f"{shared_world.project}/forms/validate", json=RULED_FORM).json()

    assert checked["valid"] is True
    assert len(checked["digest"]) == 64
    assert all(form["oid"] != "RULED"
               for form in manager.get(f"{shared_world.project}/forms").json())  # fmt: skip


def test_only_who_may_saves_signs_and_retires(shared_world: Running) -> None:
    form = put(shared_world.person("manager"), shared_world.trial, changed(oid="MINE")).json()

    for name, status in (("statistician", 403), ("reader1", 403)):
        client = shared_world.person(name)
        assert put(client, shared_world.trial, changed(oid="THEIRS")).status_code == status
        assert client.post(f"/api/forms/{form['id']}/retire", json={}).status_code in (403, 404)
    unknown = shared_world.person("manager").get(f"{shared_world.project}/forms/nothing")
    assert unknown.status_code == 404
