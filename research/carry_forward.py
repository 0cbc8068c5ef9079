"""What a new read takes over from the visit before: which lesions there are, never a size."""

from sqlalchemy.orm import Session

from research.answers import AnswerRow, answers_of
from research.earlier_reads import earlier_reads
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition, Repeats
from research.ecrf.evaluate import refusal
from research.read_records import ReadRow


def carry_forward(session: Session, read: ReadRow, form: FormDefinition) -> dict[ItemKey, Answer]:
    """Store the identities of the lesions followed so far in a new draft, and return them.

    The columns are those that the form names; a lesion that is measured with another has no row.
    """
    earlier = earlier_reads(session, read)
    if not earlier:
        return {}
    before = answers_of(session, earlier[-1][0].id)
    merged = {
        (key.group, key.repeat)
        for key, answer in before.items()
        if key.item == "status" and answer.value == "merged"
    }
    carried = {
        key: Answer(answer.value)
        for key, answer in before.items()
        if key.item in _columns(form, key.group)
        and answer.value is not None
        and (key.group, key.repeat) not in merged
        and refusal(form, key, Answer(answer.value)) is None
    }
    for key, answer in carried.items():
        _, item = form.items_by_key[key.group, key.item]
        session.add(
            AnswerRow(
                read_id=read.id,
                group_oid=key.group,
                repeat_key=key.repeat,
                item_oid=key.item,
                kind=item.kind,
                value=answer.value,
                missing=None,
            )
        )
    session.flush()
    return carried


def _columns(form: FormDefinition, group_oid: str) -> tuple[str, ...]:
    """Return the columns of a lesion table that are carried forward."""
    group = next((one for one in form.groups if one.oid == group_oid), None)
    repeats = group.repeats if group else None
    return repeats.carry_forward if isinstance(repeats, Repeats) else ()
