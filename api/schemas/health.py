"""Whether the platform works and which build it is."""

from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire


class Health(Wire):
    """Each part the api needs, tried now."""

    status: Literal["ok", "failing"]
    database: Literal["ok", "failing"]
    lake: Literal["ok", "failing"]


class Build(Wire):
    """The software that answered."""

    version: str
    build: str
    python: str
    demo: bool = Field(description="whether the demonstration data was loaded")
