"""Browsing the images of a project."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.dicomweb.roots import project_prefix
from api.schemas.studies import SeriesView, StudyPage, StudyView
from api.work import SignedIn
from research.ids import ProjectId
from research.image_roots import project_root
from research.studies import StudyView as Study
from research.studies import studies

router = APIRouter(prefix="/api/projects/{project_id}/studies", tags=["studies"])


@router.get("")
def list_studies(
    project_id: str,
    work: SignedIn,
    subject: Annotated[str | None, Query(description="subject code")] = None,
    offset: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> StudyPage:
    """List studies with their series, newest first."""
    with work.looking() as act:
        project_root(act, ProjectId(project_id))
        found = [
            study
            for study in studies(act, ProjectId(project_id))
            if subject is None or study.subject_code == subject
        ]
    return StudyPage(
        dicomweb=project_prefix(project_id),
        total=len(found),
        offset=offset,
        limit=limit,
        studies=tuple(_view(study, project_id) for study in found[offset : offset + limit]),
    )


def _view(study: Study, project_id: str) -> StudyView:
    shown = any(series.displayable and series.frames for series in study.series)
    address = f"{project_prefix(project_id)}/studies/{study.study_uid}"
    return StudyView(
        study_uid=study.study_uid,
        description=study.description,
        subject_code=study.subject_code,
        visit_code=study.visit_code,
        visit_label=study.visit_label,
        modalities=tuple(sorted({each.modality for each in study.series if each.modality})),
        instances=sum(series.instances for series in study.series),
        frames=sum(series.frames for series in study.series),
        received_at=study.received_at,
        thumbnail_url=f"{address}/thumbnail" if shown else None,
        series=tuple(SeriesView.model_validate(series) for series in study.series),
    )
