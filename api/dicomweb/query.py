"""QIDO-RS (PS3.18 10.6): studies, series and instances as DICOM JSON, matched and cut to a page."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby

from pydantic import JsonValue
from pydicom.datadict import tag_for_keyword

from api.dicomweb.dicom_json import JsonElement, attribute
from api.errors import BadQuery
from research.image_roots import RootInstance

Found = dict[str, JsonElement]
NOT_MATCHED = frozenset(("limit", "offset", "includefield", "fuzzymatching"))
DATE_VRS, TEXT_VRS = frozenset(("DA", "TM", "DT")), frozenset(("LO", "SH", "PN", "CS", "LT", "ST"))
MAX_LIMIT = 5000
TAG = re.compile(r"[0-9A-Fa-f]{8}")


@dataclass(frozen=True)
class Query:
    """What a client asks for: values by tag, and which part of the answer."""

    values: Mapping[str, str]
    limit: int
    offset: int
    fuzzy: bool


def parse_query(parameters: Iterable[tuple[str, str]]) -> Query:
    """Read the parameters; an attribute nobody knows is refused, not ignored."""
    given = list(parameters)
    single = dict(given)
    values = {_tag(name): value for name, value in given if name not in NOT_MATCHED and value}
    return Query(
        values=values,
        limit=min(_number(single, "limit", MAX_LIMIT), MAX_LIMIT),
        offset=_number(single, "offset", 0),
        fuzzy=single.get("fuzzymatching", "").lower() == "true",
    )


def page(found: Iterable[Found], query: Query) -> list[Found]:
    """Return the matches of the page asked for."""
    matches = [entry for entry in found if _matches(entry, query)]
    return matches[query.offset : query.offset + query.limit]


def study_rows(
    instances: Iterable[RootInstance], dates: Mapping[str, Found], prefix: str
) -> list[Found]:
    """Return one answer per study (PS3.18 Table 10.6.3-3)."""
    rows: list[Found] = []
    for uid, group in _grouped(instances, lambda instance: instance.study_uid):
        first = group[0]
        modalities = sorted({instance.modality for instance in group if instance.modality})
        rows.append(
            {
                "00080005": attribute("CS", "ISO_IR 192"),
                "00080020": {"vr": "DA"},
                "00080030": {"vr": "TM"},
                "00080050": attribute("SH"),
                "00080056": attribute("CS", "ONLINE"),
                "00080061": attribute("CS", *modalities),
                "00080090": attribute("PN"),
                "00081030": attribute("LO", first.study_description),
                "00081190": attribute("UR", f"{prefix}/studies/{uid}"),
                "00100010": attribute("PN", first.subject_code),
                "00100020": attribute("LO", first.subject_code),
                "00100030": attribute("DA"),
                "00100040": attribute("CS"),
                "0020000D": attribute("UI", uid),
                "00200010": attribute("SH"),
                "00201206": attribute("IS", len({i.series_uid for i in group})),
                "00201208": attribute("IS", len(group)),
                **dates.get(uid, {}),
            }
        )
    return rows


def series_rows(instances: Iterable[RootInstance], prefix: str) -> list[Found]:
    """Return one answer per series (PS3.18 Table 10.6.3-4)."""
    rows: list[Found] = []
    for uid, group in _grouped(instances, lambda instance: instance.series_uid):
        first = group[0]
        address = f"{prefix}/studies/{first.study_uid}/series/{uid}"
        rows.append(
            {
                "00080005": attribute("CS", "ISO_IR 192"),
                "00080060": attribute("CS", first.modality),
                "0008103E": attribute("LO", first.series_description),
                "00081190": attribute("UR", address),
                "00100020": attribute("LO", first.subject_code),
                "00180015": attribute("CS", first.body_part),
                "0020000D": attribute("UI", first.study_uid),
                "0020000E": attribute("UI", uid),
                "00200011": attribute("IS", first.series_number),
                "00201209": attribute("IS", len(group)),
            }
        )
    return rows


def instance_rows(instances: Iterable[RootInstance], prefix: str) -> list[Found]:
    """Return one answer per instance (PS3.18 Table 10.6.3-5)."""
    return [
        {
            "00080005": attribute("CS", "ISO_IR 192"),
            "00080016": attribute("UI", each.sop_class_uid),
            "00080018": attribute("UI", each.sop_instance_uid),
            "00080056": attribute("CS", "ONLINE"),
            "00080060": attribute("CS", each.modality),
            "00081190": attribute(
                "UR",
                f"{prefix}/studies/{each.study_uid}/series/{each.series_uid}"
                f"/instances/{each.sop_instance_uid}",
            ),
            "00083002": attribute("UI", each.transfer_syntax),
            "00100020": attribute("LO", each.subject_code),
            "0020000D": attribute("UI", each.study_uid),
            "0020000E": attribute("UI", each.series_uid),
            "00200013": attribute("IS", each.number),
            "00280008": attribute("IS", each.frames or None),
            "00280010": attribute("US", each.rows),
            "00280011": attribute("US", each.columns),
        }
        for each in instances
    ]


def _grouped(
    instances: Iterable[RootInstance], key: Callable[[RootInstance], str]
) -> list[tuple[str, list[RootInstance]]]:
    ordered = sorted(instances, key=key)
    return [(name, list(group)) for name, group in groupby(ordered, key=key)]


def _tag(name: str) -> str:
    if TAG.fullmatch(name):
        return name.upper()
    tag = tag_for_keyword(name)
    if tag is None:
        raise BadQuery(f"{name[:64]} is neither a DICOM keyword nor a tag of eight hex digits")
    return f"{tag:08X}"


def _number(parameters: Mapping[str, str], name: str, absent: int) -> int:
    text = parameters.get(name, str(absent))
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadQuery(f"{name} is a whole number of 0 or more")
    return int(text)


def _matches(entry: Found, query: Query) -> bool:
    return all(_matches_one(entry, tag, wanted, query) for tag, wanted in query.values.items())


def _matches_one(entry: Found, tag: str, wanted: str, query: Query) -> bool:
    """Match one attribute (PS3.4 C.2.2.2): lists of UIDs, ranges, wildcards, else equality."""
    element = entry.get(tag)
    if element is None:
        raise BadQuery(f"({tag[:4]},{tag[4:]}) cannot be matched at this level")
    kept = element.get("Value", [])
    assert isinstance(kept, list)
    values = [_text(value) for value in kept]
    vr = element["vr"]
    if vr == "UI":
        return any(value in re.split(r"[,\\]", wanted) for value in values)
    if vr in DATE_VRS and "-" in wanted:
        low, _, high = wanted.partition("-")
        return any((not low or value >= low) and (not high or value <= high) for value in values)
    if vr in TEXT_VRS:
        pattern = wanted.casefold() if vr == "PN" or query.fuzzy else wanted
        shown = [value.casefold() if vr == "PN" or query.fuzzy else value for value in values]
        pattern = f"*{pattern}*" if query.fuzzy else pattern
        escaped = pattern.replace("[", "[[]")
        return any(fnmatchcase(value, escaped) for value in shown) or pattern.strip("*") == ""
    return wanted in values


def _text(value: JsonValue) -> str:
    return str(value.get("Alphabetic", "")) if isinstance(value, dict) else str(value)
