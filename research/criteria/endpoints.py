"""Endpoints of one subject: progression-free survival, duration of response, and their censoring.

The rules are those of FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics
(2018), appendix, and of EMA/CHMP/27994/2008 where a charter sets them so: each is an option.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from research.criteria.assessments import Assessment
from research.criteria.errors import HistoryRefused
from stats.estimates import Estimate
from stats.response import response_rate

PROGRESSIONS = ("PD", "iCPD")
NOT_EVALUABLE = ("NE", "ND")


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What endpoints need beside the responses: when it began, and how it ended.

    `start` is randomisation or the first treatment; the others are None when they did not happen.
    """

    start: date
    death: date | None = None
    new_therapy: date | None = None


@dataclass(frozen=True, kw_only=True)
class CensoringRules:
    """The charter's censoring rules.

    Parameters
    ----------
    longest_gap_days
        An event that follows the last evaluable visit by more than this was missed for two visits
        or more: censored at that visit. None lets every event count.
    new_therapy
        Whether a new anticancer therapy before the event censors at the last evaluable visit.
    """

    longest_gap_days: int | None = None
    new_therapy: bool = True


@dataclass(frozen=True)
class TimeToEvent:
    """One subject's time: `days` counts the first as day 1, as CDISC does; why says all."""

    days: int
    event: bool
    date: date
    why: str


STANDARD = CensoringRules()


def progression_free_survival(
    subject: Subject,
    assessments: Sequence[Assessment],
    rules: CensoringRules = STANDARD,
    *,
    progression: date | None = None,
) -> TimeToEvent:
    """Return the time from the start to progression or death, or to the censoring date.

    `progression` sets a date that the responses alone do not show, as the first sight of a new
    lesion that a later visit confirmed; the earlier of both counts.
    """
    seen = _evaluable(assessments)
    event = _event(subject, seen, progression)
    last = [visit.date for visit in seen if visit.response not in PROGRESSIONS]
    adequate = [one for one in last if event is None or one < event[0]]
    if not seen and (event is None or _is_late(subject.start, event[0], rules)):
        return _time(subject.start, subject.start, event=False, why="no evaluable visit")
    started = subject.new_therapy
    if rules.new_therapy and started is not None and (event is None or started < event[0]):
        before = [one for one in adequate if one <= started]
        return _censored(subject, before, f"new therapy on {started}")
    if event is None:
        return _censored(subject, adequate, "neither progression nor death")
    reference = adequate[-1] if adequate else subject.start
    if _is_late(reference, event[0], rules):
        return _censored(subject, adequate, f"{event[1]} on {event[0]} after missed visits")
    return _time(subject.start, event[0], event=True, why=event[1])


def duration_of_response(
    subject: Subject,
    assessments: Sequence[Assessment],
    rules: CensoringRules = STANDARD,
    *,
    response_visit: str | None,
    progression: date | None = None,
) -> TimeToEvent | None:
    """Return the time from the first response to progression or death; None without a response.

    `response_visit` is the visit of the best response's first CR or PR, confirmed or not as the
    charter asks; the event and its censoring are those of progression-free survival.
    """
    found = next((one for one in assessments if one.visit == response_visit), None)
    if found is None:
        return None
    whole = progression_free_survival(subject, assessments, rules, progression=progression)
    if whole.date < found.date:
        return None
    return replace(whole, days=(whole.date - found.date).days + 1)


def first_response(
    assessments: Sequence[Assessment],
    *,
    best: str,
    confirmation_days: int | None = None,
    responses: Sequence[str] = ("CR", "PR"),
) -> str | None:
    """Return the visit of the first CR or PR of a subject whose best response is one of them.

    With confirmation it is the first that a later response, that many days on, holds up.
    """
    if best not in responses:
        return None
    hits = [one for one in assessments if one.response in responses]
    if confirmation_days is None:
        return hits[0].visit if hits else None
    return next(
        (
            first.visit
            for first, later in ((one, hits[at + 1 :]) for at, one in enumerate(hits))
            if any((one.date - first.date).days >= confirmation_days for one in later)
        ),
        None,
    )


def objective_response_rate(best: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """Return the share of subjects whose best response is CR or PR, with an exact interval."""
    return response_rate(best, of=("CR", "PR", "iCR", "iPR"), alpha=alpha)


def disease_control_rate(best: Sequence[str], *, alpha: float = 0.05) -> Estimate:
    """Return the share of subjects whose disease was at least held, with an exact interval."""
    held = ("CR", "PR", "SD", "NON-CR/NON-PD", "IR/SD")
    return response_rate(best, of=(*held, "iCR", "iPR", "iSD", "NON-iCR/NON-iUPD"), alpha=alpha)


def _evaluable(assessments: Sequence[Assessment]) -> list[Assessment]:
    for earlier, later in pairwise(assessments):
        if later.date <= earlier.date:
            raise HistoryRefused(f"{later.visit} is not after {earlier.visit}")
    return [
        one for one in assessments if one.response is not None and one.response not in NOT_EVALUABLE
    ]


def _event(
    subject: Subject, seen: Sequence[Assessment], progression: date | None
) -> tuple[date, str] | None:
    """Return the first of progression and death."""
    found = [(one.date, f"progression at {one.visit}") for one in seen if _is_pd(one)][:1]
    found += [(progression, "progression")] if progression is not None else []
    found += [(subject.death, "death")] if subject.death is not None else []
    return min(found, default=None)


def _is_pd(one: Assessment) -> bool:
    return one.response in PROGRESSIONS


def _is_late(reference: date, event: date, rules: CensoringRules) -> bool:
    gap = rules.longest_gap_days
    return gap is not None and (event - reference).days > gap


def _censored(subject: Subject, adequate: Sequence[date], why: str) -> TimeToEvent:
    last = adequate[-1] if adequate else subject.start
    return _time(subject.start, last, event=False, why=f"censored: {why}")


def _time(start: date, end: date, *, event: bool, why: str) -> TimeToEvent:
    if end < start:
        raise HistoryRefused(f"the endpoint on {end} is before the start on {start}")
    return TimeToEvent((end - start).days + 1, event, end, why)
