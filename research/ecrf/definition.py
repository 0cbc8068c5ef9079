"""A form's definition: groups of items, shaped like CDISC ODM, named by oid, version and digest."""

from functools import cached_property
from typing import Self, cast

from pydantic import BaseModel, ConfigDict, Field, model_validator

from accounts.ledger.entries import JsonValue, digest
from research.ecrf.items import Item
from research.ecrf.items.item import ItemDefinition

MAX_REPEATS = 200


class Group(BaseModel):
    """Items that belong together; a repeating group has one row per repeat key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oid: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")
    label: str = Field(min_length=1, max_length=500)
    repeats: bool = False
    items: tuple[Item, ...] = Field(min_length=1, max_length=500)


class FormDefinition(BaseModel):
    """The whole form; two forms of the same bytes have the same digest."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    oid: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,63}$")
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    title: str = Field(min_length=1, max_length=200)
    groups: tuple[Group, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _oids_differ(self) -> Self:
        groups = [group.oid for group in self.groups]
        items = [item.oid for group in self.groups for item in group.items]
        for what, oids in (("group", groups), ("item", items)):
            twice = sorted({oid for oid in oids if oids.count(oid) > 1})
            if twice:
                raise ValueError(f"the form {self.oid} names a {what} twice: {', '.join(twice)}")
        return self

    def to_json(self) -> dict[str, JsonValue]:
        """Return the definition as plain JSON."""
        return cast("dict[str, JsonValue]", self.model_dump(mode="json"))

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the canonical bytes: the form's unmistakable name."""
        return digest(self.to_json())

    @cached_property
    def items_by_key(self) -> dict[tuple[str, str], tuple[Group, ItemDefinition]]:
        """The items by (group oid, item oid)."""
        return {
            (group.oid, item.oid): (group, item) for group in self.groups for item in group.items
        }

    def item(self, oid: str) -> ItemDefinition | None:
        """Return the item of that oid, if the form has it."""
        return next(
            (item for (_, name), (_, item) in self.items_by_key.items() if name == oid), None
        )
