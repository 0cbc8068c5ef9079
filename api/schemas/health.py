"""Whether the platform works and which build it is."""

from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire


class Health(Wire):
    """Each part the api needs, tried now."""

    status: Literal["ok", "failing"]
    database: Literal["ok", "failing"]
    lake: Literal["ok", "failing"]
    signer: Literal["ok", "late", "unknown"] = Field(
        description="whether every ledger is covered; late after three minutes, and nothing waits"
    )
    signer_lag_seconds: float | None = Field(
        description="age of the oldest entry that no checkpoint covers"
    )
    clock: str = Field(description="where the server's time comes from")


class Build(Wire):
    """The software that answered."""

    version: str
    build: str
    python: str
    demo: bool = Field(description="whether the demonstration data was loaded")
