"""Reads: opened, drafted with every keystroke kept, submitted, signed; once signed, immutable."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.digests import rows_named
from accounts.errors import Refusal
from accounts.people import find_person
from accounts.signatures import Signature, SignaturePayload, grant_id, sign
from accounts.vault import Recordable
from research.adjudication.following import follow_adjudication
from research.answers import answers_digest, entered
from research.begun import begun, form_of_read, refuse_adjudication
from research.carry_forward import carry_forward
from research.charter import MEANINGS, STATEMENTS
from research.check_reasons import reason_rows
from research.drafts import keep_computed, same_draft, settle_answers
from research.ecrf.evaluate import Evaluation, computed_of
from research.errors import (
    CheckFailed,
    ConflictOfInterest,
    IllegalTransition,
    NotReady,
    Problem,
    StaleRead,
)
from research.forms import FormRow, pinned_form
from research.ids import ReadId
from research.projects import find_project
from research.qc import decide, decision_of
from research.query_requests import request_queries
from research.read_records import (
    ReadRow,
    drawn_rows,
    key_of,
    next_revision,
    read_of_task,
    record_digest,
)
from research.responses import judged_rows, keep_judged
from research.revisions import amendment_of, fix_inputs, move, signing_event, supersede
from research.scheduling import settle
from research.tasks import TaskRow, fire, holds_other_seat, own_task
from research.visits import visits_of
from research.workflows import step_of


@dataclass(frozen=True)
class Submitted:
    """What the reader is about to sign: the digest of the record, and the words."""

    record_digest: str
    meaning: str
    statement: str


def open_task(act: Act, task_id: str) -> ReadId:
    """Open a task read-write, taking it from the pool if it is free; opening twice is no error."""
    task = own_task(act, task_id)
    refuse_adjudication(task)
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
    is_new = read is None or read.status in ("signed", "imported")
    if read is None or is_new:
        read = _new_read(act, task)
    read.status = "draft"
    read.ledger_sequence = act.record(
        task.project_id, "task_opened", "task", task.id, revision=read.revision
    )
    task.ledger_sequence = read.ledger_sequence
    act.session.add(read)
    act.session.flush()
    if is_new:
        _carry(act, read)
    return ReadId(read.id)


def _carry(act: Act, read: ReadRow) -> None:
    """Begin with the lesions that the reader follows, and enter which."""
    form = form_of_read(act.session, read)
    carried = carry_forward(act.session, read, form)
    if carried:
        read.ledger_sequence = act.record(
            read.project_id,
            "lesions_carried_forward",
            "read",
            read.id,
            revision=read.revision,
            after=cast("Mapping[str, Recordable]", entered(form, read.salt, carried, carried)),
        )


def submit_read(act: Act, task_id: str, *, draft: int) -> Submitted:
    """Close a draft for signing, after every check; the record's digest is what to sign."""
    work = begun(act, task_id)
    task, read = work.task, work.read
    move(task, read, "submit")
    same_draft(read, draft)
    evaluation = settle_answers(act, work)
    complete(evaluation, read.id)
    if task.step_type == "qc":
        decision_of(work.answers)
    keep_computed(act.session, work, evaluation)
    fix_inputs(act.session, task, read)
    request_queries(act, work, evaluation)
    read.status = "submitted"
    read.record_digest = record_digest(read, work.answers)
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
    work = begun(act, task_id)
    task, read = work.task, work.read
    move(task, read, "reopen")
    read.status = "draft"
    read.record_digest = None
    read.ledger_sequence = act.record(
        task.project_id, "read_reopened", "read", read.id, revision=read.draft
    )
    task.ledger_sequence = read.ledger_sequence


def sign_read(act: Act, task_id: str, *, grant: str) -> Signature:
    """Sign what was submitted, if it is still exactly that; the task is done."""
    work = begun(act, task_id)
    task, read, form, answers = work.task, work.read, work.form, work.answers
    authorize(act, "approve", "read", task.project_id, reach="own")
    event = signing_event(task, read)
    fix_inputs(act.session, task, read)
    digest = record_digest(read, answers)
    evaluation = work.evaluation()
    if (
        digest != read.record_digest
        or not evaluation.may_be_submitted
        or computed_of(form, answers) != evaluation.stated
    ):
        raise StaleRead(
            f"read {read.id} is no longer what was submitted: nothing was signed; "
            "reopen it and submit again",
            Refusal(
                log=task.project_id,
                object_kind="read",
                object_id=read.id,
                grant_id=grant_id(act, grant),
            ),
        )
    signature = sign(act, grant, _payload(task, read, digest))
    judged = judged_rows(act, work, evaluation)
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
            **rows_named(read, *visits, *judged),
            "answers": {read.id: answers_digest(read.salt, answers)},
            **drawn_rows(read),
            **reason_rows(read),
        },
    )
    read.ledger_sequence = task.ledger_sequence = sequence
    for visit in visits:
        visit.ledger_sequence = sequence
    keep_judged(act, judged, sequence)
    supersede(act, task, read, amended)
    if decision is not None:
        decision.follow()
    settle(act, task.subject_id)
    follow_adjudication(act, task)
    return signature


def meaning_of(task: TaskRow) -> str:
    """Return what signing this task means (21 CFR 11.50)."""
    return MEANINGS[task.step_type]


def statement_of(task: TaskRow) -> str:
    """Return the words that stand above the signature."""
    return STATEMENTS[task.step_type]


def form_of_step(session: Session, task: TaskRow) -> FormRow:
    """Return the signed form a task's step uses."""
    _, step = step_of(session, task.workflow_id, task.step_code)
    named = step.baseline_form if step.baseline_form and _is_first(session, task) else step.form
    assert named is not None, f"step {step.code} has no form"
    repository_id = find_project(session, task.project_id).repository_id
    form = pinned_form(session, repository_id, oid=named.oid, version=named.version)
    assert form is not None, f"form {named.oid} {named.version} is gone"
    return form


def _is_first(session: Session, task: TaskRow) -> bool:
    """Tell whether a task is about the subject's first visit."""
    return visits_of(session, task.subject_id)[0].id == task.visit_id


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


def complete(evaluation: Evaluation, read_id: str) -> None:
    """Raise `CheckFailed` with everything that stands against submitting."""
    problems = [Problem(str(key), "is required") for key in evaluation.missing_required]
    problems += [
        Problem(str(check.key), check.message) for check in evaluation.checks if check.blocks
    ]
    if problems:
        raise CheckFailed(f"read {read_id} is not complete: nothing was submitted", tuple(problems))
