"""RANO 2010: response of high-grade glioma by products, T2/FLAIR, steroids and clinical state.

Source: Wen et al. 2010, J Clin Oncol 28:1963, tables 3 and 4. Of the facts of a visit it reads
`steroids_mg` (daily dexamethasone equivalent), `flair` and `clinical` (improved, stable or worse)
and `outside_field` (new enhancement beyond the field of radiation). RANO 2.0 (2023) has another
baseline and measures other tumours too: it is not this.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from research.criteria.assessments import Assessment, Best, Criteria
from research.criteria.best_response import BestRule, best_of
from research.criteria.lesions import History, Visit, product
from research.criteria.new_lesions import first_sights, new_now
from research.criteria.selection import RANO_LIMITS, Limits
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

HOLDS = ("stable", "improved")


@dataclass(frozen=True, kw_only=True)
class Rano(Criteria):
    """RANO with the charter's constants.

    Parameters
    ----------
    confirmation_days
        CR and PR have to hold for 4 weeks; until then they count as SD.
    radiotherapy_end, early_days
        Before 12 weeks after radiotherapy only enhancement outside its field is progression.
    """

    confirmation_days: int | None = 28
    radiotherapy_end: date | None = None
    early_days: int = 84

    name: ClassVar[str] = "rano-2010"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Wen et al. 2010, J Clin Oncol 28:1963"
    responses: ClassVar[tuple[str, ...]] = ("CR", "PR", "SD", "PD", "NE")
    limits: ClassVar[Limits] = RANO_LIMITS
    rule: ClassVar[SumRule] = SumRule(
        down=Decimal(50), up=Decimal(25), least=Decimal(0), unit="mm²"
    )

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit."""
        sums = totals(history, product)
        first = opening(history.visits[0], sums[0] if sums else None, self.rule.unit)
        later = (self._visit(history, visit, total) for _, visit, total in followed(history, sums))
        return (first, *later)

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response that held, up to and including the first progression."""
        rule = BestRule(self.confirmation_days)
        return best_of(history, assessments, rule, dated_back=first_sights(history))

    def _visit(self, history: History, visit: Visit, total: Total | None) -> Assessment:
        notes: list[str] = []
        causes = self._causes(history, visit, total, notes)
        if causes:
            response, why = "PD", "; ".join(causes)
        else:
            response, why = self._without_progression(history, visit, total, notes)
        return Assessment(
            visit.code,
            visit.date,
            response,
            f"{response}: {why}",
            {
                "new_lesion": "yes" if new_now(history, visit)[0] else "no",
                "flair": _word(visit, "flair"),
                "clinical": _word(visit, "clinical"),
            },
            measures(total, self.rule.unit),
            tuple(notes),
        )

    def _causes(
        self, history: History, visit: Visit, total: Total | None, notes: list[str]
    ) -> list[str]:
        """Return every cause of progression; one is enough.

        Soon after radiotherapy only new enhancement outside its field is one: all else may be an
        effect of the treatment and is followed (table 1).
        """
        causes: list[str] = []
        fewer = _fewer_steroids(history, visit, total)
        if total is not None and progressed(total, self.rule):
            if fewer:
                notes.append(f"growth on fewer steroids than at {fewer}: follow it")
            else:
                causes.append(sum_in_words(total, "PD", "mm²"))
        causes += [f"unequivocal progression of {one}" for one in history.progressed(visit)]
        causes += [f"new lesion {one}" for one in new_now(history, visit)[0]]
        if visit.facts.get("flair") == "worse":
            if fewer:
                notes.append(f"T2/FLAIR increased on fewer steroids than at {fewer}: follow it")
            else:
                causes.append("T2/FLAIR significantly increased")
        if visit.facts.get("clinical") == "worse":
            causes.append("clinical deterioration")
        if not self._is_early(visit):
            return causes
        if visit.facts.get("outside_field") is True:
            return [*causes, "new enhancement outside the field of radiation"]
        notes += [f"soon after radiotherapy, within its field: follow {one}" for one in causes]
        return []

    def _is_early(self, visit: Visit) -> bool:
        end = self.radiotherapy_end
        return end is not None and visit.date < end + timedelta(self.early_days)

    def _without_progression(
        self, history: History, visit: Visit, total: Total | None, notes: list[str]
    ) -> tuple[str, str]:
        others = [visit.by_lesion.get(lesion.number) for lesion in history.non_targets]
        if total is None and not others:
            return "NE", "no lesion was chosen at baseline"
        if total is not None and total.missing:
            return "NE", f"{', '.join(total.missing)} not evaluable"
        gone = all(one is not None and one.status in ("absent", "merged") for one in others)
        words = "what is not measured persists" if total is None else sum_in_words(total, "", "mm²")
        wanted = None
        if gone and (total is None or total.sum == 0):
            wanted = "CR"
        elif total is not None and responded(total, self.rule):
            wanted = "PR"
        if wanted is None:
            return "SD", words
        if lacking := _lacking(history, visit, wanted):
            notes.append(f"not {wanted}: {', '.join(lacking)}")
            return "SD", words
        return wanted, words


def _lacking(history: History, visit: Visit, wanted: str) -> list[str]:
    """Return what a response lacks beside the images: all of it has to be there."""
    dose, before = _dose(visit), _dose(history.visits[0])
    lacking = [
        f"{name} is not stable or improved"
        for name in ("flair", "clinical")
        if visit.facts.get(name) not in HOLDS
    ]
    if dose is None:
        lacking.append("the dose of steroids is not known")
    elif wanted == "CR" and dose > 0:
        lacking.append(f"steroids {dose:f} mg")
    elif before is None or dose > before:
        lacking.append("steroids above baseline")
    return lacking


def _fewer_steroids(history: History, visit: Visit, total: Total | None) -> str:
    """Return the visit that had more steroids, of the nadir or the baseline; empty if none had."""
    code = total.nadir_visit if total else history.visits[0].code
    reference = next(one for one in history.visits if one.code == code)
    now, then = _dose(visit), _dose(reference)
    return code if now is not None and then is not None and now < then else ""


def _dose(visit: Visit) -> Decimal | None:
    fact = visit.facts.get("steroids_mg")
    return fact if isinstance(fact, Decimal) else None


def _word(visit: Visit, name: str) -> str | None:
    fact = visit.facts.get(name)
    return fact if isinstance(fact, str) else None
