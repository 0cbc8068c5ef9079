"""Subjects with their visits."""

from typing import Literal

from pydantic import Field

from api.schemas.people import ReasonNeeded
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
    row_version: int


class SubjectNew(Wire):
    """A subject to create."""

    code: str = Field(min_length=1, max_length=64)
    kind: Literal["live", "test"] = "live"
    site_id: str | None = Field(None, max_length=36, description="the primary site")
    further_sites: tuple[str, ...] = Field((), max_length=50)
    cohort: str = Field("", max_length=64)
    sex: Literal["F", "M", "O"] | None = None
    year_of_birth: int | None = Field(None, ge=1850, le=2200)


class SubjectEdit(Wire):
    """What shall change, and why; what is left out stays."""

    site_id: str | None = Field(None, max_length=36)
    further_sites: tuple[str, ...] | None = Field(None, max_length=50)
    cohort: str | None = Field(None, max_length=64)
    sex: Literal["F", "M", "O"] | None = None
    year_of_birth: int | None = Field(None, ge=1850, le=2200)
    reason: ReasonNeeded
