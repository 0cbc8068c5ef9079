"""Speed of forms and response criteria: a large form with its history, a whole trial in RECIST."""

import random
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from bench.rows import BenchRow
from bench.timing import seconds
from research.criteria.lesions import Finding, History, Lesion, Visit
from research.criteria.recist import Recist
from research.ecrf.answer import Answer, ItemKey
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Surroundings, evaluate
from research.ecrf.language.context import Answers, Context, answers_of
from research.ecrf.language.errors import ExpressionRefused
from research.ecrf.language.programs import compiled
from research.ecrf.language.scope import scope_of
from research.ecrf.logic import logic_of
from research.ecrf.outcome import apply_rules

PLAIN_ITEMS, LESIONS, EARLIER_VISITS = 294, 40, 9
SUBJECTS, VISITS, READERS, TARGETS = 10_000, 8, 2, 3
FIRST = date(2026, 1, 12)

HOSTILE = (
    "(" * 900 + "1" + ")" * 900,
    "1+" * 1_000_000 + "1",
    "+".join(["1"] * 900),
    "10**10**10",
    "1e999999999",
    "nadir(" + "+".join(["sum(TARGETS.MM)"] * 60) + ")",
    "TARGETS.UNKNOWN_ITEM + 1",
)


def rows() -> list[BenchRow]:
    """Measure each on synthetic data."""
    form = large_form()
    typed = [large_answers(visit) for visit in range(EARLIER_VISITS + 1)]
    earlier = _earlier(form, typed)
    around = Surroundings("now", earlier, earlier[0])
    scope = scope_of(form)

    def evaluated() -> None:
        evaluate(form, typed[-1], around)

    size = f"{PLAIN_ITEMS + 6} items, {LESIONS} lesions × {EARLIER_VISITS + 1} visits"
    histories = _histories()
    return [
        BenchRow(f"evaluate a form, {size}", seconds(evaluated) * 1e3, "ms", "≤ 20 ms"),
        BenchRow(
            "refuse the slowest of the hostile expressions",
            max(seconds(partial(_refused, text, scope)) for text in HOSTILE) * 1e3,
            "ms",
            "≤ 10 ms",
        ),
        BenchRow(
            f"RECIST 1.1 for {SUBJECTS:,} subjects × {VISITS} visits × {READERS} readers",
            seconds(lambda: [Recist().course(one) for one in histories]),
            "s",
            "≤ 10 s",
        ),
    ]


def _refused(text: str, scope: object) -> None:
    try:
        compiled(text, scope)  # type: ignore[arg-type]
    except ExpressionRefused:
        return
    raise AssertionError("a hostile expression was taken")


def large_form() -> FormDefinition:
    """Give a third of the items a rule, and every lesion three."""
    plain = [
        {"kind": "decimal", "oid": f"ITEM{n}", "label": f"Item {n}"}
        | ({"visible_if": f"ITEM{n - 1} > 0"} if n % 3 == 1 else {})
        for n in range(PLAIN_ITEMS)
    ]
    values = {
        "SOD": "sum(TARGETS.COUNTED)",
        "CHANGE": "(SOD - baseline(SOD)) * 100 / baseline(SOD)",
        "GROWTH": "(SOD - nadir(SOD)) * 100 / nadir(SOD)",
    }
    shown = "STATUS == 'present'"
    targets = [
        {"kind": "text", "oid": "STATUS"},
        {"kind": "decimal", "oid": "MM", "visible_if": shown, "required_if": shown},
        {
            "kind": "computed",
            "oid": "COUNTED",
            "value": "if(STATUS == 'absent', 0, if(STATUS == 'too small', 5, MM))",
        },
    ]
    return FormDefinition.model_validate(
        {
            "oid": "LARGE",
            "version": "1.0.0",
            "groups": [
                {"oid": "PLAIN", "items": plain},
                {
                    "oid": "RESPONSE",
                    "items": [
                        {"kind": "computed", "oid": oid, "value": value}
                        for oid, value in values.items()
                    ],
                },
                {"oid": "TARGETS", "repeats": True, "items": targets},
            ],
            "checks": [
                {
                    "item": "MM",
                    "when": "MM >= 2 * nadir(MM)",
                    "severity": "warn",
                    "message": "Twice the least of this lesion: right?",
                }
            ],
        }
    )


def large_answers(visit: int) -> dict[ItemKey, Answer]:
    found = {ItemKey("PLAIN", "", f"ITEM{n}"): Answer(f"{n}.5") for n in range(PLAIN_ITEMS)}
    for lesion in range(1, LESIONS + 1):
        found[ItemKey("TARGETS", str(lesion), "STATUS")] = Answer("present")
        found[ItemKey("TARGETS", str(lesion), "MM")] = Answer(f"{10 + lesion + visit % 3}.5")
    return found


def _earlier(form: FormDefinition, typed: Sequence[dict[ItemKey, Answer]]) -> tuple[Answers, ...]:
    """Return the signed visits as they are kept: with the values that were computed there."""
    logic = logic_of(form)
    found: list[Answers] = []
    for visit, answers in enumerate(typed[:-1]):
        now = answers_of(form, answers, visit=f"V{visit}")
        context = Context(now, tuple(found), found[0] if found else None)
        found.append(apply_rules(logic, context).answers)
    return tuple(found)


def _histories() -> list[History]:
    draw = random.Random(1)
    lesions = tuple(Lesion(number=f"T{n}", role="target") for n in range(TARGETS))
    lesions += (Lesion(number="NT1", role="non_target"), Lesion(number="NEW1", role="new"))
    days = [FIRST + timedelta(42 * visit) for visit in range(VISITS)]
    return [History(lesions, _visits(days, draw)) for _ in range(SUBJECTS * READERS)]


def _visits(days: Sequence[date], draw: random.Random) -> tuple[Visit, ...]:
    found = []
    for at, day in enumerate(days):
        findings = [
            Finding(lesion=f"T{n}", mm=Decimal(draw.randrange(100, 600)) / 10)
            for n in range(TARGETS)
        ]
        findings.append(Finding(lesion="NT1"))
        if at > 4 and draw.random() < 0.1:
            findings.append(Finding(lesion="NEW1"))
        found.append(Visit(f"V{at}", day, tuple(findings)))
    return tuple(found)
