"""Ready forms: one YAML file each, with the source of its rules and an example read.

Names of categories and the rules are facts, published in the sources that each file cites; the
words are our own. A project takes a form over, changes what it wants and signs it as its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import yaml
from pydantic import JsonValue

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ExampleVisit:
    """One visit of an example read: its answers, and what the server must compute from them."""

    code: str
    day: int
    form: FormDefinition
    answers: Mapping[ItemKey, Answer]
    expected: Mapping[ItemKey, str]


@dataclass(frozen=True)
class ReadyForm:
    """A form of the library with its example."""

    name: str
    definition: FormDefinition
    example: tuple[ExampleVisit, ...]


def ready_forms() -> tuple[ReadyForm, ...]:
    """Return every ready form, by name."""
    return tuple(ready_form(path.stem) for path in sorted(FOLDER.glob("*.yaml")))


@cache
def ready_form(name: str) -> ReadyForm:
    """Return the ready form of that name, such as recist11."""
    content = _content(name)
    definition = _definition(name)
    example = cast("dict[str, list[dict[str, JsonValue]]]", content["example"])
    return ReadyForm(
        name,
        definition,
        tuple(_visit(definition, at, visit) for at, visit in enumerate(example["visits"])),
    )


@cache
def _content(name: str) -> dict[str, JsonValue]:
    content = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    return cast("dict[str, JsonValue]", content)


@cache
def _definition(name: str) -> FormDefinition:
    content = {key: part for key, part in _content(name).items() if key != "example"}
    return FormDefinition.model_validate(content)


def _by_oid(oid: str) -> FormDefinition:
    known = (_definition(path.stem) for path in sorted(FOLDER.glob("*.yaml")))
    return next(form for form in known if form.oid == oid)


def _visit(own: FormDefinition, at: int, visit: dict[str, JsonValue]) -> ExampleVisit:
    form = _by_oid(str(visit["form"])) if "form" in visit else own
    day = visit.get("day", at)
    assert isinstance(day, int)
    expected = cast("dict[str, str]", visit["expect"])
    return ExampleVisit(
        code=str(visit["code"]),
        day=day,
        form=form,
        answers=dict(_answers(cast("dict[str, JsonValue]", visit["answers"]))),
        expected={_key(form, path): value for path, value in expected.items()},
    )


def _answers(groups: dict[str, JsonValue]) -> list[tuple[ItemKey, Answer]]:
    found = []
    for group, given in groups.items():
        rows = list(enumerate(given, start=1)) if isinstance(given, list) else [("", given)]
        for row, items in rows:
            found += [
                (ItemKey(group, str(row), item), Answer(str(value)))
                for item, value in cast("dict[str, JsonValue]", items).items()
            ]
    return found


def _key(form: FormDefinition, path: str) -> ItemKey:
    group, _, rest = path.partition("/")
    row, _, item = rest.partition("/")
    if item:
        return ItemKey(group, row, item)
    place = next((g, i) for g, i in form.items_by_key if i == path)
    return ItemKey(place[0], "", place[1])
