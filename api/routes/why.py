"""Why can or can't I: what decided, in words."""

from typing import Annotated

from fastapi import APIRouter, Query

from accounts.permissions import ObjectKind, Verb
from api.asked import asked_by
from api.errors import BadQuery
from api.schemas.why import GroundView, WhyView
from api.work import SignedIn
from research.ids import ProjectId
from research.why import why as ask

router = APIRouter(prefix="/api/projects/{project_id}", tags=["members"])


@router.get("/why")
def why(
    project_id: str,
    work: SignedIn,
    verb: Verb | None = None,
    object_kind: ObjectKind | None = None,
    operation: Annotated[
        str | None, Query(max_length=100, description="an operationId, instead of both")
    ] = None,
    person_id: Annotated[
        str | None, Query(max_length=36, description="somebody else; for who approves access")
    ] = None,
    task_id: Annotated[str | None, Query(max_length=36)] = None,
) -> WhyView:
    """Say whether the caller may do this here, and the grant, scope, rule or state behind it."""
    asked = asked_by(operation) if operation else None
    verb, object_kind = (asked.verb, asked.object_kind) if asked else (verb, object_kind)
    if verb is None or object_kind is None:
        raise BadQuery("name a verb and an object, or an operation that asks for them")
    with work.looking() as act:
        found = ask(
            act,
            ProjectId(project_id),
            verb=verb,
            object_kind=object_kind,
            person_id=person_id,
            task_id=task_id,
        )
    return WhyView(
        verb=verb,
        object_kind=object_kind,
        allowed=found.allowed,
        decided_by=found.decided_by,
        words=found.words,
        roles=tuple(sorted(set(found.roles))),
        grounds=tuple(
            GroundView(
                role=each.role,
                scope_id=each.scope_id,
                reach=each.reach,
                sites=tuple(sorted(each.sites)),
                steps=None if each.steps is None else tuple(sorted(each.steps)),
            )
            for each in found.grounds
        ),
    )
