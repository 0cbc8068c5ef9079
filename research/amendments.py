"""Amending what is signed: opened again with a reason, signed anew or abandoned; never edited."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, inspect, select

from accounts.acts import Act, Reason
from accounts.database import Base
from accounts.errors import NotFound
from accounts.signatures import Signature, find_signature
from research.answers import answers_of
from research.begun import begun, refuse_adjudication
from research.drafts import keep_computed, settle_answers
from research.earlier_reads import earlier_reads
from research.ecrf.answer import Answer, ItemKey
from research.errors import IllegalTransition, NotReady
from research.ids import ReadId, TaskId
from research.projects import open_project
from research.read_records import (
    ReadRow,
    SavedAnswer,
    record_digest,
    revisions_of_task,
    saved,
)
from research.reads import complete
from research.reasons import stated_reason
from research.revisions import fix_inputs, reason_of
from research.scheduling import missing_input, repeat_tasks
from research.task_pages import may_see_answers
from research.tasks import TaskRow, fire, managed_task, own_task, shown_task
from research.transitions import after

COPIED = (
    "project_id", "task_id", "subject_id", "visit_id", "step_code", "workflow_number", "position",
    "reader_id", "reader_kind", "reader_label", "arm", "session", "repeat", "form_id", "form_oid",
    "form_version", "form_digest", "source", "salt", "annotations_digest", "reasons_digest",
)  # fmt: skip


@dataclass(frozen=True)
class Revision:
    """One revision of a read, with its signature and why it was made."""

    id: ReadId
    revision: int
    status: str
    is_in_force: bool
    reason: Reason | None
    signed_at: datetime | None
    signature: Signature | None
    record_digest: str | None
    answers: tuple[SavedAnswer, ...]


@dataclass(frozen=True)
class Change:
    """One item in two revisions, side by side; None where it has no answer."""

    key: ItemKey
    old: Answer | None
    new: Answer | None


@dataclass(frozen=True)
class Changes:
    """What two revisions of a read say differently."""

    old: Revision
    new: Revision
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Reconfirmation:
    """The same answers as a new revision, ready to be signed."""

    read: ReadId
    revision: int
    record_digest: str


def amend_read(act: Act, task_id: str, *, code: str, text: str) -> ReadId:
    """Open a signed read for an amendment: a new revision that begins with the same answers.

    The signed revision stays in force until the new one is signed.
    """
    task = own_task(act, task_id)
    refuse_adjudication(task)
    reason = stated_reason(code, text)
    fire(task, "amend")
    read = _next_revision(act, task, reason)
    read.ledger_sequence = task.ledger_sequence = act.record(
        task.project_id, "amendment_opened", "read", read.id, revision=read.revision, reason=reason
    )
    return ReadId(read.id)


def abandon_amendment(act: Act, task_id: str, *, code: str, text: str) -> None:
    """Give an amendment up: the signed revision was in force all the time and stays so."""
    task = own_task(act, task_id)
    refuse_adjudication(task)
    reason = stated_reason(code, text)
    fire(task, "abandon")
    read = _unsigned(act, task)
    assert read is not None, f"task {task.id} is amending without a revision"
    read.status, read.record_digest = "abandoned", None
    task.ledger_sequence = act.record(
        task.project_id,
        "amendment_abandoned",
        "read",
        read.id,
        revision=read.revision,
        reason=reason,
    )
    if _rests_on_something_newer(act, task):
        fire(task, "input_changed")


def reconfirm_read(act: Act, task_id: str, *, code: str, text: str) -> Reconfirmation:
    """Submit a stale read's same answers as a new revision; signing it makes the task done."""
    task = own_task(act, task_id)
    refuse_adjudication(task)
    reason = stated_reason(code, text)
    after(task.state, "reconfirm", task_id=task.id)
    if lacking := missing_input(act.session, task):
        raise NotReady(f"task {task.id} cannot be confirmed: {lacking}")
    read = _next_revision(act, task, reason)
    work = begun(act, task_id)
    evaluation = settle_answers(act, work)
    complete(evaluation, read.id)
    keep_computed(act.session, work, evaluation)
    fix_inputs(act.session, task, read)
    read.status = "submitted"
    read.record_digest = record_digest(read, work.answers)
    read.ledger_sequence = task.ledger_sequence = act.record(
        task.project_id,
        "read_reconfirmed",
        "read",
        read.id,
        revision=read.revision,
        after={"record_digest": read.record_digest},
        reason=reason,
    )
    return Reconfirmation(ReadId(read.id), read.revision, read.record_digest)


def repeat_task(act: Act, task_id: str, *, code: str, text: str) -> TaskId:
    """Let a done or stale task be done once more, in a new run; for who may assign."""
    task = managed_task(act, task_id)
    open_project(act.session, task.project_id)
    act.session.refresh(task)
    reason = stated_reason(code, text)
    (again,) = repeat_tasks(act, [task], because="repeated", reason=reason)
    return TaskId(again.id)


def revisions(act: Act, task_id: str) -> tuple[Revision, ...]:
    """Return every signed revision of a task's read, the newest first, with its signature."""
    task = shown_task(act, task_id)
    if not may_see_answers(act, task):
        return ()
    rows = revisions_of_task(act.session, task.id)
    return tuple(_revision(act, row, is_in_force=row is rows[0]) for row in rows)


def changes_between(act: Act, task_id: str, *, old: int, new: int) -> Changes:
    """Return two revisions' answers side by side, those that differ."""
    known = {one.revision: one for one in revisions(act, task_id)}
    for number in (old, new):
        if number not in known:
            raise NotFound(f"task {task_id} has no signed revision {number}")
    before, now = (_by_key(known[number]) for number in (old, new))
    return Changes(
        known[old],
        known[new],
        tuple(
            Change(key, before.get(key), now.get(key))
            for key in sorted({*before, *now})
            if before.get(key) != now.get(key)
        ),
    )


def _by_key(revision: Revision) -> dict[ItemKey, Answer]:
    return {
        ItemKey(one.group, one.repeat, one.item): Answer(one.value, one.missing)
        for one in revision.answers
    }


def _next_revision(act: Act, task: TaskRow, reason: Reason) -> ReadRow:
    """Return the revision after the one in force, with its answers; an abandoned one anew."""
    recorded = revisions_of_task(act.session, task.id)
    if not recorded:
        raise IllegalTransition(f"task {task.id} has no signed read: there is nothing to amend")
    former = recorded[0]
    read = _unsigned(act, task)
    if read is None:
        read = ReadRow(
            id=act.new_id(),
            **{name: getattr(former, name) for name in COPIED},
            revision=former.revision + 1,
            draft=0,
        )
    else:
        # A tab that still shows the abandoned draft must not save onto this one.
        read.draft += 1
        for name in ("annotations_digest", "reasons_digest"):
            setattr(read, name, getattr(former, name))
        for contents in _contents():
            act.session.execute(delete(contents).where(contents.read_id == read.id))
    read.status, read.record_digest, read.inputs_digest = "draft", None, None
    read.reason_code, read.reason_text = reason.code, reason.text
    read.ledger_sequence = former.ledger_sequence
    act.session.add(read)
    act.session.flush()
    _copy_contents(act, former, read)
    return read


def _contents() -> list[Any]:
    """Return the tables whose rows belong to one revision of a read: its key begins with it."""
    return [
        mapper.class_ for mapper in Base.registry.mappers if mapper.primary_key[0].name == "read_id"
    ]


def _copy_contents(act: Act, former: ReadRow, read: ReadRow) -> None:
    """Let a revision begin with all that the former says: answers, annotations, reasons."""
    for contents in _contents():
        names = [one.key for one in inspect(contents).column_attrs if one.key != "read_id"]
        rows = act.session.scalars(select(contents).where(contents.read_id == former.id)).all()
        for row in rows:
            values = {name: getattr(row, name) for name in names}
            act.session.add(contents(read_id=read.id, **values))
    act.session.flush()


def _unsigned(act: Act, task: TaskRow) -> ReadRow | None:
    query = (
        select(ReadRow)
        .where(ReadRow.task_id == task.id, ReadRow.status.in_(("draft", "submitted", "abandoned")))
        .order_by(ReadRow.revision.desc())
        .limit(1)
    )
    return act.session.scalar(query)


def _rests_on_something_newer(act: Act, task: TaskRow) -> bool:
    """Tell whether an earlier visit was signed anew after the revision in force."""
    in_force = revisions_of_task(act.session, task.id)[0]
    return any(
        one.ledger_sequence > in_force.ledger_sequence
        for one, _ in earlier_reads(act.session, in_force)
    )


def _revision(act: Act, row: ReadRow, *, is_in_force: bool) -> Revision:
    return Revision(
        id=ReadId(row.id),
        revision=row.revision,
        status=row.status if is_in_force else "superseded",
        is_in_force=is_in_force,
        reason=reason_of(row),
        signed_at=row.signed_at,
        signature=find_signature(act.session, row.signature_id) if row.signature_id else None,
        record_digest=row.record_digest,
        answers=saved(answers_of(act.session, row.id)),
    )
