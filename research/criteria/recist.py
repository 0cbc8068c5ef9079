"""RECIST 1.1: target, non-target and overall response, best and confirmed best response.

Source: Eisenhauer et al. 2009, Eur J Cancer 45:228; tables 1 to 3, sections 4.3 and 4.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from research.criteria.assessments import Assessment, Best, Criteria
from research.criteria.best_response import BestRule, best_of
from research.criteria.lesions import Finding, History, Lesion, Visit, diameter
from research.criteria.new_lesions import first_sights, is_certain, new_now
from research.criteria.sums import (
    SumRule,
    Total,
    followed,
    measures,
    opening,
    progressed,
    responded,
    sum_in_words,
    totals,
)
from stats.recist import overall_response

PERSISTS = "NON-CR/NON-PD"
GONE = ("absent", "merged")


@dataclass(frozen=True, kw_only=True)
class Recist(Criteria):
    """RECIST 1.1 with the charter's constants.

    Parameters
    ----------
    confirmation_days
        Days after which a later visit confirms CR and PR; None asks for no confirmation.
    sd_days
        Days from the baseline before which stable disease does not count.
    """

    confirmation_days: int | None = None
    sd_days: int = 0

    name: ClassVar[str] = "recist-1.1"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Eisenhauer et al. 2009, Eur J Cancer 45:228"
    responses: ClassVar[tuple[str, ...]] = ("CR", "PR", "SD", PERSISTS, "PD", "NE")
    rule: ClassVar[SumRule] = SumRule(down=Decimal(30), up=Decimal(20), least=Decimal(5))
    normal_node_mm: ClassVar[Decimal] = Decimal(10)

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit."""
        sums = totals(history, diameter)
        found = [opening(history.visits[0], sums[0] if sums else None, self.rule.unit)]
        was_complete = False
        for _, visit, total in followed(history, sums):
            target = self._target(history.targets, total, was_complete=was_complete)
            was_complete = was_complete or target == "CR"
            found.append(self._overall(history, visit, total, target))
        return tuple(found)

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response up to and including the first progression."""
        rule = BestRule(self.confirmation_days, self.sd_days)
        return best_of(
            history, assessments, rule, dated_back=first_sights(history, self.is_certain)
        )

    def _target(
        self, targets: tuple[Lesion, ...], total: Total | None, *, was_complete: bool
    ) -> str | None:
        """Return the response of the targets; PD is judged before all else.

        A target that is back after all were gone is progression (appendix II).
        """
        if total is None:
            return None
        left = any(
            one is not None and (one >= self.normal_node_mm if lesion.node else one > 0)
            for lesion, one in zip(targets, total.sizes, strict=True)
        )
        if not left and not total.missing:
            return "CR"
        if was_complete and _is_back(targets, total):
            return "PD"
        if progressed(total, self.rule):
            return "PD"
        if total.missing:
            return "NE"
        return "PR" if responded(total, self.rule) else "SD"

    def _overall(
        self, history: History, visit: Visit, total: Total | None, target: str | None
    ) -> Assessment:
        others = history.non_targets
        worse = history.progressed(visit)
        non_target = "PD" if worse else self.non_target(others, visit)
        new, doubtful = new_now(history, visit, self.is_certain)
        if target is None and non_target is None and not new:
            response, reason = "NE", "no lesion was chosen at baseline"
        else:
            response = overall_response(target, non_target, bool(new))
            is_back = target == "PD" and total is not None and not progressed(total, self.rule)
            reason = _reason(response, total, target, non_target, worse, new, is_back=is_back)
        return Assessment(
            visit.code,
            visit.date,
            response,
            f"{response}: {reason}",
            {"target": target, "non_target": non_target, "new_lesion": "yes" if new else "no"},
            measures(total, self.rule.unit),
            tuple(f"new lesion {one} is equivocal and followed" for one in doubtful),
        )

    def non_target(self, lesions: tuple[Lesion, ...], visit: Visit) -> str | None:
        """Return the response of the non-target lesions, if there are any, short of progression."""
        if not lesions:
            return None
        findings = [visit.by_lesion.get(lesion.number) for lesion in lesions]
        if any(one is None or one.status == "not_evaluable" for one in findings):
            return "NE"
        gone = all(
            one is not None and (one.status in GONE or (lesion.node and self._is_normal(one)))
            for lesion, one in zip(lesions, findings, strict=True)
        )
        return "CR" if gone else PERSISTS

    def is_certain(self, finding: Finding) -> bool:
        """Return whether a new lesion is unequivocal."""
        return is_certain(finding)

    def _is_normal(self, node: Finding) -> bool:
        return node.status == "too_small" or (node.mm is not None and node.mm < self.normal_node_mm)


def _is_back(targets: tuple[Lesion, ...], total: Total) -> bool:
    return any(
        one is not None and one > 0 and not lesion.node
        for lesion, one in zip(targets, total.sizes, strict=True)
    )


def _reason(
    response: str,
    total: Total | None,
    target: str | None,
    non_target: str | None,
    worse: tuple[str, ...],
    new: tuple[str, ...],
    *,
    is_back: bool,
) -> str:
    """Return what decided, progression's every cause among it."""
    reasons = []
    if total is not None and (response != "PD" or target == "PD"):
        reasons.append(sum_in_words(total, str(target), "mm"))
    if is_back:
        reasons.append("a target is back after all were gone")
    if response == "PD":
        reasons += [f"unequivocal progression of {', '.join(worse)}"] if worse else []
        reasons += [f"new lesion {', '.join(new)}"] if new else []
    elif target != response or target is None:
        reasons.append(
            f"targets {target or 'none at baseline'}, non-targets {non_target or 'none'}"
        )
    return "; ".join(reasons)
