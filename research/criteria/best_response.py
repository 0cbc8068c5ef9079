"""The best of a subject's dated responses up to progression, confirmed where the charter asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from research.criteria.assessments import Assessment, Best
from research.criteria.lesions import History
from stats.best_response import (
    BestResponse,
    best_overall_response,
    confirmed_best_overall_response,
)

NO_VISIT = "NE"


@dataclass(frozen=True)
class BestRule:
    """The charter's constants: days to confirm CR and PR (None: not), least days of SD."""

    confirmation_days: int | None = None
    sd_days: int = 0


def best_of(
    history: History,
    assessments: Sequence[Assessment],
    rule: BestRule,
    *,
    dated_back: Mapping[str, str] | None = None,
) -> Best:
    """Return the best response; `dated_back` names visits that a later one made progression."""
    visits = [_dated(one, dated_back or {}) for one in assessments if one.response is not None]
    progression = next((one for one in visits if one.response == "PD"), None)
    if progression is not None:
        visits = [one for one in visits if one.date <= progression.date]
    found = _judged(visits, history.visits[0].date, rule)
    reached = next((one for one in visits if one.date == found.date), None)
    return Best(
        response=found.response if reached else NO_VISIT,
        visit=reached.visit if reached else None,
        progression_visit=progression.visit if progression else None,
        explanation=_words(found.response, reached, progression, rule),
    )


def _dated(one: Assessment, dated_back: Mapping[str, str]) -> Assessment:
    lesion = dated_back.get(one.visit)
    if lesion is None or one.response == "PD":
        return one
    return replace(one, response="PD", explanation=f"PD: first sight of new lesion {lesion}")


def _judged(visits: Sequence[Assessment], start: date, rule: BestRule) -> BestResponse:
    rows = {
        "subject": [0] * len(visits),
        "date": [one.date for one in visits],
        "response": [one.response for one in visits],
    }
    subjects = {"subject": [0], "start": [start]}
    if rule.confirmation_days is None:
        found = best_overall_response(
            rows, subjects, subject="subject", date="date", response="response", start="start",
            sd_days=rule.sd_days,
        )  # fmt: skip
    else:
        found = confirmed_best_overall_response(
            rows, subjects, subject="subject", date="date", response="response", start="start",
            sd_days=rule.sd_days, confirm_days=rule.confirmation_days,
        )  # fmt: skip
    return found[0]


def _words(
    response: str, reached: Assessment | None, progression: Assessment | None, rule: BestRule
) -> str:
    if reached is None:
        return f"{NO_VISIT}: no visit after the baseline"
    until = f", progression at {progression.visit}" if progression else ""
    if response == reached.response:
        return f"{response} at {reached.visit}{until}"
    why = (
        f"not confirmed after {rule.confirmation_days} days"
        if reached.response in ("CR", "PR")
        else f"before day {rule.sd_days}"
    )
    return f"{response}: {reached.response} at {reached.visit} is {why}{until}"
