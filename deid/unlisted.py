"""The closed world: what happens to an attribute that PS3.15 table E.1-1 does not list.

The standard leaves unlisted attributes alone. Here an unlisted attribute stays only when its form
shows that it can hold no free text (numbers, codes, UIDs) or when it is named below as written by
machines; a tag the dictionary does not know, VR UN, and every other text go.
"""

import re
from typing import Final

from pydicom.datadict import tag_for_keyword

from deid.elements import PIXEL_TAGS, Element, dictionary_vr
from deid.errors import Malformed
from deid.identifiers import SPECIFIC_CHARACTER_SET
from deid.lists import lines_of

# Text and binary values that devices and code systems write, not people.
TEXT_OF_MACHINES: Final = frozenset(map(tag_for_keyword, lines_of("kept_text.txt")))
BULK_OF_MACHINES: Final = frozenset(map(tag_for_keyword, lines_of("kept_bulk.txt")))
TEXT_VRS: Final = frozenset(("LO", "LT", "SH", "ST", "UC", "UT"))
BULK_VRS: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW"))
NUMBER_VRS: Final = frozenset(("AT", "FD", "FL", "SL", "SS", "SV", "UL", "US", "UV"))
FORMS: Final = {
    "CS": re.compile(r"[A-Za-z0-9 _.+/()-]{0,16}"),
    "DS": re.compile(r" *[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)? *|"),
    "IS": re.compile(r" *[+-]?\d{1,12} *|"),
    "UI": re.compile(r"[0-9.]{0,64}"),
}
CHARACTER_SETS = re.compile(r"(ISO[_ ]IR[ _]\d+|ISO 2022 IR \d+|GB18030|GBK|)")
# Written anew, or wrong as soon as something else has changed.
STALE: Final = frozenset({0x00080001, 0x00120062, 0x00120063, 0x00120064, 0x00280303})
MIN_DATA_SET_GROUP: Final = 8


def reason_to_remove(element: Element, *, nested: bool) -> str:
    """Return why an unlisted attribute must go, or nothing when its form lets it stay."""
    group, number = element.tag >> 16, element.tag & 0xFFFF
    standard = dictionary_vr(element.tag)
    if group & 1:
        return "private"
    if group < MIN_DATA_SET_GROUP or number == 0 or element.tag in STALE:
        return "written anew"
    if element.tag in PIXEL_TAGS:
        return _pixels(element, nested=nested)
    if element.vr == "UN" or standard == "UN":
        return "unknown to the dictionary"
    if element.vr == "SQ" or standard == "SQ":
        return "" if element.vr == standard else "not the VR of the dictionary"
    if element.vr in TEXT_VRS:
        return "" if element.tag in TEXT_OF_MACHINES else "free text"
    if element.vr in BULK_VRS:
        return "" if element.tag in BULK_OF_MACHINES else "binary"
    if element.vr in NUMBER_VRS:
        return "" if standard in NUMBER_VRS or standard in BULK_VRS else "not its VR"
    if element.vr in FORMS:
        return "" if has_form(element) else "not the form of its VR"
    return "a person, a date, an age or an address"


def has_form(element: Element) -> bool:
    """Return whether every value has the form that its VR prescribes."""
    text = bytes(element.value).decode("latin-1").rstrip(" \x00")
    form = CHARACTER_SETS if element.tag == SPECIFIC_CHARACTER_SET else FORMS[element.vr]
    return all(form.fullmatch(part.strip(" ")) for part in text.split("\\"))


def _pixels(element: Element, *, nested: bool) -> str:
    if nested:
        return "pixels inside a sequence"
    if element.vr not in BULK_VRS:
        raise Malformed("the pixel data has a VR that no pixel data can have")
    return ""
