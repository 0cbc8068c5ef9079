"""Example reads of the ready forms, evaluated visit after visit as the server does."""

from collections.abc import Iterator
from datetime import date, timedelta

from research.criteria.judging import Judge
from research.criteria.plans import plan_of
from research.criteria.tables import criteria_items, seen_visit
from research.ecrf.evaluate import Evaluation, Surroundings, evaluate
from research.ecrf.language.context import answers_of
from research.ecrf.ready import ExampleVisit, ReadyForm
from research.judges import with_criteria

DAY_0 = date(2026, 1, 12)


def evaluated(ready: ReadyForm) -> Iterator[tuple[ExampleVisit, Evaluation]]:
    """Yield each visit with what its form makes of it beside the visits before."""
    past: list[ExampleVisit] = []
    for visit in ready.example:
        around = _around(visit, past)
        yield visit, with_criteria(evaluate(visit.form, visit.answers, around), around)
        past.append(visit)


def _around(visit: ExampleVisit, past: list[ExampleVisit]) -> Surroundings:
    form = visit.form
    earlier = tuple(answers_of(form, one.answers, visit=one.code) for one in past)
    judge = None
    if form.criteria:
        items = criteria_items(form)
        judge = Judge(
            plan_of(form.criteria),
            items,
            visit.code,
            DAY_0 + timedelta(visit.day),
            tuple(
                seen_visit(items, one.code, DAY_0 + timedelta(one.day), answers)
                for one, answers in zip(past, earlier, strict=True)
            ),
        )
    return Surroundings(
        visit=visit.code,
        earlier=earlier,
        baseline=earlier[0] if earlier else None,
        criteria=judge,
    )
