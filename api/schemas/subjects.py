"""Subjects with their visits."""

from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire


class VisitView(Wire):
    """When a subject is imaged, and how far that visit's work has come."""

    id: str
    code: str
    label: str
    kind: str
    state: Literal["expected", "in_qc", "in_reading", "complete"]


class SubjectView(Wire):
    """Who is imaged, under a code alone."""

    id: str
    code: str
    kind: Literal["live", "test"]
    site_code: str | None
    state: str
    visits: tuple[VisitView, ...]


class SubjectNew(Wire):
    """A subject to create."""

    code: str = Field(min_length=1, max_length=64)
    kind: Literal["live", "test"] = "live"
    site_id: str | None = None
