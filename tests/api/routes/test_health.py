"""Health, build and the reference page."""

from pathlib import Path

import pytest

from accounts.database import Database
from tests.api.running import Running, running


def test_health_tries_the_database_and_the_lake(any_world: Running) -> None:
    answer = any_world.anybody().get("/api/health")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": "ok", "lake": "ok"}


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
