"""The strict parent of every wire type, and the problem document of RFC 9457."""

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """A frozen value on the wire, filled from a dataclass or from JSON without surprises."""

    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class Problem(BaseModel):
    """Why a request was refused and what to do: RFC 9457, `type` is a stable slug."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="stable slug, for example not_found or stale_revision")
    title: str
    status: int
    detail: str = Field(description="what happened, to which id, and what to do")
    instance: str = Field(description="the path of the request")
    request_id: str = Field(description="the id of this request in the structured log")
