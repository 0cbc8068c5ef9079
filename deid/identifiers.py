"""The identifiers that an object itself names, to be searched in whatever text is kept.

A patient's name in the patient's name attribute is replaced by rule; the same name typed into a
code's meaning or a software version is found only by looking for it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pydicom.charset import convert_encodings, decode_bytes

from deid.elements import Element, dictionary_vr
from deid.lists import lines_of

SPECIFIC_CHARACTER_SET: Final = 0x00080005
# Groups of patient and visit, and the attributes outside them whose values name someone or
# somewhere; every value of VR PN is searched too.
IDENTIFYING_GROUPS: Final = frozenset({0x0010, 0x0038})
IDENTIFYING_TAGS: Final = frozenset(
    {0x00080050, 0x00080080, 0x00080081, 0x00081010, 0x00120040, 0x00200010, 0x00400009}
)
IDENTIFYING_VRS: Final = frozenset({"LO", "LT", "PN", "SH", "ST", "UC", "UN", "UT"})
# Attributes of the patient group that hold a category, not an identifier.
CATEGORIES: Final = frozenset(
    {0x00100218, 0x00102160, 0x00102201, 0x00102292, 0x001021B0, 0x00104000, 0x00102180}
)
BIRTH_DATE: Final = 0x00100030

# Technical words that are also family names or the names of phantoms: alone they identify nobody.
WORDS_OF_THE_FIELD: Final = frozenset(lines_of("field_words.txt"))
MIN_WORD, MIN_ID, MIN_SQUEEZED = 3, 4, 6
MIN_DISTINCT: Final = 4

_SEPARATORS = re.compile(r"[\s^=,;:_./\\()\[\]<>\"'-]+")
_NOT_WORD = re.compile(r"[\W_]+")
_UID = re.compile(r"(?<![\d.])[0-2](?:\.\d+){4,}(?![\d.])")
_STANDARD_UID = re.compile(r"1\.2\.840\.10008\.")


@dataclass(frozen=True)
class Identifiers:
    """What to look for: whole words, phrases without separators, and the bytes of whole values."""

    words: frozenset[str] = frozenset()
    phrases: frozenset[str] = frozenset()
    residues: frozenset[bytes] = frozenset()

    def found_in(self, text: str) -> bool:
        """Return whether a text names one of the identifiers, or any UID but the standard's."""
        folded = text.casefold()
        if not self.words.isdisjoint(_SEPARATORS.split(folded)):
            return True
        squeezed = _NOT_WORD.sub("", folded)
        if any(phrase in squeezed for phrase in self.phrases):
            return True
        if squeezed in self.words:
            return True
        uid = _UID.search(text)
        return bool(uid and len(uid[0]) > 16 and not _STANDARD_UID.match(uid[0]))

    def equal_to(self, number: str) -> bool:
        """Return whether a value of numbers is an identifier as a whole: parts of it are chance."""
        return number.strip() in self.words

    def found_in_bytes(self, data: bytes | memoryview, *, shortest: int) -> bool:
        """Return whether a whole identifier or a word of so many bytes occurs, in any case.

        `shortest` keeps chance out: among a million random bytes some word of four is found.
        """
        searched = bytes(data).lower()
        return any(len(r) >= shortest and r in searched for r in self.residues)


def gather(elements: Sequence[Element]) -> Identifiers:
    """Return the identifiers that an object names, at any depth."""
    words: set[str] = set()
    phrases: set[str] = set()
    residues: set[bytes] = set()
    for element, encodings in walk_text(elements, encodings_of(elements, ("iso8859",))):
        if not _identifies(element):
            continue
        for raw in bytes(element.value).split(b"\\"):
            value = raw.strip(b" \x00")
            text = decoded(value, encodings)
            if _is_person(element):
                names = set(_words(text))
                words |= names
                phrases.update(name for name in names if _is_telling(name))
                residues.update(name.encode() for name in names)
            words.update(_whole(text))
            phrases.update(_phrases(text))
            if len(set(value)) >= MIN_DISTINCT:
                residues.add(value.lower())
    return _one_of(frozenset(words), frozenset(phrases), frozenset(residues))


@lru_cache(maxsize=256)
def _one_of(
    words: frozenset[str], phrases: frozenset[str], residues: frozenset[bytes]
) -> Identifiers:
    return Identifiers(words, phrases, residues)


def walk_text(
    elements: Sequence[Element], encodings: tuple[str, ...]
) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield every element that is no sequence, with the character sets that hold for it."""
    for element in elements:
        if element.items is None:
            yield element, encodings
            continue
        for item in element.items:
            yield from walk_text(item, encodings_of(item, encodings))


def encodings_of(elements: Iterable[Element], inherited: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Python names of the character sets of an item (PS3.3 section C.12.1.1.2)."""
    for element in elements:
        if element.tag == SPECIFIC_CHARACTER_SET:
            return _encodings(bytes(element.value).decode("latin-1"))
        if element.tag > SPECIFIC_CHARACTER_SET:
            break
    return inherited


@lru_cache(maxsize=256)
def _encodings(value: str) -> tuple[str, ...]:
    terms = [term.strip(" \x00") for term in value.split("\\")]
    known = [term for term in terms if not term or _TERM.fullmatch(term)]
    try:
        return tuple(convert_encodings(known or [""]))
    except (LookupError, ValueError, UserWarning):
        return ("iso8859",)


# Bytes after which the character set falls back to the first one (PS3.5 section 6.1.2.5.3).
DELIMITERS: Final = set(b"\\^=\r\n\t\f")
_TERM = re.compile(r"ISO[_ ]IR[ _]\d+|ISO 2022 IR \d+|GB18030|GBK")


def decoded(value: bytes, encodings: tuple[str, ...]) -> str:
    """Return text as it is meant, or byte by byte where its character set does not fit."""
    if value.isascii() and b"\x1b" not in value:
        return value.decode("ascii")
    try:
        return decode_bytes(value, encodings, DELIMITERS)
    except (LookupError, UnicodeError, UserWarning):
        return value.decode("latin-1")


def _is_person(element: Element) -> bool:
    return "PN" in (element.vr, dictionary_vr(element.tag))


def _identifies(element: Element) -> bool:
    if _is_person(element):
        return True
    if element.tag == BIRTH_DATE:
        return True
    named = element.tag >> 16 in IDENTIFYING_GROUPS or element.tag in IDENTIFYING_TAGS
    return named and element.vr in IDENTIFYING_VRS and element.tag not in CATEGORIES


def _words(text: str) -> Iterator[str]:
    for word in _SEPARATORS.split(text.casefold()):
        long_enough = len(word) >= MIN_WORD or (len(word) > 1 and not word.isascii())
        if long_enough and not word.isdigit() and word not in WORDS_OF_THE_FIELD:
            yield word


def _whole(text: str) -> Iterator[str]:
    """Yield an id, which is searched as a word of its own, also without its separators."""
    folded = text.casefold().strip()
    if (
        len(folded) >= MIN_ID
        and folded not in WORDS_OF_THE_FIELD
        and not _SEPARATORS.search(folded)
    ):
        yield folded


def _phrases(text: str) -> Iterator[str]:
    """Yield a whole value without its separators, forwards and with its first two parts swapped."""
    for group in text.casefold().split("="):
        parts = [_NOT_WORD.sub("", part) for part in _SEPARATORS.split(group)]
        parts = [part for part in parts if part]
        for order in (parts, parts[1::-1] + parts[2:]):
            phrase = "".join(order)
            if _is_telling(phrase):
                yield phrase


def _is_telling(phrase: str) -> bool:
    """Return whether a phrase is long and varied enough to be no chance inside other words."""
    plain = phrase in WORDS_OF_THE_FIELD or len(set(phrase)) < MIN_DISTINCT
    return len(phrase) >= MIN_SQUEEZED and not plain
