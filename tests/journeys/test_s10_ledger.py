"""S10, inspection day: the ledger is taken along, checked elsewhere, and no tampering passes."""

import base64
import csv
import io
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from accounts.database import Database
from accounts.ledger.merkle import verify_consistency, verify_inclusion
from readout.signer import Signer, follow
from tests.accounts.ledger.exported import reseal
from tests.databases import Databases
from tests.journeys.recist_trial import ADMIN, RecistTrial, recist_trial
from tests.journeys.served import ADMINISTRATOR, Served, served

INSPECTOR = "Inspector One"
VERIFIER = Path(__file__).parents[2] / "deploy" / "verify_ledger.py"


@dataclass
class Inspected:
    """A small trial with one signed read, its signer at work, and an inspector."""

    api: Served
    trial: RecistTrial
    subject: str
    keys: Path

    @property
    def ledger(self) -> str:
        return f"/api/projects/{self.trial.project}/ledger"

    def export(self, **query: object) -> bytes:
        answer = self.api.get(INSPECTOR, f"{self.ledger}/export", params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    def bundle(self, folder: Path) -> Path:
        with zipfile.ZipFile(io.BytesIO(self.export(format="bundle"))) as archive:
            archive.extractall(folder)
        return folder

    def remembered(self, folder: Path) -> Path:
        """Keep the newest checkpoint as the line that stands on paper."""
        lines = self.api.get(INSPECTOR, f"{self.ledger}/checkpoints").json()
        file = folder / "kept-elsewhere.txt"
        file.write_text(lines[-1]["line"] + "\n")
        return file


@pytest.fixture
def inspected(database: Database, databases: Databases, tmp_path: Path) -> Iterator[Inspected]:
    keys, stop = tmp_path / "keys", threading.Event()
    signer = Signer.open(tmp_path / "signer", keys)
    with served(database, tmp_path, databases.as_application(database), ledger_keys=keys) as api:
        follower = threading.Thread(
            target=follow,
            args=(signer, database),
            kwargs={"clock": api.clock, "every": timedelta(seconds=60), "stop": stop},
        )
        follower.start()
        try:
            trial = recist_trial(api)
            subject = trial.subject("014", ["BL"])
            trial.read("R1", "014", "BL", "40", "22")
            api.invite(INSPECTOR)
            until = api.clock.now + timedelta(days=2)
            scope = f"projects/{trial.project}"
            api.give_role(ADMIN, scope, INSPECTOR, "Inspector", valid_until=until)
            yield Inspected(api, trial, subject, keys)
        finally:
            stop.set()
            follower.join()


@dataclass(frozen=True)
class Answer:
    code: int
    lines: list[str]

    def said(self, check: str) -> list[str]:
        return [line for line in self.lines if f": {check}" in line]

    @property
    def failures(self) -> list[str]:
        return [line for line in self.lines[:-1] if line.startswith("FAIL")]


def verified(bundle: Path, remembered: Path) -> Answer:
    """Run the verifier as on another machine: alone, isolated, with what was brought along."""
    given = ["--keys", str(bundle.parent / "brought-keys.json"), "--remember", str(remembered)]
    asked = subprocess.run(
        [sys.executable, "-I", VERIFIER, bundle, *given], capture_output=True, text=True
    )
    assert asked.returncode in (0, 1, 2), asked.stderr
    return Answer(asked.returncode, asked.stdout.splitlines())


def taken(inspected: Inspected, folder: Path) -> tuple[Path, Path]:
    bundle = inspected.bundle(folder / "bundle")
    remembered = inspected.remembered(folder)
    shutil.copy(bundle / "keys.json", folder / "brought-keys.json")
    return bundle, remembered


@pytest.mark.req("R-COPY")
def test_s10_4_the_ledger_leaves_as_csv_pdf_and_json_and_verifies_elsewhere(
    inspected: Inspected, tmp_path: Path
) -> None:
    size = inspected.api.get(INSPECTOR, inspected.ledger).json()["size"]

    as_csv = list(csv.DictReader(io.StringIO(inspected.export(format="csv", size=size).decode())))
    as_json = json.loads(inspected.export(format="json", size=size))
    as_pdf = inspected.export(format="pdf", size=size)
    bundle, remembered = taken(inspected, tmp_path)

    assert len(as_csv) == len(as_json["lines"]) == as_json["entries"] == size
    assert [line["leaf_hash"] for line in as_csv] == [
        line["leaf_hash"] for line in as_json["lines"]
    ]
    assert pdf_entries(as_pdf) == list(range(size))
    assert "UTC" in as_json["clock"]
    assert as_json["checkpoint"].startswith(f"readout/{inspected.trial.project} | ")
    whole = [
        len(list(csv.DictReader(io.StringIO((bundle / "readable/ledger.csv").read_text())))),
        len(json.loads((bundle / "readable/ledger.json").read_bytes())["lines"]),
        len(pdf_entries((bundle / "readable/ledger.pdf").read_bytes())),
        len((bundle / f"logs/{inspected.trial.project}/entries.jsonl").read_bytes().splitlines()),
    ]
    assert len(set(whole)) == 1
    answer = verified(bundle, remembered)
    assert answer.failures == []
    assert answer.code == 2
    (coverage,) = answer.said("coverage")
    assert f"entries 0–{whole[0] - 1} covered by a checkpoint you remember" in coverage
    assert answer.said("signatures")[0].startswith("PASS")
    assert any(line.startswith("PASS") for line in answer.said("commitments"))
    exports = inspected.api.get(INSPECTOR, inspected.ledger, params={"action": "exported"}).json()
    assert [one["after"]["format"] for one in exports["entries"]] == [
        "bundle",
        "pdf",
        "json",
        "csv",
    ]
    assert {one["actor"]["name"] for one in exports["entries"]} == {INSPECTOR}


def flip(lines: list[bytes]) -> None:
    lines[5] = lines[5].replace(b'"action":"', b'"action":"x', 1)


def delete(lines: list[bytes]) -> None:
    del lines[5]


def swap(lines: list[bytes]) -> None:
    lines[5], lines[6] = lines[6], lines[5]


def insert(lines: list[bytes]) -> None:
    lines.insert(5, lines[4])


def truncate(lines: list[bytes]) -> None:
    del lines[-3:]


@pytest.mark.req("R-VAL", "R-AUD")
def test_s10_5_every_change_of_a_copy_fails_with_its_range_and_a_changed_answer_with_its_key(
    inspected: Inspected, tmp_path: Path
) -> None:
    bundle, remembered = taken(inspected, tmp_path)
    file = f"logs/{inspected.trial.project}/entries.jsonl"
    ways: tuple[Callable[[list[bytes]], None], ...] = (flip, delete, swap, insert, truncate)

    for way in ways:
        copy = shutil.copytree(bundle, tmp_path / way.__name__)
        lines = (copy / file).read_bytes().splitlines(keepends=True)
        way(lines)
        (copy / file).write_bytes(b"".join(lines))
        reseal(copy)

        answer = verified(copy, remembered)

        assert answer.code == 1, way.__name__
        assert re.search(r"\[\d+–\d+\]", " ".join(answer.failures)), way.__name__

    read = change_an_answer(inspected)
    behind, kept = taken(inspected, tmp_path / "behind")
    answer = verified(behind, kept)
    assert answer.code == 1
    assert any(f"answers {read}: changed or added behind the ledger" in x for x in answer.failures)
    report = inspected.api.get(INSPECTOR, f"{inspected.ledger}/verification").json()
    assert report["result"] == "FAIL"
    assert any(f"answers {read}" in check["detail"] for check in report["checks"])


def change_an_answer(inspected: Inspected) -> str:
    """Change a signed answer in its table, as somebody with the database could."""
    with inspected.api.database.transaction() as session:
        read = session.execute(
            text("SELECT read_id FROM answers WHERE item_oid = 'DIAM' AND repeat_key = '1'")
        ).scalar_one()
        session.execute(
            text("UPDATE answers SET value = '4' WHERE item_oid = 'DIAM' AND repeat_key = '1'")
        )
    return str(read)


@pytest.mark.req("R-LINK")
def test_s10_6_a_signature_copied_to_another_record_or_a_changed_record_fails(
    inspected: Inspected, tmp_path: Path
) -> None:
    bundle, remembered = taken(inspected, tmp_path)
    records = f"logs/{inspected.trial.project}/records.jsonl"
    lines = [json.loads(line) for line in (bundle / records).read_bytes().splitlines()]

    changed = shutil.copytree(bundle, tmp_path / "changed")
    other = [{**lines[0], "record": {**lines[0]["record"], "session": 2}}, *lines[1:]]
    write_lines(changed / records, other)
    reseal(changed)
    found = verified(changed, remembered)
    assert found.code == 1
    assert "is not the record that was signed" in " ".join(found.failures)

    moved = shutil.copytree(bundle, tmp_path / "moved")
    swapped = [{**a, "record": b["record"]} for a, b in zip(lines, lines[::-1], strict=True)]
    write_lines(moved / records, swapped)
    reseal(moved)
    assert verified(moved, remembered).code == 1

    with inspected.api.database.transaction() as session:
        ids = session.execute(
            text("SELECT id, record_id FROM signatures WHERE record_kind = 'read'")
        )
        (first, record), (second, _) = ids.all()[:2]
        session.execute(
            text("UPDATE signatures SET record_id = :r WHERE id = :s"), {"r": record, "s": second}
        )
    transplanted, kept = taken(inspected, tmp_path / "transplanted")
    found = verified(transplanted, kept)
    assert found.code == 1
    assert f"signatures {second}: changed" in " ".join(found.failures)
    assert first not in " ".join(found.failures)
    report = inspected.api.get(INSPECTOR, f"{inspected.ledger}/verification").json()
    assert report["result"] == "FAIL"


@pytest.mark.req("R-AREV")
def test_entries_are_found_by_subject_person_and_criticality_and_marked_reviewed(
    inspected: Inspected,
) -> None:
    def listed(**query: object) -> dict[str, object]:
        answer = inspected.api.get(INSPECTOR, inspected.ledger, params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def actions(**query: object) -> set[str]:
        return {one["action"] for one in listed(limit=1000, **query)["entries"]}  # type: ignore[attr-defined, index]

    of_subject = actions(subject=inspected.subject)
    assert {"subject_created", "images_received", "read_signed", "signature_made"} <= of_subject
    assert "project_created" not in of_subject
    reader = inspected.api.person_id("Reader One")
    assert actions(person=reader) >= {"task_opened", "draft_saved", "read_signed"}
    assert "draft_saved" not in actions(kind="signature")
    assert actions(until="2020-01-01T00:00:00Z") == set()
    assert "task_opened" not in actions(critical=True)
    last = listed()["size"] - 1  # type: ignore[operator]

    made = inspected.api.post(
        ADMIN, f"{inspected.ledger}/reviews", {"first": 0, "last": last, "note": "as planned"}
    ).json()

    assert made["by_name"] == ADMIN
    unreviewed = listed(unreviewed=True)["entries"]
    assert {one["action"] for one in unreviewed} == {"ledger_reviewed"}  # type: ignore[attr-defined, index]
    (mark,) = listed(action="ledger_reviewed")["entries"]  # type: ignore[misc]
    assert mark["after"]["note"] == "as planned"  # type: ignore[index]
    refused = inspected.api.post(
        ADMIN, f"{inspected.ledger}/reviews", {"first": 5, "last": 10**6}, status=422
    )
    assert refused.json()["type"] == "invalid"


def test_proofs_of_the_api_hold_by_the_standards_own_algorithms(inspected: Inspected) -> None:
    def asked(path: str, **query: int) -> dict[str, object]:
        answer = inspected.api.get(INSPECTOR, f"{inspected.ledger}/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def raw(value: object) -> bytes:
        return bytes.fromhex(str(value))

    one = asked("inclusion", sequence=3)
    two = asked("consistency", old_size=5)

    assert verify_inclusion(
        raw(one["leaf_hash"]), index=3, size=int(str(one["size"])), root=raw(one["root"]),
        proof=[raw(step) for step in one["path"]],  # type: ignore[attr-defined]
    )  # fmt: skip
    assert verify_consistency(
        old_size=5, old_root=raw(two["old_root"]), size=int(str(two["size"])),
        root=raw(two["root"]), proof=[raw(step) for step in two["path"]],  # type: ignore[attr-defined]
    )  # fmt: skip
    missing = inspected.api.get(
        INSPECTOR, f"{inspected.ledger}/inclusion", params={"sequence": 10**9}
    )
    assert missing.status_code == 404
    stranger = inspected.api.get(ADMINISTRATOR, f"{inspected.ledger}/checkpoints")
    assert stranger.status_code == 404


def pdf_entries(data: bytes) -> list[int]:
    """Return the numbers of the entries on paper, from the text that the pages draw."""
    streams = re.findall(rb"stream\r?\n([!-uz\s]+)~>endstream", data)
    pages = [zlib.decompress(base64.a85decode(one)) for one in streams]
    return [int(n) for page in pages for n in re.findall(rb"\(Entry (\d+) ", page)]


def write_lines(file: Path, values: list[object]) -> None:
    file.write_text(
        "".join(
            json.dumps(one, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"
            for one in values
        )
    )
