"""What changed from one version of a form to another, by OID, in the order of the newer form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from accounts.ledger.entries import JsonValue
from research.ecrf.definition import FormDefinition

Parts = Mapping[str, Mapping[str, JsonValue]]


@dataclass(frozen=True)
class Change:
    """One part that differs; of a changed part the fields that differ, old and new."""

    part: Literal["form", "group", "item", "check"]
    oid: str
    change: Literal["added", "removed", "changed", "moved"]
    before: Mapping[str, JsonValue]
    after: Mapping[str, JsonValue]


def difference(old: FormDefinition, new: FormDefinition) -> tuple[Change, ...]:
    """Return the changes that lead from one form to the other; none when they mean the same."""
    left, right = old.to_json(), new.to_json()
    head = [
        {k: v for k, v in one.items() if k not in ("groups", "checks")} for one in (left, right)
    ]
    changes = [Change("form", new.oid, "changed", *fields) for fields in _fields(*head)]
    changes += _parts("group", _groups(left), _groups(right))
    changes += _parts("item", _items(left), _items(right))
    changes += _parts("check", _checks(left), _checks(right))
    return tuple(changes)


def _parts(part: Literal["group", "item", "check"], old: Parts, new: Parts) -> Iterator[Change]:
    """Yield what was added, changed or moved, then what was removed."""
    kept = [oid for oid in new if oid in old]
    stayed = set(_longest_in_order([oid for oid in old if oid in new], kept))
    for oid, after in new.items():
        if oid not in old:
            yield Change(part, oid, "added", {}, after)
            continue
        for fields in _fields(old[oid], after):
            yield Change(part, oid, "changed", *fields)
        if oid not in stayed:
            yield Change(part, oid, "moved", {}, {})
    for oid, before in old.items():
        if oid not in new:
            yield Change(part, oid, "removed", before, {})


def _fields(
    old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]
) -> Iterator[tuple[Mapping[str, JsonValue], Mapping[str, JsonValue]]]:
    """Yield the fields that differ, old and new, or nothing."""
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    if names:
        yield (
            {name: old[name] for name in names if name in old},
            {name: new[name] for name in names if name in new},
        )


def _longest_in_order(old: list[str], new: list[str]) -> list[str]:
    """Return a longest list of OIDs that stand in the same order in both."""
    place = {oid: at for at, oid in enumerate(new)}
    best: list[list[str]] = []
    for at, oid in enumerate(old):
        before = [best[i] for i in range(at) if place[old[i]] < place[oid]]
        best.append([*max(before, key=len, default=[]), oid])
    return max(best, key=len, default=[])


def _groups(form: Mapping[str, JsonValue]) -> Parts:
    return {
        str(group["oid"]): {name: value for name, value in group.items() if name != "items"}
        for group in _list(form, "groups")
    }


def _items(form: Mapping[str, JsonValue]) -> Parts:
    return {
        f"{group['oid']}.{item['oid']}": item
        for group in _list(form, "groups")
        for item in _list(group, "items")
    }


def _checks(form: Mapping[str, JsonValue]) -> Parts:
    return {
        str(check.get("oid") or f"{check.get('item', '')}: {check['when']}"): check
        for check in _list(form, "checks")
    }


def _list(whole: Mapping[str, JsonValue], name: str) -> list[dict[str, JsonValue]]:
    found = whole.get(name, [])
    assert isinstance(found, list)
    return found
