"""Machine keys on the wire."""

from datetime import datetime

from pydantic import Field

from api.schemas.wire import Wire


class MachineKeyRequest(Wire):
    """What a machine is to be called, may do, how long, and from where."""

    name: str = Field(min_length=1, max_length=100)
    role: str = Field("Gateway", min_length=1, max_length=100)
    days: int = Field(365, ge=1, le=1098)
    allowed_addresses: tuple[str, ...] = Field(
        (), max_length=20, description="IP addresses or networks; none: from anywhere"
    )


class MachineKeyView(Wire):
    """A machine's key without its secret."""

    id: str
    name: str
    role: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None
    allowed_addresses: tuple[str, ...]


class NewMachineKey(Wire):
    """A key's text, shown here once: send it as `Authorization: Bearer`."""

    id: str
    key: str
