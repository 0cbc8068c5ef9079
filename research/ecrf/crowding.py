"""How many lesions of one organ a lesion table takes, told at the rows beyond it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition, Group, Repeats

NODES = "lymph nodes"


def crowded(
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    rows: Mapping[str, Sequence[str]],
) -> Iterator[tuple[ItemKey, str]]:
    """Yield the organ of each lesion that its table has no room for, with words for the reader.

    Lymph nodes are one organ, wherever they lie (Eisenhauer et al. 2009, section 4.2); the parts of
    a lesion that split are no more lesions than it was.
    """
    for group in form.groups:
        if isinstance(group.repeats, Repeats) and group.repeats.max_per_organ:
            yield from _beyond(
                group, answers, rows.get(group.oid, ()), most=group.repeats.max_per_organ
            )


def _beyond(
    group: Group, answers: Mapping[ItemKey, Answer], rows: Sequence[str], *, most: int
) -> Iterator[tuple[ItemKey, str]]:
    by_organ: dict[str, list[str]] = {}
    for row in rows:
        if _value(group, row, "parent", answers):
            continue
        organ = _value(group, row, "organ", answers)
        if organ == "lymph_node" or _value(group, row, "node", answers) == "true":
            organ = NODES
        if organ:
            by_organ.setdefault(organ, []).append(row)
    for organ, lesions in by_organ.items():
        for row in islice(lesions, most, None):
            yield (
                ItemKey(group.oid, row, "organ"),
                f"{group.label} hold {len(lesions)} of {organ.replace('_', ' ')}, "
                f"{most} at most: keep the {most} largest here.",
            )


def _value(group: Group, row: str, item: str, answers: Mapping[ItemKey, Answer]) -> str | None:
    answer = answers.get(ItemKey(group.oid, row, item))
    return answer.value if answer else None
