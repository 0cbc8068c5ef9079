"""What response criteria answer: a response for each visit, the best of them, and why."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import ClassVar

from research.criteria.lesions import History
from research.criteria.selection import RECIST_LIMITS, Limits


@dataclass(frozen=True, slots=True)
class Assessment:
    """The computed response of one visit.

    Parameters
    ----------
    visit, date
        The visit.
    response
        The overall response; None at baseline, which has none.
    explanation
        Why, in words.
    parts
        The responses it is put together from, such as target and non_target.
    measures
        The numbers it rests on, unrounded, units in their names.
    notes
        What a person should know besides.
    """

    visit: str
    date: date
    response: str | None
    explanation: str
    parts: Mapping[str, str | None] = field(default_factory=dict)
    measures: Mapping[str, Decimal | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Best:
    """The best overall response, where it was reached, and where the disease progressed."""

    response: str
    visit: str | None
    progression_visit: str | None
    explanation: str


@dataclass(frozen=True)
class Course:
    """All that criteria make of one history; it names the criteria and their version."""

    criteria: str
    version: str
    assessments: tuple[Assessment, ...]
    best: Best


@dataclass(frozen=True, kw_only=True)
class Criteria(ABC):
    """Response criteria; the fields of each are its charter constants, pinned by the workflow."""

    name: ClassVar[str]
    version: ClassVar[str]
    source: ClassVar[str]
    responses: ClassVar[tuple[str, ...]]
    limits: ClassVar[Limits] = RECIST_LIMITS

    @abstractmethod
    def assess(self, history: History) -> tuple[Assessment, ...]:
        """Return the assessment of every visit, the baseline's first."""

    @abstractmethod
    def best(self, history: History, assessments: Sequence[Assessment]) -> Best:
        """Return the best overall response and the visit of progression."""

    def evaluate(self, history: History) -> Assessment:
        """Return the assessment of the history's last visit."""
        return self.assess(history)[-1]

    def course(self, history: History) -> Course:
        """Return everything: each visit's assessment and the best response."""
        assessments = self.assess(history)
        return Course(self.name, self.version, assessments, self.best(history, assessments))


def difference(stated: str | None, computed: Assessment) -> str | None:
    """Return the note for a stated response that differs from the computed one, else None."""
    if stated is None or stated == computed.response:
        return None
    return (
        f"{computed.visit}: stated {stated}, computed {computed.response or 'none'} "
        f"({computed.explanation}); say why they differ"
    )
