"""The life of a project's data: resolutions and signatures, retention, withdrawal, the end."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field, JsonValue

from accounts.acts import Reason
from api.schemas.tasks import SignatureView
from api.schemas.wire import Wire

ResolutionKind = Literal[
    "freeze", "thaw", "allow_amendment", "lock", "unlock", "withdraw_lock", "hold",
    "release_hold", "archive", "erase_subject", "destroy_project",
]  # fmt: skip


class Why(Wire):
    """A coded reason and words."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    text: str = Field(min_length=1, max_length=2000)

    def as_reason(self) -> Reason:
        """Return the reason as an entry holds it."""
        return Reason(code=self.code, text=self.text)


class ResolutionNew(Wire):
    """What is to be signed for; which fields it needs follows from its kind."""

    kind: ResolutionKind
    reason: Why
    object_kind: Literal["project", "subject", "visit", "form"] = Field(
        "project", description="of freeze and thaw: what rests"
    )
    object_id: str | None = Field(
        None,
        max_length=36,
        description="the subject, visit, form, task, lock or hold; empty for the project itself",
    )
    name: str | None = Field(None, max_length=100, description="of a lock: its name")
    basis: Literal["data_subject", "wrong_patient", "retention_over", "returned"] | None = None
    manifest: str | None = Field(
        None,
        pattern="^[0-9a-f]{64}$",
        description="of an archive or a return: the SHA-256 of the manifest verified elsewhere",
    )


class ResolutionView(Wire):
    """A resolution with its signatures; `missing` names the seats nobody has signed yet."""

    id: str
    number: int
    kind: ResolutionKind
    object_kind: str
    object_id: str
    content: dict[str, JsonValue]
    digest: str
    statement: str
    reason_code: str
    reason_text: str
    state: Literal["open", "approved", "executing", "done", "cancelled"]
    proposed_by: str = Field(description="printed name")
    proposed_at: datetime
    signatures: tuple[SignatureView, ...]
    missing: tuple[str, ...]


class FreezeView(Wire):
    """Something that is frozen now."""

    id: str
    object_kind: str
    object_id: str
    frozen_at: datetime


class HoldView(Wire):
    """A hold: while it stands, nothing of the project is destroyed."""

    id: str
    reason_code: str
    placed_at: datetime
    released_at: datetime | None


class RetentionDefaultView(Wire):
    """A period that a rule names; our reading of it, not legal advice."""

    code: str
    years: int
    event: str
    source: str


class RetentionView(Wire):
    """Until when a project is kept."""

    years: int | None
    event: str
    event_date: date | None
    source: str
    until: date | None
    holds: tuple[HoldView, ...]
    defaults: tuple[RetentionDefaultView, ...]


class RetentionChange(Wire):
    """A project's retention period and the event it counts from."""

    years: int = Field(ge=0, le=100)
    event: str = Field(min_length=1, max_length=300)
    event_date: date | None = None
    source: str = Field(min_length=1, max_length=300)
    reason: Why


class WithdrawalNew(Wire):
    """A subject's withdrawal."""

    kind: Literal["further_data", "use", "erasure"]
    reason: Why


class WithdrawalView(Wire):
    """What became of a withdrawn subject's work."""

    subject_code: str
    kind: str
    cancelled_tasks: int
    is_left_out: bool = Field(description="whether new tables and exports leave it out")


class CertificateView(Wire):
    """What was destroyed, in numbers; `digest` is the SHA-256 of the canonical content."""

    id: str
    content: dict[str, JsonValue]
    digest: str
    made_at: datetime
    ledger_sequence: int
