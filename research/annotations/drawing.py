"""One save of a draft that draws: marks, the answers they give, and reasons for typed sizes."""

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from accounts.acts import Act
from accounts.digests import digest_of_rows
from accounts.vault import Recordable
from research.annotations.drafts import Author, Drawing, draw
from research.annotations.measured_answers import (
    MAX_REASON,
    NODE,
    drawn_answers,
    has_drawn_items,
    is_drawn,
)
from research.annotations.placement import Planes
from research.annotations.rows import (
    Annotation,
    TypedMeasurementRow,
    drawn_digest,
    marked_items,
    reasons_of,
    row_of,
)
from research.answers import AnswerChange
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.items.image_link import LINK, ImageLinkItem
from research.ecrf.items.measurement import MeasurementItem
from research.errors import Invalid, Problem
from research.read_records import ReadRow


def _no_image(_uid: str) -> None:
    return None


def _no_series(_uid: str) -> bool:
    return False


@dataclass(frozen=True)
class Sheet:
    """What a client draws in one save, and the images of its task."""

    drawings: tuple[Drawing, ...] = ()
    planes: Planes = _no_image
    has_series: Callable[[str], bool] = _no_series


BLANK = Sheet()


@dataclass(frozen=True)
class DrawnDraft:
    """The answers after a save, its annotations, and how the ledger states what was drawn."""

    answers: dict[ItemKey, Answer]
    annotations: tuple[Annotation, ...] = ()
    is_changed: bool = False
    before: Mapping[str, Recordable] = field(default_factory=dict)
    after: Mapping[str, Recordable] = field(default_factory=dict)


def draw_on(
    act: Act,
    read: ReadRow,
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    *,
    changes: Sequence[AnswerChange],
    sheet: Sheet,
) -> DrawnDraft:
    """Put a sheet onto a draft and let its answers follow; all of it or, with `Invalid`, nothing.

    The caller has locked the read, holds its newest draft and enters the change.
    """
    _check_links(form, changes, sheet)
    if not sheet.drawings and not _may_follow(act, read, form, answers, changes):
        return DrawnDraft(dict(answers))
    author = Author("human", act.actor.id)
    drawn = draw(act, read, form, sheet.drawings, planes=sheet.planes, author=author)
    before, reasons = reasons_of(act.session, read.id), dict[ItemKey, str]()
    if has_drawn_items(form):
        reasons = _kept_reasons(form, before, changes, sheet.drawings)
    followed = drawn_answers(
        form,
        answers,
        drawn.annotations.values(),
        sent={change.key: _sent(change) for change in changes},
        by_hand=reasons,
    )
    if followed.problems:
        raise Invalid("some answers are not acceptable: nothing was saved", followed.problems)
    typed = [key for key in {**before, **reasons} if before.get(key) != reasons.get(key)]
    _store(act, read, before, reasons)
    if drawn.changed or typed:
        rows = [row_of(read.id, one) for one in drawn.annotations.values()]
        read.annotations_digest = drawn_digest(read.salt, rows, reasons)
    return DrawnDraft(
        answers=followed.answers,
        annotations=tuple(drawn.annotations.values()),
        is_changed=bool(drawn.changed or typed),
        before={**drawn.before, **_stated(read, before, typed)},
        after={**drawn.after, **_stated(read, reasons, typed)},
    )


def _may_follow(
    act: Act,
    read: ReadRow,
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    changes: Sequence[AnswerChange],
) -> bool:
    """Tell whether a save that draws nothing can change a drawn answer.

    It can where it is about one, says what is a node, or where a mark's item has no answer, as
    after it was hidden.
    """
    if not has_drawn_items(form):
        return False
    if any(is_drawn(form, change.key) or change.item == NODE for change in changes):
        return True
    return any(key not in answers for key in marked_items(act.session, read.id))


def _kept_reasons(
    form: FormDefinition,
    before: Mapping[ItemKey, str],
    changes: Sequence[AnswerChange],
    drawings: Sequence[Drawing],
) -> dict[ItemKey, str]:
    """Return the reasons after a save: a changed answer and a new mark end the earlier one."""
    reasons = dict(before)
    for drawing in drawings:
        if drawing.item is not None:
            reasons.pop(drawing.item, None)
    problems = []
    for change in changes:
        reasons.pop(change.key, None)
        if change.by_hand is None:
            continue
        found = form.items_by_key.get((change.group, change.item))
        words = change.by_hand.strip()
        if found is None or not isinstance(found[1], MeasurementItem) or change.value is None:
            problems.append(Problem(str(change.key), "is no measurement that was typed"))
        elif not words or len(words) > MAX_REASON or any(ord(char) < 32 for char in words):
            problems.append(
                Problem(str(change.key), f"needs a reason of 1 to {MAX_REASON} characters")
            )
        else:
            reasons[change.key] = words
    if problems:
        raise Invalid("some answers are not acceptable: nothing was saved", tuple(problems))
    return reasons


def _check_links(form: FormDefinition, changes: Sequence[AnswerChange], sheet: Sheet) -> None:
    """Refuse a reference to an image or a series that is not one of the task's."""
    problems = []
    for change in changes:
        found = form.items_by_key.get((change.group, change.item))
        if found is None or not isinstance(found[1], ImageLinkItem) or change.value is None:
            continue
        link = LINK.fullmatch(change.value.strip())
        if link is None:
            continue
        kind, uid, frame = link.groups()
        planes = sheet.planes(uid) if kind == "image" else None
        there = (
            planes is not None and int(frame[1:]) <= len(planes)
            if kind == "image" and frame
            else sheet.has_series(uid)
        )
        if not there:
            problems.append(Problem(str(change.key), f"is no {kind} of this task"))
    if problems:
        raise Invalid("some answers are not acceptable: nothing was saved", tuple(problems))


def _sent(change: AnswerChange) -> Answer | None:
    if change.value is None and change.missing is None:
        return None
    return Answer(change.value, change.missing)


def _store(
    act: Act, read: ReadRow, before: Mapping[ItemKey, str], reasons: Mapping[ItemKey, str]
) -> None:
    for key in before:
        if before[key] != reasons.get(key):
            row = act.session.get(TypedMeasurementRow, (read.id, *key))
            act.session.delete(row)
    act.session.flush()
    for key, reason in reasons.items():
        if before.get(key) != reason:
            act.session.add(
                TypedMeasurementRow(
                    read_id=read.id,
                    group_oid=key.group,
                    repeat_key=key.repeat,
                    item_oid=key.item,
                    reason=reason,
                )
            )
    act.session.flush()


def _stated(
    read: ReadRow, reasons: Mapping[ItemKey, str], keys: Sequence[ItemKey]
) -> dict[str, Recordable]:
    """Return reasons as the ledger holds them: free text is a commitment."""
    stated: dict[str, Recordable] = {}
    for key in keys:
        reason = reasons.get(key)
        stated[f"by_hand/{key}"] = (
            {"commitment": _commitment(read.salt, key, reason)} if reason else None
        )
    return stated


def _commitment(salt: str, key: ItemKey, reason: str) -> str:
    message = f"by_hand/{key}={digest_of_rows([(reason,)])}".encode()
    return hmac.new(bytes.fromhex(salt), message, hashlib.sha256).hexdigest()
