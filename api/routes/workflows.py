"""The workflow of a project: designed, then signed into force."""

from fastapi import APIRouter

from accounts.acts import Act
from api.routes.members import signature_view
from api.schemas.members import Approval
from api.schemas.tasks import SignatureView
from api.schemas.workflows import WorkflowDesign, WorkflowView
from api.work import SignedIn
from research import approvals
from research.ids import ProjectId, WorkflowId
from research.workflows import Workflow, save_workflow, workflows

router = APIRouter(prefix="/api", tags=["workflows"])


@router.get("/projects/{project_id}/workflows")
def list_workflows(project_id: str, work: SignedIn) -> list[WorkflowView]:
    """List the versions of a project's workflow, the newest first."""
    with work.looking() as act:
        return [_view(each) for each in workflows(act, ProjectId(project_id))]


@router.put("/projects/{project_id}/workflows/design")
def save_workflow_design(project_id: str, body: WorkflowDesign, work: SignedIn) -> WorkflowView:
    """Save the design version, of which there is at most one; nothing follows it yet."""
    with work.changing() as act:
        saved = save_workflow(act, ProjectId(project_id), body.definition)
        return _found(act, project_id, saved)


@router.post("/workflows/{workflow_id}/approve")
def approve_workflow(workflow_id: str, body: Approval, work: SignedIn) -> SignatureView:
    """Sign the design version into force; the former one is superseded."""
    with work.changing() as act:
        signature = approvals.approve_workflow(act, WorkflowId(workflow_id), grant=body.grant)
    return signature_view(signature)


def _found(act: Act, project_id: str, workflow_id: str) -> WorkflowView:
    versions = workflows(act, ProjectId(project_id))
    return _view(next(each for each in versions if each.id == workflow_id))


def _view(found: Workflow) -> WorkflowView:
    return WorkflowView(
        id=found.id,
        number=found.number,
        state=found.state,
        digest=found.digest,
        definition=found.charter.to_json(),
    )
