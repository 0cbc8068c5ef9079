"""Adjudications: A and B for who decides, triggers and figures for who manages."""

from fastapi import APIRouter

from accounts.acts import Act
from api.routes.members import signature_view
from api.schemas.adjudications import (
    AcceptedView,
    AdjudicatedVisit,
    AdjudicationDetail,
    AdjudicationSigned,
    AdjudicationView,
    Choice,
    PresentedRecord,
    ReaderFiguresView,
    ReaderQualityView,
)
from api.schemas.tasks import Answer, SignTask, Submitted
from api.work import SignedIn
from research.adjudication import deciding, overview
from research.ids import ProjectId
from stats.reader_quality import p_limits

router = APIRouter(prefix="/api", tags=["adjudications"])


@router.get("/tasks/{task_id}/adjudication")
def get_adjudication(task_id: str, work: SignedIn) -> AdjudicationDetail:
    """Show the two records as A and B."""
    with work.looking() as act:
        return _detail(act, task_id)


@router.post("/tasks/{task_id}/adjudication/open")
def open_adjudication(task_id: str, work: SignedIn) -> AdjudicationDetail:
    """Take an adjudication into work; 409 for whoever read the subject."""
    with work.changing() as act:
        deciding.open_adjudication(act, task_id)
        return _detail(act, task_id)


@router.post("/tasks/{task_id}/adjudication/choose")
def choose_record(task_id: str, body: Choice, work: SignedIn) -> Submitted:
    """Choose a record, with a reason; the answer is what to sign."""
    with work.changing() as act:
        chosen = deciding.choose(act, task_id, letter=body.choice, reason=body.reason_text)
    return Submitted.model_validate(chosen)


@router.post("/tasks/{task_id}/adjudication/sign")
def sign_adjudication(task_id: str, body: SignTask, work: SignedIn) -> AdjudicationSigned:
    """Sign the choice with a fresh grant."""
    with work.changing() as act:
        signature = deciding.sign_adjudication(act, task_id, grant=body.grant)
    return AdjudicationSigned(signature=signature_view(signature))


@router.get("/projects/{project_id}/adjudications")
def list_adjudications(project_id: str, work: SignedIn) -> list[AdjudicationView]:
    """List what is adjudicated and what triggered it, for those who assign tasks."""
    with work.looking() as act:
        found = overview.adjudications(act, ProjectId(project_id))
        return [AdjudicationView.model_validate(one) for one in found]


@router.get("/projects/{project_id}/accepted-records")
def list_accepted_records(project_id: str, work: SignedIn) -> list[AcceptedView]:
    """List the record that counts for each unit."""
    with work.looking() as act:
        found = overview.accepted_records(act, ProjectId(project_id))
        return [AcceptedView.model_validate(one) for one in found]


@router.get("/projects/{project_id}/reader-quality")
def get_reader_quality(project_id: str, work: SignedIn) -> ReaderQualityView:
    """Show adjudication rate, agreement and disagreement index, with limits; never to readers."""
    with work.looking() as act:
        found = overview.reader_figures(act, ProjectId(project_id))
    quality, points = found.quality, found.chart.points if found.chart else ()
    rate = quality.adjudication_rate
    lower, upper = (None, None) if rate is None else p_limits(rate, quality.n_units)
    return ReaderQualityView(
        n_units=quality.n_units,
        n_adjudicated=quality.n_adjudicated,
        adjudication_rate=rate,
        lower_limit=lower,
        upper_limit=upper,
        readers=tuple(
            ReaderFiguresView(
                **one,
                lower_limit=point.lower,
                upper_limit=point.upper,
                outside=point.outside,
            )
            for one, point in zip(quality.readers, points, strict=True)
        ),
    )


def _detail(act: Act, task_id: str) -> AdjudicationDetail:
    page = deciding.adjudication_page(act, task_id)
    return AdjudicationDetail(
        id=page.id,
        state=page.state,
        records=tuple(
            PresentedRecord(
                letter=record.letter,
                visits=tuple(
                    AdjudicatedVisit(
                        visit_label=visit.visit_label,
                        answers=tuple(Answer.model_validate(one) for one in visit.answers),
                        computed=visit.computed,
                        explanation=visit.explanation,
                    )
                    for visit in record.visits
                ),
            )
            for record in page.records
        ),
        choice=page.choice,
        reason_text=page.reason_text,
        record_digest=page.record_digest,
    )
