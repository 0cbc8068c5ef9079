"""The built web app at /."""

from pathlib import Path

from accounts.database import Database
from tests.api.running import Running, running


def test_the_app_is_served_and_its_own_addresses_give_its_page(
    sqlite_database: Database, tmp_path: Path
) -> None:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>Readout</title>")
    (built / "assets" / "app-1a2b.js").write_text("export {}")

    with running(sqlite_database, tmp_path, web_dist=built) as world:
        client = world.anybody()
        page, deep = client.get("/"), client.get("/projects/1/tasks")
        script, missing = client.get("/assets/app-1a2b.js"), client.get("/assets/gone.js")
        unknown_api = client.get("/api/unknown")

    assert "Readout" in page.text
    assert deep.text == page.text
    assert deep.headers["cache-control"] == "no-cache"
    assert "immutable" in script.headers["cache-control"]
    assert missing.status_code == 404
    assert unknown_api.headers["content-type"] == "application/problem+json"


def test_a_file_outside_the_app_is_not_served(sqlite_database: Database, tmp_path: Path) -> None:
    built = tmp_path / "dist"
    built.mkdir()
    (built / "index.html").write_text("<!doctype html>")
    (tmp_path / "secret.txt").write_text("CANARY")

    with running(sqlite_database, tmp_path, web_dist=built) as world:
        client = world.anybody()
        answers = [client.get(path) for path in ("/../secret.txt", "/%2e%2e/secret.txt")]

    assert all("CANARY" not in answer.text for answer in answers)


def test_an_app_that_is_not_built_says_how_to_build_it(shared_world: Running) -> None:
    answer = shared_world.anybody().get("/")

    assert answer.status_code == 503
    assert "make" in answer.text
