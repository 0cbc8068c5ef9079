"""Computed responses of a subject, reader by reader and visit by visit."""

from datetime import date
from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire

LesionRole = Literal["target", "non_target", "new"]


class ComputedResponse(Wire):
    """What the criteria make of a visit with the records that are in force now."""

    response: str | None
    explanation: str
    measures: dict[str, str | None]


class VisitResponseView(Wire):
    """One visit: the computed response beside the stated one, as they were signed."""

    read: str
    visit_code: str
    visit_label: str
    revision: int
    task_state: str | None = Field(description="stale where an earlier visit changed since")
    computed: str | None
    stated: str | None
    of_record: str | None = Field(description="the computed one, or the stated one by charter")
    explanation: str
    notes: tuple[str, ...]
    parts: dict[str, str | None]
    measures: dict[str, str | None] = Field(description="exact decimals, not rounded")
    shown: dict[str, str] = Field(
        description="changes in percent, rounded half up to one place for display"
    )
    would_be: ComputedResponse | None = Field(
        description="what it would be now, where that is not what was signed"
    )


class LesionFinding(Wire):
    """One lesion at one visit: as stated and as it counts."""

    visit_code: str
    status: str
    stated: str
    size_mm: str | None
    across_mm: str | None
    counted_mm: str | None
    reason: str


class LesionView(Wire):
    """One lesion of one reader, the same at every visit."""

    number: str
    role: LesionRole
    organ: str
    node: bool
    parent: str | None
    tracking_uid: str | None
    findings: tuple[LesionFinding, ...]


class BestResponseView(Wire):
    """The best response, where it was reached, and where the disease progressed."""

    response: str
    visit: str | None
    progression_visit: str | None
    explanation: str


class EndpointView(Wire):
    """A time to an event or its censoring; the first day is day 1."""

    days: int
    event: bool
    date: date
    why: str


class SeatResponsesView(Wire):
    """One reader's course of a subject."""

    step: str
    position: str
    arm: str
    session: int
    repeat: int
    criteria: str
    criteria_version: str
    visits: tuple[VisitResponseView, ...]
    lesions: tuple[LesionView, ...]
    best: BestResponseView | None
    best_unconfirmed: str | None
    best_confirmed: str | None = Field(description="by the charter's days, else 28")
    progression_free_survival: EndpointView | None = Field(description="from the baseline visit")
    duration_of_response: EndpointView | None
    problem: str = Field(description="why the criteria cannot judge, else empty")
