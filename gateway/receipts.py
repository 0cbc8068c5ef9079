"""The platform's receipt for an upload: which objects it holds, by UID and digest."""

from typing import Final, Literal

from pydantic import BaseModel, ValidationError

from gateway.errors import PlatformUnavailable

RECEIPT_TYPE: Final = "application/vnd.readout.receipt+json"
# Failures that another try can cure; every other failure needs a person.
PASSING: Final = frozenset({"storage_failed", "out_of_resources", "busy", "unavailable"})


class StoredItem(BaseModel):
    """An object the platform holds."""

    sop_instance_uid: str
    sha256: str
    status: str = ""


class FailedItem(BaseModel):
    """An object the platform did not take."""

    sop_instance_uid: str | None = None
    reason: str = ""
    type: str = ""
    code: str | int = ""


class Receipt(BaseModel):
    """What became of every object of one upload."""

    stored: list[StoredItem] = []
    failed: list[FailedItem] = []

    def outcome(
        self, *, sop_instance_uid: str, sha256: str
    ) -> tuple[Literal["held", "refused", "again"], str]:
        """Return what became of one object, and the code that says why."""
        digests = {s.sha256 for s in self.stored if s.sop_instance_uid == sop_instance_uid}
        if sha256 in digests:
            return "held", ""
        for failed in self.failed:
            if failed.sop_instance_uid == sop_instance_uid:
                code = _code(failed)
                return ("again" if code in PASSING else "refused"), code
        if digests:
            return "refused", "digest_differs"
        return "again", "not_in_receipt"


def read_receipt(content_type: str, body: bytes) -> Receipt:
    """Read a receipt; an answer that is none proves nothing, so the upload is done again."""
    if content_type.split(";")[0].strip() != RECEIPT_TYPE:
        raise PlatformUnavailable("no_receipt")
    try:
        return Receipt.model_validate_json(body)
    except ValidationError as error:
        raise PlatformUnavailable("receipt_unreadable") from error


def _code(failed: FailedItem) -> str:
    """Return a code fit for a log: letters, digits and underscores, nothing a value could be."""
    text = failed.type or str(failed.code) or "refused"
    plain = "".join(letter if letter.isalnum() else "_" for letter in text.lower())
    return plain[:40]
