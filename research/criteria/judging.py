"""What response criteria make of one reader's visit at hand, beside that reader's earlier ones."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from research.criteria.assessments import Assessment, Course, difference
from research.criteria.errors import HistoryRefused
from research.criteria.following import following_problems
from research.criteria.lesions import History
from research.criteria.plans import CriteriaPlan
from research.criteria.register import SeenVisit, history_of
from research.criteria.selection import selection_problems
from research.criteria.tables import CriteriaItems, seen_visit, stated_response
from research.ecrf.answer import ItemKey
from research.ecrf.language.context import Answers
from research.ecrf.language.tree import Value
from research.errors import Problem

LESION = re.compile(r"(NEW|NT|T)([0-9]+)")


@dataclass(frozen=True)
class Judgement:
    """The computed responses up to the visit at hand, or why there are none."""

    history: History | None
    course: Course | None
    stated: str | None
    problems: tuple[Problem, ...]

    @property
    def assessment(self) -> Assessment | None:
        """The response of the visit at hand."""
        return self.course.assessments[-1] if self.course else None

    @property
    def difference(self) -> str | None:
        """How the stated response differs from the computed one, in words."""
        return difference(self.stated, self.assessment) if self.assessment else None

    def of_record(self, plan: CriteriaPlan) -> str | None:
        """Return the response that counts: the computed one, or the stated one by charter."""
        if plan.of_record == "stated":
            return self.stated
        return self.assessment.response if self.assessment else None


@dataclass
class Judge:
    """The criteria of one read; called with the visit's answers it gives their values by name."""

    plan: CriteriaPlan
    items: CriteriaItems
    code: str
    day: date
    earlier: tuple[SeenVisit, ...] = ()
    _last: tuple[Answers, Judgement] | None = field(default=None, repr=False)

    def __call__(self, now: Answers) -> Mapping[str, Value]:
        """Return what expressions may name: overall, target, sum_mm and so on."""
        return dict(_values(self.judged(now)))

    def judged(self, now: Answers) -> Judgement:
        """Return the responses with these answers; the same answers are judged once."""
        if self._last is None or self._last[0] is not now:
            self._last = (now, self._judge(now))
        return self._last[1]

    def place(self, where: str) -> ItemKey:
        """Return where on the form a problem stands: at its lesion's status, else at the first."""
        found = LESION.fullmatch(where)
        for table in self.items.tables:
            if found and table.prefix == found[1]:
                return ItemKey(table.group, found[2], table.status)
        return (
            ItemKey(self.items.tables[0].group, "", "")
            if self.items.tables
            else ItemKey("", "", "")
        )

    def _judge(self, now: Answers) -> Judgement:
        stated = stated_response(self.items, now)
        visits = (*self.earlier, seen_visit(self.items, self.code, self.day, now))
        try:
            history = history_of(self.items.tables, visits)
        except HistoryRefused as refusal:
            return Judgement(None, None, stated, (Problem("", str(refusal)),))
        problems = tuple(self._problems(history, now))
        try:
            course = self.plan.criteria.course(history)
        except HistoryRefused as refusal:
            known = problems or (Problem("", str(refusal)),)
            return Judgement(history, None, stated, known)
        return Judgement(history, course, stated, problems)

    def _problems(self, history: History, now: Answers) -> Iterator[Problem]:
        if not self.items.tables:
            return
        begun = {
            f"{table.prefix}{row}"
            for table in self.items.tables
            for row in now.rows.get(table.group, ())
        }
        yield from following_problems(history, begun=begun)
        if len(history.visits) == 1:
            thick = history.visits[0].facts.get("slice_mm")
            yield from selection_problems(
                history,
                slice_mm=thick if isinstance(thick, Decimal) else None,
                limits=self.plan.criteria.limits,
            )


def _values(found: Judgement) -> Iterator[tuple[str, Value]]:
    if found.problems:
        yield "problem", "; ".join(f"{one.where} {one.message}".strip() for one in found.problems)
    if found.course is None or found.assessment is None:
        return
    now = found.assessment
    yield "overall", now.response
    yield "explanation", now.explanation
    yield "best", found.course.best.response
    yield from now.parts.items()
    yield from now.measures.items()
