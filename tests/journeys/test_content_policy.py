"""Under the content security policy the browser shows the whole app and has nothing to report."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.browser import rendered_image, sign_in
from tests.journeys.platform import Platform, wait_until_tables_are_there

LISTENER = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) => {
  window.violations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`);
});
"""


@pytest.fixture
def watched(page: Page) -> tuple[Page, list[str]]:
    """A page that collects what its policy refused, in the page itself and on its console."""
    refused: list[str] = []
    page.add_init_script(LISTENER)
    page.on(
        "console",
        lambda message: (
            refused.append(message.text)
            if "Content Security Policy" in message.text or "Cross-Origin" in message.text
            else None
        ),
    )
    return page, refused


def violations(page: Page, refused: list[str]) -> list[str]:
    return [*page.evaluate("window.violations"), *refused]


@pytest.mark.parametrize(
    "harmful",
    [
        "eval('1')",
        "document.head.appendChild(document.createElement('script')).src = 'https://a.example/x.js'",
        "document.body.appendChild(document.createElement('iframe')).src = 'https://a.example/'",
        "fetch('https://a.example/').catch(() => 0)",
    ],
)
def test_what_an_attacker_would_add_to_the_page_is_refused(
    platform: Platform, watched: tuple[Page, list[str]], harmful: str
) -> None:
    page, refused = watched
    page.goto(platform.url)
    page.get_by_label("Login").wait_for()

    page.evaluate(
        "(text) => { const s = document.createElement('script'); s.textContent = text;"
        " document.head.append(s); }",
        harmful,
    )
    page.wait_for_function("window.violations.length > 0")

    assert violations(page, refused)


def test_signing_in_reading_images_and_seeing_results_needs_nothing_that_is_refused(
    platform: Platform, watched: tuple[Page, list[str]]
) -> None:
    page, refused = watched
    wait_until_tables_are_there(platform)
    statistician = platform.sign_in("statistician@demo.local")
    lidc = platform.project(statistician, "LIDC")
    seen: list[str] = []

    sign_in(page, platform.url, "reader2@demo.local")
    page.goto(f"{platform.url}/tasks")
    page.get_by_role("button", name=re.compile("^(Open|Begin|Start|Read)")).first.click()
    rendered_image(page)
    seen += violations(page, refused)
    page.context.clear_cookies()
    sign_in(page, platform.url, "statistician@demo.local")
    for part in ("results", "agreement"):
        page.goto(f"{platform.url}/projects/{lidc}/{part}")
        expect(page.get_by_role("table").first).to_be_visible()
        seen += violations(page, refused)

    assert page.evaluate("window.crossOriginIsolated")
    assert not seen
