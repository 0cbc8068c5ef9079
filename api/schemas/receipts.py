"""The receipt an uploader gets: what was stored, with digests, and what was refused and why."""

from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire


class StoredInstance(Wire):
    """An instance that is safely stored."""

    sop_instance_uid: str
    sha256: str
    status: Literal["stored", "already_present", "held"]
    reason: str | None = Field(default=None, description="why it is held for a person to look at")


class RefusedInstance(Wire):
    """An instance that was not stored."""

    sop_instance_uid: str | None
    type: str
    reason: str
    code: int = Field(description="DICOM failure reason (0008,1197), PS3.18 Table 10.5.3-1")
    part: int = Field(description="place in the request, counted from 1")


class UploadReceipt(Wire):
    """One line per instance of the request."""

    stored: tuple[StoredInstance, ...]
    failed: tuple[RefusedInstance, ...]
