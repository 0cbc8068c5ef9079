"""Tasks, their forms and the reader's draft."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.wire import Wire

TaskState = Literal[
    "waiting", "ready", "in_progress", "submitted", "done", "suspended", "failed",
    "amending", "stale", "superseded", "cancelled",
]  # fmt: skip
StepType = Literal["upload", "qc", "read", "adjudication", "review", "external", "ai"]
Missing = Literal["not_done", "not_evaluable", "not_applicable", "unknown"]


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
    visit_label: str | None
    state: TaskState
    waiting_for: str | None
    ready_since: datetime | None
    assignee: str | None = Field(description="printed name; null unless the caller manages tasks")
    assignee_is_me: bool
    position: str | None = Field(description='place in the caller\'s own order, "3 of 12"')


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


class FormCode(Wire):
    """One entry of a code list."""

    code: str
    label: str


class FormItem(Wire):
    """One item of an eCRF form; `kind` names the widget."""

    oid: str
    label: str
    kind: str
    required: bool
    unit: str | None
    help: str | None
    codes: tuple[FormCode, ...] | None = Field(description="the choices of a choice or scale")


class FormGroup(Wire):
    """A block of items; a repeating one is answered once per repeat key."""

    oid: str
    label: str
    repeats: bool
    items: tuple[FormItem, ...]


class FormView(Wire):
    """A signed form as it is drawn."""

    oid: str
    version: str
    title: str
    groups: tuple[FormGroup, ...]


class Answer(Wire):
    """A value as typed, or the reason why there is none."""

    group: str
    repeat: str | None = None
    item: str
    value: str | None = None
    missing: Missing | None = None


class Check(Wire):
    """A check that fired on the current answers."""

    item: str | None
    group: str | None = None
    repeat: str | None = None
    severity: Literal["block", "warn", "query"]
    message: str


class EvaluationView(Wire):
    """What the server made of the answers; the browser never computes this itself."""

    visible: dict[str, bool]
    computed: dict[str, str | None]
    checks: tuple[Check, ...]
    missing_required: tuple[str, ...]


class ReadView(Wire):
    """The caller's own read of a task."""

    revision: int
    draft: int
    status: str
    answers: tuple[Answer, ...]


class SignatureView(Wire):
    """A signature as it must be shown beside the record (21 CFR 11.50)."""

    id: str
    printed_name: str
    signed_at: datetime
    meaning: str
    record_digest: str
    ledger_sequence: int


class TaskDetail(TaskView):
    """Everything the read page shows."""

    form: FormView | None
    form_digest: str | None
    read: ReadView | None
    evaluation: EvaluationView | None
    images: TaskImages
    next_task: str | None
    record_digest: str | None
    statement: str | None
    signature: SignatureView | None


class DraftChange(Wire):
    """One item's new value; neither value nor missing clears it."""

    group: str
    repeat: str | None = None
    item: str
    value: str | None = Field(default=None, max_length=20_000)
    missing: Missing | None = None


class DraftChanges(Wire):
    """Changes to a draft, applied together."""

    changes: tuple[DraftChange, ...] = Field(min_length=1, max_length=1000)


class DraftSaved(Wire):
    """The draft after a save; send `draft` as the next If-Match."""

    draft: int
    evaluation: EvaluationView
    answers: tuple[Answer, ...]


class Submitted(Wire):
    """What is to be signed: the digest of the record and the sentence the signer accepts."""

    record_digest: str
    statement: str


class SignTask(Wire):
    """The grant got by re-authentication."""

    grant: str = Field(min_length=1, max_length=500)


class Signed(Wire):
    """The signature that was made."""

    signature: SignatureView
    next_task: str | None
