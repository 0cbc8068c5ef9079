"""Reads: opened, drafted with every keystroke kept, submitted, signed; once signed, immutable."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.digests import rows_named
from accounts.people import find_person
from accounts.signatures import Signature, SignaturePayload, sign
from research.answers import (
    AnswerChange,
    AnswerRow,
    answers_digest,
    answers_of,
    changed,
    entered,
)
from research.charter import MEANINGS, STATEMENTS
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Evaluation, evaluate
from research.errors import (
    CheckFailed,
    ConflictOfInterest,
    IllegalTransition,
    Invalid,
    NotReady,
    Problem,
    StaleRead,
    StaleRevision,
)
from research.forms import FormRow, definition_of, signed_form
from research.ids import ReadId
from research.projects import find_project
from research.qc import decide, decision_of
from research.read_records import (
    ReadRow,
    SavedAnswer,
    key_of,
    next_revision,
    read_of_task,
    record_digest,
    saved,
)
from research.revisions import amendment_of, fix_inputs, move, signing_event, supersede
from research.scheduling import settle
from research.tasks import TaskRow, fire, holds_other_seat, own_task
from research.workflows import step_of

MAX_CHANGES = 5000


@dataclass(frozen=True)
class DraftSaved:
    """A draft as it stands after a save; `draft` is the number the next save must name."""

    draft: int
    answers: tuple[SavedAnswer, ...]
    evaluation: Evaluation


@dataclass(frozen=True)
class Submitted:
    """What the reader is about to sign: the digest of the record, and the words."""

    record_digest: str
    meaning: str
    statement: str


def open_task(act: Act, task_id: str) -> ReadId:
    """Open a task read-write, taking it from the pool if it is free; opening twice is no error."""
    task = own_task(act, task_id)
    read = read_of_task(act.session, task.id)
    if task.state in ("waiting", "suspended") and task.waiting_for:
        raise NotReady(f"task {task_id} is not ready: {task.waiting_for}")
    if task.state not in ("ready", "suspended"):
        if read is None:
            raise IllegalTransition(f"task {task_id} is {task.state}: it cannot be opened")
        return ReadId(read.id)
    if task.assignee_id is None:
        if holds_other_seat(act.session, task, act.actor.id):
            raise ConflictOfInterest(f"you read the subject of task {task_id} in another position")
        task.assignee_id = act.actor.id
    fire(task, "open" if task.state == "ready" else "resume")
    if read is None or read.status in ("signed", "imported"):
        read = _new_read(act, task)
    read.status = "draft"
    read.ledger_sequence = act.record(
        task.project_id, "task_opened", "task", task.id, revision=read.revision
    )
    task.ledger_sequence = read.ledger_sequence
    act.session.add(read)
    act.session.flush()
    return ReadId(read.id)


def save_draft(
    act: Act, task_id: str, *, draft: int, changes: Sequence[AnswerChange]
) -> DraftSaved:
    """Save some answers onto draft number `draft`; all of them or none."""
    if len(changes) > MAX_CHANGES:
        raise Invalid(f"{len(changes)} changes at once are too many: send {MAX_CHANGES} at most")
    task, read, form, answers = _begun(act, task_id)
    move(task, read, "save")
    _same_draft(read, draft)
    new = changed(form, answers, changes)
    keys = [key for key in {**answers, **new} if answers.get(key) != new.get(key)]
    if keys:
        _store(act.session, read, form, new, keys)
        read.draft += 1
        read.ledger_sequence = act.record(
            task.project_id,
            "draft_saved",
            "read",
            read.id,
            revision=read.draft,
            before=entered(form, read.salt, answers, keys),
            after=entered(form, read.salt, new, keys),
        )
    return DraftSaved(read.draft, saved(new), evaluate(form, new))


def submit_read(act: Act, task_id: str, *, draft: int) -> Submitted:
    """Close a draft for signing, after every check; the record's digest is what to sign."""
    task, read, form, answers = _begun(act, task_id)
    move(task, read, "submit")
    _same_draft(read, draft)
    _complete(evaluate(form, answers), read.id)
    if task.step_type == "qc":
        decision_of(answers)
    fix_inputs(act.session, task, read)
    read.status = "submitted"
    read.record_digest = record_digest(read, answers)
    read.ledger_sequence = act.record(
        task.project_id,
        "read_submitted",
        "read",
        read.id,
        revision=read.draft,
        after={"record_digest": read.record_digest},
    )
    task.ledger_sequence = read.ledger_sequence
    return Submitted(read.record_digest, meaning_of(task), statement_of(task))


def reopen_read(act: Act, task_id: str) -> None:
    """Take a submitted read back into work, before it is signed."""
    task, read, _, _ = _begun(act, task_id)
    move(task, read, "reopen")
    read.status = "draft"
    read.record_digest = None
    read.ledger_sequence = act.record(
        task.project_id, "read_reopened", "read", read.id, revision=read.draft
    )
    task.ledger_sequence = read.ledger_sequence


def sign_read(act: Act, task_id: str, *, grant: str) -> Signature:
    """Sign what was submitted, if it is still exactly that; the task is done."""
    task, read, form, answers = _begun(act, task_id)
    authorize(act, "approve", "read", task.project_id, reach="own")
    event = signing_event(task, read)
    fix_inputs(act.session, task, read)
    digest = record_digest(read, answers)
    if digest != read.record_digest or not evaluate(form, answers).may_be_submitted:
        raise StaleRead(
            f"read {read.id} is no longer what was submitted: nothing was signed; "
            "reopen it and submit again"
        )
    signature = sign(act, grant, _payload(task, read, digest))
    fire(task, event)
    amended = amendment_of(act.session, read, form, answers)
    read.status = "signed"
    read.signature_id = signature.id
    read.signed_at = act.now
    decision = decide(act, task, answers) if task.step_type == "qc" else None
    visits = decision.rows if decision else ()
    sequence = act.record(
        task.project_id,
        decision.action if decision else amended.action,
        "read",
        read.id,
        revision=read.revision,
        before=amended.before,
        after={"signature": signature.id, "record_digest": digest, **amended.after},
        reason=amended.reason,
        rows={
            **rows_named(read, *visits),
            "answers": {read.id: answers_digest(read.salt, answers)},
        },
    )
    read.ledger_sequence = task.ledger_sequence = sequence
    for visit in visits:
        visit.ledger_sequence = sequence
    supersede(act, task, read, amended)
    if decision is not None:
        decision.follow()
    settle(act, task.subject_id)
    return signature


def form_of_read(session: Session, read: ReadRow) -> FormDefinition:
    """Return the form a read is pinned to."""
    form = session.get(FormRow, read.form_id)
    assert form is not None, f"form {read.form_id} is gone"
    return definition_of(form)


def meaning_of(task: TaskRow) -> str:
    """Return what signing this task means (21 CFR 11.50)."""
    return MEANINGS[task.step_type]


def statement_of(task: TaskRow) -> str:
    """Return the words that stand above the signature."""
    return STATEMENTS[task.step_type]


def form_of_step(session: Session, task: TaskRow) -> FormRow:
    """Return the signed form a task's step uses."""
    _, step = step_of(session, task.workflow_id, task.step_code)
    assert step.form is not None, f"step {step.code} has no form"
    repository_id = find_project(session, task.project_id).repository_id
    form = signed_form(session, repository_id, oid=step.form.oid, version=step.form.version)
    assert form is not None, f"form {step.form.oid} {step.form.version} is gone"
    return form


def _begun(
    act: Act, task_id: str
) -> tuple[TaskRow, ReadRow, FormDefinition, dict[ItemKey, Answer]]:
    """Return the caller's own task with its read, form and answers, locked for a change."""
    task = own_task(act, task_id)
    read = read_of_task(act.session, task.id)
    if read is None:
        raise IllegalTransition(f"task {task_id} is {task.state}: open it first")
    return task, read, form_of_read(act.session, read), answers_of(act.session, read.id)


def _new_read(act: Act, task: TaskRow) -> ReadRow:
    workflow, step = step_of(act.session, task.workflow_id, task.step_code)
    if step.form is None:
        raise IllegalTransition(f"task {task.id} has no form: images alone complete it")
    form = form_of_step(act.session, task)
    read = ReadRow(
        id=act.new_id(),
        project_id=task.project_id,
        task_id=task.id,
        subject_id=task.subject_id,
        visit_id=task.visit_id,
        step_code=task.step_code,
        workflow_number=workflow.number,
        position=task.position,
        reader_id=act.actor.id,
        reader_kind="human",
        reader_label=find_person(act.session, act.actor.id).printed_name,
        arm=task.arm,
        session=task.session,
        repeat=task.repeat,
        draft=0,
        form_id=form.id,
        form_oid=form.oid,
        form_version=form.version,
        form_digest=form.digest,
        salt=secrets.token_hex(32),
        source="",
    )
    read.revision = next_revision(act.session, read)
    return read


def _payload(task: TaskRow, read: ReadRow, digest: str) -> SignaturePayload:
    return SignaturePayload(
        log=task.project_id,
        record_kind="read",
        record_id=read.id,
        revision=read.revision,
        record_digest=digest,
        meaning=meaning_of(task),
        form_oid=read.form_oid,
        form_version=read.form_version,
        form_digest=read.form_digest,
        image_set_digest=read.image_set_digest,
        record_key=key_of(read),
    )


def _same_draft(read: ReadRow, draft: int) -> None:
    if read.draft != draft:
        raise StaleRevision(
            f"draft {draft} of read {read.id} is not the newest, {read.draft} is: "
            "look at both and save again",
            current=read.draft,
        )


def _complete(evaluation: Evaluation, read_id: str) -> None:
    """Raise `CheckFailed` with everything that stands against submitting."""
    problems = [Problem(str(key), "is required") for key in evaluation.missing_required]
    problems += [Problem(str(c.key), c.message) for c in evaluation.checks if c.severity == "block"]
    if problems:
        raise CheckFailed(f"read {read_id} is not complete: nothing was submitted", tuple(problems))


def _store(
    session: Session,
    read: ReadRow,
    form: FormDefinition,
    answers: dict[ItemKey, Answer],
    keys: Sequence[ItemKey],
) -> None:
    """Write the changed answers; the others stay as they are."""
    assert read.status == "draft", f"read {read.id} is {read.status}: its answers are closed"
    for key in keys:
        row = session.get(AnswerRow, (read.id, *key))
        answer = answers.get(key)
        if answer is None:
            session.execute(
                delete(AnswerRow).where(
                    AnswerRow.read_id == read.id,
                    AnswerRow.group_oid == key.group,
                    AnswerRow.repeat_key == key.repeat,
                    AnswerRow.item_oid == key.item,
                )
            )
            continue
        if row is None:
            kind = form.items_by_key[key.group, key.item][1].kind
            row = AnswerRow(
                read_id=read.id,
                group_oid=key.group,
                repeat_key=key.repeat,
                item_oid=key.item,
                kind=kind,
            )
            session.add(row)
        row.value, row.missing = answer.value, answer.missing
    session.flush()
