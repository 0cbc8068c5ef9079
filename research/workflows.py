"""Workflows: a project's visits and steps in numbered versions; exactly one of them is live."""

from dataclasses import dataclass
from functools import lru_cache

from pydantic import JsonValue as Json
from pydantic import ValidationError
from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.database import Base
from accounts.digests import rows_named
from accounts.ledger.entries import JsonValue, canonical
from research.adjudication.rules import ENDPOINTS, VISIT_ENDPOINTS
from research.charter import Charter, Step
from research.ecrf.definition import FormDefinition
from research.errors import Invalid, Problem
from research.forms import definition_of, problems_of, signed_form
from research.ids import ProjectId, WorkflowId
from research.projects import open_project

DECISION_ITEM = "DECISION"
DECISIONS = {"approve", "reject"}


class WorkflowRow(Base):
    """One version of a workflow as stored."""

    __tablename__ = "workflows"
    __table_args__ = (UniqueConstraint("project_id", "number"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    project_id: Mapped[str] = mapped_column(ForeignKey("projects.id"), index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    definition: Mapped[str]
    digest: Mapped[str] = mapped_column(String(64))
    signature_id: Mapped[str | None] = mapped_column(ForeignKey("signatures.id"))
    ledger_sequence: Mapped[int]


@dataclass(frozen=True)
class Workflow:
    """One version of a project's workflow."""

    id: WorkflowId
    number: int
    state: str
    digest: str
    charter: Charter


def parse_charter(definition: Json) -> Charter:
    """Read a definition, or raise `Invalid` naming what is wrong and where."""
    try:
        return Charter.model_validate(definition)
    except ValidationError as problem:
        raise Invalid("the workflow is not acceptable", problems_of(problem)) from problem


def save_workflow(act: Act, project_id: ProjectId, definition: Json | Charter) -> WorkflowId:
    """Save the design version of the project's workflow; there is at most one at a time."""
    authorize(act, "create", "workflow", project_id)
    project = open_project(act.session, project_id)
    charter = definition if isinstance(definition, Charter) else parse_charter(definition)
    unknown = tuple(
        problem
        for step in charter.steps
        for problem in _unknown_items(act.session, project.repository_id, charter, step)
    )
    if unknown:
        raise Invalid("the workflow is not acceptable", unknown)
    versions = act.session.scalars(
        select(WorkflowRow).where(WorkflowRow.project_id == project_id)
    ).all()
    row = next((version for version in versions if version.state == "design"), None)
    if row is None:
        row = WorkflowRow(
            id=act.new_id(),
            project_id=project_id,
            number=1 + max((version.number for version in versions), default=0),
            state="design",
            signature_id=None,
        )
    row.definition = canonical(charter.to_json()).decode()
    row.digest = charter.digest
    enter_workflow(act, row, "workflow_saved")
    return WorkflowId(row.id)


def workflows(act: Act, project_id: ProjectId) -> tuple[Workflow, ...]:
    """Return all versions of a project's workflow, the newest first."""
    authorize(act, "view", "workflow", project_id)
    query = (
        select(WorkflowRow)
        .where(WorkflowRow.project_id == project_id)
        .order_by(WorkflowRow.number.desc())
    )
    return tuple(
        Workflow(WorkflowId(row.id), row.number, row.state, row.digest, charter_of(row))
        for row in act.session.scalars(query)
    )


def live_workflow(session: Session, project_id: str) -> WorkflowRow | None:
    """Return the version in force, if there is one."""
    return session.scalar(
        select(WorkflowRow).where(WorkflowRow.project_id == project_id, WorkflowRow.state == "live")
    )


def charter_of(row: WorkflowRow) -> Charter:
    """Return the parsed definition of a stored version; parsed once per content."""
    return _parsed(row.definition)


def step_of(session: Session, workflow_id: str, step_code: str) -> tuple[WorkflowRow, Step]:
    """Return a step of a version, with the version."""
    row = session.get(WorkflowRow, workflow_id)
    assert row is not None, f"workflow {workflow_id} is gone"
    return row, charter_of(row).step(step_code)


def form_problems(session: Session, repository_id: str, charter: Charter) -> tuple[Problem, ...]:
    """Return why steps cannot use their forms: unsigned, undecided, or of other criteria."""
    problems: list[Problem] = []
    for step in charter.steps:
        for named in step.forms:
            form = signed_form(session, repository_id, oid=named.oid, version=named.version)
            words = (
                f"there is no signed form {named.oid} {named.version}"
                if form is None
                else _unfit(step, definition_of(form))
            )
            if words:
                problems.append(Problem(f"steps/{step.code}", words))
        problems.extend(_unknown_items(session, repository_id, charter, step))
    return tuple(problems)


def _unknown_items(
    session: Session, repository_id: str, charter: Charter, step: Step
) -> list[Problem]:
    """Return which items a rule compares that no signed form of its read step has."""
    if step.adjudicate is None:
        return []
    named = charter.step(step.follows[0]).forms
    rows = [signed_form(session, repository_id, oid=one.oid, version=one.version) for one in named]
    forms = [definition_of(row) for row in rows if row is not None]
    known = {
        item.oid
        for form in forms
        for group in form.groups
        if not group.repeats
        for item in group.items
    }
    asked = {one.differs for one in step.adjudicate.if_any} - {*ENDPOINTS, *VISIT_ENDPOINTS}
    if len(forms) < len(rows):
        return []  # which form is missing is said of the read step
    return [
        Problem(
            f"steps/{step.code}",
            f"its rule compares {item}, which no form of its reads has outside repeating rows",
        )
        for item in sorted(asked - known)
    ]


def _unfit(step: Step, form: FormDefinition) -> str:
    """Say why a step cannot use a form; empty when it can."""
    if step.type == "qc":
        item = form.item(DECISION_ITEM)
        codes = {choice.code for choice in getattr(item, "code_list", ())}
        if codes != DECISIONS or item is None or not item.required:
            return f"its form needs a required choice {DECISION_ITEM} of approve and reject"
    if step.criteria is not None and form.criteria not in ("", step.criteria.name):
        return f"its form {form.oid} is of {form.criteria}, the step pins {step.criteria.name}"
    return ""


@lru_cache(maxsize=64)
def _parsed(text: str) -> Charter:
    return Charter.model_validate_json(text)


def enter_workflow(act: Act, row: WorkflowRow, action: str) -> None:
    """Store a version and enter what became of it."""
    after: dict[str, JsonValue] = {"number": row.number, "digest": row.digest, "state": row.state}
    row.ledger_sequence = act.record(
        row.project_id, action, "workflow", row.id, after=after, rows=rows_named(row)
    )
    act.session.add(row)
    act.session.flush()
