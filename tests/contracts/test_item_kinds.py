"""The kinds of form items that the server judges are the kinds that the browser draws."""

import re
from pathlib import Path

from research.ecrf.items import KINDS

ITEMS = Path(__file__).parents[2] / "web" / "src" / "ecrf" / "items"


def test_both_lists_of_item_kinds_are_equal() -> None:
    listed = re.search(r"ITEM_KINDS = \[(.*?)\]", (ITEMS / "index.ts").read_text(), re.DOTALL)
    assert listed is not None

    drawn = re.findall(r"(\w+)Kind\b", listed[1])

    assert drawn == [kind.model_fields["kind"].annotation.__args__[0] for kind in KINDS]


def test_every_kind_has_a_file_of_its_own_in_the_browser() -> None:
    for kind in KINDS:
        name = kind.model_fields["kind"].annotation.__args__[0]

        assert f'kind: "{name}"' in (ITEMS / f"{name.capitalize()}.tsx").read_text()
