"""An adjudicator's work: sees A and B, chooses one with a reason, and signs the choice."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.digests import rows_named
from accounts.errors import NotFound, Refusal
from accounts.ledger.entries import JsonValue, digest
from accounts.signatures import Signature, SignaturePayload, sign
from research.adjudication.following import accept
from research.adjudication.rows import AdjudicationRow, adjudication_of
from research.answers import answers_of
from research.charter import MEANINGS, STATEMENTS
from research.earlier_reads import reads_in_force
from research.errors import (
    ConflictOfInterest,
    IllegalTransition,
    Invalid,
    NotReady,
    ReasonRequired,
    StaleRead,
)
from research.read_records import ReadRow, SavedAnswer, saved
from research.reads import Submitted
from research.reasons import MAX_TEXT
from research.responses import ResponseRow
from research.tasks import TaskRow, fire, is_mine, own_task, shown_task


@dataclass(frozen=True)
class ShownVisit:
    """One visit of one record: what was answered and what the criteria computed."""

    visit_label: str
    answers: tuple[SavedAnswer, ...]
    computed: str | None
    explanation: str


@dataclass(frozen=True)
class ShownRecord:
    """A record under its letter; who made it, when and from which seat is not in it."""

    letter: str
    visits: tuple[ShownVisit, ...]


@dataclass(frozen=True)
class AdjudicationPage:
    """What the adjudicator sees."""

    id: str
    state: str
    records: tuple[ShownRecord, ...]
    choice: str | None
    reason_text: str | None
    record_digest: str | None


def adjudication_page(act: Act, task_id: str) -> AdjudicationPage:
    """Return A and B to the adjudicator whose task it is; to others it is not there."""
    task = shown_task(act, task_id)
    if task.step_type != "adjudication" or not is_mine(act, task):
        raise NotFound(
            f"there is no adjudication {task_id} for you",
            Refusal(object_kind="task", object_id=task_id),
        )
    _refuse_reader(act, task)
    row = adjudication_of(act.session, task.id)
    return AdjudicationPage(
        id=row.id,
        state=task.state,
        records=tuple(_shown(act.session, row, one) for one in presented_records(row)),
        choice=row.choice,
        reason_text=row.reason_text,
        record_digest=row.record_digest,
    )


def open_adjudication(act: Act, task_id: str) -> None:
    """Take an adjudication into work; whoever read the subject is refused."""
    task = _own(act, task_id)
    if task.state in ("in_progress", "submitted"):
        return
    if task.waiting_for:
        raise NotReady(f"task {task_id} is not ready: {task.waiting_for}")
    fire(task, "resume" if task.state == "suspended" else "open")
    task.assignee_id = act.actor.id
    task.ledger_sequence = act.record(task.project_id, "task_opened", "task", task.id)


def choose(act: Act, task_id: str, *, letter: str, reason: str) -> Submitted:
    """Choose A or B because of a reason; what is chosen is then to be signed."""
    task = _own(act, task_id)
    words = reason.strip()
    if not words:
        raise ReasonRequired("say in words why this record: a choice without a reason is none")
    if len(words) > MAX_TEXT:
        raise ReasonRequired(f"the reason has {len(words)} characters, at most {MAX_TEXT} fit")
    row = adjudication_of(act.session, task.id)
    chosen = next((one for one in presented_records(row) if one["letter"] == letter), None)
    if chosen is None:
        raise Invalid(f"there is no record {letter} in this adjudication: choose A or B")
    if task.state == "submitted":
        fire(task, "reopen")
    fire(task, "submit")
    row.choice, row.position, row.reason_text = letter, chosen["position"], words
    row.decided_by = act.actor.id
    row.record_digest = _digest(row)
    row.ledger_sequence = task.ledger_sequence = act.record(
        task.project_id,
        "adjudication_chosen",
        "adjudication",
        row.id,
        after={"record_digest": row.record_digest},
        rows=rows_named(row),
    )
    return Submitted(row.record_digest, MEANINGS["adjudication"], STATEMENTS["adjudication"])


def sign_adjudication(act: Act, task_id: str, *, grant: str) -> Signature:
    """Sign the choice: the chosen record is accepted, every read stays as it is."""
    task = _own(act, task_id)
    authorize(act, "approve", "read", task.project_id, reach="own")
    row = adjudication_of(act.session, task.id)
    if task.state != "submitted" or row.record_digest is None or row.position is None:
        raise IllegalTransition(f"task {task_id} is {task.state}: choose a record first")
    if _digest(row) != row.record_digest:
        raise StaleRead(f"adjudication {row.id} is no longer what was chosen: choose again")
    signature = sign(
        act,
        grant,
        SignaturePayload(
            log=task.project_id,
            record_kind="adjudication",
            record_id=row.id,
            revision=task.run,
            record_digest=row.record_digest,
            meaning=MEANINGS["adjudication"],
        ),
    )
    fire(task, "sign")
    row.state, row.signature_id = "decided", signature.id
    row.decided_by, row.decided_at = act.actor.id, act.now
    row.ledger_sequence = task.ledger_sequence = act.record(
        task.project_id,
        "adjudication_signed",
        "adjudication",
        row.id,
        after={"signature": signature.id, "record_digest": row.record_digest},
        rows=rows_named(row),
    )
    chosen = next(one for one in presented_records(row) if one["letter"] == row.choice)
    unit = row.visit_id or row.subject_id
    accept(act, task, row.step_code, unit, (chosen["position"], chosen["read"]), row.id)
    return signature


def presented_records(row: AdjudicationRow) -> list[dict[str, str]]:
    """Return the records of an adjudication in the order they are presented."""
    return cast("list[dict[str, str]]", row.records)


def _own(act: Act, task_id: str) -> TaskRow:
    task = own_task(act, task_id)
    if task.step_type != "adjudication":
        raise IllegalTransition(f"task {task_id} is no adjudication")
    _refuse_reader(act, task)
    return task


def _refuse_reader(act: Act, task: TaskRow) -> None:
    """Refuse whoever has read the subject, or has a seat in which to read it."""
    read = select(ReadRow.id).where(
        ReadRow.subject_id == task.subject_id,
        ReadRow.reader_id == act.actor.id,
        ReadRow.position != "",
    )
    seat = select(TaskRow.id).where(
        TaskRow.subject_id == task.subject_id,
        TaskRow.assignee_id == act.actor.id,
        TaskRow.position != "",
    )
    if any(act.session.scalar(query.limit(1)) is not None for query in (read, seat)):
        raise ConflictOfInterest(
            f"you read the subject of task {task.id}: somebody else adjudicates it"
        )


def _shown(session: Session, row: AdjudicationRow, one: dict[str, str]) -> ShownRecord:
    last = session.get(ReadRow, one["read"])
    assert last is not None, f"read {one['read']} is gone"
    visits = []
    for read, visit in reads_in_force(session, last):
        if row.visit_id not in (None, visit.id):
            continue
        response = session.scalar(select(ResponseRow).where(ResponseRow.read_id == read.id))
        visits.append(
            ShownVisit(
                visit_label=visit.label,
                answers=saved(answers_of(session, read.id)),
                computed=response.computed if response else None,
                explanation=response.explanation if response else "",
            )
        )
    return ShownRecord(one["letter"], tuple(visits))


def _digest(row: AdjudicationRow) -> str:
    """Return the digest of what is signed: records, triggers, choice, and who says so."""
    content: dict[str, JsonValue] = {
        "adjudication": row.id,
        "records": cast("JsonValue", row.records),
        "triggers": cast("JsonValue", row.triggers),
        "choice": row.choice,
        "reason": row.reason_text,
        "by": row.decided_by,
    }
    return digest(content)


def named_triggers(row: AdjudicationRow) -> list[tuple[str, str | None]]:
    """Return what differed and at which visit, without what anybody said."""
    stored = cast("list[dict[str, str | None]]", row.triggers)
    return [(one["differs"] or "", one["visit"]) for one in stored]
