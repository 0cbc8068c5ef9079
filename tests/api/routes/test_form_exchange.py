"""Forms that travel, through the api."""

from xml.etree import ElementTree as Tree

import pytest

from tests.api.running import Running
from tests.examples.ruled_forms import RULED_FORM, put

XML, CSV = {"Content-Type": "application/xml"}, {"Content-Type": "text/csv"}


def test_a_form_goes_out_as_odm_and_comes_back_the_same(any_world: Running) -> None:
    manager = any_world.person("manager")
    form = put(manager, any_world.trial, RULED_FORM).json()

    for version in ("2.0", "1.3.2"):
        address = f"{any_world.project}/forms/{form['id']}/odm"
        document = manager.get(address, params={"version": version})
        read = manager.post(
            f"{any_world.project}/forms/read/odm", content=document.content, headers=XML
        )

        assert document.headers["content-type"] == "application/xml"
        assert Tree.fromstring(document.content).attrib["ODMVersion"] == version
        assert read.status_code == 200, read.text
        (found,) = read.json()
        assert (found["notes"], found["problems"]) == ([], [])
        shown = manager.get(f"{any_world.project}/forms/{form['id']}").json()
        assert found["definition"] == shown["definition"]
    entries = manager.get(f"{any_world.project}/ledger", params={"limit": 100}).json()
    assert sum(entry["action"] == "exported" for entry in entries["entries"]) == 2


def test_two_versions_are_compared_by_oid(world: Running) -> None:
    manager = world.person("manager")
    older = put(manager, world.trial, RULED_FORM).json()
    newer = put(manager, world.trial, {**RULED_FORM, "version": "1.1.0", "title": "New"}).json()

    address = f"{world.project}/forms/{newer['id']}/changes"
    (change,) = manager.get(address, params={"since": older["id"]}).json()

    assert (change["part"], change["change"]) == ("form", "changed")
    assert change["before"] == {"version": "1.0.0", "title": RULED_FORM["title"]}
    assert change["after"] == {"version": "1.1.0", "title": "New"}
    assert manager.get(address, params={"since": "nothing"}).status_code == 404


def test_a_data_dictionary_says_what_must_be_added_by_hand(world: Running) -> None:
    manager = world.person("manager")
    head = ",".join(["Variable / Field Name", *(f"c{n}" for n in range(17))])
    rows = ["size,visit,,text,Size,,,number,0,,,,y,,,,,", "bmi,visit,,calc,BMI,[a]/[b],,,,,,,,,,,,"]

    answer = manager.post(
        f"{world.project}/forms/read/redcap", content="\n".join([head, *rows]).encode(), headers=CSV
    )

    (found,) = answer.json()
    assert found["definition"]["groups"][0]["items"][0]["kind"] == "decimal"
    assert found["notes"] == ["bmi: a field of type calc was left out: [a]/[b]"]
    assert found["problems"] == []


@pytest.mark.parametrize("source", ["odm", "redcap"])
def test_a_document_of_no_kind_is_refused_in_words(world: Running, source: str) -> None:
    answer = world.person("manager").post(
        f"{world.project}/forms/read/{source}", content=b"\x00 nothing", headers=XML
    )

    assert (answer.status_code, answer.json()["type"]) == (422, "invalid")


def test_a_reader_neither_reads_documents_nor_takes_forms_away(world: Running) -> None:
    form = put(world.person("manager"), world.trial, RULED_FORM).json()
    reader = world.person("reader1")

    read = reader.post(f"{world.project}/forms/read/odm", content=b"<a/>", headers=XML)

    assert read.status_code == 403
    assert reader.get(f"{world.project}/forms/{form['id']}/odm").status_code in (200, 403)


def test_the_schema_is_published(world: Running) -> None:
    schema = world.person("reader1").get("/api/form-schema").json()

    assert schema["$id"] == "urn:readout:schema:ecrf-form"
    assert "groups" in schema["properties"]
