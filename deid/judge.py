"""The walk over one object: every element, at any depth, is judged by one rule."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from deid.actions import ACTIONS, DUMMIES, OVERRIDES, Scope, clean_date, dummy, map_uids
from deid.elements import Element
from deid.identifiers import decoded, encodings_of
from deid.unlisted import BULK_VRS, NUMBER_VRS, TEXT_VRS, has_form, reason_to_remove

OVERLAYS, CURVES, REPEATING = 0x6000, 0x5000, 0xFF00
NUMBERS_AS_TEXT: Final = frozenset({"DS", "IS"})
SEARCHED_VRS: Final = TEXT_VRS | {"AE", "AS", "CS", "PN", "UR"}
MULTIPLE_VRS: Final = frozenset({"CS", "DS", "IS", "LO", "SH"})
DATE_VRS: Final = frozenset({"DA", "DT", "TM"})
MIN_SEARCHED: Final = 6
MIN_IN_NUMBERS: Final = 5


@dataclass(frozen=True)
class Finding:
    """What was done to one attribute, where it stood (tags from the root), and by which rule."""

    path: tuple[int, ...]
    action: str
    rule: str


@dataclass(frozen=True)
class Walk:
    """Where the walk is and what it has found so far."""

    scope: Scope
    findings: list[Finding]
    path: tuple[int, ...] = ()


def judged(elements: Sequence[Element], walk: Walk) -> tuple[Element, ...]:
    """Return what is left of the elements of a data set or an item."""
    kept = {}
    for element in elements:
        left = _judge(element, walk)
        if left is not None:
            kept[left.tag] = left
    return tuple(kept.values())


def _judge(element: Element, walk: Walk) -> Element | None:
    override = OVERRIDES.get(element.tag)
    if override is not None:
        return _done(override(element, walk.scope), element, walk, "pseudonym", "E.1-1")
    code = walk.scope.profile.actions.get(element.tag)
    if code is None:
        return _judge_unlisted(element, walk)
    action = ACTIONS.get(code)
    if action is None:
        return _keep(element, walk)
    return _done(action(element, walk.scope), element, walk, code, "E.1-1")


def _judge_unlisted(element: Element, walk: Walk) -> Element | None:
    repeating = element.tag >> 16 & REPEATING
    if repeating in (OVERLAYS, CURVES):
        return _done(None, element, walk, "X", "E.1-1 repeating group")
    reason = reason_to_remove(element, nested=bool(walk.path))
    if reason:
        return _done(None, element, walk, "X", reason)
    if element.vr == "UI":
        return map_uids(element, walk.scope)
    return _keep(element, walk)


def _keep(element: Element, walk: Walk) -> Element | None:
    """Keep an attribute, unless it names an identifier; judge what a sequence holds."""
    if element.vr == "UN":
        return _done(None, element, walk, "X", "VR unknown")
    if element.items is not None:
        inner = (*walk.path, element.tag)
        items = tuple(_judged_item(item, walk, inner) for item in element.items)
        return element._replace(items=items)
    if element.vr in DATE_VRS:
        # Kept as a date, which may be no other text.
        return clean_date(element, replace(walk.scope, shift_days=0))
    if element.vr == "UI" and not has_form(element):
        return _done(None, element, walk, "X", "not the form of its VR")
    if _names_somebody(element, walk.scope):
        return _done(_hidden(element, walk.scope), element, walk, "D", "names an identifier")
    return element


def _judged_item(
    item: tuple[Element, ...], walk: Walk, path: tuple[int, ...]
) -> tuple[Element, ...]:
    encodings = encodings_of(item, walk.scope.encodings)
    return judged(item, Walk(walk.scope.with_encodings(encodings), walk.findings, path))


def _names_somebody(element: Element, scope: Scope) -> bool:
    value = element.value
    if element.vr in BULK_VRS or element.vr in NUMBER_VRS:
        return len(value) >= MIN_IN_NUMBERS and scope.identifiers.found_in_bytes(
            value, shortest=MIN_IN_NUMBERS
        )
    if element.vr in NUMBERS_AS_TEXT:
        return len(value) >= MIN_SEARCHED and any(map(scope.identifiers.equal_to, _values(value)))
    if element.vr not in SEARCHED_VRS:
        return False
    return scope.identifiers.found_in(decoded(bytes(value), scope.encodings))


def _hidden(element: Element, scope: Scope) -> Element | None:
    """Return the element without what names somebody: the values that do, if they can be told."""
    if element.vr in BULK_VRS or element.vr in NUMBER_VRS:
        return None
    value = bytes(element.value)
    if element.vr not in MULTIPLE_VRS or not value.isascii():
        return dummy(element, scope)
    values = _values(value)
    hidden = [DUMMIES[element.vr].decode() if _says(v, element.vr, scope) else v for v in values]
    if hidden == values:
        return dummy(element, scope)
    return element._replace(value="\\".join(hidden).encode("ascii"))


def _says(value: str, vr: str, scope: Scope) -> bool:
    found = scope.identifiers.equal_to if vr in NUMBERS_AS_TEXT else scope.identifiers.found_in
    return found(value)


def _values(value: bytes | memoryview) -> list[str]:
    return bytes(value).decode("latin-1").strip(" \x00").split("\\")


def _done(
    left: Element | None, element: Element, walk: Walk, action: str, rule: str
) -> Element | None:
    walk.findings.append(Finding((*walk.path, element.tag), action, rule))
    return left
