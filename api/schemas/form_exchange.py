"""Forms in the shapes of others, and what changed between two."""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field, JsonValue

from api.schemas.wire import Wire


class FormChange(Wire):
    """One part that differs; of a changed part the fields that differ, old and new."""

    part: Literal["form", "group", "item", "check"]
    oid: str
    change: Literal["added", "removed", "changed", "moved"]
    before: Mapping[str, JsonValue]
    after: Mapping[str, JsonValue]


class FormRead(Wire):
    """A form that was read from a document, to be looked at and saved."""

    definition: Mapping[str, Any]
    notes: tuple[str, ...] = Field(description="what a person must add by hand")
    problems: tuple[str, ...] = Field(description="what must be put right before it can be saved")
