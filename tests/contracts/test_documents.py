"""The reference pages say what the code says, and every setting is explained."""

import pytest

from readout.documents import PAGES, ROOT, SETTINGS


@pytest.mark.parametrize("page", PAGES)
def test_a_generated_page_is_fresh(page: str) -> None:
    assert (ROOT / page).read_text() == PAGES[page](), "run `make docs`"


@pytest.mark.parametrize("door", SETTINGS)
def test_every_setting_is_explained(door: str) -> None:
    silent = [name for name, field in SETTINGS[door].model_fields.items() if not field.description]

    assert not silent
