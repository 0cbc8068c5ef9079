"""The response criteria of a read: those its workflow pins, else those its form names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from research.criteria.judging import Judge
from research.criteria.plans import CriteriaPlan, plan_of
from research.criteria.tables import criteria_items, seen_visit
from research.ecrf.definition import FormDefinition
from research.ecrf.evaluate import Check, Evaluation, Surroundings
from research.ecrf.language.context import Answers
from research.ecrf.language.tree import Value
from research.errors import Problem
from research.read_records import ReadRow
from research.visit_days import visit_days
from research.visits import VisitRow
from research.workflows import WorkflowRow, charter_of


def criteria_plan(session: Session, read: ReadRow, form: FormDefinition) -> CriteriaPlan | None:
    """Return the criteria that a read is judged by; None for a form without lesions to follow."""
    query = select(WorkflowRow).where(
        WorkflowRow.project_id == read.project_id, WorkflowRow.number == read.workflow_number
    )
    workflow = session.scalar(query)
    step = charter_of(workflow).step(read.step_code) if workflow else None
    if step is not None and step.criteria is not None:
        return step.criteria
    return plan_of(form.criteria) if form.criteria else None


def judge_of(
    session: Session,
    read: ReadRow,
    form: FormDefinition,
    plan: CriteriaPlan | None,
    earlier: Sequence[tuple[VisitRow, Answers]],
) -> Judge | None:
    """Return the judge of a read over the same reader's earlier signed visits."""
    if plan is None:
        return None
    visit = session.get(VisitRow, read.visit_id)
    assert visit is not None, f"visit {read.visit_id} is gone"
    items = criteria_items(form)
    days = visit_days(session, read.subject_id, [visit.id, *(at.id for at, _ in earlier)])
    return Judge(
        plan=plan,
        items=items,
        code=visit.code,
        day=days[visit.id],
        earlier=tuple(seen_visit(items, at.code, days[at.id], answers) for at, answers in earlier),
    )


def with_criteria(found: Evaluation, around: Surroundings) -> Evaluation:
    """Return an evaluation with what the criteria refuse: it blocks, and says why in words."""
    judge = around.criteria
    if not isinstance(judge, Judge):
        return found
    problems = judge.judged(found.context.now).problems
    refused = (Check(judge.place(one.where), "block", _words(one)) for one in problems)
    return replace(found, checks=(*found.checks, *refused))


def _words(problem: Problem) -> str:
    return f"{problem.where} {problem.message}".strip()


def charter_constants(plan: CriteriaPlan | None) -> Mapping[str, Value]:
    """Return the charter's constants as expressions name them, numbers as decimals."""
    given = plan.constants.items() if plan else ()
    return {
        name: Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in given
    }
