"""Forms from a REDCap data dictionary: one form for each of its instruments.

The dictionary is the CSV file of 18 columns that REDCap writes and reads (its data dictionary).
Branching logic becomes an expression of ours where it says the same; what does not is a note by
field name, so that a person writes it anew: nothing is dropped in silence.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from research.ecrf.exchange.odm_read import ReadForm
from research.ecrf.exchange.plain import label_of, oid_of
from research.ecrf.exchange.redcap_logic import NotTranslated, translated
from research.errors import Invalid, Problem

MAX_BYTES, MAX_FIELDS = 5 << 20, 5000
NAME, FORM, SECTION, TYPE, LABEL, CHOICES, NOTE, VALIDATION, LEAST, MOST = range(10)
BRANCHING, REQUIRED = 11, 12
COLUMNS: Final = 13
# What REDCap calls text with a validation; the dates differ in how they are shown alone.
VALIDATIONS: Final[Mapping[str, dict[str, Any]]] = {
    "": {"kind": "text"},
    "integer": {"kind": "integer"},
    "number": {"kind": "decimal"},
    **{f"number_{n}dp": {"kind": "decimal", "decimals": n} for n in (1, 2, 3, 4)},
    **{f"date_{order}": {"kind": "date"} for order in ("ymd", "mdy", "dmy")},
    **{
        f"datetime_{seconds}{order}": {"kind": "datetime"}
        for order in ("ymd", "mdy", "dmy")
        for seconds in ("", "seconds_")
    },
    "time": {"kind": "time"},
}
YES_NO: Final = {"yesno", "truefalse"}
LISTS: Final = {"dropdown": "choice", "radio": "choice", "checkbox": "choices"}


@dataclass
class _Instrument:
    oid: str
    title: str
    groups: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def group(self, label: str) -> None:
        """Begin a group."""
        number = len(self.groups) + 1
        self.groups.append({"oid": f"{self.oid[:58]}_{number}", "label": label, "items": []})


def read_redcap(document: bytes) -> tuple[ReadForm, ...]:
    """Return a form for each instrument, in the file's order; raise `Invalid` by line."""
    instruments: dict[str, _Instrument] = {}
    rows = [*_rows(document)]
    kinds = {row[NAME]: _kind(row) for _, row in rows}
    for line, row in rows:
        form = row[FORM] or "form"
        one = instruments.setdefault(form, _Instrument(oid_of(form), label_of(form)))
        if row[SECTION] or not one.groups:
            one.group(label_of(row[SECTION] or form))
        item = _item(row, one, line)
        if item is not None:
            item |= _branching(row, one, kinds)
            one.groups[-1]["items"].append(item)
    return tuple(_form(one) for one in instruments.values())


def _rows(document: bytes) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each field."""
    if len(document) > MAX_BYTES:
        raise Invalid("the data dictionary is too large", (Problem("", f"at most {MAX_BYTES}"),))
    try:
        text = document.decode("utf-8-sig")
        cells = [*csv.reader(io.StringIO(text, newline=""), strict=True)]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise Invalid(
            "this is no CSV in UTF-8", (Problem("", type(problem).__name__),)
        ) from problem
    if not cells or len(cells[0]) < COLUMNS or "field" not in cells[0][NAME].lower():
        message = "its first row must be REDCap's, from “Variable / Field Name” on"
        raise Invalid("this is no data dictionary", (Problem("1", message),))
    if len(cells) > MAX_FIELDS:
        raise Invalid("the data dictionary is too long", (Problem("", f"at most {MAX_FIELDS}"),))
    names: set[str] = set()
    for line, row in enumerate(cells[1:], 2):
        row = [cell.strip() for cell in row] + [""] * (COLUMNS - len(row))
        if not any(row):
            continue
        if not re.fullmatch(r"[a-z][a-z0-9_]{0,99}", row[NAME]):
            raise Invalid("a field has no proper name", (Problem(str(line), "a-z, 0-9 and _"),))
        if row[NAME] in names:
            raise Invalid("a field stands twice", (Problem(str(line), row[NAME]),))
        names.add(row[NAME])
        yield line, row


def _kind(row: list[str]) -> str:
    kind = row[TYPE].lower()
    if kind in YES_NO:
        return "boolean"
    if kind in LISTS:
        return LISTS[kind]
    if kind in ("slider", "calc"):
        return "number"
    known = str(VALIDATIONS.get(row[VALIDATION].lower(), {"kind": "text"})["kind"])
    return "number" if known in ("integer", "decimal") else known


def _item(row: list[str], one: _Instrument, line: int) -> dict[str, Any] | None:
    """Return the item that a field becomes, or None with a note."""
    name, kind = row[NAME], row[TYPE].lower()
    shared: dict[str, Any] = {
        "oid": oid_of(name),
        "label": label_of(row[LABEL] or name),
        "help": label_of(row[NOTE]) if row[NOTE] else "",
        "required": row[REQUIRED].lower() == "y",
    }
    if kind == "descriptive":
        return {"kind": "note", "oid": oid_of(name), "label": shared["label"]}
    if kind == "notes":
        return shared | {"kind": "long_text"}
    if kind in YES_NO:
        return shared | {"kind": "boolean"}
    if kind in LISTS:
        return shared | {"kind": LISTS[kind], "code_list": [*_choices(row, line)]}
    if kind == "slider":
        return shared | _slider(row)
    if kind == "file":
        return shared | {"kind": "file"}
    if kind == "text":
        return shared | _text(row, one)
    one.notes.append(
        f"{name}: a field of type {kind} was left out"
        + (f": {row[CHOICES]}" if row[CHOICES] else "")
    )
    return None


def _choices(row: list[str], line: int) -> Iterator[dict[str, str]]:
    for part in row[CHOICES].split("|"):
        code, comma, label = part.strip().partition(",")
        if not comma or not code.strip() or len(code.strip()) > 64 or " " in code.strip():
            message = f"{row[NAME]}: a choice is written “code, label”"
            raise Invalid("a list of choices cannot be read", (Problem(str(line), message),))
        yield {"code": code.strip(), "label": label_of(label)}


def _slider(row: list[str]) -> dict[str, Any]:
    labels = [label_of(part) for part in row[CHOICES].split("|")] if row[CHOICES] else ["", ""]
    low = int(row[LEAST]) if re.fullmatch(r"-?[0-9]{1,9}", row[LEAST]) else 0
    high = int(row[MOST]) if re.fullmatch(r"-?[0-9]{1,9}", row[MOST]) else 100
    return {
        "kind": "scale", "min": low, "max": high,
        "min_label": labels[0][:200], "max_label": labels[-1][:200],
    }  # fmt: skip


def _text(row: list[str], one: _Instrument) -> dict[str, Any]:
    validation = row[VALIDATION].lower()
    if validation not in VALIDATIONS:
        one.notes.append(f"{row[NAME]}: the validation {validation} was left out")
    made = dict(VALIDATIONS.get(validation, VALIDATIONS[""]))
    for name, bound in (("min", row[LEAST]), ("max", row[MOST])):
        if not bound:
            continue
        if made["kind"] == "integer" and re.fullmatch(r"-?[0-9]{1,18}", bound):
            made[name] = int(bound)
        elif (
            made["kind"] == "decimal" and re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,15})?", bound)
        ) or (made["kind"] == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", bound)):
            made[name] = bound
        else:
            one.notes.append(f"{row[NAME]}: the bound {name} was left out: {bound}")
    return made


def _branching(row: list[str], one: _Instrument, kinds: Mapping[str, str]) -> dict[str, str]:
    if not row[BRANCHING]:
        return {}
    own = {other for group in one.groups for item in group["items"] for other in [item["oid"]]}
    try:
        return {"visible_if": translated(row[BRANCHING], kinds=kinds, known=own)}
    except NotTranslated as reason:
        one.notes.append(f"{row[NAME]}: its branching was left out ({reason}): {row[BRANCHING]}")
        return {}


def _form(one: _Instrument) -> ReadForm:
    groups = [group for group in one.groups if group["items"]]
    if not groups:
        raise Invalid("an instrument asks nothing", (Problem(one.oid, "no field can be taken"),))
    definition = {"oid": one.oid, "version": "1.0.0", "title": one.title[:200], "groups": groups}
    return ReadForm(definition, tuple(one.notes))
