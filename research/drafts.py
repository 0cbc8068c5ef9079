"""Drafts: every save is kept with its number and an entry, and nothing is lost silently."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import cast

from pydantic import JsonValue
from sqlalchemy import delete
from sqlalchemy.orm import Session

from accounts.acts import Act
from accounts.vault import Recordable
from research.annotations.drawing import BLANK, DrawnDraft, Sheet, draw_on
from research.annotations.rows import Annotation
from research.answers import AnswerChange, AnswerRow, changed, entered
from research.attachments import refuse_unattached
from research.begun import Begun, begun
from research.check_reasons import (
    CheckReason,
    entered_reasons,
    keep_reasons,
    with_reasons,
)
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Evaluation
from research.ecrf.items.computed import ComputedItem
from research.errors import ComputedDiffers, Invalid, Problem, StaleRevision
from research.read_records import ReadRow, SavedAnswer, saved
from research.revisions import move

MAX_CHANGES = 5000


@dataclass(frozen=True)
class DraftSaved:
    """A draft as it stands after a save; `draft` is the number the next save must name."""

    draft: int
    answers: tuple[SavedAnswer, ...]
    evaluation: Evaluation
    cleared: tuple[ItemKey, ...] = ()
    annotations: tuple[Annotation, ...] = ()


def save_draft(
    act: Act,
    task_id: str,
    *,
    draft: int,
    changes: Sequence[AnswerChange],
    sheet: Sheet = BLANK,
    reasons: Sequence[CheckReason] = (),
) -> DraftSaved:
    """Save answers, reasons to warnings and what was drawn onto a draft; all of it or none.

    What the changes hide loses its value, and that is an entry of its own.
    """
    if len(changes) > MAX_CHANGES:
        raise Invalid(f"{len(changes)} changes at once are too many: send {MAX_CHANGES} at most")
    work = begun(act, task_id)
    move(work.task, work.read, "save")
    same_draft(work.read, draft)
    before = work.answers
    computed = [change for change in changes if is_computed(work.form, change.key)]
    work.answers = changed(
        work.form, before, (change for change in changes if change not in computed)
    )
    refuse_unattached(act.session, work.read, work.form, work.answers)
    drawn = draw_on(act, work.read, work.form, work.answers, changes=changes, sheet=sheet)
    work.answers = drawn.answers
    former = work.reasons
    work.reasons = with_reasons(work.form, former, reasons)
    evaluation, cleared = _settled(work)
    _refuse_hidden(changes, cleared)
    _refuse_differing(computed, evaluation)
    keys = [key for key in {**before, **work.answers} if before.get(key) != work.answers.get(key)]
    said = entered_reasons(former, work.reasons)
    if keys or drawn.is_changed or any(said):
        store(act.session, work.read, work.form, work.answers, keys)
        if any(said):
            keep_reasons(act.session, work.read, work.reasons)
        work.read.draft += 1
        _enter(act, work, before, keys, cleared, drawn, said)
    return DraftSaved(
        work.read.draft, saved(work.answers), evaluation, tuple(cleared), drawn.annotations
    )


def same_draft(read: ReadRow, draft: int) -> None:
    """Refuse a change that was made to another draft than the newest."""
    if read.draft != draft:
        raise StaleRevision(
            f"draft {draft} of read {read.id} is not the newest, {read.draft} is: "
            "look at both and save again",
            current=read.draft,
        )


def settle_answers(act: Act, work: Begun) -> Evaluation:
    """Evaluate before submitting; what an earlier visit's amendment has hidden is cleared."""
    before = dict(work.answers)
    evaluation, cleared = _settled(work)
    if cleared:
        store(act.session, work.read, work.form, work.answers, cleared)
        _enter(act, work, before, cleared, cleared)
    return evaluation


def keep_computed(session: Session, work: Begun, evaluation: Evaluation) -> None:
    """Keep what is signed beside the answers: computed values, reasons of warnings that stand."""
    session.execute(
        delete(AnswerRow).where(AnswerRow.read_id == work.read.id, AnswerRow.kind == "computed")
    )
    stated = evaluation.stated
    work.answers |= stated
    store(session, work.read, work.form, work.answers, stated)
    standing = {(check.check, check.key.repeat) for check in evaluation.checks}
    work.reasons = {key: text for key, text in work.reasons.items() if key in standing}
    keep_reasons(session, work.read, work.reasons)


def is_computed(form: FormDefinition, key: ItemKey) -> bool:
    """Tell whether the server alone says what stands there."""
    found = form.items_by_key.get((key.group, key.item))
    return found is not None and isinstance(found[1], ComputedItem)


def store(
    session: Session,
    read: ReadRow,
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    keys: Iterable[ItemKey],
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
        row.value, row.missing, row.reason = answer.value, answer.missing, answer.reason
        row.typed, row.unit = answer.typed, answer.unit
    session.flush()


def _settled(work: Begun) -> tuple[Evaluation, list[ItemKey]]:
    """Evaluate, take the answers of hidden items away, and again: a row may go with them."""
    cleared: list[ItemKey] = []
    while True:
        evaluation = work.evaluation()
        hidden = [key for key in work.answers if not evaluation.visible.get(key, True)]
        if not hidden:
            return evaluation, cleared
        cleared += hidden
        for key in hidden:
            del work.answers[key]


def _refuse_hidden(changes: Sequence[AnswerChange], cleared: Sequence[ItemKey]) -> None:
    answered = {change.key for change in changes if change.value or change.missing}
    problems = [
        Problem(str(key), "is hidden by the other answers: it takes no answer now")
        for key in cleared
        if key in answered
    ]
    if problems:
        raise Invalid("some answers are not acceptable: nothing was saved", tuple(problems))


def _refuse_differing(changes: Sequence[AnswerChange], evaluation: Evaluation) -> None:
    """Refuse what a client says an item computes to, where the server computes something else."""
    problems = [
        Problem(
            str(change.key),
            f"was sent as {change.value or 'nothing'}, the server computes "
            f"{evaluation.computed.get(change.key) or 'nothing'}",
        )
        for change in changes
        if not _same(change.value, evaluation.computed.get(change.key))
    ]
    if problems:
        raise ComputedDiffers(
            "computed values differ from the server's: nothing was saved, load the task again",
            tuple(problems),
        )


def _same(sent: str | None, computed: str | None) -> bool:
    if sent is None or computed is None or sent == computed:
        return sent == computed
    try:
        return Decimal(sent) == Decimal(computed)
    except InvalidOperation:
        return False


def _enter(
    act: Act,
    work: Begun,
    before: Mapping[ItemKey, Answer],
    keys: Sequence[ItemKey],
    cleared: Sequence[ItemKey],
    drawn: DrawnDraft | None = None,
    said: Sequence[Mapping[str, Recordable]] = ({}, {}),
) -> None:
    """Enter what was saved, drawn and said, and by itself what was cleared as hidden now."""
    read, form = work.read, work.form
    lost = [key for key in cleared if key in before]
    typed = [key for key in keys if key not in lost]
    of_answers, nothing = drawn or DrawnDraft({}), DrawnDraft({})
    for action, stated, marks, words in (
        ("draft_saved", typed, of_answers, said),
        ("item_cleared", lost, nothing, ({}, {})),
    ):
        if stated or marks.is_changed or any(words):
            read.ledger_sequence = act.record(
                read.project_id,
                action,
                "read",
                read.id,
                revision=read.draft,
                before=_together(entered(form, read.salt, before, stated), marks.before, words[0]),
                after=_together(
                    entered(form, read.salt, work.answers, stated), marks.after, words[1]
                ),
            )


def _together(
    answers: Mapping[str, JsonValue], *others: Mapping[str, Recordable]
) -> dict[str, Recordable]:
    together = dict(cast("Mapping[str, Recordable]", answers))
    for other in others:
        together.update(other)
    return together
