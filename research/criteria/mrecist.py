"""Modified RECIST for hepatocellular carcinoma: only the enhancing, viable part of a lesion counts.

Source: Lencioni & Llovet 2010, Semin Liver Dis 30:52; tables 2 and 3. A target's diameter is that
of its part enhancing in the arterial phase, absent where none is left. Any 20 % of growth counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import ClassVar

from research.criteria.assessments import Assessment, Best
from research.criteria.lesions import Finding, History
from research.criteria.recist import PERSISTS, Recist
from research.criteria.sums import SumRule

INCOMPLETE = "IR/SD"
NEW_LESION_MM = Decimal(10)
# Where a lesion stands that no organ is said of: the criteria are the liver's.
LIVER = ("liver", "")


@dataclass(frozen=True, kw_only=True)
class ModifiedRecist(Recist):
    """mRECIST with the charter's constants, which are those of RECIST.

    A new nodule of the liver of less than 10 mm is followed as an equivocal one, whatever it was
    called; a new lesion elsewhere counts as in RECIST.
    """

    name: ClassVar[str] = "mrecist-hcc"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Lencioni & Llovet 2010, Semin Liver Dis 30:52"
    responses: ClassVar[tuple[str, ...]] = ("CR", "PR", "SD", INCOMPLETE, "PD", "NE")
    rule: ClassVar[SumRule] = SumRule(down=Decimal(30), up=Decimal(20), least=Decimal(0))

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit, in the words of mRECIST."""
        found = super().assess(_with_small_nodules_followed(history))
        return tuple(_renamed(one, PERSISTS, INCOMPLETE) for one in found)

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response up to and including the first progression."""
        found = super().best(
            _with_small_nodules_followed(history),
            [_renamed(one, INCOMPLETE, PERSISTS) for one in assessments],
        )
        response = INCOMPLETE if found.response == PERSISTS else found.response
        words = found.explanation.replace(PERSISTS, INCOMPLETE)
        return replace(found, response=response, explanation=words)


def _with_small_nodules_followed(history: History) -> History:
    """Return a history in which new nodules of the liver are equivocal until they reach 10 mm."""
    nodules = {one.number for one in history.new_lesions if one.organ.casefold() in LIVER}
    return History(
        history.lesions,
        tuple(
            replace(visit, findings=tuple(_followed(one, nodules) for one in visit.findings))
            for visit in history.visits
        ),
    )


def _followed(finding: Finding, nodules: set[str]) -> Finding:
    is_large = finding.mm is not None and finding.mm >= NEW_LESION_MM
    if finding.lesion not in nodules or is_large:
        return finding
    return replace(finding, equivocal=True)


def _renamed(one: Assessment, word: str, other: str) -> Assessment:
    """Return an assessment with one response under its other name."""
    parts = {name: other if part == word else part for name, part in one.parts.items()}
    response = other if one.response == word else one.response
    explanation = one.explanation.replace(word, other)
    return replace(one, response=response, parts=parts, explanation=explanation)
