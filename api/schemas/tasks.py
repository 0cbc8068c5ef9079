"""Tasks, their forms and the reader's draft."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, model_validator

from api.schemas.annotations import AnnotationChange, AnnotationView
from api.schemas.wire import Wire
from research.ecrf.definition import FormDefinition

TaskState = Literal[
    "waiting", "ready", "in_progress", "submitted", "done", "suspended", "failed",
    "amending", "stale", "superseded", "cancelled",
]  # fmt: skip
StepType = Literal["upload", "qc", "read", "adjudication", "review", "external", "ai"]
Missing = Literal["not_done", "not_evaluable", "not_applicable", "unknown"]
# What reads that were signed before there were four words may say; nothing new says it.
FormerMissing = Literal["no_answer"]


class TaskProject(Wire):
    """The project a task belongs to."""

    id: str
    code: str
    title: str


class TaskStep(Wire):
    """The workflow step a task is one run of."""

    code: str
    title: str
    type: StepType


class TaskView(Wire):
    """One line of a task list, after blinding."""

    id: str
    project: TaskProject
    step: TaskStep
    label: str = Field(description="subject code, or the read code where the caller is blinded")
    visit_label: str
    state: TaskState
    waiting_for: str = Field(description="what a waiting task waits for, else empty")
    ready_since: datetime | None
    assignee_is_me: bool
    position: str = Field(description='place in the caller\'s own order, "3 of 12"')


class OverseenTaskView(Wire):
    """A task as those see it who manage a project; never an answer."""

    id: str
    step: TaskStep
    subject_code: str
    visit_code: str
    visit_label: str
    position: str = Field(description="seat of the reader: R1, R2, or empty")
    run: int
    state: TaskState
    waiting_for: str
    ready_since: datetime | None
    assignee: str | None = Field(description="printed name")


class TaskSeries(Wire):
    """A series the task's DICOMweb root serves."""

    series_uid: str
    modality: str
    description: str
    number: int | None
    instances: int
    frames: int
    displayable: bool


class TaskStudy(Wire):
    """A study the task's DICOMweb root serves."""

    study_uid: str
    series: tuple[TaskSeries, ...]


class TaskImages(Wire):
    """Where the task's images are; nothing else is answered below that root."""

    dicomweb: str
    studies: tuple[TaskStudy, ...]


class Answer(Wire):
    """A value, or the word for why there is none with the reader's reason."""

    group: str
    repeat: str = Field(default="", description="row of a repeating group, else empty")
    item: str
    value: str | None = Field(default=None, description="in the one spelling of its kind")
    missing: Missing | FormerMissing | None = None
    reason: str | None = Field(default=None, description="why there is no value, in words")
    typed: str | None = Field(default=None, description="exactly as it was typed")
    unit: str | None = Field(default=None, description="the unit it was given in")


class CheckView(Wire):
    """A check that fired on the current answers."""

    group: str
    repeat: str
    item: str
    severity: Literal["block", "warn", "query"]
    message: str
    check: str = Field(description="oid of the check; empty where the answer itself is refused")
    reason: str | None = Field(description="what the reader said to a warning")


class EvaluationView(Wire):
    """What the server made of the answers; the browser never computes this itself.

    Keys are paths "group/repeat/item"; repeat is empty where the group does not repeat.
    """

    visible: dict[str, bool]
    computed: dict[str, str | None]
    checks: tuple[CheckView, ...]
    missing_required: tuple[str, ...]
    required: tuple[str, ...] = Field(description="what is required now, answered or not")
    proposed: dict[str, str] = Field(description="defaults of items that have no answer yet")


class ReadView(Wire):
    """One revision of a task's read; sign grants name its id and its record digest."""

    id: str
    revision: int
    draft: int
    status: Literal["draft", "submitted", "signed", "imported"]
    answers: tuple[Answer, ...]


class SignatureView(Wire):
    """A signature as it must be shown beside the record (21 CFR 11.50)."""

    id: str
    printed_name: str
    signed_at: datetime
    meaning: str
    record_digest: str
    ledger_sequence: int
    revision: int = 1
    superseded_by: str | None = None


class DraftConflictView(Wire):
    """What one refused save would have changed, kept until its reader has chosen."""

    id: str
    base_draft: int
    draft: int
    created_at: datetime
    changes: tuple[Answer, ...]


class TaskDetail(TaskView):
    """Everything the read page shows."""

    form: FormDefinition | None
    form_digest: str | None
    read: ReadView | None
    evaluation: EvaluationView | None
    images: TaskImages
    next_task: str | None
    conflicts: tuple[DraftConflictView, ...] = Field(
        description="saves that met a newer draft: the reader has still to choose"
    )
    record_digest: str | None = Field(description="what is signed, once it is submitted")
    meaning: str = Field(description="what signing this task means")
    statement: str = Field(description="the words that stand above the signature")
    signature: SignatureView | None


class DraftChange(Wire):
    """One item's new value; neither value nor missing clears it."""

    group: str
    repeat: str = Field(default="", description="row of a repeating group, else empty")
    item: str
    value: str | None = Field(default=None, max_length=20_000)
    missing: Missing | None = None
    by_hand: str | None = Field(
        default=None, max_length=500, description="why a measurement was typed and not drawn"
    )
    reason: str | None = Field(
        default=None, max_length=2000, description="why there is no value; needed to submit"
    )


class CheckReasonChange(Wire):
    """What the reader says to a warning; empty words take it back."""

    check: str = Field(max_length=64)
    repeat: str = Field(default="", max_length=36)
    text: str = Field(max_length=2000)


class DraftChanges(Wire):
    """Changes to a draft, answers and drawings, applied together or not at all."""

    changes: tuple[DraftChange, ...] = Field(default=(), max_length=1000)
    reasons: tuple[CheckReasonChange, ...] = Field(default=(), max_length=500)
    annotations: tuple[AnnotationChange, ...] = Field(default=(), max_length=1000)

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.changes and not self.annotations and not self.reasons:
            raise ValueError("a save changes an answer, a drawing or a reason")
        return self


class DraftSaved(Wire):
    """The draft after a save; send `draft` as the next If-Match."""

    draft: int
    evaluation: EvaluationView
    answers: tuple[Answer, ...]
    cleared: tuple[str, ...] = Field(
        default=(), description="answers that this save hid and so took away"
    )
    annotations: tuple[AnnotationView, ...] = Field(
        default=(), description="those this save put or changed, with the server's numbers"
    )


class Submitted(Wire):
    """What is to be signed: the digest of the record and the sentence the signer accepts."""

    record_digest: str
    meaning: str
    statement: str


class SignTask(Wire):
    """The grant got by re-authentication."""

    grant: str = Field(default="", max_length=500, description="without one the answer is 401")


class Signed(Wire):
    """The signature that was made."""

    signature: SignatureView
    next_task: str | None
