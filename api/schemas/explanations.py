"""Explanations of values, and the queries that checks ask for."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire


class ReasoningView(Wire):
    """One rule about an item: what its author wrote, and how it comes out here."""

    about: Literal["computed", "visible", "required", "default", "check"]
    expression: str
    words: str
    check: str = Field(description="oid of the check, else empty")


class ItemExplainedView(Wire):
    """Everything that rules say of one item of one read."""

    group: str
    repeat: str
    item: str
    value: str | None
    visible: bool
    reasonings: tuple[ReasoningView, ...]


class QueryRequestView(Wire):
    """A query that a check of a submitted read asks for."""

    id: str
    subject_code: str
    visit_code: str
    read_id: str
    check: str
    group: str
    repeat: str
    item: str
    message: str
    state: Literal["open", "withdrawn"]
    created_at: datetime
