"""Revisions of a read: each signature makes one, the former is superseded and stays readable.

While a signed read is amended its task stays `amending` and the signed revision in force; only the
new revision moves, from draft to submitted. What rested on the former turns stale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from accounts.acts import SYSTEM, Act, Reason
from accounts.ledger.entries import JsonValue
from accounts.signatures import supersede_signature
from research.adjudication.following import adjudication_tasks
from research.answers import answers_of, entered
from research.earlier_reads import earlier_reads, later_tasks
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.errors import IllegalTransition
from research.images import image_set_digest, visit_instances
from research.read_records import RECORDED, ReadRow, inputs_digest
from research.resolutions import amendment_allowed, close
from research.tasks import TaskRow, fire
from research.transitions import TaskEvent, after
from research.visits import VisitRow

Work = Literal["save", "submit", "reopen"]

# What rests on a read and turns stale with it: its reader's later visits; what else uses reads
# is one more function here.
DEPENDANTS: tuple[Callable[[Session, TaskRow], list[TaskRow]], ...] = (
    later_tasks,
    adjudication_tasks,
)


@dataclass(frozen=True)
class Amendment:
    """What a signature changes in the record: nothing before a first one."""

    action: str
    former: ReadRow | None
    differs: bool
    before: Mapping[str, JsonValue] | None
    after: Mapping[str, JsonValue]
    reason: Reason | None


def move(task: TaskRow, read: ReadRow, event: Work) -> None:
    """Move the task along; while it is amended, the new revision moves and the task stays."""
    if task.state != "amending":
        fire(task, event)
    elif read.status != ("submitted" if event == "reopen" else "draft"):
        raise IllegalTransition(
            f"revision {read.revision} of task {task.id} is {read.status}: "
            f"{event} is not possible from there"
        )


def signing_event(task: TaskRow, read: ReadRow) -> TaskEvent:
    """Return what a signature is to the task: of a stale one it confirms the same answers."""
    event: TaskEvent = "reconfirm" if task.state == "stale" else "sign"
    after(task.state, event, task_id=task.id)
    if read.status != "submitted":
        raise IllegalTransition(
            f"revision {read.revision} of task {task.id} is {read.status}: submit it first"
        )
    return event


def fix_inputs(session: Session, task: TaskRow, read: ReadRow) -> None:
    """Let a read name what it rests on now: its images and its reader's earlier visits."""
    read.image_set_digest = _image_set(session, task)
    read.inputs_digest = inputs_digest(one for one, _ in earlier_reads(session, read))


def amendment_of(
    session: Session, read: ReadRow, form: FormDefinition, answers: Mapping[ItemKey, Answer]
) -> Amendment:
    """Return how a read that is signed now differs from the revision in force until now."""
    former = _former(session, read)
    if former is None:
        return Amendment("read_signed", None, False, None, {}, None)
    given = answers_of(session, former.id)
    keys = sorted(key for key in {*given, *answers} if given.get(key) != answers.get(key))
    known = [key for key in keys if (key.group, key.item) in form.items_by_key]
    reason = reason_of(read)
    return Amendment(
        action="read_amended" if reason else "read_signed",
        former=former,
        differs=bool(keys) or former.annotations_digest != read.annotations_digest,
        before=entered(form, read.salt, given, known),
        after=entered(form, read.salt, answers, known),
        reason=reason,
    )


def supersede(act: Act, task: TaskRow, read: ReadRow, amended: Amendment) -> None:
    """Enter that the former signature is superseded, and let what rested on it turn stale."""
    former = amended.former
    if former is None:
        return
    if former.signature_id is not None:
        assert read.signature_id is not None, "what supersedes a signature is signed itself"
        supersede_signature(act, former.signature_id, by=read.signature_id, reason=amended.reason)
    allowed = amendment_allowed(act.session, task.id)
    if allowed is not None:
        close(act, allowed)
    if amended.differs:
        _turn_stale(act, task, read)


def reason_of(read: ReadRow) -> Reason | None:
    """Return why this revision was made; a first one needs no reason."""
    if read.reason_code is None:
        return None
    return Reason(code=read.reason_code, text=read.reason_text or "")


def _turn_stale(act: Act, task: TaskRow, read: ReadRow) -> None:
    rested = [other for dependants in DEPENDANTS for other in dependants(act.session, task)]
    stale = [other for other in rested if other.state == "done"]
    if not stale:
        return
    for other in stale:
        fire(other, "input_changed")
    platform = act.by(replace(SYSTEM, on_behalf_of=act.actor.id))
    sequence = platform.record(
        task.project_id,
        "input_changed",
        "read",
        read.id,
        revision=read.revision,
        after={"stale": [other.id for other in stale]},
    )
    for other in stale:
        other.ledger_sequence = sequence


def _former(session: Session, read: ReadRow) -> ReadRow | None:
    """Return the recorded read that was in force in this seat, whoever made it."""
    query = (
        select(ReadRow)
        .where(
            ReadRow.visit_id == read.visit_id,
            ReadRow.step_code == read.step_code,
            ReadRow.position == read.position,
            ReadRow.arm == read.arm,
            ReadRow.session == read.session,
            ReadRow.repeat == read.repeat,
            ReadRow.id != read.id,
            ReadRow.task_id.is_not(None),
            ReadRow.status.in_(RECORDED),
        )
        .order_by(ReadRow.ledger_sequence.desc())
        .limit(1)
    )
    return session.scalar(query)


def _image_set(session: Session, task: TaskRow) -> str | None:
    """Return the digest of the images the task is about: for reads the set that was fixed."""
    if task.step_type == "read":
        visit = session.get(VisitRow, task.visit_id)
        assert visit is not None
        return visit.image_set_digest
    instances = visit_instances(session, task.visit_id)
    return image_set_digest((row.sop_instance_uid, row.sha256) for row in instances)
