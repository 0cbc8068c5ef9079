"""How a value of a read came about, in words: what is computed, hidden, required or warned of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from accounts.acts import Act
from accounts.errors import NotFound
from research.begun import Begun, as_it_stands
from research.ecrf.answer import ItemKey
from research.ecrf.evaluate import Evaluation
from research.ecrf.language.explain import explain
from research.ecrf.language.programs import Program
from research.ecrf.logic import logic_of
from research.read_records import read_of_task
from research.task_pages import may_see_answers
from research.tasks import hidden_task, shown_task

About = Literal["computed", "visible", "required", "default", "check"]


@dataclass(frozen=True)
class Reasoning:
    """One rule about an item: what the author wrote, and how it comes out here."""

    about: About
    expression: str
    words: str
    check: str = ""


@dataclass(frozen=True)
class ItemExplained:
    """Everything that rules say of one item of one read."""

    key: ItemKey
    value: str | None
    is_visible: bool
    reasonings: tuple[Reasoning, ...]


def explain_item(act: Act, task_id: str, key: ItemKey) -> ItemExplained:
    """Return how an item's value came about; for who may see the answers."""
    task = shown_task(act, task_id)
    read = read_of_task(act.session, task.id) if may_see_answers(act, task) else None
    if read is None:
        raise hidden_task(task_id)
    work = as_it_stands(act.session, task, read)
    evaluation = work.evaluation()
    if key not in evaluation.visible:
        raise NotFound(f"read {read.id} has no item {key}")
    answer = work.answers.get(key)
    return ItemExplained(
        key=key,
        value=evaluation.computed.get(key, answer.value if answer else None),
        is_visible=evaluation.visible[key],
        reasonings=tuple(_reasonings(work, evaluation, key)),
    )


def _reasonings(work: Begun, evaluation: Evaluation, key: ItemKey) -> Iterator[Reasoning]:
    logic, row = logic_of(work.form), key.repeat or None
    for item in logic.items:
        if item.place != (key.group, key.item):
            continue
        rules: tuple[tuple[About, Program | None, str | None], ...] = (
            ("computed", item.computed, row),
            ("visible", item.group_visible, None),
            ("visible", item.visible_if, row),
            ("required", item.required_if, row),
            ("default", item.default, row),
        )
        for about, program, at in rules:
            if program is not None:
                words = str(explain(program, evaluation.context, row=at))
                yield Reasoning(about, program.text, words)
    for check in logic.checks:
        if check.place == (key.group, key.item):
            words = str(explain(check.program, evaluation.context, row=row))
            yield Reasoning("check", check.program.text, words, check.oid)
