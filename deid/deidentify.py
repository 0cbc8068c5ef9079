"""De-identify one object: judge every element by the profile, at any depth, and write a new file.

The pixel data goes through byte for byte. What cannot be made safe by rules on attributes is
refused (`deid.errors`); nothing identifying is in a report or a message.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pydicom import Dataset, dcmread, dcmwrite

from deid.actions import Scope
from deid.elements import PIXEL_TAGS, Element
from deid.errors import BurnedInText, IdentifierLeft, MissingUid
from deid.identifiers import decoded, encodings_of, gather
from deid.judge import Finding, Walk, judged
from deid.method import method_elements
from deid.objects import check_object
from deid.part10 import Part10, read_part10, write_part10
from deid.pixels import without_excess
from deid.profile import Profile
from deid.pseudonyms import SiteKey
from deid.unlisted import reason_to_remove

SOP_CLASS, SOP_INSTANCE, STUDY, SERIES = 0x00080016, 0x00080018, 0x0020000D, 0x0020000E
PATIENT_ID, BURNED_IN = 0x00100020, 0x00280301
MIN_IN_PIXELS: Final = 7
REQUIRED: Final = ((SOP_INSTANCE, "SOP instance"), (STUDY, "study"), (SERIES, "series"))
NAMED: Final = frozenset({SOP_CLASS, SOP_INSTANCE, STUDY, SERIES, PATIENT_ID, BURNED_IN})
DEFAULT_CHARACTER_SET: Final = ("iso8859",)


@dataclass(frozen=True)
class Report:
    """What was done to one object; it holds tags and rules, never values."""

    profile: str
    findings: tuple[Finding, ...]
    tail_bytes: int
    excess_pixel_bytes: int

    def counts(self) -> dict[str, int]:
        """Return how many attributes each action was done to."""
        return dict(Counter(finding.action for finding in self.findings))


@dataclass(frozen=True)
class DeidentifiedFile:
    """A de-identified file as chunks to write in order; large values are views of the source."""

    chunks: tuple[bytes | memoryview, ...]
    sop_class_uid: str
    sop_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    report: Report

    @cached_property
    def size(self) -> int:
        """Return the number of bytes of the file."""
        return sum(map(len, self.chunks))

    @cached_property
    def sha256(self) -> str:
        """Return the SHA-256 of the file."""
        digest = hashlib.sha256()
        for chunk in self.chunks:
            digest.update(chunk)
        return digest.hexdigest()

    @property
    def data(self) -> bytes:
        """Return the whole file."""
        return b"".join(self.chunks)


@dataclass(frozen=True)
class Deidentified:
    """A de-identified data set."""

    dataset: Dataset
    report: Report


def deidentify_file(
    source: bytes | memoryview, *, profile: Profile, key: SiteKey
) -> DeidentifiedFile:
    """De-identify the bytes of a DICOM file; equal bytes, profile and key give equal bytes."""
    part10 = read_part10(memoryview(source))
    texts = _named_texts(part10.elements)
    check_object(texts.get(SOP_CLASS, ""))
    if texts.get(BURNED_IN, "").upper() == "YES":
        raise BurnedInText("(0028,0301) says that the pixels hold text: a person must decide")
    for tag, noun in REQUIRED:
        if not texts.get(tag):
            raise MissingUid(f"the {noun} UID is absent")
    return _deidentified(part10, texts, profile, key)


def deidentify(dataset: Dataset, *, profile: Profile, key: SiteKey) -> Deidentified:
    """De-identify a data set with file meta information; the argument is left as it is."""
    buffer = io.BytesIO()
    dcmwrite(buffer, dataset, enforce_file_format=True)
    done = deidentify_file(buffer.getvalue(), profile=profile, key=key)
    return Deidentified(dcmread(io.BytesIO(done.data)), done.report)


def _deidentified(
    source: Part10, texts: dict[int, str], profile: Profile, key: SiteKey
) -> DeidentifiedFile:
    root = source.elements
    # Without a patient id the study is the patient: two patients are never taken for one.
    patient = texts.get(PATIENT_ID) or "study " + texts[STUDY]
    scope = Scope(
        profile=profile,
        key=key,
        patient_code=key.patient_code(patient),
        shift_days=key.date_shift_days(patient),
        identifiers=gather(root),
        encodings=encodings_of(root, DEFAULT_CHARACTER_SET),
    )
    walk = Walk(scope, [])
    kept = judged([element for element in root if element.tag not in PIXEL_TAGS], walk)
    pixels, excess = without_excess(root, source.syntax)
    for element in pixels:
        _check_pixels(element, scope)
    sop_instance_uid = scope.uid(texts[SOP_INSTANCE])
    chunks = write_part10(
        [*kept, *method_elements(profile), *pixels],
        source=source,
        sop_class_uid=texts[SOP_CLASS],
        sop_instance_uid=sop_instance_uid,
    )
    return DeidentifiedFile(
        chunks=tuple(chunks),
        sop_class_uid=texts[SOP_CLASS],
        sop_instance_uid=sop_instance_uid,
        study_instance_uid=scope.uid(texts[STUDY]),
        transfer_syntax_uid=source.transfer_syntax_uid,
        report=Report(profile.name, tuple(walk.findings), source.tail, excess),
    )


def _named_texts(root: Sequence[Element]) -> dict[int, str]:
    """Return the few values that decide how the object is treated."""
    encodings = encodings_of(root, DEFAULT_CHARACTER_SET)
    return {
        element.tag: decoded(bytes(element.value), encodings).strip(" \x00")
        for element in root
        if element.tag in NAMED and element.items is None
    }


def _check_pixels(element: Element, scope: Scope) -> None:
    """Refuse pixels that carry an identifier as text, as a comment in a JPEG stream can."""
    reason_to_remove(element, nested=False)
    if scope.identifiers.found_in_bytes(element.value, shortest=MIN_IN_PIXELS):
        raise IdentifierLeft("the pixel data holds the value of an identifying attribute as text")
