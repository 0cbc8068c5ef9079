"""Which data type of CDISC ODM stands for which kind of item, in both versions of the standard.

Source: ODM 1.3.2 section 2.14 and ODM 2.0 "DataType" (CDISC). Version 2.0 knows exact decimals,
1.3.2 calls them float; a form's own kinds are richer than either, so each form also carries itself.
"""

from dataclasses import dataclass
from typing import Any, Final

from research.ecrf.items.item import ItemDefinition

V1, V2 = "1.3.2", "2.0"
NAMESPACES: Final = {
    V1: "http://www.cdisc.org/ns/odm/v1.3",
    V2: "http://www.cdisc.org/ns/odm/v2.0",
}
DECIMAL: Final = {V1: "float", V2: "decimal"}
COLUMNS: Final = {"text": "text", "integer": "integer", "boolean": "boolean", "date": "date"}
TYPES: Final = {
    "integer": "integer",
    "scale": "integer",
    "boolean": "boolean",
    "date": "date",
    "time": "partialTime",
    "datetime": "partialDatetime",
}
DECIMALS: Final = ("decimal", "measurement")
# What each ODM type becomes when a form of somebody else is read.
KINDS: Final = {
    "integer": "integer",
    "float": "decimal",
    "double": "decimal",
    "decimal": "decimal",
    "date": "date",
    "partialDate": "date",
    "incompleteDate": "date",
    "time": "time",
    "partialTime": "time",
    "datetime": "datetime",
    "partialDatetime": "datetime",
    "incompleteDatetime": "datetime",
    "boolean": "boolean",
    "text": "text",
    "string": "text",
    "URI": "text",
}


@dataclass(frozen=True)
class OdmType:
    """A data type with the length that text has."""

    name: str
    length: int | None = None


def odm_type(item: ItemDefinition, version: str) -> OdmType:
    """Return the type of an item's values."""
    facts: Any = item
    if item.kind == "computed":
        column = facts.data_type
        return OdmType(DECIMAL[version] if column == "decimal" else COLUMNS[column])
    if item.kind in DECIMALS:
        return OdmType(DECIMAL[version])
    if item.kind == "date" and facts.least != "day":
        return OdmType("partialDate")
    if item.kind in TYPES:
        return OdmType(TYPES[item.kind])
    if item.kind == "choice":
        return OdmType("text", max(len(choice.code) for choice in facts.code_list))
    return OdmType("text", getattr(item, "max_length", None))
