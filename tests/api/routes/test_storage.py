"""Storing images by STOW-RS over loopback."""

import errno
import hashlib
from pathlib import Path

import pytest

from accounts.database import Database
from accounts.memberships import add_member
from accounts.people import create_person
from lake.objects import has_object
from research.held_items import held_items
from research.image_roots import instances, project_root
from research.scheduling import create_subject
from research.sites import create_site
from research.subjects import NewSubject
from tests.api.running import BOUNDARY, STOW_TYPE, Running, running, stow_body
from tests.examples.acts import CHEAP_HASHER, PASSWORD
from tests.examples.files import ct_file, wheel_file

BROKEN = b"bytes that are no DICOM file at all"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def stored_uids(world: Running) -> list[str]:
    with world.trial.looking() as by:
        root = project_root(by, world.trial.project)
        return [found.sop_instance_uid for found in instances(by.session, root)]


@pytest.mark.req("R-XFER")
def test_a_study_is_stored_and_its_receipt_names_each_digest(any_world: Running) -> None:
    any_world.trial.add_subject("001")
    files = [ct_file(1), ct_file(2)]

    answer = any_world.stow(any_world.machine(), files)

    assert answer.status_code == 200
    assert [line["sha256"] for line in answer.json()["stored"]] == [sha256(f) for f in files]
    assert [line["status"] for line in answer.json()["stored"]] == ["stored", "stored"]
    assert answer.json()["failed"] == []
    assert all(has_object(any_world.lake, any_world.trial.project, sha256(f)) for f in files)
    assert len(stored_uids(any_world)) == 2


def test_sending_a_study_twice_stores_it_once(any_world: Running) -> None:
    any_world.trial.add_subject("001")
    client = any_world.machine()
    any_world.stow(client, [ct_file(1), ct_file(2)])

    again = any_world.stow(client, [ct_file(1), ct_file(2)])

    assert again.status_code == 200
    assert {line["status"] for line in again.json()["stored"]} == {"already_present"}
    assert len(stored_uids(any_world)) == 2


def test_one_file_sent_twice_in_one_request_is_stored_once(world: Running) -> None:
    world.trial.add_subject("001")

    answer = world.stow(world.machine(), [ct_file(1), ct_file(1)])

    assert [line["status"] for line in answer.json()["stored"]] == ["stored", "already_present"]
    assert len(stored_uids(world)) == 1


def test_other_bytes_under_a_known_uid_are_refused_and_kept_aside(world: Running) -> None:
    world.trial.add_subject("001")
    client = world.machine()
    first, other = ct_file(1), ct_file(1, changes={"SeriesDescription": "changed since"})
    world.stow(client, [first])

    answer = world.stow(client, [other])

    assert answer.status_code == 202
    assert answer.json()["failed"][0]["type"] == "uid_collision"
    assert answer.json()["failed"][0]["code"] == 0x0111
    with world.trial.looking("manager") as by:
        (held,) = held_items(by, world.trial.project)
        (stored,) = instances(by.session, project_root(by, world.trial.project))
    assert (held.reason, held.sha256) == ("uid_collision", sha256(other))
    assert stored.sha256 == sha256(first)


def test_one_bad_file_does_not_touch_the_others(world: Running) -> None:
    world.trial.add_subject("001")
    whole = ct_file(2)

    answer = world.stow(
        world.machine(),
        [ct_file(1), BROKEN, whole[:-100], ct_file(3, changes={"StudyInstanceUID": None})],
    )

    assert answer.status_code == 202
    assert len(answer.json()["stored"]) == 1
    failed = [(line["part"], line["type"]) for line in answer.json()["failed"]]
    assert failed == [(2, "not_dicom"), (3, "truncated"), (4, "missing_uid")]
    assert answer.json()["failed"][1]["sop_instance_uid"].endswith(".1.2")


def test_the_standard_answer_names_what_was_stored_and_what_failed(world: Running) -> None:
    world.trial.add_subject("001")
    client = world.machine()

    some = world.stow(client, [ct_file(1), BROKEN], accept="application/dicom+json")
    none = world.stow(client, [BROKEN], accept="application/dicom+json")

    assert some.status_code == 202
    (stored,) = some.json()["00081199"]["Value"]
    (failed,) = some.json()["00081198"]["Value"]
    assert stored["00081155"]["Value"] == ["1.2.826.0.1.3680043.8.498.1001.1.1"]
    assert failed["00081197"]["Value"] == [0xC000]
    assert none.status_code == 409
    assert "00081199" not in none.json()


def test_an_unknown_subject_is_held_and_nothing_else_waits(world: Running) -> None:
    world.trial.add_subject("001")
    other_study = "1.2.826.0.1.3680043.8.498.2002"

    answer = world.stow(world.machine(), [ct_file(1), ct_file(1, subject="999", study=other_study)])

    lines = [(line["status"], line["reason"]) for line in answer.json()["stored"]]
    assert lines == [("stored", None), ("held", "unknown_subject")]
    assert len(stored_uids(world)) == 1


def test_a_study_of_another_subject_code_is_held_as_possibly_the_wrong_patient(
    world: Running,
) -> None:
    world.trial.add_subject("001")
    world.trial.add_subject("002")
    client = world.machine()
    world.stow(client, [ct_file(1, subject="001")])

    answer = world.stow(client, [ct_file(2, subject="002")])

    assert answer.json()["stored"][0]["reason"] == "possible_wrong_patient"


def test_an_instance_of_another_study_than_the_address_names_is_refused(world: Running) -> None:
    world.trial.add_subject("001")

    answer = world.machine().post(
        f"{world.project}/dicomweb/studies/1.2.3",
        content=stow_body([ct_file(1)]),
        headers={"Content-Type": STOW_TYPE, "Accept": "application/dicom+json"},
    )

    assert answer.status_code == 409


def test_an_unknown_project_is_not_there(world: Running) -> None:
    answer = world.machine().post(
        "/api/projects/00000000-0000-4000-8000-000000000000/dicomweb/studies",
        content=stow_body([ct_file(1)]),
        headers={"Content-Type": STOW_TYPE},
    )

    assert answer.status_code == 404
    assert answer.json()["type"] == "not_found"


def test_a_reader_may_not_store_images(world: Running) -> None:
    answer = world.stow(world.person("reader1"), [ct_file(1)])

    assert answer.status_code == 403
    assert stored_uids(world) == []


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/dicom", b"x", 415),
        ('multipart/related; type="image/png"; boundary=b', b"--b--\r\n", 415),
        ('multipart/related; type="application/dicom"', b"--b--\r\n", 400),
        (STOW_TYPE, stow_body([BROKEN])[:-20], 400),
        (STOW_TYPE, f"--{BOUNDARY}\r\nno header at all".encode(), 400),
        (STOW_TYPE, b"", 400),
    ],
)
def test_a_body_of_another_form_is_refused(
    shared_world: Running, content_type: str, body: bytes, status: int
) -> None:
    answer = shared_world.machine().post(
        f"{shared_world.project}/dicomweb/studies",
        content=body,
        headers={"Content-Type": content_type},
    )

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("declares_length", [True, False])
def test_a_request_over_the_limit_is_refused(
    sqlite_database: Database, tmp_path: Path, declares_length: bool
) -> None:
    body = stow_body([ct_file(1, side=1024)])

    with running(sqlite_database, tmp_path, max_upload_mb=1) as world:
        answer = world.machine().post(
            f"{world.project}/dicomweb/studies",
            content=body if declares_length else iter([body]),
            headers={"Content-Type": STOW_TYPE},
        )

        assert answer.status_code == 413
        assert stored_uids(world) == []


def test_an_instance_over_the_limit_is_refused_alone(
    sqlite_database: Database, tmp_path: Path
) -> None:
    with running(sqlite_database, tmp_path, max_instance_mb=1) as world:
        world.trial.add_subject("001")
        answer = world.stow(world.machine(), [ct_file(1), ct_file(2, side=1024)])

        assert [line["type"] for line in answer.json()["failed"]] == ["too_large"]
        assert len(stored_uids(world)) == 1


def test_a_full_disk_stores_nothing_and_says_so(
    world: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.trial.add_subject("001")
    client = world.machine()

    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("os.fsync", no_space)
        refused = world.stow(client, [ct_file(1), ct_file(2)])
    later = world.stow(client, [ct_file(1), ct_file(2)])

    assert refused.status_code == 507
    assert refused.json()["type"] == "disk_full"
    assert "free space" in refused.json()["detail"]
    assert [line["status"] for line in later.json()["stored"]] == ["stored", "stored"]


def test_real_files_of_many_kinds_are_stored(world: Running) -> None:
    names = [
        "CT_small.dcm", "MR_small.dcm", "SC_rgb_jpeg_dcmtk.dcm", "JPEG2000.dcm", "test-SR.dcm",
        "image_dfl.dcm", "MR_small_bigendian.dcm", "SC_rgb_rle_2frame.dcm", "waveform_ecg.dcm",
    ]  # fmt: skip
    files = [wheel_file(name) for name in names]

    answer = world.stow(world.machine(), files)

    assert {line["status"] for line in answer.json()["stored"]} <= {"stored", "held"}
    assert len(answer.json()["stored"]) + len(answer.json()["failed"]) == len(files)


def at_two_sites(world: Running) -> None:
    """Make subject 001 of the uploader's site, 002 of another, and 003 of none."""
    with world.trial.acting() as by:
        project = world.trial.project
        here, there = (create_site(by, project, code=code, name=code) for code in ("A", "B"))
        for code, site in (("001", here), ("002", there), ("003", None)):
            create_subject(by, project, NewSubject(code=code, site_id=site))
        person = create_person(
            by, login="uploader@demo.local", printed_name="Uma Uploader", password=PASSWORD,
            hasher=CHEAP_HASHER,
        )  # fmt: skip
        add_member(by, project, person, "SiteUploader", sites=[here])


@pytest.mark.req("R-AUTHZ")
def test_an_uploader_of_a_site_stores_images_of_its_subjects_alone(any_world: Running) -> None:
    at_two_sites(any_world)
    uploader = any_world.person("uploader")
    uids = [f"1.2.826.0.1.3680043.8.498.{number}" for number in (71, 72, 73, 74)]
    ours, theirs, nobodys, unknown = (
        ct_file(1, study=uid, changes={"PatientID": code})
        for uid, code in zip(uids, ("001", "002", "003", "404"), strict=True)
    )

    stored = any_world.stow(uploader, [ours])
    refused = [any_world.stow(uploader, [file]) for file in (theirs, nobodys, unknown)]
    mixed = any_world.stow(uploader, [ours, theirs])

    assert (stored.status_code, stored.json()["failed"]) == (200, [])
    assert [answer.status_code for answer in (*refused, mixed)] == [404] * 4
    assert len({answer.json()["detail"] for answer in (*refused, mixed)}) == 1
    assert len(stored_uids(any_world)) == 1


def test_an_uploader_of_a_site_learns_nothing_of_another_sites_uids(any_world: Running) -> None:
    at_two_sites(any_world)
    study = "1.2.826.0.1.3680043.8.498.75"
    there = ct_file(1, study=study, changes={"PatientID": "002"})
    assert any_world.stow(any_world.machine(), [there]).status_code == 200

    claimed = ct_file(1, study=study, changes={"PatientID": "001"})
    answer = any_world.stow(any_world.person("uploader"), [claimed])

    assert answer.status_code == 404
    assert len(stored_uids(any_world)) == 1


def test_a_study_too_many_of_a_site_waits_for_a_person(any_world: Running) -> None:
    at_two_sites(any_world)
    uploader = any_world.person("uploader")
    studies = [f"1.2.826.0.1.3680043.8.498.{number}" for number in (81, 82, 83)]

    lines = [
        any_world.stow(uploader, [ct_file(1, study=study)]).json()["stored"][0]["status"]
        for study in studies
    ]

    assert lines == ["stored", "stored", "held"]
