"""PS3.15 table E.1-1 and its options: which action the standard asks for each attribute.

The table is `confidentiality.tsv`: one row per attribute, one column per option (2025b).
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from typing import Final

from deid.errors import InvalidProfile
from deid.lists import lines_of

OVERLAYS, CURVES, PRIVATE = "60xx", "50xx", "gggg"


class Option(Enum):
    """An option of PS3.15 annex E.3: its column in the table and its code in CID 7050."""

    RETAIN_UIDS = "retain_uids"
    RETAIN_DEVICE = "retain_device"
    RETAIN_INSTITUTION = "retain_institution"
    RETAIN_PATIENT_CHARACTERISTICS = "retain_patient_characteristics"
    RETAIN_FULL_DATES = "retain_full_dates"
    RETAIN_MODIFIED_DATES = "retain_modified_dates"
    CLEAN_DESCRIPTORS = "clean_descriptors"
    CLEAN_STRUCTURED_CONTENT = "clean_structured_content"
    CLEAN_GRAPHICS = "clean_graphics"
    RETAIN_SAFE_PRIVATE = "retain_safe_private"


# The columns are in the table; what cleans free text and graphics by meaning is not built.
BUILT: Final = frozenset(
    {
        Option.RETAIN_UIDS,
        Option.RETAIN_DEVICE,
        Option.RETAIN_INSTITUTION,
        Option.RETAIN_PATIENT_CHARACTERISTICS,
        Option.RETAIN_FULL_DATES,
        Option.RETAIN_MODIFIED_DATES,
    }
)


@dataclass(frozen=True)
class Row:
    """One attribute of table E.1-1: the basic action and the action under each option."""

    tag: str
    keyword: str
    basic: str
    options: tuple[tuple[Option, str], ...]


@lru_cache(maxsize=1)
def confidentiality_table() -> tuple[Row, ...]:
    """Return table E.1-1 in the order of its tags."""
    header, *lines = lines_of("confidentiality.tsv")
    columns = [Option(name) for name in header.split("\t")[3:]]
    rows = []
    for line in lines:
        tag, keyword, basic, *cells = line.split("\t")
        options = tuple((o, cell) for o, cell in zip(columns, cells, strict=True) if cell)
        rows.append(Row(tag, keyword, basic, options))
    return tuple(rows)


@dataclass(frozen=True)
class Profile:
    """The basic profile with options: the action for every listed attribute."""

    options: frozenset[Option] = frozenset()

    def __post_init__(self) -> None:
        unbuilt = sorted(option.value for option in self.options - BUILT)
        if unbuilt:
            raise InvalidProfile(f"not built: {', '.join(unbuilt)}; leave these options out")
        if {Option.RETAIN_FULL_DATES, Option.RETAIN_MODIFIED_DATES} <= self.options:
            raise InvalidProfile("choose full dates or modified dates, not both (PS3.15 E.3.6)")

    @cached_property
    def actions(self) -> dict[int, str]:
        """Return the action code for every attribute with a tag of its own."""
        return {
            int(row.tag.replace(",", ""), 16): self._action(row)
            for row in confidentiality_table()
            if not row.tag.startswith((OVERLAYS, CURVES, PRIVATE))
        }

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of every attribute's action: the version of what was applied."""
        lines = (f"{tag:08x} {action}\n" for tag, action in sorted(self.actions.items()))
        return hashlib.sha256("".join(lines).encode("ascii")).hexdigest()

    @cached_property
    def name(self) -> str:
        """Return the name that stands in (0012,0063), at most 64 characters."""
        return f"Readout PS3.15 2025b basic {self.digest[:12]}"

    def has(self, option: Option) -> bool:
        """Return whether an option is chosen."""
        return option in self.options

    def _action(self, row: Row) -> str:
        """Return the action of the first chosen option that names one, else the basic one.

        K (keep) is done as it is. C (clean) is done for dates under modified dates only; where an
        option asks to clean a text by its meaning, the stricter basic action is taken.
        """
        chosen = {option: code for option, code in row.options if option in self.options}
        if "K" in chosen.values():
            return "K"
        if Option.RETAIN_MODIFIED_DATES in chosen:
            return "C"
        return row.basic


def basic_profile(options: Iterable[Option] = (Option.RETAIN_MODIFIED_DATES,)) -> Profile:
    """Return the basic profile; unless told otherwise dates are shifted per patient, not removed.

    Equal profiles are one object, because building the table of actions takes a millisecond.
    """
    return _profile(frozenset(options))


@lru_cache(maxsize=64)
def _profile(options: frozenset[Option]) -> Profile:
    return Profile(options)
