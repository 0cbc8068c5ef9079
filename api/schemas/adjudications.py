"""Adjudications as clients see them: blinded for who decides, named for who manages."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.schemas.tasks import Answer, SignatureView
from api.schemas.wire import Wire


class AdjudicatedVisit(Wire):
    """One visit of a record."""

    visit_label: str
    answers: tuple[Answer, ...]
    computed: str | None
    explanation: str


class PresentedRecord(Wire):
    """A record under its letter alone."""

    letter: Literal["A", "B"]
    visits: tuple[AdjudicatedVisit, ...]


class AdjudicationDetail(Wire):
    """What the adjudicator sees: A, B and the choice so far."""

    id: str
    state: str
    records: tuple[PresentedRecord, ...]
    choice: Literal["A", "B"] | None
    reason_text: str | None
    record_digest: str | None


class Choice(Wire):
    """Which record, and why."""

    choice: Literal["A", "B"]
    reason_text: str = Field(default="", max_length=4000)


class AdjudicationSigned(Wire):
    """The signature of a choice."""

    signature: SignatureView


class TriggerView(Wire):
    """What differed, and at which visit."""

    differs: str
    visit: str | None


class AdjudicationView(Wire):
    """One run of one unit's adjudication."""

    task_id: str
    subject_code: str
    step_code: str
    state: str
    task_state: str
    run: int
    triggers: tuple[TriggerView, ...]


class AcceptedView(Wire):
    """The record that counts for a unit."""

    subject_code: str
    visit_code: str | None
    step_code: str
    position: str
    read_id: str
    accepted_by: Literal["rule", "decision"]
    in_question: bool
    since: datetime


class ReaderFiguresView(Wire):
    """The figures of one reader's position."""

    reader: str
    n_read: int
    n_adjudicated: int
    n_chosen: int
    agreement: float | None
    disagreement_index: float | None
    lower_limit: float
    upper_limit: float
    outside: bool


class ReaderQualityView(Wire):
    """The figures of a project, with the limits around its rate of adjudication."""

    n_units: int
    n_adjudicated: int
    adjudication_rate: float | None
    lower_limit: float | None
    upper_limit: float | None
    readers: tuple[ReaderFiguresView, ...]
