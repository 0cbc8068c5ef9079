"""How a value of a read came about, and what checks ask of a site."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.schemas.explanations import ItemExplainedView, QueryRequestView, ReasoningView
from api.work import SignedIn
from research.draft_conflicts import settle_conflict
from research.ecrf.answer import ItemKey
from research.explanations import explain_item
from research.ids import ProjectId
from research.query_requests import query_requests

router = APIRouter(prefix="/api", tags=["explanations"])
Oid = Annotated[str, Query(max_length=64)]


@router.get("/tasks/{task_id}/explain")
def explain_answer(
    task_id: str, group: Oid, item: Oid, work: SignedIn, repeat: Oid = ""
) -> ItemExplainedView:
    """Say in words how an item's value comes about, and why it is shown, required or warned of."""
    with work.looking() as act:
        found = explain_item(act, task_id, ItemKey(group, repeat, item))
    return ItemExplainedView(
        **found.key._asdict(),
        value=found.value,
        visible=found.is_visible,
        reasonings=tuple(ReasoningView.model_validate(one) for one in found.reasonings),
    )


@router.post("/tasks/{task_id}/conflicts/{conflict_id}/settle", status_code=204)
def settle_draft_conflict(task_id: str, conflict_id: str, work: SignedIn) -> None:
    """Say that one has chosen between a draft and what was typed onto an older one."""
    with work.changing() as act:
        settle_conflict(act, task_id, conflict_id)


@router.get("/projects/{project_id}/query-requests")
def list_query_requests(project_id: str, work: SignedIn) -> list[QueryRequestView]:
    """List the queries that checks of submitted reads ask for, for who manages queries."""
    with work.looking() as act:
        return [
            QueryRequestView.model_validate(one)
            for one in query_requests(act, ProjectId(project_id))
        ]
