"""Lugano 2014: response of lymphoma on PET-CT by the Deauville score, on CT by products.

Source: Cheson et al. 2014, J Clin Oncol 32:3059, table 3. Of the facts of a visit it reads
`deauville` (1 to 5), `uptake` (decreased, unchanged or increased against baseline), `new_foci`,
`marrow` (normal, residual or new) and `spleen_mm`, the vertical length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

from research.criteria.assessments import Assessment, Best, Criteria
from research.criteria.best_response import BestRule, best_of
from research.criteria.errors import HistoryRefused
from research.criteria.lesions import ZERO, Fact, Finding, History, Lesion, Visit, product
from research.criteria.new_lesions import first_sights, new_now
from research.criteria.selection import LUGANO_LIMITS, Limits
from research.criteria.sums import (
    SumRule,
    Total,
    followed,
    measures,
    opening,
    responded,
    sum_in_words,
    totals,
)
from research.criteria.thresholds import is_grown

NORMAL_NODE_MM = Decimal(15)
NEW_EXTRANODAL_MM = Decimal(10)
SMALL_MM = Decimal(20)
GROWTH_SMALL_MM = Decimal(5)
GROWTH_LARGE_MM = Decimal(10)
NEW_SPLENOMEGALY_MM = Decimal(20)
HALF = Decimal(50)
METABOLIC = {"CR": "CMR", "PR": "PMR", "SD": "NMR", "PD": "PMD", "NE": "NE"}


@dataclass(frozen=True, kw_only=True)
class Lugano(Criteria):
    """Lugano 2014 with the charter's constants.

    Parameters
    ----------
    basis
        `pet` judges by PET where a visit has a Deauville score and by CT elsewhere; `ct` by CT.
    normal_spleen_mm
        The longest spleen that is not enlarged.
    """

    basis: Literal["pet", "ct"] = "pet"
    normal_spleen_mm: Decimal = Decimal(130)

    name: ClassVar[str] = "lugano-2014"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Cheson et al. 2014, J Clin Oncol 32:3059"
    responses: ClassVar[tuple[str, ...]] = ("CR", "PR", "SD", "PD", "NE")
    limits: ClassVar[Limits] = LUGANO_LIMITS
    rule: ClassVar[SumRule] = SumRule(down=HALF, up=HALF, least=ZERO, unit="mm²")

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit."""
        sums = totals(history, product)
        first = opening(history.visits[0], sums[0] if sums else None, self.rule.unit)
        later = (
            self._visit(history, at, visit, total) for at, visit, total in followed(history, sums)
        )
        return (first, *later)

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response up to and including the first progression."""
        return best_of(history, assessments, BestRule(), dated_back=first_sights(history))

    def _visit(self, history: History, at: int, visit: Visit, total: Total | None) -> Assessment:
        ct, ct_why = self._ct(history, at, visit, total)
        pet, pet_why = _pet(visit)
        by_pet = self.basis == "pet" and pet is not None
        response, why = (str(pet), pet_why) if by_pet else (ct, ct_why)
        notes = (f"on CT {ct}: {ct_why}",) if by_pet and ct not in (pet, "NE") else ()
        return Assessment(
            visit.code,
            visit.date,
            response,
            f"{response}: {why}",
            {"pet": None if pet is None else METABOLIC[pet], "ct": ct},
            measures(total, self.rule.unit),
            notes,
        )

    def _ct(self, history: History, at: int, visit: Visit, total: Total | None) -> tuple[str, str]:
        """Return the response on CT and why; one cause of progression is enough."""
        causes = self._causes(history, at, visit)
        if causes:
            return "PD", "; ".join(causes)
        others = [visit.by_lesion.get(lesion.number) for lesion in history.non_targets]
        unknown = any(one is None or one.status == "not_evaluable" for one in others)
        if (total is None and not others) or (total is not None and total.missing) or unknown:
            return "NE", "a lesion is not evaluable" if history.lesions else "no lesion on CT"
        gone = all(one is not None and one.status in ("absent", "merged") for one in others)
        spleen = self._spleen_regressed(history, visit)
        if (
            gone
            and _targets_normal(history, visit)
            and self._spleen_normal(visit)
            and _marrow(visit)
        ):
            return "CR", "every node is 15 mm or less, nothing else is left"
        if total is None:
            return "SD", "what is not measured persists"
        words = sum_in_words(total, "PR" if responded(total, self.rule) else "SD", "mm²")
        if responded(total, self.rule) and spleen:
            return "PR", words
        return "SD", words if spleen else f"{words}; the spleen has not regressed by half"

    def _causes(self, history: History, at: int, visit: Visit) -> list[str]:
        causes = [
            words
            for lesion in history.targets
            if (words := _own_growth(history.visits[:at], visit, lesion))
        ]
        causes += [f"unequivocal progression of {one}" for one in history.progressed(visit)]
        causes += [f"new lesion {one}" for one in new_now(history, visit)[0]]
        causes += (
            ["new or recurrent marrow involvement"] if visit.facts.get("marrow") == "new" else []
        )
        return causes + self._spleen_grown(history, at, visit)

    def _spleen_grown(self, history: History, at: int, visit: Visit) -> list[str]:
        now = _length(visit.facts.get("spleen_mm"))
        lengths = [_length(one.facts.get("spleen_mm")) for one in history.visits[:at]]
        known = [one for one in lengths if one is not None]
        if now is None or not known or lengths[0] is None or now <= self.normal_spleen_mm:
            return []
        baseline, least = lengths[0], min(known)
        excess = baseline - self.normal_spleen_mm
        if excess > 0 and least > self.normal_spleen_mm:
            grown = (now - baseline) * 2 > excess
        elif excess > 0:
            grown = now - least >= NEW_SPLENOMEGALY_MM
        else:
            grown = now - baseline >= NEW_SPLENOMEGALY_MM
        return [f"spleen {now:f} mm after {baseline:f} mm at baseline"] if grown else []

    def _spleen_regressed(self, history: History, visit: Visit) -> bool:
        baseline = _length(history.visits[0].facts.get("spleen_mm"))
        if baseline is None or baseline <= self.normal_spleen_mm:
            return True
        now = _length(visit.facts.get("spleen_mm"))
        return now is not None and (baseline - now) * 2 > baseline - self.normal_spleen_mm

    def _spleen_normal(self, visit: Visit) -> bool:
        now = _length(visit.facts.get("spleen_mm"))
        return now is None or now <= self.normal_spleen_mm


def _pet(visit: Visit) -> tuple[str | None, str]:
    """Return the metabolic response in the words of CT, None without a Deauville score."""
    score, uptake = visit.facts.get("deauville"), visit.facts.get("uptake")
    if score is None:
        return None, ""
    if not isinstance(score, Decimal) or score not in range(1, 6):
        raise HistoryRefused(f"{visit.code}: the Deauville score {score} is not one of 1 to 5")
    words = f"Deauville {score}"
    if visit.facts.get("new_foci") is True:
        return "PD", f"{words}, new FDG-avid foci"
    if visit.facts.get("marrow") == "new":
        return "PD", f"{words}, new or recurrent marrow involvement"
    if score <= 3:
        if visit.facts.get("marrow") == "residual":
            return "PR", f"{words}, residual uptake in the marrow"
        return "CR", words
    responses = {"decreased": "PR", "unchanged": "SD", "increased": "PD"}
    if uptake not in responses:
        return "NE", f"{words}, uptake not compared with baseline"
    return responses[str(uptake)], f"{words}, uptake {uptake} from baseline"


def _own_growth(earlier: Sequence[Visit], visit: Visit, lesion: Lesion) -> str | None:
    """Return the words for one node or lesion that has progressed by itself.

    It is over 15 mm long, its product is half as large again as its least, and a diameter has
    grown by 5 mm over its least, by 10 mm if the lesion was over 20 mm long then. Outside of nodes
    one that had gone is back from 10 mm on, as a new one would count.
    """
    now = _diameters(visit.by_lesion.get(lesion.number))
    before = [one for past in earlier if (one := _diameters(past.by_lesion.get(lesion.number)))]
    if now is None or not before:
        return None
    if not lesion.node and (ZERO, ZERO) in before and now[0] > NEW_EXTRANODAL_MM:
        return f"{lesion.number} is back, {now[0]:f} mm"
    if now[0] <= NORMAL_NODE_MM:
        return None
    least = min(long * across for long, across in before)
    long, across = (min(sizes) for sizes in zip(*before, strict=True))
    step = GROWTH_SMALL_MM if long <= SMALL_MM else GROWTH_LARGE_MM
    if not is_grown(now[0] * now[1], least, percent=HALF, least=ZERO):
        return None
    if max(now[0] - long, now[1] - across) < step:
        return None
    return f"{lesion.number} {now[0]:f} x {now[1]:f} mm after {long:f} x {across:f} mm"


def _diameters(finding: Finding | None) -> tuple[Decimal, Decimal] | None:
    if finding is None or finding.status in ("not_evaluable", "split"):
        return None
    if finding.status == "too_small":
        return Decimal(5), Decimal(5)
    if finding.mm is None or finding.across_mm is None:
        return ZERO, ZERO
    return finding.mm, finding.across_mm


def _targets_normal(history: History, visit: Visit) -> bool:
    for lesion in history.targets:
        found = _diameters(visit.by_lesion.get(lesion.number))
        if found is None or found[0] > (NORMAL_NODE_MM if lesion.node else 0):
            return False
    return True


def _marrow(visit: Visit) -> bool:
    return visit.facts.get("marrow") in (None, "normal")


def _length(fact: Fact) -> Decimal | None:
    return fact if isinstance(fact, Decimal) else None
