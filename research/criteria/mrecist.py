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


@dataclass(frozen=True, kw_only=True)
class ModifiedRecist(Recist):
    """mRECIST with the charter's constants, which are those of RECIST.

    A new lesion of less than 10 mm is followed as an equivocal one, whatever it was called.
    """

    name: ClassVar[str] = "mrecist-hcc"
    version: ClassVar[str] = "1.0.0"
    source: ClassVar[str] = "Lencioni & Llovet 2010, Semin Liver Dis 30:52"
    responses: ClassVar[tuple[str, ...]] = ("CR", "PR", "SD", INCOMPLETE, "PD", "NE")
    rule: ClassVar[SumRule] = SumRule(down=Decimal(30), up=Decimal(20), least=Decimal(0))

    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit, in the words of mRECIST."""
        return tuple(_renamed(one, PERSISTS, INCOMPLETE) for one in super().assess(history))

    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best response up to and including the first progression."""
        found = super().best(history, [_renamed(one, INCOMPLETE, PERSISTS) for one in assessments])
        response = INCOMPLETE if found.response == PERSISTS else found.response
        words = found.explanation.replace(PERSISTS, INCOMPLETE)
        return replace(found, response=response, explanation=words)

    def is_certain(self, finding: Finding) -> bool:
        """Return whether a new lesion is unequivocal: it is, from 10 mm on."""
        return not finding.equivocal and finding.mm is not None and finding.mm >= NEW_LESION_MM


def _renamed(one: Assessment, word: str, other: str) -> Assessment:
    """Return an assessment with one response under its other name."""
    parts = {name: other if part == word else part for name, part in one.parts.items()}
    response = other if one.response == word else one.response
    explanation = one.explanation.replace(word, other)
    return replace(one, response=response, parts=parts, explanation=explanation)
