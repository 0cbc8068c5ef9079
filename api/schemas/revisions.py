"""Revisions of a signed read: why, by whom, and what changed."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.tasks import Answer, Missing, SignatureView
from api.schemas.wire import Wire


class ReasonGiven(Wire):
    """Why; without a code and words the answer is 422 `reason_required`."""

    reason_code: str = Field(
        default="",
        max_length=64,
        description="measurement, missed_finding, entry, query, input_changed or other",
    )
    reason_text: str = Field(default="", max_length=2000)


class RevisionView(Wire):
    """One signed revision; a superseded one stays as it was, with its signature."""

    id: str
    revision: int
    status: Literal["signed", "imported", "superseded"]
    is_in_force: bool
    reason_code: str | None
    reason_text: str | None
    signed_at: datetime | None
    signature: SignatureView | None
    record_digest: str | None
    answers: tuple[Answer, ...]


class ChangeView(Wire):
    """One item in two revisions, side by side; nothing where it has no answer."""

    group: str
    repeat: str
    item: str
    old_value: str | None
    old_missing: Missing | None
    new_value: str | None
    new_missing: Missing | None


class ChangesView(Wire):
    """What two revisions of one read say differently."""

    old: RevisionView
    new: RevisionView
    changes: tuple[ChangeView, ...]


class ToReconfirm(Wire):
    """The same answers as a new revision: what a grant is asked for and signed."""

    read: str
    revision: int
    record_digest: str


class NewRun(Wire):
    """The task that takes the place of the one to be repeated."""

    id: str


class CauseView(Wire):
    """An earlier visit's read with a newer revision."""

    visit_code: str
    revision: int
    signed_at: datetime | None


class StaleReadView(Wire):
    """A signed read that rests on something which changed since."""

    task: str
    read: str
    subject_code: str
    visit_code: str
    step_code: str
    position: str
    revision: int
    signed_at: datetime | None
    images_changed: bool
    causes: tuple[CauseView, ...]
