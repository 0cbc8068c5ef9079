"""The actions of PS3.15 table E.1-1a, one function each: an element in, an element or nothing out.

Where the standard leaves the choice to the type of the attribute in its IOD (X/Z, X/D …), the
choice is the one that keeps every IOD valid: a dummy if D is allowed, else an empty value.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from deid.dates import is_time, shift_date, shift_date_time
from deid.elements import Element, dictionary_vr
from deid.identifiers import Identifiers, decoded
from deid.profile import Option, Profile
from deid.pseudonyms import SiteKey


@dataclass(frozen=True)
class Scope:
    """What an action may know: profile, key, the patient's pseudonyms, what to search for."""

    profile: Profile
    key: SiteKey
    patient_code: str
    shift_days: int
    identifiers: Identifiers
    encodings: tuple[str, ...]

    def with_encodings(self, encodings: tuple[str, ...]) -> "Scope":
        """Return the scope of an item that has character sets of its own."""
        return self if encodings == self.encodings else replace(self, encodings=encodings)

    def uid(self, original: str) -> str:
        """Return the UID an object is known by after de-identification."""
        return original if self.profile.has(Option.RETAIN_UIDS) else self.key.uid(original)


ZONE = re.compile(r"[+-]\d{4}|")
Action = Callable[[Element, Scope], Element | None]

# A dummy for each VR: valid, the same for everybody, and plainly not a value of the patient.
DUMMIES: Final = {
    "AE": b"REMOVED",
    "AS": b"000Y",
    "CS": b"REMOVED",
    "DA": b"19000101",
    "DS": b"0",
    "DT": b"19000101000000",
    "IS": b"0",
    "LO": b"REMOVED",
    "LT": b"REMOVED",
    "PN": b"REMOVED",
    "SH": b"REMOVED",
    "ST": b"REMOVED",
    "TM": b"000000",
    "UC": b"REMOVED",
    "UR": b"urn:removed",
    "UT": b"REMOVED",
}


def vr_of(element: Element) -> str:
    """Return the VR of an element; the standard's, where the file knows none."""
    return dictionary_vr(element.tag) if element.vr == "UN" else element.vr


def remove(element: Element, scope: Scope) -> Element | None:
    """X: remove."""
    return None


def empty(element: Element, scope: Scope) -> Element | None:
    """Z: an empty value; a sequence without items."""
    vr = vr_of(element)
    return Element(element.tag, vr, items=()) if vr == "SQ" else Element(element.tag, vr)


def dummy(element: Element, scope: Scope) -> Element | None:
    """D: a dummy value, the same for everybody; a sequence with one empty item."""
    vr = vr_of(element)
    if vr == "SQ":
        return Element(element.tag, vr, items=((),))
    if vr == "UI":
        return map_uids(element._replace(vr=vr), scope)
    return Element(element.tag, vr, DUMMIES.get(vr, b""))


def map_uids(element: Element, scope: Scope) -> Element | None:
    """U: every UID by its pseudonym; what is no UID goes."""
    if element.items is not None:
        return None
    parts = bytes(element.value).decode("latin-1").split("\\")
    mapped = [scope.key.uid(uid) if uid else "" for uid in (part.strip(" \x00") for part in parts)]
    return Element(element.tag, "UI", "\\".join(mapped).encode("ascii", "replace"))


def pseudonym(element: Element, scope: Scope) -> Element | None:
    """Z or D for the patient's id and name: the patient's code, so that a subject can be found."""
    return Element(element.tag, vr_of(element), scope.patient_code.encode("ascii"))


def clean_date(element: Element, scope: Scope) -> Element | None:
    """C under modified dates (PS3.15 E.3.6): dates move by the patient's shift, times stay."""
    vr = vr_of(element)
    text = decoded(bytes(element.value), ("iso8859",)).strip(" \x00")
    values = text.split("\\")
    if vr == "DA":
        moved = [shift_date(value, scope.shift_days) for value in values]
    elif vr == "DT":
        moved = [shift_date_time(value, scope.shift_days) for value in values]
    elif vr == "TM":
        moved = [value if is_time(value) else "" for value in values]
    else:
        # Free forms of a date or a time zone that whole days do not move.
        moved = [value if ZONE.fullmatch(value) else "" for value in values]
    return Element(element.tag, vr, "\\".join(moved).encode("ascii"))


ACTIONS: Final[dict[str, Action]] = {
    "X": remove,
    "Z": empty,
    "D": dummy,
    "X/Z": empty,
    "X/D": dummy,
    "X/Z/D": dummy,
    "Z/D": dummy,
    "U": map_uids,
    "C": clean_date,
}
# K and X/Z/U* are no functions of one element: the walk keeps the attribute, searches it for
# identifiers and judges what a sequence holds by the rules again.
OVERRIDES: Final[dict[int, Action]] = {0x00100010: pseudonym, 0x00100020: pseudonym}
