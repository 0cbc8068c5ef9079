"""DICOM JSON (PS3.18 F.2): a header as JSON, large binary values as links, nothing invented."""

import json
import math
from collections.abc import Callable, Collection

from pydantic import JsonValue
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset

BINARY_VRS = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
INLINE_BYTES = 1024
PIXEL_DATA = "7FE00010"

Link = Callable[[str], str]
JsonElement = dict[str, JsonValue]


def header_json(
    header: Dataset, *, link: Link, allowed: Collection[int] | None = None
) -> dict[str, JsonElement]:
    """Return the header as DICOM JSON; `allowed` keeps those top-level attributes alone."""
    found: dict[str, JsonElement] = {}
    for tag in sorted(header.keys()):
        if allowed is not None and tag not in allowed:
            continue
        name = f"{tag:08X}"
        try:
            found[name] = _element(header[tag], name, link)
        except (ValueError, TypeError, KeyError, NotImplementedError, UnicodeError):
            # A value that its own VR forbids cannot be written as JSON; its absence is honest.
            continue
    return found


def dumps(value: object) -> bytes:
    """Write JSON that every parser reads: UTF-8, and null where a number is none."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except ValueError:
        finite = _finite(value)
        text = json.dumps(finite, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def attribute(vr: str, *values: JsonValue) -> JsonElement:
    """Write one attribute of our own, such as a count in a QIDO answer."""
    kept: list[JsonValue] = [value for value in values if value not in (None, "")]
    if vr == "PN":
        kept = [{"Alphabetic": value} for value in kept]
    return {"vr": vr, "Value": kept} if kept else {"vr": vr}


def _element(element: DataElement, name: str, link: Link) -> JsonElement:
    if element.VR in BINARY_VRS and element.value and len(element.value) > INLINE_BYTES:
        return {"vr": element.VR, "BulkDataURI": link(name)}
    written: JsonElement = element.to_json_dict(None, 0)
    return written


def _finite(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, list):
        return [_finite(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _finite(entry) for key, entry in value.items()}
    return value
