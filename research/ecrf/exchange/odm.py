"""A form as CDISC ODM 1.3.2 or 2.0 metadata that other systems read.

What the standard has a place for stands there: groups, items, code lists, units, ranges,
conditions and methods. The whole definition also stands in an `Alias` of the form, so that what
was written here is read back to the same digest. Headings and notes hold no data: ODM has no item
for them, and only the alias carries them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.etree import ElementTree as Tree

from accounts.ledger.entries import canonical
from research.ecrf.definition import CheckRule, FormDefinition, Group, Repeats
from research.ecrf.exchange.odm_types import NAMESPACES, V1, V2, odm_type
from research.ecrf.items.item import ItemDefinition

LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
WHOLE, DIGEST, KIND, EXPRESSION = "readout.form", "readout.digest", "readout.kind", "readout"
UCUM: Final = "http://unitsofmeasure.org"
NCIT: Final = "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"


def write_odm(form: FormDefinition, *, version: str, created: datetime, build: str) -> bytes:
    """Return the form as an ODM document; `created` is an aware time, `build` the software's."""
    writer = _Writer(form, version)
    root = Tree.Element(
        "ODM",
        {
            "xmlns": NAMESPACES[version],
            "FileType": "Snapshot",
            "Granularity": "Metadata",
            "FileOID": f"{form.oid}.{form.version}.{form.digest[:16]}",
            "CreationDateTime": created.isoformat(timespec="seconds"),
            "ODMVersion": version,
            "SourceSystem": "Readout",
            "SourceSystemVersion": build,
        },
    )
    writer.study(root)
    Tree.indent(root)
    text: bytes = Tree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


@dataclass(frozen=True)
class _Writer:
    form: FormDefinition
    version: str

    def study(self, root: Tree.Element) -> None:
        """Write the study that the standard wants around every form."""
        form = self.form
        oid = f"ST.{form.oid}"
        if self.version == V1:
            study = _child(root, "Study", OID=oid)
            names = _child(study, "GlobalVariables")
            for tag in ("StudyName", "StudyDescription", "ProtocolName"):
                _child(names, tag).text = form.title
            self._units(study)
        else:
            study = _child(root, "Study", OID=oid, StudyName=form.title, ProtocolName=form.title)
        metadata = _child(study, "MetaDataVersion", OID=f"MD.{form.oid}", Name=form.title)
        self._form(metadata)
        for group in self._groups():
            self._group(metadata, group)
        for group, item in self._items():
            self._item(metadata, group, item)
        for group, item in self._items():
            self._code_list(metadata, group, item)
        for oid, text, words in self._conditions():
            self._expression(metadata, "ConditionDef", oid, words, text, "boolean")
        for group, item in self._items():
            if item.kind == "computed":
                facts: Any = item
                self._expression(
                    metadata, "MethodDef", f"MT.{group.oid}.{item.oid}", item.label,
                    facts.value, odm_type(item, V2).name,
                )  # fmt: skip

    def _form(self, metadata: Tree.Element) -> None:
        form = self.form
        tag = "FormDef" if self.version == V1 else "ItemGroupDef"
        kind = {} if self.version == V1 else {"Type": "Form"}
        whole = _child(metadata, tag, OID=form.oid, Name=form.title, Repeating="No", **kind)
        self._text(_child(whole, "Description"), form.title)
        for number, group in enumerate(self._groups(), 1):
            hidden = {}
            if group.visible_if:
                hidden["CollectionExceptionConditionOID"] = f"CN.{group.oid}"
            _child(
                whole, "ItemGroupRef", ItemGroupOID=group.oid, OrderNumber=str(number),
                Mandatory="No", **hidden,
            )  # fmt: skip
        _child(whole, "Alias", Context=WHOLE, Name=canonical(form.to_json()).decode())
        _child(whole, "Alias", Context=DIGEST, Name=form.digest)

    def _group(self, metadata: Tree.Element, group: Group) -> None:
        facts = {"OID": group.oid, "Name": group.label}
        if self.version == V1:
            facts["Repeating"] = "Yes" if group.repeats else "No"
        else:
            facts |= {"Repeating": "Dynamic" if group.repeats else "No", "Type": "Section"}
            if isinstance(group.repeats, Repeats) and group.repeats.max:
                facts["RepeatingLimit"] = str(group.repeats.max)
        whole = _child(metadata, "ItemGroupDef", **facts)
        self._text(_child(whole, "Description"), group.label)
        for number, item in enumerate(_asked(group), 1):
            facts = {"ItemOID": f"{group.oid}.{item.oid}", "OrderNumber": str(number)}
            facts["Mandatory"] = "Yes" if item.required else "No"
            if item.kind == "computed":
                facts["MethodOID"] = f"MT.{group.oid}.{item.oid}"
            if item.visible_if:
                facts["CollectionExceptionConditionOID"] = f"CN.{group.oid}.{item.oid}"
            _child(whole, "ItemRef", **facts)

    def _item(self, metadata: Tree.Element, group: Group, item: ItemDefinition) -> None:
        kind = odm_type(item, self.version)
        facts = {"OID": f"{group.oid}.{item.oid}", "Name": item.oid, "DataType": kind.name}
        if kind.length:
            facts["Length"] = str(kind.length)
        digits = getattr(item, "decimals", None)
        if self.version == V1 and digits is not None:
            facts["SignificantDigits"] = str(digits)
        whole = _child(metadata, "ItemDef", **facts)
        if item.help:
            self._text(_child(whole, "Description"), item.help)
        self._text(_child(whole, "Question"), item.label)
        if self.version == V1 and item.unit:
            _child(whole, "MeasurementUnitRef", MeasurementUnitOID=f"MU.{item.unit}")
        self._ranges(whole, group, item)
        if hasattr(item, "code_list") and item.kind == "choice":
            _child(whole, "CodeListRef", CodeListOID=f"CL.{group.oid}.{item.oid}")
        if self.version == V2 and item.unit:
            _child(whole, "Coding", Code=item.unit, System=UCUM, SystemName="UCUM")
        _child(whole, "Alias", Context=KIND, Name=item.kind)
        if item.sdtm is not None:
            place = ".".join(
                part for part in (item.sdtm.domain, item.sdtm.variable, item.sdtm.testcd) if part
            )
            _child(whole, "Alias", Context="SDTM", Name=place)

    def _ranges(self, whole: Tree.Element, group: Group, item: ItemDefinition) -> None:
        for name, comparator in (("min", "GE"), ("max", "LE")):
            bound = getattr(item, name, None)
            if bound is not None:
                check = _child(whole, "RangeCheck", Comparator=comparator, SoftHard="Hard")
                _child(check, "CheckValue").text = str(bound)
        for rule in self._checks_of(group, item):
            soft = "Hard" if rule.severity == "block" else "Soft"
            check = _child(whole, "RangeCheck", SoftHard=soft)
            if self.version == V2:
                _signature(check, "boolean")
            # ODM states what must hold; a check here states what must not.
            self._formal(check, f"not ({rule.when})")
            self._text(_child(check, "ErrorMessage"), rule.message)

    def _checks_of(self, group: Group, item: ItemDefinition) -> Iterator[CheckRule]:
        names = {item.oid, f"{group.oid}.{item.oid}"}
        yield from (rule for rule in self.form.checks if rule.item in names)

    def _code_list(self, metadata: Tree.Element, group: Group, item: ItemDefinition) -> None:
        if item.kind != "choice":
            return
        facts: Any = item
        oid = f"CL.{group.oid}.{item.oid}"
        name = facts.code_list_name or item.label
        whole = _child(metadata, "CodeList", OID=oid, Name=name, DataType="text")
        for number, choice in enumerate(facts.code_list, 1):
            entry = _child(whole, "CodeListItem", CodedValue=choice.code, OrderNumber=str(number))
            self._text(_child(entry, "Decode"), choice.label)
            if choice.standard_code and self.version == V2:
                _child(entry, "Coding", Code=choice.standard_code, System=NCIT)
            elif choice.standard_code:
                _child(entry, "Alias", Context="nci:ExtCodeID", Name=choice.standard_code)

    def _conditions(self) -> Iterator[tuple[str, str, str]]:
        """Yield OID, expression and words; ODM's condition says when nothing is collected."""
        for group in self._groups():
            places: Iterable[tuple[str, str, str]] = [
                (f"CN.{group.oid}", group.visible_if, group.label),
                *((f"CN.{group.oid}.{item.oid}", item.visible_if, item.label)
                  for item in _asked(group)),
            ]  # fmt: skip
            for oid, rule, label in places:
                if rule:
                    yield oid, f"not ({rule})", f"{label}: not collected"

    def _expression(
        self, metadata: Tree.Element, tag: str, oid: str, words: str, text: str, yields: str
    ) -> None:
        kind = {"Type": "Computation"} if tag == "MethodDef" else {}
        whole = _child(metadata, tag, OID=oid, Name=words, **kind)
        self._text(_child(whole, "Description"), words)
        if self.version == V2:
            _signature(whole, yields)
        self._formal(whole, text)

    def _formal(self, parent: Tree.Element, text: str) -> None:
        formal = _child(parent, "FormalExpression", Context=EXPRESSION)
        (formal if self.version == V1 else _child(formal, "Code")).text = text

    def _units(self, study: Tree.Element) -> None:
        units = sorted({item.unit for _, item in self._items() if item.unit})
        if units:
            basics = _child(study, "BasicDefinitions")
            for unit in units:
                whole = _child(basics, "MeasurementUnit", OID=f"MU.{unit}", Name=unit)
                self._text(_child(whole, "Symbol"), unit)
                _child(whole, "Alias", Context="UCUM", Name=unit)

    def _text(self, parent: Tree.Element, text: str) -> None:
        kind = {} if self.version == V1 else {"Type": "text/plain"}
        _child(parent, "TranslatedText", **{LANGUAGE: "en"}, **kind).text = text

    def _groups(self) -> list[Group]:
        return [group for group in self.form.groups if any(True for _ in _asked(group))]

    def _items(self) -> Iterator[tuple[Group, ItemDefinition]]:
        yield from ((group, item) for group in self._groups() for item in _asked(group))


def _asked(group: Group) -> Iterator[ItemDefinition]:
    yield from (item for item in group.items if item.takes_answers)


def _signature(parent: Tree.Element, yields: str) -> None:
    signature = _child(parent, "MethodSignature")
    _child(signature, "ReturnValue", Name="value", DataType=yields)


def _child(parent: Tree.Element, tag: str, **attributes: str) -> Tree.Element:
    return Tree.SubElement(parent, tag, attributes)
