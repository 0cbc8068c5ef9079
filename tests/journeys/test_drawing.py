"""On screen: a lesion is drawn by hand, its number leads back to it, and nothing drawn is lost."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from accounts.database import Database
from tests.api.routes.test_tasks import pass_qc
from tests.api.running import Running, running
from tests.examples.acts import PASSWORD
from tests.examples.ct import ct_object
from tests.examples.files import as_bytes
from tests.journeys.browser import rendered_image

DIST = Path(__file__).parents[2] / "web" / "dist"
FRAME_OF_REFERENCE = "1.2.826.0.1.3680043.8.498.77"
SIDE, PIXEL_MM = 64, 0.5
# The phantom's rod: from (6, 10) to (22, 22) mm on the third slice, so 20 mm long.
ROD_MM = ((6.0, 10.0), (22.0, 22.0))
LENGTH_MM = 20.0


def phantom(number: int) -> bytes:
    """Return a slice of air; on the third lies a rod between two bright points."""
    dataset = ct_object(number, side=SIDE)
    dataset.PatientID, dataset.FrameOfReferenceUID = "001", FRAME_OF_REFERENCE
    pixels = np.zeros((SIDE, SIDE), dtype=np.uint16)
    if number == 3:
        for along in np.linspace(0, 1, 200):
            x, y = (a + along * (b - a) for a, b in zip(*ROD_MM, strict=True))
            pixels[round(y / PIXEL_MM), round(x / PIXEL_MM)] = 2000
    dataset.PixelData = pixels.tobytes()
    return as_bytes(dataset)


@pytest.fixture
def world(sqlite_database: Database, tmp_path: Path) -> Iterator[Running]:
    """The api with the built web app, a phantom that has passed QC, and a reader."""
    assert (DIST / "index.html").exists(), "the web app is not built: run `make web`"
    with running(sqlite_database, tmp_path, web_dist=DIST, cookie_secure=False) as world:
        world.trial.add_subject("001")
        files = [phantom(number) for number in range(1, 6)]
        assert world.stow(world.machine(), files).status_code == 200
        pass_qc(world)
        yield world


def task_of(reader: httpx.Client) -> str:
    (task,) = reader.get("/api/tasks").json()
    return str(task["id"])


def sit_down(page: Page, world: Running, task: str) -> None:
    """Sign in as the reader and open the task."""
    page.goto(world.url)
    page.get_by_label("Login").fill("reader1@demo.local")
    page.get_by_label("Passphrase", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Projects").wait_for()
    page.goto(f"{world.url}/tasks/{task}")


def on_screen(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Return where a place of the slice is: the image fills the picture's shorter side."""
    box = page.locator("[data-testid=viewport] canvas").first.bounding_box()
    assert box is not None
    page.wait_for_function(f"() => ({SHOWN_SHARE})() > 0")
    field = SIDE * PIXEL_MM
    # The outermost pixels reach half a pixel beyond their centres.
    scale = box["width"] / field * float(page.evaluate(SHOWN_SHARE))
    middle = (SIDE - 1) / 2 * PIXEL_MM
    return (
        box["x"] + box["width"] / 2 + (place[0] - middle) * scale,
        box["y"] + box["height"] / 2 + (place[1] - middle) * scale,
    )


# The zoom that the picture says of itself, against the one that would fill its width.
SHOWN_SHARE = """() => {
  const zoom = [...document.querySelectorAll("[data-testid=viewport] div")]
    .map((one) => one.textContent).filter((text) => /^[0-9.]+×$/.test(text))[0];
  return parseFloat(zoom);
}"""


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2, steps=4)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def go_to(page: Page, number: int) -> None:
    """Show an image by the keys alone."""
    page.locator("[data-testid=viewport]").focus()
    page.keyboard.press("Home")
    for _ in range(number - 1):
        page.keyboard.press("ArrowDown")
    expect(page.locator(f"[data-image-index='{number - 1}'][data-rendered='true']")).to_be_visible()


def saved(page: Page) -> None:
    expect(page.get_by_text("All changes saved")).to_be_visible(timeout=15_000)


def test_a_rod_drawn_by_gesture_is_measured_kept_and_found_again(
    page: Page, world: Running
) -> None:
    reader = world.person("reader1")
    task = task_of(reader)
    sit_down(page, world, task)
    page.get_by_role("button", name="Start reading").click()
    rendered_image(page)
    go_to(page, 3)

    page.locator("[data-item='MARKED//SIZE']").get_by_role("button", name="Measure").click()
    expect(page.get_by_test_id("armed")).to_contain_text("Size")
    drag(page, on_screen(page, ROD_MM[0]), on_screen(page, ROD_MM[1]))
    number = page.locator("[data-item='MARKED//SIZE'] [data-testid=item-mark]")
    expect(number).to_contain_text("mm", timeout=15_000)
    saved(page)

    shown = float(number.inner_text().split()[0])
    assert abs(shown - LENGTH_MM) <= 0.1
    drawn = reader.get(f"/api/tasks/{task}/annotations").json()["annotations"]
    assert [one["metrics"] for one in drawn] == [{"length": f"{shown:.2f}"}]
    page.locator("[data-testid=viewport]").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-image-index='4']")).to_be_visible()
    number.get_by_role("button").first.click()
    expect(page.locator("[data-image-index='2'][data-rendered='true']")).to_be_visible()
    expect(number).to_have_attribute("data-selected", "true")


def test_what_was_drawn_survives_a_killed_page_and_a_change_elsewhere_is_shown(
    page: Page, world: Running
) -> None:
    reader = world.person("reader1")
    task = task_of(reader)
    sit_down(page, world, task)
    page.get_by_role("button", name="Start reading").click()
    rendered_image(page)
    page.locator("[data-testid=viewport]").focus()
    page.keyboard.press("l")
    drag(page, on_screen(page, (5, 5)), on_screen(page, (15, 5)))
    saved(page)

    page.context.new_page().goto("about:blank")
    page.close(run_before_unload=False)
    again = page.context.pages[0]
    again.goto(f"{world.url}/tasks/{task}")
    rendered_image(again)
    mark = again.get_by_test_id("mark")
    expect(mark).to_have_count(1)
    expect(mark).to_have_attribute("data-saved", "true")

    kept = reader.get(f"/api/tasks/{task}/annotations").json()
    (view,) = kept["annotations"]
    moved = {
        "id": view["id"],
        "geometry": {
            **view["geometry"],
            "parts": [{**view["geometry"]["parts"][0], "points": [[2, 2, 1], [9, 2, 1]]}],
        },
    }
    elsewhere = reader.patch(
        f"/api/tasks/{task}/draft",
        json={"annotations": [moved]},
        headers={"If-Match": f'"{kept["draft"]}"'},
    )
    assert elsewhere.status_code == 200, elsewhere.text
    mark.get_by_role("button", name="Remove").click()
    expect(again.get_by_role("heading", name="This draft was changed elsewhere")).to_be_visible(
        timeout=15_000
    )
    again.get_by_role("button", name="All saved").click()
    again.get_by_role("button", name="Go on").click()
    expect(mark).to_contain_text("7.00 mm")
    again.locator("[data-testid=viewport]").focus()
    mark.get_by_role("button").first.click()
    again.keyboard.press("Delete")
    expect(mark).to_have_count(0)
    again.keyboard.press("Control+z")
    expect(mark).to_have_count(1)
    saved(again)
    assert len(reader.get(f"/api/tasks/{task}/annotations").json()["annotations"]) == 1
