"""Forms read from CDISC ODM 1.3.2 or 2.0 documents, ours or anybody's.

A document written here carries each form whole and is read back to the same digest. Of a foreign
one, or of one that was edited since, what the standard says is taken: groups, items, code lists,
units and ranges. Whatever cannot be taken is a note, so that a person adds it by hand: nothing is
dropped in silence. Expressions of other systems are such notes.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from pydantic import ValidationError

from research.ecrf.definition import FormDefinition
from research.ecrf.exchange.odm import DIGEST, UCUM, WHOLE, write_odm
from research.ecrf.exchange.odm_types import KINDS, NAMESPACES, V1
from research.ecrf.exchange.plain import label_of, oid_of
from research.ecrf.part import OID
from research.errors import Invalid, Problem

MAX_BYTES: Final = 10 << 20
COMPARATORS: Final = {"GE": "min", "LE": "max"}


@dataclass(frozen=True)
class ReadForm:
    """A form as a definition to be saved, and what a person must add by hand."""

    definition: Mapping[str, Any]
    notes: tuple[str, ...] = ()


def read_odm(document: bytes) -> tuple[ReadForm, ...]:
    """Return the forms of a document; raise `Invalid` when it is no ODM."""
    root = _parsed(document)
    space = root.tag.partition("}")[0].lstrip("{")
    versions = {name: version for version, name in NAMESPACES.items()}
    if space not in versions or not root.tag.endswith("}ODM"):
        raise Invalid("this is not an ODM document", (Problem("", "the root is not ODM 1.3 or 2"),))
    found = [
        form
        for study in root.iter(f"{{{space}}}Study")
        for metadata in study.iter(f"{{{space}}}MetaDataVersion")
        for form in _Reader(space, versions[space], study, metadata).forms()
    ]
    if not found:
        raise Invalid("the document holds no form", (Problem("", "no form in its metadata"),))
    return tuple(found)


class _NoDoctype(TreeBuilder):
    def doctype(self, name: str, pubid: str | None, system: str | None) -> None:
        raise Invalid(
            "the document declares a DOCTYPE", (Problem("", "remove it: entities are not read"),)
        )


def _parsed(document: bytes) -> Element:
    if len(document) > MAX_BYTES:
        raise Invalid("the document is too large", (Problem("", f"at most {MAX_BYTES} bytes"),))
    parser = XMLParser(target=_NoDoctype())
    try:
        parser.feed(document)
        root: Element = parser.close()
    except (ParseError, LookupError, ValueError) as problem:
        where = getattr(problem, "position", (0, 0))
        message = f"line {where[0]}, character {where[1]} is not well-formed"
        raise Invalid("this is not XML", (Problem("", message),)) from problem
    return root


@dataclass
class _Reader:
    space: str
    version: str
    study: Element
    metadata: Element
    notes: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def forms(self) -> Iterator[ReadForm]:
        for form in self._form_elements():
            self.notes, self.taken = [], set()
            whole = self._carried(form)
            definition = whole if whole is not None else self._form(form)
            yield ReadForm(definition, tuple(self.notes))

    def _carried(self, form: Element) -> dict[str, Any] | None:
        """Return the definition that the form carries, unless the document says otherwise."""
        aliases = {one.get("Context"): one.get("Name", "") for one in self._all(form, "Alias")}
        if WHOLE not in aliases:
            return None
        try:
            parsed = FormDefinition.model_validate(json.loads(aliases[WHOLE]))
        except (ValueError, ValidationError):
            self.notes.append("the definition that the form carries is spoiled: it was not used")
            return None
        if parsed.digest != aliases.get(DIGEST) or self._plain(form) != self._as_written(parsed):
            self.notes.append("the document was edited: the definition it carries was not used")
            return None
        return parsed.to_json()

    def _plain(self, form: Element) -> dict[str, Any]:
        """Return what the standard's own parts say, and leave no note."""
        return _Reader(self.space, self.version, self.study, self.metadata)._form(form)

    def _as_written(self, parsed: FormDefinition) -> dict[str, Any]:
        """Return what the standard's own parts say when the definition is written anew."""
        at = datetime(2000, 1, 1, tzinfo=UTC)
        root = _parsed(write_odm(parsed, version=self.version, created=at, build=""))
        study = next(root.iter(f"{{{self.space}}}Study"))
        metadata = next(study.iter(f"{{{self.space}}}MetaDataVersion"))
        again = _Reader(self.space, self.version, study, metadata)
        return again._form(next(iter(again._form_elements())))

    def _form_elements(self) -> Iterator[Element]:
        for form in self._all(self.metadata, "FormDef" if self.version == V1 else "ItemGroupDef"):
            if self.version == V1 or form.get("Type") == "Form":
                yield form

    def _form(self, form: Element) -> dict[str, Any]:
        title = form.get("Name") or str(form.get("OID"))
        groups = [made for group in self._groups(form) if (made := self._group(group))]
        return {
            "oid": oid_of(str(form.get("OID"))),
            "version": "1.0.0",
            "title": title[:200],
            "groups": groups,
        }

    def _group(self, group: Element) -> dict[str, Any] | None:
        items = [made for item, ref in self._items(group) if (made := self._item(item, ref))]
        if not items:
            self.notes.append(f"the group {group.get('OID')} asks nothing that can be taken")
            return None
        return {
            "oid": oid_of(str(group.get("OID"))),
            "label": label_of(group.get("Name") or str(group.get("OID"))),
            "repeats": group.get("Repeating", "No") != "No",
            "items": items,
        }

    def _item(self, item: Element, ref: Element) -> dict[str, Any] | None:
        oid, kind = self._item_oid(item), KINDS.get(item.get("DataType", ""))
        if kind is None:
            self.notes.append(f"{oid}: the data type {item.get('DataType')} has no kind of item")
            return None
        made: dict[str, Any] = {
            "kind": kind,
            "oid": oid,
            "label": label_of(self._question(item) or item.get("Name") or oid),
            "required": ref.get("Mandatory") == "Yes",
            "help": self._words(item, "Description")[:4000],
            "unit": self._unit(item),
        }
        if item.get("DataType") in ("partialDate", "incompleteDate"):
            made["least"] = "year"
        if kind == "text" and item.get("Length"):
            made["max_length"] = min(int(item.get("Length", "0")), 20_000)
        for name in ("MethodOID", "CollectionExceptionConditionOID"):
            if ref.get(name):
                self.notes.append(f"{oid}: {name} {ref.get(name)} is an expression: write it anew")
        return self._with_ranges(item, self._with_code_list(item, made))

    def _with_ranges(self, item: Element, made: dict[str, Any]) -> dict[str, Any]:
        for check in self._all(item, "RangeCheck"):
            name = COMPARATORS.get(check.get("Comparator", ""))
            value = self._first(check, "CheckValue")
            if name and value is not None and value.text and made["kind"] in ("integer", "decimal"):
                text = value.text.strip()
                made[name] = int(text) if made["kind"] == "integer" and _is_whole(text) else text
            else:
                formal = self._words(check, "ErrorMessage") or check.get("Comparator", "a rule")
                self.notes.append(f"{made['oid']}: a check was left out: {formal}")
        return made

    def _with_code_list(self, item: Element, made: dict[str, Any]) -> dict[str, Any]:
        ref = self._first(item, "CodeListRef")
        if ref is None:
            return made
        lists = {one.get("OID"): one for one in self._all(self.metadata, "CodeList")}
        whole = lists.get(ref.get("CodeListOID"))
        entries = [] if whole is None else [*self._entries(whole)]
        if not entries:
            self.notes.append(f"{made['oid']}: its code list is not in the document")
            return made
        for name in ("max_length", "least"):
            made.pop(name, None)
        return {**made, "kind": "choice", "code_list": entries}

    def _entries(self, whole: Element) -> Iterator[dict[str, str]]:
        for tag in ("CodeListItem", "EnumeratedItem"):
            for entry in self._all(whole, tag):
                code = entry.get("CodedValue", "")
                standard = [
                    *(one.get("Code", "") for one in self._all(entry, "Coding")),
                    *(one.get("Name", "") for one in self._all(entry, "Alias")
                      if one.get("Context") == "nci:ExtCodeID"),
                ]  # fmt: skip
                yield {
                    "code": code,
                    "label": label_of(self._words(entry, "Decode") or code),
                    "standard_code": standard[0] if standard else "",
                }

    def _unit(self, item: Element) -> str:
        for coding in self._all(item, "Coding"):
            if coding.get("System") == UCUM:
                return coding.get("Code", "")
        ref = self._first(item, "MeasurementUnitRef")
        for unit in self.study.iter(f"{{{self.space}}}MeasurementUnit"):
            if ref is not None and unit.get("OID") == ref.get("MeasurementUnitOID"):
                return (self._words(unit, "Symbol") or unit.get("Name", ""))[:32]
        return ""

    def _groups(self, form: Element) -> Iterator[Element]:
        known = {one.get("OID"): one for one in self._all(self.metadata, "ItemGroupDef")}
        for ref in self._all(form, "ItemGroupRef"):
            group = known.get(ref.get("ItemGroupOID"))
            if group is None:
                self.notes.append(f"the group {ref.get('ItemGroupOID')} is not in the document")
            else:
                yield group

    def _items(self, group: Element) -> Iterator[tuple[Element, Element]]:
        known = {one.get("OID"): one for one in self._all(self.metadata, "ItemDef")}
        if self._first(group, "ItemGroupRef") is not None:
            self.notes.append(f"the groups inside the group {group.get('OID')} were left out")
        for ref in self._all(group, "ItemRef"):
            item = known.get(ref.get("ItemOID"))
            if item is None:
                self.notes.append(f"the item {ref.get('ItemOID')} is not in the document")
            else:
                yield item, ref

    def _item_oid(self, item: Element) -> str:
        """Return the item's short name where it is one and is free, else its OID."""
        name = str(item.get("Name"))
        short = name if re.fullmatch(OID, name) and name not in self.taken else ""
        oid = short or oid_of(str(item.get("OID")))
        self.taken.add(oid)
        return oid

    def _question(self, item: Element) -> str:
        return self._words(item, "Question")

    def _words(self, parent: Element, tag: str) -> str:
        whole = self._first(parent, tag)
        texts = [] if whole is None else [*self._all(whole, "TranslatedText")]
        english = [one for one in texts if _language(one).startswith("en")]
        chosen = (english or texts)[:1]
        return "".join(chosen[0].itertext()).strip() if chosen else ""

    def _all(self, parent: Element, tag: str) -> list[Element]:
        return parent.findall(f"{{{self.space}}}{tag}")

    def _first(self, parent: Element, tag: str) -> Element | None:
        return parent.find(f"{{{self.space}}}{tag}")


def _language(text: Element) -> str:
    return text.get("{http://www.w3.org/XML/1998/namespace}lang", "")


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]{1,18}", text) is not None
