"""How an object says that it was de-identified: (0012,0062) to (0012,0064) and (0028,0303)."""

from typing import Final

from deid.elements import Element
from deid.profile import Option, Profile

# PS3.16 CID 7050: code value and meaning for the basic profile and each option.
BASIC_PROFILE: Final = ("113100", "Basic Application Confidentiality Profile")
CODES: Final = {
    Option.CLEAN_GRAPHICS: ("113103", "Clean Graphics Option"),
    Option.CLEAN_STRUCTURED_CONTENT: ("113104", "Clean Structured Content Option"),
    Option.CLEAN_DESCRIPTORS: ("113105", "Clean Descriptors Option"),
    Option.RETAIN_FULL_DATES: (
        "113106",
        "Retain Longitudinal Temporal Information Full Dates Option",
    ),
    Option.RETAIN_MODIFIED_DATES: (
        "113107",
        "Retain Longitudinal Temporal Information Modified Dates Option",
    ),
    Option.RETAIN_PATIENT_CHARACTERISTICS: ("113108", "Retain Patient Characteristics Option"),
    Option.RETAIN_DEVICE: ("113109", "Retain Device Identity Option"),
    Option.RETAIN_UIDS: ("113110", "Retain UIDs Option"),
    Option.RETAIN_SAFE_PRIVATE: ("113111", "Retain Safe Private Option"),
    Option.RETAIN_INSTITUTION: ("113112", "Retain Institution Identity Option"),
}


def method_elements(profile: Profile) -> tuple[Element, ...]:
    """Return the attributes that name the profile; earlier ones of the object are replaced."""
    chosen = (CODES[option] for option in Option if profile.has(option))
    items = tuple(_code_item(*code) for code in (BASIC_PROFILE, *sorted(chosen)))
    return (
        Element(0x00120062, "CS", b"YES"),
        Element(0x00120063, "LO", profile.name.encode("ascii")),
        Element(0x00120064, "SQ", items=items),
        Element(0x00280303, "CS", _dates(profile)),
    )


def _code_item(value: str, meaning: str) -> tuple[Element, ...]:
    return (
        Element(0x00080100, "SH", value.encode("ascii")),
        Element(0x00080102, "SH", b"DCM"),
        Element(0x00080104, "LO", meaning.encode("ascii")),
    )


def _dates(profile: Profile) -> bytes:
    """Return the defined term of (0028,0303), PS3.3 section C.7.1.1."""
    if profile.has(Option.RETAIN_FULL_DATES):
        return b"UNMODIFIED"
    return b"MODIFIED" if profile.has(Option.RETAIN_MODIFIED_DATES) else b"REMOVED"
