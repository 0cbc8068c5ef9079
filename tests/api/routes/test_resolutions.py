"""Erasure and destruction: what two people sign for is gone from every byte, and counted."""

import io
from pathlib import Path

import httpx
import pydicom
import pytest

from accounts.database import Database
from accounts.ledger import log
from accounts.ledger.replay import Expected, compare
from lake.locks import make_lock, verify_lock
from lake.objects import put_object
from lake.read import arrow
from lake.schemas import arrow_rows
from lake.tables import SUBJECTS
from lake.write import merge
from research.answers import AnswerChange
from research.replay import TABLES
from tests.api.life import WHY, erase, propose, sign, sponsor
from tests.api.running import Running, running
from tests.examples.files import ct_file

COMMENT = "canary comment of the reader"
PIXELS = b"CANARYPIXELS"
CANARIES = (COMMENT.encode(), PIXELS, b"CANARY study", b"canary-cohort")


def file_of(code: str, number: int, *, canary: bytes = b"") -> bytes:
    dataset = pydicom.dcmread(io.BytesIO(ct_file(number)))
    dataset.PatientID = code
    root = f"1.2.826.0.1.3680043.8.498.{int(code)}"
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = root, f"{root}.1"
    dataset.SOPInstanceUID = f"{root}.1.{number}"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    dataset.StudyDescription = "CANARY study" if canary else "plain"
    pixels = dataset.PixelData
    dataset.PixelData = canary + pixels[len(canary) :]
    out = io.BytesIO()
    dataset.save_as(out)
    return out.getvalue()


def subjects(world: Running, sequence: int, **cohorts: str) -> None:
    rows = arrow_rows(
        SUBJECTS,
        [
            {
                "project_id": world.trial.project,
                "subject": code.removeprefix("s"),
                "subject_id": code,
                "cohort": cohort,
                "state": "enrolled",
                "ledger_sequence": sequence,
            }
            for code, cohort in cohorts.items()
        ],
    )
    merge(world.lake, world.trial.project, SUBJECTS.name, rows, ledger_sequence=sequence)


def filled(world: Running) -> str:
    """Fill the trial with two subjects, one of whom is full of canaries; return that one's id."""
    trial = world.trial
    gone, kept = trial.add_subject("001"), trial.add_subject("002")
    machine = world.machine()
    files = [file_of("001", 1, canary=PIXELS), file_of("001", 2, canary=PIXELS)]
    for sent in (files, [file_of("002", 1)]):
        assert world.stow(machine, sent).json()["failed"] == []
    trial.approve(gone)
    trial.approve(kept)
    trial.sign(
        "reader1",
        trial.task(gone, "READ", position="R1"),
        AnswerChange("OVERALL", "", "PRESENT", "true"),
        AnswerChange("OVERALL", "", "COMMENT", COMMENT),
    )
    subjects(world, 5, s002="plain")
    subjects(world, 6, s001="canary-cohort")
    return gone


def everything(world: Running, folder: Path) -> bytes:
    """Return all bytes of the data folder: lake, database, its journal, keys."""
    database = (
        Path(str(world.trial.database.url.database)) if world.trial.database.is_sqlite else None
    )
    files = [path for path in folder.rglob("*") if path.is_file()]
    if database is not None:
        files += [path for path in database.parent.glob(f"{database.name}*") if path.is_file()]
    return b"".join(path.read_bytes() for path in files)


def replayed(world: Running) -> list[str]:
    with world.trial.looking() as by:
        expected = Expected()
        for entry in log.entries(by.session, world.trial.project, limit=10_000):
            expected.follow(entry)
        found = compare(by.session, world.trial.project, expected, TABLES)
        return [str(one) for one in found]


def withdraw(client: httpx.Client, world: Running, subject: str, kind: str) -> httpx.Response:
    return client.post(
        f"{world.project}/subjects/{subject}/withdrawal", json={"kind": kind, "reason": WHY}
    )


@pytest.fixture
def people(any_world: Running) -> tuple[httpx.Client, httpx.Client]:
    return any_world.person("manager"), sponsor(any_world)


@pytest.mark.req("R-ERASE")
def test_an_erased_subject_is_in_no_byte_and_the_ledger_still_agrees(
    any_world: Running, people: tuple[httpx.Client, httpx.Client], tmp_path: Path
) -> None:
    manager, other = people
    subject = filled(any_world)
    early = make_lock(any_world.lake, any_world.trial.project, versions={SUBJECTS.name: 0})
    late = manager.post(f"{any_world.project}/locks", json={"name": "interim"}).json()
    before = everything(any_world, tmp_path)
    assert PIXELS in before
    assert b"canary-cohort" in before
    assert withdraw(manager, any_world, subject, "erasure").status_code == 201

    answer = erase(
        any_world, manager, other, "erase_subject", object_id=subject, basis="data_subject"
    )

    assert answer.status_code == 200, answer.text
    content = answer.json()["content"]
    assert content["counts"] == {
        "subjects": 1, "tasks": 6, "reads": 2, "instances": 2, "bytes": content["counts"]["bytes"],
    }  # fmt: skip
    assert content["locks_withdrawn"] == [late["number"]]
    after = everything(any_world, tmp_path)
    assert [canary for canary in CANARIES if canary in after] == []
    assert replayed(any_world) == []
    lake, project = any_world.lake, any_world.trial.project
    assert arrow(lake, project, SUBJECTS.name).column("subject").to_pylist() == ["002"]
    assert verify_lock(lake, project, early.name).problems == ()
    assert verify_lock(lake, project, late["digest"]).withdrawn_under is not None
    board = manager.get(f"{any_world.project}/subjects").json()
    assert [one["code"] for one in board] == ["002"]


def test_a_destroyed_project_leaves_a_certificate_and_its_neighbour_untouched(
    any_world: Running, people: tuple[httpx.Client, httpx.Client], tmp_path: Path
) -> None:
    manager, other = people
    filled(any_world)
    neighbour = put_object(any_world.lake, "neighbour", file_of("002", 1))

    answer = erase(
        any_world, manager, other, "destroy_project", basis="returned", manifest="a" * 64
    )

    assert answer.status_code == 200, answer.text
    counts = answer.json()["content"]["counts"]
    assert (counts["projects"], counts["subjects"], counts["instances"]) == (1, 2, 3)
    assert counts["tasks"] == 12
    assert counts["reads"] == 3
    after = everything(any_world, tmp_path)
    assert [canary for canary in CANARIES if canary in after] == []
    assert any_world.lake.filesystem().exists(any_world.lake.place(neighbour.key))
    assert replayed(any_world) == []
    (listed,) = other.get(f"{any_world.project}/certificates").json()
    assert listed["digest"] == answer.json()["digest"]
    printed = other.get(f"{any_world.project}/certificates/{listed['id']}")
    assert printed.content.startswith(b"%PDF")
    again = manager.post(f"{any_world.project}/subjects", json={"code": "009"})
    assert again.status_code == 423


@pytest.mark.req("R-ERASE", "R-RET")
def test_erasure_waits_for_withdrawal_holds_and_both_signatures(
    any_world: Running, people: tuple[httpx.Client, httpx.Client]
) -> None:
    manager, other = people
    subject = any_world.trial.add_subject("001")
    body = {
        "kind": "erase_subject", "reason": WHY, "object_id": subject, "basis": "data_subject",
    }  # fmt: skip
    address = f"{any_world.project}/resolutions"

    unwithdrawn = manager.post(address, json=body)
    withdraw(manager, any_world, subject, "erasure")
    found = propose(manager, any_world, **{k: v for k, v in body.items() if k != "reason"})
    sign(manager, any_world, found)
    half = manager.post(f"{address}/{found['id']}/execution")
    sign(other, any_world, found)
    sign(manager, any_world, propose(manager, any_world, "hold"))
    held = manager.post(f"{address}/{found['id']}/execution")

    assert unwithdrawn.status_code == 409
    assert half.status_code == 409
    assert (held.status_code, held.json()["type"]) == (409, "retained")
    assert len(manager.get(f"{any_world.project}/subjects").json()) == 1


def test_who_withdraws_from_use_is_in_no_new_version_and_stays_in_earlier_locks(
    any_world: Running, people: tuple[httpx.Client, httpx.Client]
) -> None:
    manager, _ = people
    subject = filled(any_world)
    lock = make_lock(any_world.lake, any_world.trial.project)

    stays = withdraw(manager, any_world, subject, "further_data").json()
    sent = any_world.stow(any_world.machine(), [file_of("001", 3)])
    left = withdraw(manager, any_world, subject, "use").json()
    weaker = withdraw(manager, any_world, subject, "further_data")

    assert (stays["is_left_out"], left["is_left_out"]) == (False, True)
    assert stays["cancelled_tasks"] > 0
    assert [line["status"] for line in sent.json()["stored"]] == ["held"]
    assert weaker.status_code == 409
    rows = arrow(any_world.lake, any_world.trial.project, SUBJECTS.name)
    assert rows.column("subject").to_pylist() == ["002"]
    assert verify_lock(any_world.lake, any_world.trial.project, lock.name).problems == ()


def test_an_erasure_that_was_cut_off_goes_on_where_it_stopped(
    sqlite_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(sqlite_database, tmp_path) as world:
        manager, other = world.person("manager"), sponsor(world)
        subject = filled(world)
        withdraw(manager, world, subject, "erasure")
        filesystem = type(world.lake.filesystem())
        real = filesystem.rm_file

        def full(self: object, path: str) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(filesystem, "rm_file", full)
        cut = erase(world, manager, other, "erase_subject", object_id=subject, basis="data_subject")
        monkeypatch.setattr(filesystem, "rm_file", real)
        (found,) = manager.get(f"{world.project}/resolutions").json()

        done = manager.post(f"{world.project}/resolutions/{found['id']}/execution")

        assert cut.status_code == 507
        assert found["state"] == "executing"
        assert done.status_code == 200, done.text
        assert done.json()["content"]["counts"]["instances"] == 2
        assert [canary for canary in CANARIES if canary in everything(world, tmp_path)] == []
        assert replayed(world) == []
