"""The kinds of form items that the server judges are the kinds that the browser draws."""

import re
from pathlib import Path

from research.ecrf.items import KINDS

ITEMS = Path(__file__).parents[2] / "web" / "src" / "ecrf" / "items"


def test_both_lists_of_item_kinds_are_equal() -> None:
    listed = re.search(r"ITEM_KINDS = \[(.*?)\]", (ITEMS / "index.ts").read_text(), re.DOTALL)
    assert listed is not None

    drawn = re.findall(r"(\w+)Kind\b", listed[1])

    assert drawn == [name[0].lower() + name[1:] for name in map(file_of, names())]


def test_every_kind_has_a_file_of_its_own_in_the_browser() -> None:
    for name in names():
        assert f'kind: "{name}"' in (ITEMS / f"{file_of(name)}.tsx").read_text()


def names() -> list[str]:
    """Return the names of the kinds, as forms spell them."""
    return [kind.model_fields["kind"].annotation.__args__[0] for kind in KINDS]


def file_of(name: str) -> str:
    """Return the browser's file of a kind: `LongText` for `long_text`."""
    return "".join(part.capitalize() for part in name.split("_"))
