"""Putting a workflow version in force: signed, after validation, with its subjects' tasks made."""

from sqlalchemy import select

from accounts.acts import Act
from accounts.authorize import authorize
from accounts.errors import NotFound
from accounts.signatures import Signature, SignaturePayload, sign
from research.arrivals import follow_arrival
from research.errors import IllegalTransition, Invalid
from research.ids import WorkflowId
from research.images import visit_instances
from research.projects import open_project
from research.scheduling import pin_subject
from research.subjects import SubjectRow
from research.visits import visits_of
from research.workflows import (
    WorkflowRow,
    charter_of,
    enter_workflow,
    form_problems,
    live_workflow,
)


def approve_workflow(act: Act, workflow_id: WorkflowId, *, grant: str) -> Signature:
    """Sign the design version into force; subjects without a version get it. Meaning: approval."""
    row = act.session.get(WorkflowRow, workflow_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no workflow {workflow_id}")
    authorize(act, "approve", "workflow", row.project_id)
    project = open_project(act.session, row.project_id)
    if row.state != "design":
        raise IllegalTransition(f"workflow version {row.number} is {row.state}, not a design")
    problems = form_problems(act.session, project.repository_id, charter_of(row))
    if problems:
        raise Invalid(f"workflow version {row.number} cannot go live", problems)
    payload = SignaturePayload(
        log=row.project_id,
        record_kind="workflow",
        record_id=row.id,
        revision=row.number,
        record_digest=row.digest,
        meaning="approval",
    )
    signature = sign(act, grant, payload)
    former = live_workflow(act.session, row.project_id)
    if former is not None:
        former.state = "superseded"
        enter_workflow(act, former, "workflow_superseded")
    row.state = "live"
    row.signature_id = signature.id
    enter_workflow(act, row, "workflow_approved")
    unpinned = select(SubjectRow).where(
        SubjectRow.project_id == row.project_id, SubjectRow.workflow_id.is_(None)
    )
    for subject in act.session.scalars(unpinned).all():
        pin_subject(act, subject, row)
        for visit in visits_of(act.session, subject.id):
            if visit_instances(act.session, visit.id):
                follow_arrival(act, visit)
    return signature
