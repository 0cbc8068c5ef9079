"""Copies of signed records: everything that must stand beside a record on paper (21 CFR 11.10(b)).

A copy holds the record with every revision, what changed from one to the next and why, each
signature with printed name, time and meaning, the digests they bind, and where the ledger stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.acts import Act
from accounts.ledger import checkpoints
from accounts.ledger.log import size
from accounts.signatures import Signature
from research.amendments import Revision, revisions
from research.begun import form_of_read
from research.ecrf.answer import ItemKey
from research.ecrf.definition import FormDefinition
from research.errors import IllegalTransition
from research.read_records import ReadRow, SavedAnswer
from research.task_pages import task_page

CLOCK = "All times are the server's, in UTC."


@dataclass(frozen=True)
class AnswerLine:
    """One item with what each revision says of it, the first revision first."""

    group: str
    repeat: str
    item: str
    label: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class RevisionLine:
    """One revision: when it was signed, and why it was made."""

    number: int
    status: str
    signed_at: datetime | None
    reason: str
    record_digest: str


@dataclass(frozen=True)
class RecordCopy:
    """A record with everything that stands beside it on a copy."""

    project: str
    step: str
    label: str
    visit: str
    read_id: str
    form: str
    form_digest: str
    image_set_digest: str
    revisions: tuple[RevisionLine, ...]
    answers: tuple[AnswerLine, ...]
    signatures: tuple[Signature, ...]
    ledger_entries: int
    checkpoint: str
    clock: str
    copied_at: datetime
    build: str


def copy_record(act: Act, task_id: str, *, format: str) -> RecordCopy:
    """Return the copy of a task's signed record, for whoever may see it; taking it is entered."""
    page = task_page(act, task_id)
    found = sorted(revisions(act, task_id), key=lambda revision: revision.revision)
    if not found:
        raise IllegalTransition(f"task {task_id} has no signed record to copy yet")
    newest = act.session.get(ReadRow, found[-1].id)
    assert newest is not None, f"read {found[-1].id} is gone"
    sequence = act.record(
        newest.project_id,
        "file_downloaded",
        "read",
        newest.id,
        revision=newest.revision,
        after={"format": format},
    )
    signed_head = checkpoints.latest(act.session, newest.project_id)
    return RecordCopy(
        project=f"{page.task.project_code}: {page.task.project_title}",
        step=page.task.step_title,
        label=page.task.label,
        visit=page.task.visit_label,
        read_id=newest.id,
        form=f"{newest.form_oid} {newest.form_version}",
        form_digest=newest.form_digest,
        image_set_digest=newest.image_set_digest or "",
        revisions=tuple(_line(revision) for revision in found),
        answers=answer_lines(form_of_read(act.session, newest), [one.answers for one in found]),
        signatures=tuple(one.signature for one in found if one.signature is not None),
        ledger_entries=max(size(act.session, newest.project_id), sequence + 1),
        checkpoint="" if signed_head is None else signed_head.note,
        clock=CLOCK,
        copied_at=act.now,
        build=act.build,
    )


def answer_lines(
    form: FormDefinition, answers: Sequence[Sequence[SavedAnswer]]
) -> tuple[AnswerLine, ...]:
    """Return each item that any revision answers, with what every revision says of it."""
    by_revision: list[Mapping[ItemKey, str]] = [
        {ItemKey(one.group, one.repeat, one.item): _value(one) for one in revision}
        for revision in answers
    ]
    keys = dict.fromkeys(key for revision in by_revision for key in sorted(revision))
    return tuple(
        AnswerLine(
            key.group,
            key.repeat,
            key.item,
            _label(form, key),
            tuple(revision.get(key, "") for revision in by_revision),
        )
        for key in keys
    )


def _label(form: FormDefinition, key: ItemKey) -> str:
    found = form.items_by_key.get((key.group, key.item))
    return key.item if found is None else found[1].label


def _value(answer: SavedAnswer) -> str:
    if answer.value is not None:
        return answer.value
    return f"({(answer.missing or 'no answer').replace('_', ' ')})"


def _line(revision: Revision) -> RevisionLine:
    reason = revision.reason
    return RevisionLine(
        number=revision.revision,
        status="in force" if revision.is_in_force else "superseded",
        signed_at=revision.signed_at,
        reason="" if reason is None else f"{reason.code}: {reason.text}",
        record_digest=revision.record_digest or "",
    )
