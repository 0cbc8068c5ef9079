"""Signing in as people do, in a browser: invitation, passkey, second step, the account page."""

from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import CDPSession, Page, expect

from accounts.database import Database
from tests.api.administration import CHOSEN, administrator, invite
from tests.api.running import Running, running

LOGIN = "grace@demo.local"
WEB = Path(__file__).parents[2] / "web" / "dist"


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[Running]:
    """The api with the built web app; passkeys want a host with a name."""
    with running(sqlite_database, tmp_path, web_dist=WEB) as started:
        yield started


@pytest.fixture
def authenticator(page: Page) -> Iterator[CDPSession]:
    """Chromium's own virtual authenticator, whose owner is always verified."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield cdp
    cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": made["authenticatorId"]})


def address(world: Running) -> str:
    return world.url.replace("127.0.0.1", "localhost")


def accept_in_browser(page: Page, world: Running) -> None:
    """Open the invitation's link and choose a passphrase, then give it at the sign-in page."""
    made = invite(administrator(world), LOGIN)
    page.goto(f"{address(world)}{made['address']}")
    page.get_by_role("heading", name="Welcome, Grace Hopper").wait_for()
    page.get_by_label("Passphrase", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Accept the invitation").click()
    give_password(page)


def give_password(page: Page) -> None:
    page.get_by_label("Login").fill(LOGIN)
    page.get_by_label("Passphrase", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Sign in", exact=True).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Grace Hopper").click()
    page.get_by_role("menuitem", name="Sign out").click()
    page.get_by_role("heading", name="Sign in").wait_for()


def test_a_newcomer_adds_a_passkey_and_signs_in_with_it_alone(
    page: Page, world: Running, authenticator: CDPSession
) -> None:
    accept_in_browser(page, world)

    page.get_by_label("Name of the new passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_label("Recovery codes").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="I have kept them: go on").click()
    page.get_by_role("heading", name="Projects").wait_for()
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_role("heading", name="Projects").wait_for()
    page.goto(f"{address(world)}/account")
    expect(page.get_by_text("Passkey “My laptop”")).to_be_visible()
    expect(page.get_by_label("Login sessions").get_by_text("this one")).to_be_visible()


def test_a_passphrase_is_followed_by_the_passkey_as_second_step(
    page: Page, world: Running, authenticator: CDPSession
) -> None:
    accept_in_browser(page, world)
    page.get_by_label("Name of the new passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="I have kept them: go on").click()
    page.get_by_role("heading", name="Projects").wait_for()
    sign_out(page)

    give_password(page)
    page.get_by_role("button", name="Use a passkey").click()

    page.get_by_role("heading", name="Projects").wait_for()


def test_an_authenticator_app_is_set_up_and_asked_for(page: Page, world: Running) -> None:
    accept_in_browser(page, world)
    page.get_by_role("button", name="Set up an authenticator app").click()
    secret = page.locator("code").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    picture = page.get_by_alt_text("QR code with the authenticator's secret")
    assert picture.evaluate("element => element.naturalWidth") > 0
    page.get_by_label("Code", exact=True).fill(app.at(world.clock()))
    page.get_by_role("button", name="Confirm the code").click()
    page.get_by_role("button", name="I have kept them: go on").click()
    page.get_by_role("heading", name="Projects").wait_for()
    sign_out(page)
    world.clock.move(minutes=1)

    give_password(page)
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("the code is not right")).to_be_visible()
    page.get_by_label("Code", exact=True).fill(app.at(world.clock()))
    page.get_by_role("button", name="Continue").click()

    page.get_by_role("heading", name="Projects").wait_for()


def test_a_sensitive_change_asks_for_fresh_proof_and_then_goes_on(
    page: Page, world: Running, authenticator: CDPSession
) -> None:
    accept_in_browser(page, world)
    page.get_by_label("Name of the new passkey").fill("My laptop")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="I have kept them: go on").click()
    page.get_by_role("heading", name="Projects").wait_for()
    page.goto(f"{address(world)}/account")

    page.get_by_role("button", name="Make new ones").click()
    page.get_by_role("dialog").get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_label("Recovery codes").get_by_role("listitem")).to_have_count(10)
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_label("What happened", exact=True)).to_contain_text("Passkey added")
