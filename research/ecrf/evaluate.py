"""What a form makes of its answers: what is visible, computed, required, proposed or wrong.

The one evaluator of the platform: the browser shows what this answers and computes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from research.ecrf.answer import Answer, ItemKey
from research.ecrf.crowding import crowded
from research.ecrf.definition import FormDefinition, Group, Severity
from research.ecrf.items.computed import ComputedItem
from research.ecrf.items.item import MISSING, AnswerRefused, ItemDefinition
from research.ecrf.language.context import Answers, Context, answers_of
from research.ecrf.language.tree import Value
from research.ecrf.logic import logic_of
from research.ecrf.outcome import CriteriaValues, apply_rules, shown
from research.errors import Problem


@dataclass(frozen=True)
class Surroundings:
    """What a form's rules may see beside its own answers.

    Parameters
    ----------
    visit
        How explanations name the visit at hand.
    earlier
        The same reader's earlier signed visits, oldest first; never another reader's.
    baseline
        Which of them is the baseline.
    charter
        The charter's constants, by name.
    criteria
        What the response criteria make of this visit's answers; asked once, when everything that
        does not depend on its answer has been computed.
    """

    visit: str = "this visit"
    earlier: tuple[Answers, ...] = ()
    baseline: Answers | None = None
    charter: Mapping[str, Value] = field(default_factory=dict)
    criteria: CriteriaValues | None = None


ALONE = Surroundings()
MAX_REASON = 2000


@dataclass(frozen=True)
class Check:
    """One finding about the answers: of a check of the form, or of an answer as such.

    `check` is the check's oid, empty where the answer itself is refused; `reason` is what the
    reader said to a warning.
    """

    key: ItemKey
    severity: Severity
    message: str
    check: str = ""
    reason: str | None = None

    @property
    def blocks(self) -> bool:
        """Whether the form cannot be submitted: it is refused, or its warning is unanswered."""
        return self.severity == "block" or (self.severity == "warn" and not self.reason)


@dataclass(frozen=True)
class Evaluation:
    """Everything the form says about its answers at this moment."""

    visible: Mapping[ItemKey, bool]
    computed: Mapping[ItemKey, str | None]
    checks: tuple[Check, ...]
    missing_required: tuple[ItemKey, ...]
    required: frozenset[ItemKey] = frozenset()
    proposed: Mapping[ItemKey, str] = field(default_factory=dict)
    context: Context = field(default_factory=lambda: Context(Answers()))

    @property
    def stated(self) -> dict[ItemKey, Answer]:
        """The computed values as answers, those of hidden and missing ones left out."""
        return {key: Answer(text) for key, text in self.computed.items() if text is not None}

    @property
    def may_be_submitted(self) -> bool:
        """Whether nothing required is missing and nothing blocks."""
        return not self.missing_required and not any(check.blocks for check in self.checks)


def evaluate(
    form: FormDefinition,
    answers: Mapping[ItemKey, Answer],
    around: Surroundings = ALONE,
    *,
    reasons: Mapping[tuple[str, str], str] | None = None,
) -> Evaluation:
    """Evaluate the answers; a repeating group has the rows that any answer stands in.

    `reasons` are the reader's words to warnings, by the check's oid and its row.
    """
    now = answers_of(form, answers, visit=around.visit)
    context = Context(now, around.earlier, around.baseline, {"charter": around.charter})
    found = apply_rules(logic_of(form), context, criteria=around.criteria)
    given = reasons or {}
    keys = _all_keys(form, now)
    required = {
        key: None
        for key, item in keys.items()
        if key not in found.hidden and (item.required or key in found.required)
    }
    refused = (
        Check(ItemKey(*key), "block", problem.message)
        for key, answer in answers.items()
        # An answer that came out as a value has been judged on the way.
        if key not in found.hidden and now.value(key.group, key.repeat, key.item) is None
        if (problem := refusal(form, key, answer)) is not None
    )
    unsaid = (
        Check(ItemKey(*key), "block", f"Say why it is {words}.")
        for key, answer in answers.items()
        if (words := MISSING.get(answer.missing or ""))
        and not answer.reason
        and key not in found.hidden
    )
    crowding = (
        Check(key, "block", words)
        for key, words in crowded(form, answers, now.rows)
        if key not in found.hidden
    )
    spoken = (
        Check(one.key, one.severity, one.message, one.check, given.get((one.check, one.key.repeat)))
        for one in found.findings
    )
    return Evaluation(
        visible={key: key not in found.hidden for key in keys},
        computed={key: shown(value) for key, value in found.computed.items()},
        checks=(*refused, *unsaid, *crowding, *spoken),
        missing_required=tuple(
            key for key in required if key not in answers and found.computed.get(key) is None
        ),
        required=frozenset(required),
        proposed={
            key: text
            for key, value in found.proposed.items()
            if key not in answers and (text := shown(value)) is not None
        },
        context=found.context,
    )


def computed_of(form: FormDefinition, answers: Mapping[ItemKey, Answer]) -> dict[ItemKey, Answer]:
    """Return those of the answers that the server computed."""
    return {
        key: answer
        for key, answer in answers.items()
        if isinstance(form.items_by_key[key.group, key.item][1], ComputedItem)
    }


def refusal(form: FormDefinition, key: ItemKey, answer: Answer) -> Problem | None:
    """Return why the form cannot take this answer, if it cannot."""
    found = form.items_by_key.get((key.group, key.item))
    if found is None:
        return Problem(str(key), "is not an item of this form")
    group, item = found
    if bool(group.repeats) != bool(key.repeat):
        words = "needs a repeat key" if group.repeats else "does not repeat"
        return Problem(str(key), f"stands in the group {group.oid}, which {words}")
    if not _is_repeat_key(key.repeat, most=group.most_rows):
        return Problem(str(key), _no_such_row(group))
    if answer.missing is not None:
        if answer.value is not None or answer.missing not in MISSING:
            words = ", ".join(MISSING)
            return Problem(str(key), f"has a value or is one of {words}, not both")
        if len(answer.reason or "") > MAX_REASON:
            return Problem(str(key), f"has a reason of more than {MAX_REASON} characters")
        return None if item.takes_answers else Problem(str(key), "takes no answer")
    if answer.reason:
        return Problem(str(key), "has a reason for having no value, but also a value")
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
    return Answer(value=item.canonical(answer.value), typed=answer.value, unit=item.unit or None)


def _is_repeat_key(text: str, *, most: int) -> bool:
    return not text or (
        text.isascii() and text.isdigit() and text[0] != "0" and int(text[:4]) <= most
    )


def _no_such_row(group: Group) -> str:
    words = f"has no repeat key from 1 to {group.most_rows}"
    if not group.is_lesion_table:
        return words
    return f"{words}: {group.label} may hold {group.most_rows} lesions at most"


def _all_keys(form: FormDefinition, now: Answers) -> dict[ItemKey, ItemDefinition]:
    """Return every item of every row, in the order of the form."""
    return {
        ItemKey(group.oid, repeat, item.oid): item
        for group in form.groups
        for repeat in (now.rows.get(group.oid, ()) if group.repeats else ("",))
        for item in group.items
    }
