"""A form's definition: groups of items, shaped like CDISC ODM, named by oid, version and digest."""

from functools import cached_property
from typing import Any, Literal, Self, cast

from pydantic import Field, model_validator

from accounts.ledger.entries import JsonValue, digest
from research.ecrf.items import Item
from research.ecrf.items.item import ItemDefinition
from research.ecrf.part import OID, Part, expression, left_out
from research.ecrf.spelling import spelled_out

MAX_REPEATS = 200

Role = Literal["target", "non_target", "new"]
Severity = Literal["block", "warn", "query"]


class Repeats(Part):
    """How a group repeats; a row of a lesion table is one lesion, the same at every visit."""

    kind: Literal["repeating", "lesion_table"] = "repeating"
    role: Role | None = left_out(None)
    max: int | None = left_out(None, ge=1, le=MAX_REPEATS)
    max_per_organ: int | None = left_out(None, ge=1, le=MAX_REPEATS)
    carry_forward: tuple[str, ...] = left_out((), max_length=20)

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if self.kind != "lesion_table" and (self.role or self.max_per_organ):
            raise ValueError("role and max_per_organ belong to a lesion_table")
        return self


class Group(Part):
    """Items that belong together; a repeating group has one row per repeat key."""

    oid: str = Field(pattern=OID)
    label: str = Field(min_length=1, max_length=500)
    repeats: bool | Repeats = False
    visible_if: str = expression()
    items: tuple[Item, ...] = Field(min_length=1, max_length=500)

    @property
    def most_rows(self) -> int:
        """How many rows the group may have."""
        return (isinstance(self.repeats, Repeats) and self.repeats.max) or MAX_REPEATS

    @property
    def is_lesion_table(self) -> bool:
        """Whether each row is a lesion."""
        return isinstance(self.repeats, Repeats) and self.repeats.kind == "lesion_table"


class CheckRule(Part):
    """One check: when its condition holds, the message is shown at the item.

    Without an item it stands at the first that its condition names.
    """

    oid: str = left_out("", pattern=rf"^$|{OID}")
    item: str = left_out("", max_length=129)
    when: str = Field(min_length=1, max_length=4000)
    severity: Severity
    message: str = Field(min_length=1, max_length=1000)


class FormDefinition(Part):
    """The whole form; two forms of the same bytes have the same digest."""

    oid: str = Field(pattern=OID)
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    title: str = Field(min_length=1, max_length=200)
    criteria: str = left_out("", pattern=r"^([a-z][a-z0-9.-]{0,63})?$")
    groups: tuple[Group, ...] = Field(min_length=1, max_length=100)
    checks: tuple[CheckRule, ...] = left_out((), max_length=500)

    @model_validator(mode="before")
    @classmethod
    def _spelled_out(cls, given: Any) -> Any:
        return spelled_out(given)

    @model_validator(mode="after")
    def _oids_differ(self) -> Self:
        groups = [group.oid for group in self.groups]
        # The tables of a form share the columns of a lesion; every other item stands once.
        items = [item.oid for group in self.groups if not group.is_lesion_table
                 for item in group.items]  # fmt: skip
        items += {item.oid for group in self.groups if group.is_lesion_table
                  for item in group.items}  # fmt: skip
        inside = [
            oid for group in self.groups if group.is_lesion_table
            for oid in _twice([item.oid for item in group.items])
        ]  # fmt: skip
        checks = [check.oid for check in self.checks if check.oid]
        for what, twice in (
            ("group", _twice(groups)), ("item", _twice(items) + inside), ("check", _twice(checks)),
        ):  # fmt: skip
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


def _twice(oids: list[str]) -> list[str]:
    return sorted({oid for oid in oids if oids.count(oid) > 1})
