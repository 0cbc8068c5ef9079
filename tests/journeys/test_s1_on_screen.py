"""S1 on screen: the lesion table shows sum, change and nadir, the computed beside the stated."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.database import Database
from tests.journeys.recist_trial import READERS, VISITS, RecistTrial, answers, recist_trial
from tests.journeys.served import PASSPHRASE, login, served

DIST = Path(__file__).parents[2] / "web" / "dist"
R1 = {"BL": ("50", "38"), "W6": ("37", "27"), "W12": ("31", "24"), "W18": ("40", "29")}
STATED = {"BL": None, "W6": "SD", "W12": "PR"}


@pytest.fixture
def trial(sqlite_database: Database, tmp_path: Path) -> Iterator[RecistTrial]:
    assert (DIST / "index.html").exists(), "the web app is not built: run `make web`"
    with served(sqlite_database, tmp_path, web_dist=DIST, cookie_secure=False) as api:
        trial = recist_trial(api)
        trial.subject("001", list(VISITS))
        for visit, stated in STATED.items():
            trial.read("R1", "001", visit, *R1[visit], stated=stated)
        yield trial


def test_s1_on_screen_the_lesion_table_shows_what_the_server_computed(
    trial: RecistTrial, page: Page
) -> None:
    name = READERS["R1"]
    (task,) = trial.ready(name)
    read = trial.api.post(name, f"/api/tasks/{task}/open", {}).json()["read"]
    changes = answers(R1["W18"], baseline=False, stated="SD")
    assert trial.save(name, task, read["draft"], changes).status_code == 200

    page.set_viewport_size({"width": 1400, "height": 1000})
    page.goto(trial.api.url)
    page.get_by_label("Login").fill(login(name))
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Projects").wait_for()
    page.goto(f"{trial.api.url}/tasks/{task}")

    table = page.get_by_role("region", name="Target lesions", exact=True)
    first = table.get_by_role("row").filter(
        has=page.get_by_role("rowheader", name="T1", exact=True)
    )
    for size in ("50", "37", "31"):
        expect(first.get_by_role("cell", name=size, exact=True)).to_be_visible()
    expect(first).to_contain_text("40 mm")
    expect(table.get_by_role("status", name="Sum of diameters, mm", exact=True)).to_have_text(
        "69 mm"
    )
    expect(table.get_by_role("status", name="Change from baseline, %", exact=True)).to_contain_text(
        "21.6"
    )
    expect(table.get_by_role("status", name="Nadir, mm", exact=True)).to_have_text("55 mm")
    expect(table.get_by_role("status", name="Change from nadir, %", exact=True)).to_contain_text(
        "25.5"
    )
    expect(page.get_by_role("status", name="Computed overall response", exact=True)).to_have_text(
        "PD"
    )
    expect(page.get_by_text("differs from the computed response: say why")).to_be_visible()

    page.get_by_role("button", name="How? Computed overall response").press("Enter")
    expect(page.get_by_text("PD: 69 against nadir 55 at W12, +14 mm, +25.5 %").last).to_be_visible()
