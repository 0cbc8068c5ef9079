"""The whole way, as a newcomer walks it: images in, a signed read through, results out."""

import csv
import io
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from readout.services import port_is_open
from tests.examples.ct import PLANTED, ct_object
from tests.journeys.browser import PASSPHRASE, rendered_image, sign_in
from tests.journeys.platform import Platform, wait_for, wait_until_tables_are_there

READER = "reader1@demo.local"
VISIBLE_SECONDS = 60


def rows_of(client: httpx.Client, project: str, table: str, **query: str) -> dict[str, object]:
    answer = client.get(f"/api/projects/{project}/tables/{table}/rows", params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_read_signed_in_the_browser_is_in_the_results_within_a_minute(
    platform: Platform, page: Page
) -> None:
    statistician = platform.sign_in("statistician@demo.local")
    project = platform.project(statistician, "PHANTOM")
    wait_until_tables_are_there(platform)
    mine = {"filter": "value_text:eq:11.6", "limit": "10"}
    before = rows_of(statistician, project, "results", **mine)["total"]

    sign_in(page, platform.url, READER)
    page.goto(f"{platform.url}/tasks")
    page.get_by_role("button", name=re.compile("^(Open|Begin|Start|Read)")).first.click()
    first = rendered_image(page)
    page.locator("[data-rendered]").first.hover()
    page.mouse.wheel(0, 300)
    expect(page.locator("[data-rendered='true']").first).not_to_have_attribute(
        "data-image-index", str(first)
    )
    page.get_by_role("radiogroup", name=re.compile("lung nodule of 6 mm")).get_by_text(
        "Yes", exact=True
    ).click()
    page.get_by_label(re.compile("How sure")).fill("85")
    page.get_by_label(re.compile("Longest diameter")).fill("11.6")
    page.get_by_role("radiogroup", name=re.compile("Image quality")).get_by_text(
        "Good", exact=True
    ).click()
    page.get_by_role("button", name=re.compile("^(Submit|Review)")).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    dialog.get_by_role("button", name=re.compile("^Sign")).click()
    page.get_by_test_id("signature").wait_for()
    signed_at = time.monotonic()
    expect(page.get_by_test_id("signature")).to_contain_text("Demo Reader 1")

    wait_for(
        lambda: rows_of(statistician, project, "results", **mine)["total"] == before + 1,
        within=VISIBLE_SECONDS,
    )
    assert time.monotonic() - signed_at < VISIBLE_SECONDS


def _total(client: httpx.Client, project: str) -> int:
    answer = client.get(f"/api/projects/{project}/tables/results/rows", params={"limit": "1"})
    return int(answer.json()["total"]) if answer.status_code == 200 else 0


def test_the_results_are_the_same_on_screen_and_as_csv_at_a_version(
    platform: Platform, page: Page
) -> None:
    client = platform.sign_in("statistician@demo.local")
    project = platform.project(client, "LIDC")
    wait_until_tables_are_there(platform)

    page_of = rows_of(client, project, "results", limit="50")
    version = {"version": str(page_of["version"])}
    text = client.get(f"/api/projects/{project}/tables/results.csv", params=version).text
    lines = list(csv.DictReader(io.StringIO(text)))

    assert len(lines) == page_of["total"] == 68590
    sign_in(page, platform.url, "statistician@demo.local")
    page.goto(f"{platform.url}/projects/{project}/results")
    expect(page.get_by_role("table").first).to_contain_text("LIDC-IDRI-")


def test_four_readers_agreement_on_malignancy_is_shown(platform: Platform, page: Page) -> None:
    client = platform.sign_in("statistician@demo.local")
    project = platform.project(client, "LIDC")
    wait_for(lambda: _total(client, project) or None, within=240)

    found = wait_for(lambda: rows_of(client, project, "reader_agreement", limit="500"), within=60)

    rows: list[dict[str, object]] = list(found["rows"])
    overall = [row for row in rows if row["item_oid"] == "MALIGNANCY" and row["reader_b"] == "all"]
    assert overall
    assert all(-1 <= float(str(row["value"])) <= 1 for row in overall)
    sign_in(page, platform.url, "statistician@demo.local")
    page.goto(f"{platform.url}/projects/{project}/agreement")
    expect(page.locator("main")).to_contain_text("MALIGNANCY")


def test_dagster_shows_every_asset_materialised_with_its_checks_passed(
    platform: Platform, page: Page
) -> None:
    question = """{ assetNodes { assetKey { path }
        assetMaterializations(limit: 1) { runId }
        assetChecksOrError { ... on AssetChecks { checks { name
            executionForLatestMaterialization { status } } } } } }"""

    def answered() -> list[dict[str, object]]:
        answer = httpx.post(f"{platform.dagster_url}/graphql", json={"query": question}, timeout=60)
        return list(answer.json()["data"]["assetNodes"])

    def all_green() -> bool:
        nodes = answered()
        return bool(nodes) and all(node["assetMaterializations"] for node in nodes)

    def others(status: str) -> list[object]:
        return [
            (node["assetKey"], check)
            for node in answered()
            for check in node["assetChecksOrError"].get("checks", [])  # type: ignore[attr-defined]
            if (check["executionForLatestMaterialization"] or {}).get("status") != status
        ]

    wait_for(all_green, within=300)
    wait_for(lambda: not others("SUCCEEDED"), within=180)
    names = {node["assetKey"]["path"][-1] for node in answered()}  # type: ignore[index]
    assert names >= {
        "dicom_instances", "ledger_entries", "answers", "series", "reads", "results",
        "reader_agreement",
    }  # fmt: skip
    page.goto(f"{platform.dagster_url}/assets/gold/reader_agreement")
    expect(page.locator("body")).to_contain_text("Latest materialization", timeout=60_000)


def test_verify_passes_and_one_changed_byte_of_an_answer_is_named(
    platform: Platform, tmp_path: Path
) -> None:
    covered = wait_for(
        lambda: (found := platform.command("verify")).returncode == 0 and found, within=120, every=5
    )
    assert "PASS" in covered.stdout
    copy = tmp_path / "copy.db"
    with sqlite3.connect(platform.data / "readout.db") as original, sqlite3.connect(copy) as target:
        original.backup(target)
    with sqlite3.connect(copy) as edited:
        read, value = edited.execute(
            "SELECT read_id, value FROM answers WHERE item_oid = 'CONFIDENCE' AND read_id IN"
            " (SELECT id FROM reads WHERE status = 'signed') LIMIT 1"
        ).fetchone()
        edited.execute(
            "UPDATE answers SET value = ? WHERE read_id = ? AND item_oid = 'CONFIDENCE'",
            (chr(ord(value[0]) ^ 1) + value[1:], read),
        )

    found = platform.command("verify", READOUT_DATABASE_URL=f"sqlite:///{copy}")

    assert found.returncode == 1
    words = " ".join(found.stdout.split())
    assert re.search(rf"FAIL.*answers {read}", words)
    assert "changed behind the ledger" in words


def test_dcmtk_pushes_files_and_they_show_de_identified(
    platform: Platform, page: Page, tmp_path: Path
) -> None:
    sender = shutil.which("dcmsend")
    assert sender, "dcmtk is missing: install it (Debian: apt-get install dcmtk)"
    files = _ct_files(tmp_path, count=4, study_uid="1.2.826.0.1.3680043.8.498.71")
    client = platform.sign_in("manager@demo.local")
    project = platform.project(client, "PACS")
    before = {study["study_uid"] for study in _studies(client, project)}

    subprocess.run(
        [sender, "-aec", "READOUT", "127.0.0.1", str(platform.dicom_port), *map(str, files)],
        env={"TCP_NODELAY": "1", "PATH": os.defpath},
        check=True,
        capture_output=True,
    )

    new = wait_for(
        lambda: [one for one in _studies(client, project) if one["study_uid"] not in before],
        within=60,
    )
    metadata = client.get(
        f"/api/projects/{project}/dicomweb/studies/{new[0]['study_uid']}/metadata"
    ).text
    assert not [planted for planted in PLANTED if planted in metadata]
    assert "113100" in metadata, "the method of PS3.15 is named"
    sign_in(page, platform.url, "manager@demo.local")
    page.goto(f"{platform.url}/projects/{project}/images")
    expect(page.locator("main img").first).to_be_visible()


def _ct_files(folder: Path, *, count: int, study_uid: str, side: int = 64) -> list[Path]:
    files = []
    for number in range(1, count + 1):
        files.append(folder / f"{number:04d}.dcm")
        ct_object(number, side=side, study_uid=study_uid).save_as(
            files[-1], enforce_file_format=True
        )
    return files


def _studies(client: httpx.Client, project: str) -> list[dict[str, str]]:
    return list(client.get(f"/api/projects/{project}/studies").json()["studies"])


@pytest.mark.timeout(420)
def test_killing_gateway_and_api_in_a_push_of_300_loses_nothing_and_doubles_nothing(
    platform: Platform, tmp_path: Path
) -> None:
    files = _ct_files(tmp_path, count=300, study_uid="1.2.826.0.1.3680043.8.498.72", side=256)
    client = platform.sign_in("manager@demo.local")
    project = platform.project(client, "PACS")
    before = client.get(f"/api/projects/{project}").json()["counts"]["instances"]
    left = list(files)

    for victim in ("gateway", "api", "gateway"):
        if not left:
            break
        sent = _send_until_killed(platform, left, victim=victim)
        left = [file for file in left if file not in sent]
    wait_for(lambda: port_is_open("127.0.0.1", platform.dicom_port), within=60)
    if left:
        assert _acknowledged(platform, left) == left

    def arrived() -> bool:
        answer = client.get(f"/api/projects/{project}")
        return bool(answer.json()["counts"]["instances"] == before + 300)

    wait_for(lambda: _quietly(arrived), within=180)
    time.sleep(3)
    assert arrived()


def _send_until_killed(platform: Platform, files: list[Path], *, victim: str) -> list[Path]:
    """Send a third of the files; kill the victim in the middle; return what was acknowledged."""
    part = files[: max(1, len(files) // 2)]
    wait_for(lambda: port_is_open("127.0.0.1", platform.dicom_port), within=60)
    service = wait_for(lambda: platform.process_of("-m", victim), within=60)
    sender = subprocess.Popen(
        ["storescu", "-v", "-aec", "READOUT", "127.0.0.1", str(platform.dicom_port),
         *map(str, part)],
        env={"TCP_NODELAY": "1", "PATH": os.defpath},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    time.sleep(0.3)
    os.kill(service, signal.SIGKILL)
    output, _ = sender.communicate(timeout=120)
    wait_for(lambda: platform.process_of("-m", victim) != service, within=60, every=0.1)
    return _named(part, output)


def _acknowledged(platform: Platform, files: list[Path]) -> list[Path]:
    sent = subprocess.run(
        ["storescu", "-v", "-aec", "READOUT", "127.0.0.1", str(platform.dicom_port),
         *map(str, files)],
        env={"TCP_NODELAY": "1", "PATH": os.defpath},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert sent.returncode == 0, sent.stdout[-2000:]
    return _named(files, sent.stdout)


def _named(files: list[Path], output: str) -> list[Path]:
    """Return the files whose C-STORE was answered with success."""
    successes = output.count("Received Store Response (Success)")
    return files[:successes]


def _quietly(question: object) -> bool:
    """Ask while a service may be down between its death and its restart."""
    try:
        return bool(question())  # type: ignore[operator]
    except (httpx.TransportError, KeyError):
        return False
