"""Responses: what the criteria compute of a subject's reads, after blinding."""

from decimal import ROUND_HALF_UP, Decimal

from fastapi import APIRouter

from api.schemas.responses import (
    BestResponseView,
    ComputedResponse,
    EndpointView,
    LesionFinding,
    LesionView,
    SeatResponsesView,
    VisitResponseView,
)
from api.work import SignedIn
from research.criteria.endpoints import TimeToEvent
from research.criteria.lesions import Lesion
from research.criteria.thresholds import ONE_PLACE
from research.lesion_findings import counted_mm, stated_words
from research.subject_responses import (
    SeatResponses,
    VisitResponse,
    subject_responses,
    task_responses,
)

router = APIRouter(prefix="/api", tags=["responses"])


@router.get("/projects/{project_id}/subjects/{subject_id}/responses")
def list_subject_responses(
    project_id: str, subject_id: str, work: SignedIn
) -> list[SeatResponsesView]:
    """List every reader's lesions, responses and endpoints, for those who may view reads."""
    with work.looking() as act:
        return [_seat(one) for one in subject_responses(act, project_id, subject_id)]


@router.get("/tasks/{task_id}/responses")
def get_task_responses(task_id: str, work: SignedIn) -> SeatResponsesView | None:
    """Show the reader's own signed responses up to this task's visit; never another reader's."""
    with work.looking() as act:
        found = task_responses(act, task_id)
    return _seat(found) if found else None


def _seat(seat: SeatResponses) -> SeatResponsesView:
    return SeatResponsesView(
        step=seat.step_code,
        position=seat.position,
        arm=seat.arm,
        session=seat.session,
        repeat=seat.repeat,
        criteria=seat.criteria,
        criteria_version=seat.version,
        visits=tuple(_visit(one) for one in seat.visits),
        lesions=_lesions(seat),
        best=BestResponseView.model_validate(seat.best) if seat.best else None,
        best_unconfirmed=seat.best_unconfirmed,
        best_confirmed=seat.best_confirmed,
        progression_free_survival=_endpoint(seat.progression_free_survival),
        duration_of_response=_endpoint(seat.duration_of_response),
        problem=seat.problem,
    )


def _visit(one: VisitResponse) -> VisitResponseView:
    now = one.would_be
    return VisitResponseView(
        read=one.read,
        visit_code=one.visit_code,
        visit_label=one.visit_label,
        revision=one.revision,
        task_state=one.task_state,
        computed=one.computed,
        stated=one.stated,
        of_record=one.of_record,
        explanation=one.explanation,
        notes=one.notes,
        parts=dict(one.parts),
        measures={name: _text(size) for name, size in one.measures.items()},
        shown={
            name: f"{size.quantize(ONE_PLACE, ROUND_HALF_UP):+f} %"
            for name, size in one.measures.items()
            if name.endswith("_percent") and size is not None
        },
        would_be=None
        if now is None
        else ComputedResponse(
            response=now.response,
            explanation=now.explanation,
            measures={name: _text(size) for name, size in now.measures.items()},
        ),
    )


def _lesions(seat: SeatResponses) -> tuple[LesionView, ...]:
    if seat.history is None:
        return ()
    tracking = {row.number: row.tracking_uid for row in seat.lesions}
    return tuple(
        LesionView(
            number=lesion.number,
            role=lesion.role,
            organ=lesion.organ,
            node=lesion.node,
            parent=lesion.parent,
            tracking_uid=tracking.get(lesion.number),
            findings=_findings(seat, lesion),
        )
        for lesion in seat.history.lesions
    )


def _findings(seat: SeatResponses, lesion: Lesion) -> tuple[LesionFinding, ...]:
    history = seat.history
    assert history is not None
    return tuple(
        LesionFinding(
            visit_code=visit.code,
            status=found.status,
            stated=stated_words(found),
            size_mm=_text(found.mm),
            across_mm=_text(found.across_mm),
            counted_mm=_text(counted_mm(history, visit, lesion)),
            reason=found.reason,
        )
        for visit in history.visits
        if (found := visit.by_lesion.get(lesion.number)) is not None
    )


def _endpoint(one: TimeToEvent | None) -> EndpointView | None:
    return EndpointView.model_validate(one) if one else None


def _text(size: Decimal | None) -> str | None:
    return None if size is None else f"{size:f}"
