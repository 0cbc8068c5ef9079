"""The command line beside a running platform: take in, lock, export, and refuse in a sentence."""

import csv
from pathlib import Path

from tests.examples.ct import ct_object
from tests.journeys.platform import Platform, wait_until_tables_are_there

STUDY = "1.2.826.0.1.3680043.8.498.73"


def said(output: str) -> str:
    return " ".join(output.split())


def test_files_are_taken_in_once_and_what_is_no_dicom_is_named(
    platform: Platform, tmp_path: Path
) -> None:
    for number in (1, 2, 3):
        ct_object(number, side=32, study_uid=STUDY).save_as(
            tmp_path / f"{number}.dcm", enforce_file_format=True
        )
    (tmp_path / "notes.txt").write_text("not an image")

    first = platform.command("ingest", str(tmp_path), "--project", "PHANTOM")
    second = platform.command("ingest", str(tmp_path), "--project", "PHANTOM")

    assert first.returncode == 2
    assert "3 stored" in said(first.stdout)
    assert "1 refused" in said(first.stdout)
    assert "notes.txt" in first.stdout
    assert "3 already present" in said(second.stdout)


def test_an_unknown_project_is_refused_with_the_ones_there_are(
    platform: Platform, tmp_path: Path
) -> None:
    found = platform.command("ingest", str(tmp_path), "--project", "NOWHERE")

    assert found.returncode == 1
    known = "there are LIDC, PACS, PHANTOM, RECIST"
    assert f"there is no project NOWHERE; {known}" in said(found.stdout)
    assert "Traceback" not in found.stdout + found.stderr


def test_a_lock_is_made_once_under_its_name(platform: Platform) -> None:
    wait_until_tables_are_there(platform)

    made = platform.command("lock", "LIDC", "interim-1")
    again = platform.command("lock", "LIDC", "interim-1")

    assert made.returncode == 0, made.stdout
    assert "manifest" in made.stdout
    assert again.returncode == 1
    assert "interim-1" in again.stdout


def test_two_locks_are_compared_by_name_or_number(platform: Platform) -> None:
    wait_until_tables_are_there(platform)
    platform.command("lock", "PHANTOM", "first")
    platform.command("lock", "PHANTOM", "second")

    same = platform.command("diff", "PHANTOM", "first", "2")
    unknown = platform.command("diff", "PHANTOM", "first", "nowhere")

    assert same.returncode == 0, same.stdout
    assert "lock 1 first" in same.stdout
    assert "results" in same.stdout
    assert unknown.returncode == 1
    assert "there is no lock nowhere: there are" in said(unknown.stdout)


def test_a_table_is_exported_at_a_version(platform: Platform, tmp_path: Path) -> None:
    wait_until_tables_are_there(platform)
    target = tmp_path / "results.csv"

    written = platform.command("export", "LIDC", "results", "-o", str(target))
    missing = platform.command("export", "LIDC", "results", "-o", str(target), "--version", "999")

    assert written.returncode == 0, written.stdout
    with target.open() as file:
        assert sum(1 for _ in csv.DictReader(file)) == 68_590
    assert missing.returncode == 1
    assert "999" in missing.stdout
