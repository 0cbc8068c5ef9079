"""Health, build and the reference page."""

from pathlib import Path

import pytest

from accounts.database import Database
from tests.api.running import Running, running


def test_health_tries_the_database_and_the_lake(any_world: Running) -> None:
    answer = any_world.anybody().get("/api/health")

    assert answer.status_code == 200
    said = answer.json()
    assert {said[name] for name in ("status", "database", "lake", "signer")} == {"ok"}
    assert "UTC" in said["clock"]


def test_a_signer_that_does_not_come_is_said_and_hinders_nothing(any_world: Running) -> None:
    any_world.trial.add_subject("001")
    any_world.clock.move(minutes=4)

    answer = any_world.anybody().get("/api/health")

    assert answer.status_code == 200
    assert (answer.json()["signer"], answer.json()["signer_lag_seconds"]) == ("late", 240.0)


def test_a_lake_that_cannot_be_reached_is_said(sqlite_database: Database, tmp_path: Path) -> None:
    (tmp_path / "lake").write_text("a file where the folder should be")

    with running(sqlite_database, tmp_path) as world:
        answer = world.anybody().get("/api/health")

    assert answer.status_code == 503
    assert answer.json()["lake"] == "failing"


@pytest.mark.req("R-DOC")
def test_the_build_is_named(shared_world: Running) -> None:
    answer = shared_world.anybody().get("/api/build")

    assert answer.json()["version"]
    assert answer.json()["demo"] is False


def test_the_reference_page_lists_every_operation_and_fetches_nothing(
    shared_world: Running,
) -> None:
    client = shared_world.anybody()
    page = client.get("/api/docs").text
    paths = client.get("/api/openapi.json").json()["paths"]

    assert all(address in page for address in paths)
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
