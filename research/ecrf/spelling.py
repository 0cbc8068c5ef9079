"""What the author of a form may leave unsaid, said: titles, named code lists, a lesion's columns.

The definition that is stored, signed and digested holds everything in full.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from research.ecrf.code_lists import CODE_LISTS

SIZES = ("measurement", "decimal")


def spelled_out(given: Any) -> Any:
    """Return a definition in full; what is not a definition at all is left for its model."""
    if not isinstance(given, Mapping):
        return given
    whole = dict(given)
    head = whole.pop("form", None)
    if isinstance(head, Mapping):
        whole = {**head, **whole}
    whole.setdefault("title", whole.get("oid"))
    lists = whole.pop("code_lists", None)
    known = {**CODE_LISTS, **(lists if isinstance(lists, Mapping) else {})}
    if isinstance(whole.get("groups"), list | tuple):
        whole["groups"] = [_group(group, known) for group in whole["groups"]]
    return whole


def _group(given: Any, known: Mapping[str, Any]) -> Any:
    if not isinstance(given, Mapping):
        return given
    group = {"label": given.get("oid"), **given}
    items = group.get("items")
    if not isinstance(items, list | tuple):
        return group
    repeats = group.get("repeats")
    if isinstance(repeats, Mapping) and repeats.get("kind") == "lesion_table":
        items = [*_lesion_columns(items, repeats), *items, *_counted(items, repeats)]
    group["items"] = [_item(item, known) for item in items]
    return group


def _item(given: Any, known: Mapping[str, Any]) -> Any:
    if not isinstance(given, Mapping):
        return given
    item = {"label": given.get("oid"), **given}
    name = item.get("code_list")
    if isinstance(name, str):
        if name not in known:
            raise ValueError(
                f"the item {item.get('oid')} uses the code list {name}, which neither the form's "
                f"code_lists nor the platform has: there are {', '.join(sorted(known))}"
            )
        item |= {"code_list": known[name], "code_list_name": name}
    return item


def _lesion_columns(items: Any, repeats: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Yield what is said of every lesion, where the form does not say it in its own way."""
    there = set(_oids(items))
    columns: tuple[dict[str, object], ...] = (
        {"oid": "lesion", "kind": "text", "label": "Lesion", "max_length": 200},
        {"oid": "organ", "kind": "choice", "label": "Organ", "code_list": "LESION_ORGAN"},
        {"oid": "node", "kind": "boolean", "label": "Lymph node"},
        {
            "oid": "status", "kind": "choice", "label": "Status", "required": True,
            "code_list": "LESION_STATUS",
        },
    )  # fmt: skip
    yield from (column for column in columns if column["oid"] not in there)


def _counted(items: Any, repeats: Mapping[str, Any]) -> Iterator[dict[str, object]]:
    """Yield the millimetres a target counts for: absent 0, too small to measure 5 (RECIST 1.1).

    The parts of a split lesion are rows of their own, and a merged one is measured with another:
    both count 0 here.
    """
    size = next((item["oid"] for item in items
                 if isinstance(item, Mapping) and item.get("kind") in SIZES), None)  # fmt: skip
    if size is None or "counted_mm" in _oids(items) or repeats.get("role") not in (None, "target"):
        return
    yield {
        "oid": "counted_mm",
        "kind": "computed",
        "label": "Counted",
        "unit": "mm",
        "value": (
            f"if(status in ['absent', 'split', 'merged'], 0, if(status == 'too_small', 5, "
            f"if(status == 'present', `{size}`, null)))"
        ),
    }


def _oids(items: Any) -> list[object]:
    return [item.get("oid") for item in items if isinstance(item, Mapping)]
