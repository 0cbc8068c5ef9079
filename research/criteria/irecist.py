"""iRECIST: RECIST 1.1 for immunotherapy; progression has to be confirmed by a later visit.

Source: Seymour et al. 2017, Lancet Oncol 18:e143; tables 2 and 3.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from research.criteria.assessments import Assessment, Best, Criteria
from research.criteria.lesions import ZERO, Finding, History, Visit
from research.criteria.new_lesions import is_certain, is_there
from research.criteria.recist import Recist
from stats.irecist import (
    ORDER,
    ImmuneAssessment,
    ImmuneResponse,
    irecist_best_response,
    irecist_responses,
)

MAX_NEW_TARGETS = 5
MAX_NEW_TARGETS_PER_ORGAN = 2
GROWTH_MM = Decimal(5)
MEASURABLE_MM = Decimal(10)
MEASURABLE_NODE_MM = Decimal(15)
RESPONSES = ("CR", "PR", "SD")


@dataclass(frozen=True, kw_only=True)
class ImmuneRecist(Criteria):
    """iRECIST with the charter's constants.

    Parameters
    ----------
    confirm_days, latest_days
        Progression is confirmed from 4 weeks after it was first seen, and should be by 8.
    """

    confirm_days: int = 28
    latest_days: int = 56

    name: ClassVar[str] = "irecist"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Seymour et al. 2017, Lancet Oncol 18:e143"
    responses: ClassVar[tuple[str, ...]] = ORDER

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit."""
        opening, *recist = Recist().assess(history)
        found = self._immune(history, recist)
        return (
            opening,
            *(
                replace(
                    one,
                    response=immune.response,
                    explanation=f"{immune.explanation}; RECIST 1.1 {one.explanation}",
                    parts={**one.parts, "recist": one.response},
                )
                for one, immune in zip(recist, found, strict=True)
            ),
        )

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response; progression is dated to the iUPD that was confirmed."""
        found = irecist_best_response(self._immune(history, assessments[1:]))
        codes = {visit.date: visit.code for visit in history.visits}
        visit = codes[found.date] if found.date else None
        progression = codes[found.progression] if found.progression else None
        until = f", confirmed progression since {progression}" if progression else ""
        where = f" at {visit}{until}" if visit else ": no visit after the baseline"
        return Best(found.response, visit, progression, f"{found.response}{where}")

    def _immune(self, history: History, recist: Sequence[Assessment]) -> tuple[ImmuneResponse, ...]:
        visits: list[ImmuneAssessment] = []
        new = _NewLesions(history)
        for at, one in enumerate(recist, start=1):
            there, worse = new.at(at, one)
            visits.append(
                ImmuneAssessment(
                    date=one.date,
                    target=one.parts["target"],
                    non_target=one.parts["non_target"],
                    new_lesions=there,
                    target_sum=one.measures.get("sum_mm"),
                    non_target_worse=_non_target_worse(history, history.visits[at]),
                    new_lesions_worse=worse,
                )
            )
        return irecist_responses(
            visits, confirm_days=self.confirm_days, latest_days=self.latest_days
        )


class _NewLesions:
    """Follows new lesions from visit to visit.

    Growth is additive: it counts from the visit before and from the first sight. New lesions that
    neither grew nor became more no longer stand for progression once the targets respond better
    than at their first sight; then only further or growing ones do.
    """

    def __init__(self, history: History) -> None:
        self.history = history
        self.opened: tuple[Visit, str | None] | None = None
        self.outlived: tuple[Visit, frozenset[str]] | None = None

    def at(self, at: int, one: Assessment) -> tuple[bool, bool]:
        """Return whether new lesions stand for progression at a visit, and whether they grew."""
        visit, before = self.history.visits[at], self.history.visits[at - 1]
        if not self._count(visit):
            self.opened = None
            return False, False
        if self.opened is None:
            self.opened = (visit, one.parts["target"])
            return True, False
        first, target_then = self.opened
        worse = any(_new_grown(self.history, visit, earlier) for earlier in (before, first))
        if not worse and _is_better(one, target_then):
            self.outlived = (visit, frozenset(_certain(self.history, visit)))
            self.opened = None
            return False, False
        return True, worse

    def _count(self, visit: Visit) -> bool:
        there = frozenset(_certain(self.history, visit))
        if self.outlived is None:
            return bool(there)
        since, known = self.outlived
        return bool(there - known) or (bool(there) and _new_grown(self.history, visit, since))


def _is_better(one: Assessment, target_then: str | None) -> bool:
    """Return whether the targets respond better than then and nothing else progresses."""
    now = one.parts["target"]
    if now not in RESPONSES or one.parts["non_target"] == "PD":
        return False
    return target_then not in RESPONSES or RESPONSES.index(now) < RESPONSES.index(target_then)


def _non_target_worse(history: History, visit: Visit) -> bool:
    return any(
        (finding := visit.by_lesion.get(lesion.number)) is not None and finding.worse
        for lesion in history.non_targets
    )


def _new_grown(history: History, visit: Visit, earlier: Visit) -> bool:
    """Return whether new lesions are more, or larger, than at an earlier visit.

    Up to five of them, two an organ, are measured: their sum has to grow by 5 mm. Of the others any
    growth counts that the reader calls one.
    """
    now, then = _certain(history, visit), _certain(history, earlier)
    if now.keys() - then.keys():
        return bool(then)
    targets = _new_targets(history, then)
    grown = sum(((now[n].mm or ZERO) - (then[n].mm or ZERO) for n in targets if n in now), ZERO)
    return grown >= GROWTH_MM or any(now[n].worse for n in now if n not in targets)


def _certain(history: History, visit: Visit) -> dict[str, Finding]:
    return {
        lesion.number: finding
        for lesion in history.new_lesions
        if (finding := visit.by_lesion.get(lesion.number)) is not None
        and is_there(finding)
        and is_certain(finding)
    }


def _new_targets(history: History, findings: dict[str, Finding]) -> tuple[str, ...]:
    """Return the measurable new lesions that are measured, the first numbers first."""
    per_organ: Counter[str] = Counter()
    chosen: list[str] = []
    for lesion in history.new_lesions:
        finding = findings.get(lesion.number)
        least = MEASURABLE_NODE_MM if lesion.node else MEASURABLE_MM
        if finding is None or finding.mm is None or finding.mm < least:
            continue
        per_organ[lesion.organ] += 1
        if len(chosen) < MAX_NEW_TARGETS and per_organ[lesion.organ] <= MAX_NEW_TARGETS_PER_ORGAN:
            chosen.append(lesion.number)
    return tuple(chosen)
