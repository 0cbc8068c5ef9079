"""What a form makes of its answers: what is visible, computed, missing or wrong.

The one evaluator of the platform: the browser shows what this answers and computes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from research.ecrf.definition import MAX_REPEATS, FormDefinition
from research.ecrf.items.item import MISSING_REASONS, AnswerRefused
from research.errors import Problem


class ItemKey(NamedTuple):
    """Where an answer stands: group, row of a repeating group (else empty), item."""

    group: str
    repeat: str
    item: str

    def __str__(self) -> str:
        """Return the path, as problems and clients name it."""
        return f"{self.group}/{self.repeat}/{self.item}"


@dataclass(frozen=True)
class Answer:
    """A value as typed, or the reason why there is none; never both."""

    value: str | None = None
    missing: str | None = None


@dataclass(frozen=True)
class Check:
    """One finding about the answers."""

    key: ItemKey
    severity: Literal["block", "warn"]
    message: str


@dataclass(frozen=True)
class Evaluation:
    """Everything the form says about its answers at this moment."""

    visible: Mapping[ItemKey, bool]
    computed: Mapping[ItemKey, str | None]
    checks: tuple[Check, ...]
    missing_required: tuple[ItemKey, ...]

    @property
    def may_be_submitted(self) -> bool:
        """Whether nothing required is missing and nothing blocks."""
        return not self.missing_required and all(c.severity != "block" for c in self.checks)


def evaluate(form: FormDefinition, answers: Mapping[ItemKey, Answer]) -> Evaluation:
    """Evaluate the answers; a repeating group has the rows that any answer stands in."""
    keys = tuple(_all_keys(form, answers))
    missing = tuple(
        key
        for key in keys
        if form.items_by_key[key.group, key.item][1].required and key not in answers
    )
    checks = tuple(
        Check(ItemKey(*key), "block", problem.message)
        for key, answer in answers.items()
        if (problem := refusal(form, key, answer)) is not None
    )
    return Evaluation(dict.fromkeys(keys, True), {}, checks, missing)


def refusal(form: FormDefinition, key: ItemKey, answer: Answer) -> Problem | None:
    """Return why the form cannot take this answer, if it cannot."""
    found = form.items_by_key.get((key.group, key.item))
    if found is None:
        return Problem(str(key), "is not an item of this form")
    group, item = found
    if group.repeats != bool(key.repeat):
        words = "needs a repeat key" if group.repeats else "does not repeat"
        return Problem(str(key), f"stands in the group {group.oid}, which {words}")
    if not _is_repeat_key(key.repeat):
        return Problem(str(key), f"has no repeat key from 1 to {MAX_REPEATS}")
    if answer.missing is not None:
        if answer.value is not None or answer.missing not in MISSING_REASONS:
            reasons = ", ".join(MISSING_REASONS)
            return Problem(str(key), f"has a value or one of the reasons {reasons}, not both")
        return None if item.takes_answers else Problem(str(key), "takes no answer")
    if answer.value is None:
        return Problem(str(key), "has neither a value nor a reason why there is none")
    try:
        item.canonical(answer.value)
    except AnswerRefused as problem:
        return Problem(str(key), str(problem))
    return None


def canonical_answer(form: FormDefinition, key: ItemKey, answer: Answer) -> Answer:
    """Return the answer in its one spelling; `refusal` has said that the form takes it."""
    if answer.value is None:
        return answer
    _, item = form.items_by_key[key.group, key.item]
    return Answer(value=item.canonical(answer.value))


def _is_repeat_key(text: str) -> bool:
    return not text or (
        text.isascii() and text.isdigit() and text[0] != "0" and int(text[:4]) <= MAX_REPEATS
    )


def _all_keys(form: FormDefinition, answers: Mapping[ItemKey, Answer]) -> list[ItemKey]:
    rows: dict[str, set[str]] = {}
    for key in answers:
        rows.setdefault(key.group, set()).add(key.repeat)
    return [
        ItemKey(group.oid, repeat, item.oid)
        for group in form.groups
        for repeat in (sorted(rows.get(group.oid, ()), key=int) if group.repeats else [""])
        for item in group.items
    ]
