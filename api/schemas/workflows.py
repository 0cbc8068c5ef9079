"""Versions of a project's workflow on the wire."""

from pydantic import Field, JsonValue

from api.schemas.wire import Wire


class WorkflowView(Wire):
    """One version; its digest is what approving it signs."""

    id: str
    number: int
    state: str
    digest: str
    definition: JsonValue


class WorkflowDesign(Wire):
    """The visits and steps that the design version shall have."""

    definition: JsonValue = Field(description="the charter: visits, steps, links, forms")
