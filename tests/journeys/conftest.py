"""One platform and one browser for all journeys of a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from accounts.database import Database
from tests.databases import Databases
from tests.journeys.browser import ARGUMENTS, chromium
from tests.journeys.platform import Platform, running_platform
from tests.journeys.served import Served, served


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder: Path = tmp_path_factory.mktemp("platform")
    with running_platform(folder / "data") as started:
        yield started


@pytest.fixture
def api(database: Database, databases: Databases, tmp_path: Path) -> Iterator[Served]:
    """The api over an empty database, once on each kind, with its first administrator.

    On PostgreSQL it works as a role that owns nothing, behind row-level security.
    """
    with served(database, tmp_path, databases.as_application(database)) as world:
        yield world


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own; an error that the page throws fails the test."""
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    fresh = context.new_page()
    thrown: list[str] = []
    fresh.on("pageerror", lambda error: thrown.append(str(error)))
    yield fresh
    context.close()
    assert not thrown
