"""Sites on the wire."""

from pydantic import Field

from api.schemas.people import ReasonNeeded
from api.schemas.wire import Wire


class SiteView(Wire):
    """Where subjects are seen."""

    id: str
    code: str
    name: str
    country: str
    time_zone: str
    row_version: int


class SiteNew(Wire):
    """A site to make."""

    code: str = Field(min_length=1, max_length=64)
    name: str = Field(min_length=1, max_length=200)
    country: str = Field("", max_length=2, description="ISO 3166-1 letters, such as SE")
    time_zone: str = Field("UTC", max_length=64, description="IANA name")


class SiteEdit(Wire):
    """What shall change, and why; what is left out stays."""

    name: str | None = Field(None, max_length=200)
    country: str | None = Field(None, max_length=2)
    time_zone: str | None = Field(None, max_length=64)
    reason: ReasonNeeded
