"""The browser of the journeys: an installed Chromium, else the one that Playwright brought."""

import shutil
from pathlib import Path

from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PASSPHRASE = "open data lake"


def chromium() -> str:
    """Return the path of a Chromium, or say that one is missing."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    for folder in (Path.home() / ".cache", Path.home() / "Library/Caches"):
        for found_path in sorted(folder.glob("ms-playwright/chromium-*/*/*")):
            if found_path.name in ("chrome", "Chromium") and found_path.is_file():
                return str(found_path)
    raise AssertionError("there is no Chromium for the browser tests: run `make test`")


def sign_in(page: Page, url: str, login: str) -> None:
    """Sign in as a demo account and wait for the list of projects."""
    page.goto(url)
    page.get_by_label("Login").fill(login)
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Projects").wait_for()


def rendered_image(page: Page) -> int:
    """Wait until an image is on the screen and return its place in the series."""
    view = page.locator("[data-rendered='true']").first
    view.wait_for(timeout=90_000)
    return int(view.get_attribute("data-image-index") or -1)
