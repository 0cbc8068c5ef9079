"""Every notebook runs from top to bottom on the demo's data folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from lake.read import arrow
from tests.journeys.platform import Platform, wait_until_tables_are_there

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    notebook: Path, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    wait_until_tables_are_there(platform)
    folder = platform.data.parent / "notebooks"
    folder.mkdir(exist_ok=True)
    monkeypatch.chdir(folder)
    cells = json.loads(notebook.read_text())["cells"]
    names: dict[str, Any] = {}

    for cell in cells:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)

    assert all(not cell.get("outputs") for cell in cells), "notebooks are kept without outputs"
    rows = arrow(names["lake"], names["project"], "results", names["version"])
    assert rows.num_rows == names["results"].height, "the version that is cited is the one read"
    assert 0.3 < names["alpha"].value < 0.8
